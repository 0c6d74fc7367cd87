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
    TurnState,
    WordInfluence,
)
from rhml_core.store import judgements, messages
from rhml_core.store.turns import TurnRow
from rhml_core.workflows.live_machine import hide_labels
from rhml_core.workflows.workplace import Workplace

_ANSWER_COLUMNS = frozenset(
    {"label", "labels", "gold", "class", "category", "code", "target", "annotation", "reference"}
)
"""Imported columns that may hold someone's answer; an expert who labels does not see them."""


@dataclass(frozen=True)
class TurnView:
    """
    What an expert may see of a turn in its present state.

    Attributes:
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
    because: DrawnBecause
    is_unaided: bool
    committed: Judgement | None = None
    current: Judgement | None = None
    explanation: Explanation | None = None
    opinion: Opinion | None = None
    contrast: str = ""
    earlier: Message | None = None


def view_turn(place: Workplace, row: TurnRow) -> TurnView:
    """What the turn's expert may see of it in its present state."""
    turn = row.turn
    message = _without_answers(messages.get_message(place.db, turn.project_id, turn.message_id))
    made = judgements.turn_judgements(place.db, turn.turn_id)
    earlier = None
    if message.reply_to:
        found = messages.get_messages(place.db, turn.project_id, [message.reply_to])
        earlier = found[0] if found else None
    is_unaided = is_unaided_turn(row, message)
    opinion, explanation, contrast = None, None, ""
    if turn.state in {TurnState.REVEALED, TurnState.DONE}:
        opinion, explanation = kept_opinion(row.shown), kept_explanation(row.shown)
        contrast = row.shown.get("contrast", "")
    elif turn.state is TurnState.EXPLAINED:
        explanation = kept_explanation(row.shown)
        explanation = hide_labels(explanation) if explanation else None
    elif row.mode is Mode.IMMEDIATE:
        opinion = machine_opinion(place, row, message)
    return TurnView(
        turn_id=turn.turn_id,
        message=message,
        state=turn.state,
        because=turn.because,
        is_unaided=is_unaided,
        committed=made[0] if made else None,
        current=made[-1] if made else None,
        explanation=explanation,
        opinion=opinion,
        contrast=contrast,
        earlier=earlier,
    )


def is_unaided_turn(row: TurnRow, message: Message) -> bool:
    """Whether the machine has no part in a turn."""
    return row.mode is Mode.BLIND or message.split is Split.HOLDOUT


def machine_opinion(place: Workplace, row: TurnRow, message: Message) -> Opinion | None:
    """The live machine's answer; None where it has no part or knows too little."""
    if is_unaided_turn(row, message):
        return None
    live = place.machines.live(row.turn.project_id)
    return live.opinion(message.message_id) if live else None


def _without_answers(message: Message) -> Message:
    kept = {
        name: value
        for name, value in message.metadata.items()
        if name.strip().casefold() not in _ANSWER_COLUMNS
    }
    return dataclasses.replace(message, metadata=kept)


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
