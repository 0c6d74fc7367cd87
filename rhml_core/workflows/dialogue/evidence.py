"""What the machine says for itself in a dialogue, kept as it was said."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import polars as pl

from rhml_core.domain import Message, Person, Role
from rhml_core.evidence import WordInfluence
from rhml_core.machine.evidence.contrast import Flip
from rhml_core.machine.evidence.explain import nearest_judged
from rhml_core.store import judgements
from rhml_core.store.database import Reader
from rhml_core.store.dialogue import Entry
from rhml_core.workflows.live.explanations import LiveMachine
from rhml_core.workflows.live.machine import SPEAKS_FROM, MachineRoom
from rhml_core.workflows.visibility import answered_for

_N_WORDS = 4
_LEAST_INFLUENCE = 0.01
"""Below it a word says nothing that one could talk about."""

_N_NEIGHBOURS = 5
"""Kept of each side; a reader who has still to judge some of them is shown the others."""


@dataclass(frozen=True)
class JudgedNeighbour:
    """
    A judged message near the one talked about.

    Attributes:
        label: the best label known when the machine spoke.
        similarity: cosine, -1 to 1.
        answers: identifiers of experts and the label that each gave.
    """

    message_id: str
    text: str
    label: str
    similarity: float
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Statement:
    """
    The machine's answer and its evidence at one moment.

    Attributes:
        label: what it answers; "" where it cannot speak, `missing` then says why.
        probability: that it gives to the label, 0 to 1.
        machine: who answers, for example `run 3`.
        evidence_of: whose evidence follows; "" where none could be gathered.
        speaks_for: words and phrases, and by how much each raises the label's probability,
            strongest first.
        speaks_against: those that lower it, by how much (negative), strongest first.
        otherwise: nearest judged messages with another label than the machine's, nearest first.
        alike: nearest judged messages with the machine's label.
        flip: the fewest words without which it would answer otherwise; None where no small
            change was found.
        n_hidden: neighbours that the reader has still to judge, left out for this reader.
    """

    label: str = ""
    probability: float = 0.0
    machine: str = ""
    evidence_of: str = ""
    speaks_for: tuple[tuple[str, float], ...] = ()
    speaks_against: tuple[tuple[str, float], ...] = ()
    otherwise: tuple[JudgedNeighbour, ...] = ()
    alike: tuple[JudgedNeighbour, ...] = ()
    flip: Flip | None = None
    missing: str = ""
    n_hidden: int = 0


def state_answer(db: Reader, machines: MachineRoom, project_id: str, message: Message) -> Statement:
    """
    What the live machine answers to a message, without that message's own labels, and why.

    Where it cannot speak, `missing` says why.
    """
    live = machines.live(project_id)
    if live is None:
        return Statement(
            missing=f"The machine speaks from {SPEAKS_FROM} judged messages on; ask again then."
        )
    opinion = live.opinion(message.message_id)
    if opinion is None:
        return Statement(missing="The machine has not read this message yet; ask again shortly.")
    statement = Statement(opinion.label, opinion.probability, live.name)
    return add_evidence(db, live, project_id, message, statement)


def add_evidence(
    db: Reader, live: LiveMachine, project_id: str, message: Message, statement: Statement
) -> Statement:
    """The statement with the live machine's evidence, where its answer is the same."""
    opinion = live.opinion(message.message_id)
    explanation = live.explain(message.message_id, message.text)
    if opinion is None or explanation is None or opinion.label != statement.label:
        return statement
    noticed = [
        one
        for one in (*explanation.phrases, *explanation.words)
        if abs(one.influence) >= _LEAST_INFLUENCE
    ]
    by_strength = _strongest_first(noticed)
    is_same = live.judged["label"] == statement.label
    return replace(
        statement,
        evidence_of=live.name,
        speaks_for=tuple(said for said in by_strength if said[1] > 0)[:_N_WORDS],
        speaks_against=tuple(said for said in by_strength if said[1] < 0)[:_N_WORDS],
        otherwise=_neighbours(db, live, project_id, message, ~is_same),
        alike=_neighbours(db, live, project_id, message, is_same),
        flip=live.smallest_flip(message.message_id, message.text),
    )


