"""What happened, as sentences that one reads from top to bottom."""

import json
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rhml_core.domain import Person
from rhml_core.figures import Interval, counted
from rhml_core.store import events, people
from rhml_core.store.database import Reader
from rhml_core.workflows.training.recipe_names import recipe_name


@dataclass(frozen=True)
class TimelineEntry:
    """
    One thing that happened.

    Attributes:
        who: name of the person; `the machine` where it acted by itself.
        is_machine: whether the machine did it.
        sentence: what, without the name in front.
        subject: what about, as in `message:ID`, `concept:ID`, `run:ID`.
    """

    made_at: datetime
    who: str
    is_machine: bool
    sentence: str
    subject: str


def _run(detail: dict[str, Any]) -> str:
    return f"run {detail['number']} ({recipe_name(detail['recipe'])})"


def _trained(detail: dict[str, Any]) -> str:
    found = f"surfaced {counted(detail['n_concepts'], 'concept')} ({detail['n_new']} new)"
    run = _run(detail)
    if detail["macro_f1"] is None:
        return f"finished {run}, not measured yet; {found}"
    figure = f"macro-F1 {Interval(**detail['macro_f1'])}, {detail['measured_on']}"
    return f"finished {run}: {figure}; {found}"


def _promoted(detail: dict[str, Any]) -> str:
    act = "went back to" if detail.get("is_return") else "promoted"
    return f"{act} {_run(detail)}"


def _left(detail: dict[str, Any]) -> str:
    why = f": {detail['reason']}" if detail.get("reason") else ""
    return f"left {_run(detail)} unpromoted{why}"


def _codebook(detail: dict[str, Any]) -> str:
    note = f": {detail['note']}" if detail.get("note") else ""
    return f"changed the codebook to version {detail['version']}{note}"


def _decided(verb: str, detail: dict[str, Any]) -> str:
    reason = f", because {detail['reason']}" if detail.get("reason") else ""
    return f"{verb} {detail['name']}{reason}"


def _stands(detail: dict[str, Any]) -> str:
    return "let a doubted label stand" if detail.get("for_all") else "stands by a doubted label"


def _settled(detail: dict[str, Any]) -> str:
    # Not as what: whoever reads this may have to judge the message yet.
    return f"settled a message ({detail['error_kind']})"


_SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "project_created": lambda detail: (
        f"began the project with {counted(detail['n_labels'], 'label')}"
    ),
    "project_changed": lambda detail: (
        f"set the mode to {detail['mode']}, overlap {detail['overlap']}"
    ),
    "messages_imported": lambda detail: f"imported {counted(detail['n_rows'], 'message')}",
    "labels_imported": lambda detail: f"imported {counted(detail['n_rows'], 'label')}",
    "codebook_changed": _codebook,
    "run_trained": _trained,
    "run_promoted": _promoted,
    "run_left": _left,
    "adjudicated": _settled,
    "adjudication_undone": lambda _: "took a decision on a message back",
    "commented": lambda _: "wrote a comment",
    "flagged": lambda _: "flagged a message",
    # Of a dialogue the sentence says that it goes on, and no answer: not all have judged yet.
    "challenged": lambda _: "challenged the machine's answer to a message",
    "machine_asked": lambda _: "asked the machine for its reasons on a message",
    "invited": lambda _: "asked a colleague into a thread",
    "held": lambda _: "kept a label in a thread",
    "dialogue_opened": lambda detail: (
        f"asked the experts about a message on which run {detail['run']} is sure and they differ"
    ),
    "label_stands": _stands,
    "concept_adopted": lambda detail: _decided("adopted", detail),
    "concept_rejected": lambda detail: _decided("rejected", detail),
    "concept_reopened": lambda detail: _decided("reopened", detail),
    "term_added": lambda detail: f"put {detail['name']} into the lexicon",
    "term_changed": lambda detail: f"changed {detail['name']} in the lexicon",
    "terms_moved": lambda detail: f"moved {detail['name']} within the lexicon",
    "term_removed": lambda detail: f"took {detail['name']} out of the lexicon",
    "lexicon_imported": lambda detail: (
        f"imported {counted(detail['n_rows'], 'term')} into the lexicon"
    ),
    "lexicon_rolled_back": lambda detail: f"took the lexicon back to version {detail['back_to']}",
    "journal_written": lambda _: "wrote into the journal",
    "journal_withdrawn": lambda _: "took an entry of the journal back",
}

ALL_KINDS = tuple(_SENTENCES)
"""
Kinds of events that have a sentence.

Reviews and answers of a first round have none: they are practice, and private. Single judgements
have none either; they are counted.
"""

_OF_ANSWERED = frozenset(
    {"challenged", "machine_asked", "invited", "held", "dialogue_opened", "label_stands"}
)
"""Kinds that tell how a message was answered: only for those who may see its answers."""

_LOOKED_THROUGH = 5
"""Events looked through for each entry, where some may be closed to the reader."""

_BY_MACHINE = frozenset({"run_trained", "dialogue_opened"})

JOURNAL_KINDS = (
    "run_trained",
    "run_promoted",
    "concept_adopted",
    "concept_rejected",
    "concept_reopened",
    "commented",
    "journal_written",
    "journal_withdrawn",
)
"""Kinds of events that belong into the learning journal."""


def read_timeline(
    db: Reader,
    project_id: str,
    *,
    kinds: tuple[str, ...],
    after_seq: int = -1,
    except_person: Person | None = None,
    open_messages: Container[str] | None = None,
    limit: int = 100,
) -> list[TimelineEntry]:
    """
    The newest events of some kinds as sentences, newest first.

    Args:
        db: where to look.
        project_id: an existing project.
        kinds: of `ALL_KINDS`.
        after_seq: only what came after this event.
        except_person: whose own acts are left out.
        open_messages: whose answers the reader may see; what tells of others' is left out.
            None: all.
        limit: entries to return; where most of what happened is closed to the reader, fewer.
    """
    names = {person.person_id: person.name for person in people.list_people(db)}
    found = events.list_events(
        db,
        project_id,
        kinds=list(kinds),
        after_seq=after_seq,
        except_person=except_person.person_id if except_person else None,
        limit=limit if open_messages is None else _LOOKED_THROUGH * limit,
    )
    entries: list[TimelineEntry] = []
    for row in found.iter_rows(named=True):
        if row["kind"] in _OF_ANSWERED and not _is_open(row["subject"], open_messages):
            continue
        if len(entries) == limit:
            break
        is_machine = row["kind"] in _BY_MACHINE
        detail = json.loads(row["detail"])
        entries.append(
            TimelineEntry(
                made_at=row["made_at"],
                who="the machine" if is_machine else names.get(row["person_id"], "someone"),
                is_machine=is_machine,
                sentence=_SENTENCES[row["kind"]](detail),
                subject=row["subject"],
            )
        )
    return entries


def _is_open(subject: str, open_messages: Container[str] | None) -> bool:
    return open_messages is None or subject.removeprefix("message:") in open_messages
