"""
What an expert may see of a turn in its present state, and nothing more.

Whatever is not in a `TurnView` never reaches the browser.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

from rhml_core.domain import (
    DrawnBecause,
    Explanation,
    Judgement,
    Message,
    Mode,
    Neighbour,
    Opinion,
    Span,
    Split,
    Turn,
    TurnState,
    WordInfluence,
)
from rhml_core.store import judgements, messages, people
from rhml_core.store.turns import TurnRow
from rhml_core.workflows.live_machine import LiveMachine, hide_labels
from rhml_core.workflows.visibility import answered_for
from rhml_core.workflows.workplace import Workplace


@dataclass(frozen=True)
class TurnView:
    """
    What an expert may see of a turn in its present state.

    Attributes:
        message: without its metadata, some of which may hold an answer.
        because: why the queue chose it; only after the commit, since it tells of the machine's
            doubts and of colleagues' work. That it may be of a label with few examples is told
            from the reveal on, since it hints at the machine's answer.
        is_unaided: whether the machine has no part in it (hold-out message or blind mode).
        committed: the expert's own first answer.
        current: the expert's newest answer.
        explanation: what the machine noticed; from the explanation step on. Neighbours'
            labels are empty before the reveal.
        opinion: the machine's answer; from the reveal on.
        contrast: one line on the word that decides; from the reveal on.
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
    earlier = None
    if message.reply_to:
        found = messages.get_messages(place.db, turn.project_id, [message.reply_to])
        earlier = found[0] if found else None
    opinion, explanation, contrast = None, None, ""
    if turn.state in {TurnState.REVEALED, TurnState.DONE}:
        opinion, explanation = kept_opinion(row.shown), kept_explanation(row.shown)
        explanation = explanation and _hide_others_answers(place, row, explanation)
        contrast = row.shown.get("contrast", "")
    elif turn.state is TurnState.EXPLAINED:
        explanation = kept_explanation(row.shown)
        explanation = explanation and hide_labels(explanation)
    elif row.mode is Mode.IMMEDIATE:
        live = machine_of_turn(place, row, message)
        opinion = live.opinion(message.message_id) if live else None
    return TurnView(
        turn_id=turn.turn_id,
        message=dataclasses.replace(message, metadata={}),
        state=turn.state,
        because=_told_reason(turn),
        is_unaided=is_unaided_turn(row, message),
        committed=made[0] if made else None,
        current=made[-1] if made else None,
        explanation=explanation,
        opinion=opinion,
        contrast=contrast,
        earlier=dataclasses.replace(earlier, metadata={}) if earlier else None,
    )


def _told_reason(turn: Turn) -> DrawnBecause | None:
    """Why the queue chose the message, once that gives no answer away."""
    hints_at_answer = turn.because is DrawnBecause.RARE and turn.state is TurnState.EXPLAINED
    return None if hints_at_answer or turn.state is TurnState.OPEN else turn.because


def is_unaided_turn(row: TurnRow, message: Message) -> bool:
    """Whether the machine has no part in a turn."""
    return row.mode is Mode.BLIND or message.split is Split.HOLDOUT


def machine_of_turn(place: Workplace, row: TurnRow, message: Message) -> LiveMachine | None:
    """The live machine; None where it has no part in the turn or knows too little."""
    if is_unaided_turn(row, message):
        return None
    return place.machines.live(row.turn.project_id)


def _hide_others_answers(place: Workplace, row: TurnRow, explanation: Explanation) -> Explanation:
    """Take the labels off those neighbours that the expert still has to judge."""
    expert = people.get_person(place.db, row.turn.expert_id)
    known = judgements.current_labels(place.db, row.turn.project_id)
    known = answered_for(place.db, expert, row.turn.project_id, known)
    visible = set(known["message_id"])
    return dataclasses.replace(
        explanation,
        neighbours=tuple(
            neighbour
            if neighbour.message_id in visible
            else dataclasses.replace(neighbour, label="")
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
    return Explanation(
        words=tuple(
            WordInfluence(word["word"], Span(**word["span"]), word["influence"])
            for word in kept["words"]
        ),
        neighbours=tuple(Neighbour(**neighbour) for neighbour in kept["neighbours"]),
        machine=kept["machine"],
    )
