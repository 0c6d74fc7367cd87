"""
What an expert may see of a turn in its present state, and nothing more.

Whatever is not in a `TurnView` never reaches the browser.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

import polars as pl

from rhml_core.domain import (
    ConceptStatus,
    DrawnBecause,
    Judgement,
    Message,
    Mode,
    Span,
    Split,
    Turn,
    TurnState,
)
from rhml_core.evidence import (
    Explanation,
    Faithfulness,
    Neighbour,
    NoticedConcept,
    Opinion,
    Said,
    WordInfluence,
)
from rhml_core.machine.evidence.explain import strongest
from rhml_core.store import judgements, messages, people, reopenings
from rhml_core.store.turns import TurnRow
from rhml_core.workflows.live.explanations import LiveMachine, hide_answer
from rhml_core.workflows.turn.earlier_message import earlier_of
from rhml_core.workflows.turn.protocol import is_explained, is_told
from rhml_core.workflows.visibility import answered_for
from rhml_core.workflows.workplace import Workplace

_TESTS = {DrawnBecause.PROBE, DrawnBecause.BASELINE}


@dataclass(frozen=True)
class TurnView:
    """
    What an expert may see of a turn in its present state.

    Where the codebook asked about its message again since the first answer, of the turn only its
    expert's own answers are told: the message is to be judged anew, blind.

    Attributes:
        message: without its metadata, some of which may hold an answer.
        because: why the queue chose it; only after the commit, since it tells of the machine's
            doubts and of colleagues' work. That it may be of a label with few examples is told
            from the reveal on, since it hints at the machine's answer. Probes are told as other
            hold-out messages are.
        is_unaided: whether the machine has no part in it (hold-out message or blind mode).
        committed: the expert's own first answer.
        current: the expert's newest answer.
        explanation: what the machine noticed; from the explanation step on. Labels, names and
            directions are not in it before the reveal.
        opinion: the machine's answer; from the reveal on.
        contrast: one line on the words that decide; from the reveal on.
        earlier: the message that it replies to.
    """

    turn_id: str
    message: Message
    state: TurnState
    because: DrawnBecause | None
    is_unaided: bool
    committed: Judgement | None = None
    current: Judgement | None = None
    explanation: Explanation | None = None
    opinion: Opinion | None = None
    contrast: str = ""
    earlier: Message | None = None


def view_turn(
    place: Workplace,
    row: TurnRow,
    message: Message | None = None,
    made: list[Judgement] | None = None,
) -> TurnView:
    """What the turn's expert may see of it in its present state; reads what is not given."""
    turn = row.turn
    message = message or messages.get_message(place.db, turn.project_id, turn.message_id)
    if made is None and turn.state is not TurnState.OPEN:
        made = judgements.turn_judgements(place.db, turn.turn_id)
    opinion, explanation, contrast = None, None, ""
    mode = mode_in_force(row, message)
    is_reopened = bool(made) and reopenings.is_reopened_since(place.db, turn.turn_id)
    if not is_reopened and is_told(mode, turn.state):
        opinion, explanation = kept_opinion(row.shown), kept_explanation(row.shown)
        explanation = explanation and _hide_others_answers(place, row, explanation)
        contrast = row.shown.get("contrast", "")
    elif not is_reopened and is_explained(mode, turn.state):
        explanation = kept_explanation(row.shown)
        explanation = explanation and hide_answer(explanation)
    return TurnView(
        turn_id=turn.turn_id,
        message=dataclasses.replace(message, metadata={}),
        state=turn.state,
        because=None if is_reopened else _told_reason(turn),
        is_unaided=mode is Mode.BLIND,
        committed=made[0] if made else None,
        current=made[-1] if made else None,
        explanation=explanation,
        opinion=opinion,
        contrast=contrast,
        earlier=earlier_of(place.db, turn.project_id, message),
    )


def _told_reason(turn: Turn) -> DrawnBecause | None:
    """Why the queue chose the message, once that gives no answer away."""
    if turn.state is TurnState.OPEN:
        return None
    if turn.because is DrawnBecause.RARE and turn.state is TurnState.EXPLAINED:
        return None
    # That others settled it already would tell a probe from the rest of the hold-out.
    return DrawnBecause.HOLDOUT if turn.because in _TESTS else turn.because


def mode_in_force(row: TurnRow, message: Message) -> Mode:
    """The mode that holds for a turn: on hold-out messages the machine has no part."""
    return Mode.BLIND if message.split is Split.HOLDOUT else row.mode


def machine_of_turn(place: Workplace, row: TurnRow, message: Message) -> LiveMachine | None:
    """The live machine; None where it has no part in the turn or knows too little."""
    if mode_in_force(row, message) is Mode.BLIND:
        return None
    return place.machines.live(row.turn.project_id)


def _hide_others_answers(place: Workplace, row: TurnRow, explanation: Explanation) -> Explanation:
    """Say who judged the neighbours what; nothing of those that the expert still has to judge."""
    expert = people.get_person(place.db, row.turn.expert_id)
    near = [neighbour.message_id for neighbour in explanation.neighbours]
    known = judgements.current_labels(place.db, row.turn.project_id)
    known = answered_for(
        place.db,
        expert,
        row.turn.project_id,
        known.filter(pl.col("message_id").is_in(near)),
    )
    names = {person.person_id: person.name for person in people.list_people(place.db)}
    said: dict[str, list[Said]] = {}
    for message_id, expert_id, label in known.iter_rows():
        said.setdefault(message_id, []).append(
            Said(expert_id, names.get(expert_id, expert_id), label)
        )
    return dataclasses.replace(
        explanation,
        neighbours=tuple(
            dataclasses.replace(
                neighbour,
                label=neighbour.label if neighbour.message_id in said else "",
                said=tuple(said.get(neighbour.message_id, ())),
            )
            for neighbour in explanation.neighbours
        ),
    )


def kept_opinion(shown: dict[str, Any]) -> Opinion | None:
    """The machine's answer as it was recorded when the expert committed."""
    return Opinion(**shown["opinion"]) if shown.get("opinion") else None


def kept_explanation(shown: dict[str, Any]) -> Explanation | None:
    """What the machine noticed, as it was recorded when the expert committed."""
    kept = shown.get("explanation")
    if not kept:
        return None
    words, phrases = _kept_words(kept["words"]), _kept_words(kept.get("phrases", []))
    tested = kept.get("faithfulness")
    return Explanation(
        words=words,
        neighbours=tuple(
            # Who said what is read when it may be shown, and never kept.
            Neighbour(**{**neighbour, "said": ()})
            for neighbour in kept["neighbours"]
        ),
        machine=kept["machine"],
        phrases=phrases,
        shown=_kept_words(kept["shown"]) if "shown" in kept else strongest(words, phrases),
        concepts=tuple(
            NoticedConcept(one["term"], one["label"], ConceptStatus(one["status"]))
            for one in kept.get("concepts", [])
        ),
        faithfulness=Faithfulness(**tested) if tested else None,
    )


def _kept_words(kept: list[dict[str, Any]]) -> tuple[WordInfluence, ...]:
    return tuple(
        WordInfluence(word["word"], Span(**word["span"]), word["influence"]) for word in kept
    )
