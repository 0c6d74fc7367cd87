"""What every step of a turn is made of: whose turn it is, where it leads, what is kept of it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rhml_core.domain import (
    Confidence,
    Judgement,
    Message,
    Mode,
    Person,
    Phase,
    Span,
    Turn,
    TurnState,
)
from rhml_core.errors import ConflictError, InvalidInputError, NotAllowedError
from rhml_core.store import codebooks, judgements, messages, reopenings
from rhml_core.store import turns as turn_store
from rhml_core.store.database import Reader, Transaction
from rhml_core.store.events import add_event
from rhml_core.store.turns import TurnRow, TurnStep
from rhml_core.workflows.turn.protocol import TurnAct, next_state
from rhml_core.workflows.turn.view import mode_in_force
from rhml_core.workflows.workplace import Workplace

_LONGEST_NOTE = 4_000
_NEEDS_COMMIT = {TurnAct.REVISE, TurnAct.FINISH, TurnAct.CORRECT}


@dataclass(frozen=True)
class OwnTurn:
    """A turn in its expert's hands, with its message and the mode that holds for it."""

    row: TurnRow
    message: Message
    mode: Mode

    @property
    def turn(self) -> Turn:
        """The turn as it was when it was looked up."""
        return self.row.turn


@dataclass(frozen=True)
class Answer:
    """What an expert answers in one step; `seconds` is None where it is unknown."""

    label: str
    confidence: Confidence | None = None
    rationale: Sequence[Span] = ()
    reason: str = ""
    seconds: float | None = None


def own_turn(db: Reader, person: Person, turn_id: str) -> OwnTurn:
    """
    One of the person's own turns.

    Raises:
        NotFoundError: there is no such turn.
        NotAllowedError: it is someone else's.
    """
    row = turn_store.get_turn(db, turn_id)
    if row.turn.expert_id != person.person_id:
        raise NotAllowedError("This turn belongs to a colleague. Reload the page for yours.")
    message = messages.get_message(db, row.turn.project_id, row.turn.message_id)
    return OwnTurn(row, message, mode_in_force(row, message))


def check_answer(own: OwnTurn, answer: Answer) -> None:
    """
    Let an answer pass that can be kept.

    Raises:
        InvalidInputError: a span lies outside the text, or the reason is too long.
    """
    if any(not 0 <= span.start < span.end <= len(own.message.text) for span in answer.rationale):
        raise InvalidInputError("The marked words lie outside the message. Mark them again.")
    check_length(answer.reason)


def check_length(text: str) -> None:
    """
    Let a note pass that is short enough.

    Raises:
        InvalidInputError: it is too long.
    """
    if len(text) > _LONGEST_NOTE:
        raise InvalidInputError(f"Please say it in at most {_LONGEST_NOTE:,} characters.")


def take_step(
    place: Workplace,
    transaction: Transaction,
    own: OwnTurn,
    act: TurnAct,
    *,
    key: str,
    differs: bool = False,
    shown: dict[str, Any] | None = None,
    seconds: float | None = None,
) -> TurnState:
    """
    Put a turn one step on, from the state in which the transaction finds it.

    Raises:
        ConflictError: the act does not follow, see `next_state`; or a late first answer meets
            another one on the same message; or the codebook reopened the message since the
            turn's first answer.
    """
    turn, now = own.turn, place.now()
    if act in _NEEDS_COMMIT and reopenings.is_reopened_since(transaction, turn.turn_id):
        raise ConflictError(
            "The codebook changed meanwhile; this message comes back to you for a fresh answer."
        )
    before = turn_store.turn_state(transaction, turn.turn_id)
    after = next_state(own.mode, before, act, differs=differs)
    if before is TurnState.EXPIRED and act is TurnAct.COMMIT:
        _require_unjudged(transaction, turn)
    step = TurnStep(turn.turn_id, after, act.value, key=key, shown=shown, seconds=seconds)
    expires_at = now + timedelta(seconds=place.settings.lease_seconds)
    turn_store.advance_turn(transaction, step, at=now, expires_at=expires_at)
    return after


def keep_judgement(
    place: Workplace, transaction: Transaction, own: OwnTurn, phase: Phase, answer: Answer
) -> Judgement:
    """
    Append an answer as a judgement, with its audit event.

    Raises:
        InvalidInputError: the label is not in the codebook.
    """
    turn, now = own.turn, place.now()
    codebook = codebooks.get_codebook(transaction, turn.project_id)
    if answer.label not in codebook.names:
        raise InvalidInputError(
            f"'{answer.label}' is not in the codebook. Reload the page to see it."
        )
    made = Judgement(
        judgement_id=uuid.uuid4().hex,
        message_id=turn.message_id,
        expert_id=turn.expert_id,
        phase=phase,
        label=answer.label,
        made_at=now,
        confidence=answer.confidence,
        rationale=tuple(answer.rationale),
        reason=answer.reason,
    )
    context = judgements.JudgementContext(
        turn.project_id, codebook.version, turn_id=turn.turn_id, seconds=answer.seconds
    )
    judgements.add_judgement(transaction, made, context)
    note_event(place, transaction, turn, "judged", detail={"phase": phase.value})
    return made


def note_event(
    place: Workplace,
    transaction: Transaction,
    turn: Turn,
    kind: str,
    *,
    detail: dict[str, Any] | None = None,
) -> None:
    """Append what an expert did with a message to the audit."""
    add_event(
        transaction,
        kind=kind,
        subject=f"message:{turn.message_id}",
        person_id=turn.expert_id,
        project_id=turn.project_id,
        at=place.now(),
        detail=detail,
    )


def _require_unjudged(transaction: Transaction, turn: Turn) -> None:
    made = judgements.labels_of_message(transaction, turn.project_id, turn.message_id)
    if turn.expert_id in set(made["expert_id"]):
        raise ConflictError("You have judged this message meanwhile. Reload the page to go on.")