def statement_detail(statement: Statement) -> dict[str, Any]:
    """The statement as JSON-able values, as an entry keeps it."""
    return asdict(statement)


def statement_of(entry: Entry) -> Statement | None:
    """What the machine said in an entry; None in one of a person's."""
    kept = entry.detail.get("statement")
    if not kept:
        return None
    return Statement(
        **{
            **kept,
            "speaks_for": tuple((word, value) for word, value in kept["speaks_for"]),
            "speaks_against": tuple((word, value) for word, value in kept["speaks_against"]),
            "otherwise": tuple(_kept_neighbour(one) for one in kept["otherwise"]),
            "alike": tuple(_kept_neighbour(one) for one in kept["alike"]),
            "flip": Flip(**{**kept["flip"], "words": tuple(kept["flip"]["words"])})
            if kept["flip"]
            else None,
        }
    )


def fit_for(db: Reader, person: Person, project_id: str, entries: list[Entry]) -> list[Entry]:
    """
    The entries as a person may read them.

    Neighbours that an expert has still to judge are left out of what the machine said: on which
    side they stand would tell their label.
    """
    if person.role is not Role.EXPERT or not any("statement" in one.detail for one in entries):
        return entries
    known = answered_for(db, person, project_id, judgements.current_labels(db, project_id))
    visible = set(known["message_id"])
    return [_without_unseen(entry, visible) for entry in entries]


def _without_unseen(entry: Entry, visible: set[str]) -> Entry:
    statement = statement_of(entry)
    if statement is None:
        return entry
    otherwise = tuple(one for one in statement.otherwise if one.message_id in visible)
    alike = tuple(one for one in statement.alike if one.message_id in visible)
    n_all = len(statement.otherwise) + len(statement.alike)
    shown = replace(
        statement,
        otherwise=otherwise,
        alike=alike,
        n_hidden=n_all - len(otherwise) - len(alike),
    )
    return replace(entry, detail=entry.detail | {"statement": statement_detail(shown)})


def _strongest_first(noticed: Sequence[WordInfluence]) -> list[tuple[str, float]]:
    """Each word and phrase once, with its greatest influence of either sign."""
    ordered = sorted(noticed, key=lambda one: -abs(one.influence))
    once = {one.word.casefold(): (one.word, one.influence) for one in reversed(ordered)}
    return sorted(once.values(), key=lambda said: -abs(said[1]))


def _neighbours(
    db: Reader, live: LiveMachine, project_id: str, message: Message, chosen: pl.Series
) -> tuple[JudgedNeighbour, ...]:
    judged = live.judged.filter(chosen)
    found = nearest_judged(
        live.vectors[live.rows[message.message_id]],
        live.vectors[live.judged_rows[chosen.to_numpy()]],
        judged["message_id"].to_list(),
        judged["text"].to_list(),
        judged["label"].to_list(),
        k=_N_NEIGHBOURS,
        exclude=message.message_id,
    )
    near = [one.message_id for one in found]
    answers: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    known = judgements.current_labels(db, project_id)
    for message_id, expert_id, label in known.filter(pl.col("message_id").is_in(near)).iter_rows():
        answers[message_id].append((expert_id, label))
    return tuple(
        JudgedNeighbour(
            one.message_id, one.text, one.label, one.similarity, tuple(answers[one.message_id])
        )
        for one in found
    )


def _kept_neighbour(kept: dict[str, Any]) -> JudgedNeighbour:
    answers = tuple((expert_id, label) for expert_id, label in kept["answers"])
    return JudgedNeighbour(**{**kept, "answers": answers})
