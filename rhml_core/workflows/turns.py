"""
The reciprocal turn: commit blind, hear what the machine noticed, hold or revise, reveal, final.

A turn only steps forward. What these functions return is all that may be sent to the browser in
the turn's state: before the commit nothing of the machine's or of a colleague's opinion is in it.
"""

import dataclasses
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rhml_core.domain import (
    Comment,
    Confidence,
    DrawnBecause,
    Judgement,
    Message,
    Mode,
    Person,
    Phase,
    Role,
    Span,
    Turn,
    TurnState,
)
from rhml_core.errors import ConflictError, InvalidInputError, NotAllowedError
from rhml_core.store import codebooks, comments, judgements, messages, projects
from rhml_core.store import turns as turn_store
from rhml_core.store.database import Reader, Transaction
from rhml_core.store.events import add_event
from rhml_core.store.turns import TurnRow
from rhml_core.workflows.live_machine import LiveMachine
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.queue import draw_turn
from rhml_core.workflows.turn_view import (
    TurnView,
    kept_explanation,
    kept_opinion,
    machine_of_turn,
    view_turn,
)
from rhml_core.workflows.workplace import Workplace

_N_DECISIVE_WORDS = 3
_LONGEST_NOTE = 4_000


@dataclass(frozen=True)
class Agreement:
    """
    The quiet line after a commit that the machine agrees with.

    Attributes:
        words: those that decided, for the machine.
        because: why the queue chose the message.
    """

    label: str
    probability: float
    words: tuple[str, ...]
    because: DrawnBecause | None = None


@dataclass(frozen=True)
class TurnOutcome:
    """The turn after a step, and the machine's agreement where it agreed."""

    turn: TurnView
    agreement: Agreement | None = None


def next_turn(place: Workplace, person: Person, project_id: str) -> TurnView | None:
    """
    The expert's unfinished turn, else a newly drawn one; None where nothing is left.

    A drawn message is leased for a while, so that no more experts work on it than the
    project's overlap wants.

    Raises:
        NotAllowedError: viewers do not label.
        NotFoundError: there is no such project.
    """
    require(person, Role.EXPERT, "label messages")
    now = place.now()
    project = projects.get_project(place.db, project_id)
    ranked = place.machines.ranked(project.project_id)
    with place.db.atomic() as transaction:
        row = draw_turn(
            transaction,
            project,
            person,
            ranked,
            at=now,
            lease_seconds=place.settings.lease_seconds,
        )
    if row is None:
        return None
    view = view_turn(place, row)
    if row.turn.state is TurnState.OPEN and not view.is_unaided:
        place.machines.prepare(project.project_id, view.message.message_id, view.message.text)
    return view


def get_turn(place: Workplace, person: Person, turn_id: str) -> TurnView:
    """
    One of the expert's own turns as it stands.

    Raises:
        NotFoundError: there is no such turn.
        NotAllowedError: it is someone else's.
    """
    return view_turn(place, _own(place.db, person, turn_id))


def last_turn(place: Workplace, person: Person, project_id: str) -> TurnView | None:
    """The turn that the expert finished last, to go back to; None where there is none."""
    row = turn_store.newest_finished_turn(place.db, project_id, person.person_id)
    return view_turn(place, row) if row else None


def commit(
    place: Workplace,
    person: Person,
    turn_id: str,
    *,
    label: str,
    confidence: Confidence | None = None,
    rationale: Sequence[Span] = (),
    seconds: float | None = None,
    key: str,
) -> TurnOutcome:
    """
    Keep the expert's own answer, then let the machine speak where it differs.

    Raises:
        NotFoundError, NotAllowedError: not this expert's turn.
        ConflictError: the turn went on elsewhere, for example in a second tab.
        InvalidInputError: the label is not in the codebook, or a span lies outside the text.
    """
    require(person, Role.EXPERT, "label messages")
    row = _own(place.db, person, turn_id)
    turn = row.turn
    message = messages.get_message(place.db, turn.project_id, turn.message_id)
    _check_spans(rationale, message.text)
    live = machine_of_turn(place, row, message)
    opinion = live.opinion(message.message_id) if live else None
    asks = opinion is not None and opinion.label != label and row.mode is Mode.RECIPROCAL
    shown = _shown(live, message, in_full=asks)
    after = TurnState.EXPLAINED if asks else TurnState.DONE
    now, made = place.now(), None
    with place.db.atomic() as transaction:
        if transaction.claim(act_key(person, "commit", turn_id, key), at=now):
            before = _step_from(transaction, turn_id, {TurnState.OPEN, TurnState.EXPIRED})
            if before is TurnState.EXPIRED:
                _require_unjudged(transaction, turn)
            made = _judge(
                transaction,
                turn,
                Phase.COMMIT,
                label,
                at=now,
                confidence=confidence,
                rationale=rationale,
                seconds=seconds,
            )
            if opinion:
                judgements.add_opinion(
                    transaction,
                    project_id=turn.project_id,
                    message_id=turn.message_id,
                    turn_id=turn_id,
                    label=opinion.label,
                    probability=opinion.probability,
                    machine=opinion.machine,
                    at=now,
                )
            _advance(
                place,
                transaction,
                turn_id,
                after,
                at=now,
                shown=shown,
                seconds=seconds,
            )
            _audit(transaction, turn, "judged", at=now, detail={"phase": "commit"})
    place.machines.note_judgement(turn.project_id)
    if made is None:
        return _outcome(place, _own(place.db, person, turn_id))
    stepped = TurnRow(dataclasses.replace(turn, state=after), row.mode, shown)
    return _outcome(place, stepped, message, [made])


def answer_explanation(
    place: Workplace, person: Person, turn_id: str, *, label: str, key: str
) -> TurnOutcome:
    """
    Hold the answer or revise it after the explanation; the machine's answer is then revealed.

    Raises:
        NotFoundError, NotAllowedError: not this expert's turn.
        ConflictError: the turn is not at its explanation.
        InvalidInputError: the label is not in the codebook.
    """
    return _answer(
        place,
        person,
        turn_id,
        TurnState.EXPLAINED,
        TurnState.REVEALED,
        Phase.REVISED,
        label=label,
        reason="",
        key=key,
    )


def finish(
    place: Workplace, person: Person, turn_id: str, *, label: str, reason: str = "", key: str
) -> TurnOutcome:
    """
    Give the final label after the reveal, with a reason where one stays apart.

    Raises:
        NotFoundError, NotAllowedError: not this expert's turn.
        ConflictError: the turn is not at its reveal.
        InvalidInputError: the label is not in the codebook.
    """
    return _answer(
        place,
        person,
        turn_id,
        TurnState.REVEALED,
        TurnState.DONE,
        Phase.FINAL,
        label=label,
        reason=reason,
        key=key,
    )


def correct(
    place: Workplace, person: Person, turn_id: str, *, label: str, reason: str = "", key: str
) -> TurnOutcome:
    """
    Give a newer label in a finished turn; the older ones stay on record.

    Raises:
        NotFoundError, NotAllowedError: not this expert's turn.
        ConflictError: the turn is not finished.
        InvalidInputError: the label is not in the codebook.
    """
    return _answer(
        place,
        person,
        turn_id,
        TurnState.DONE,
        TurnState.DONE,
        Phase.FINAL,
        label=label,
        reason=reason,
        key=key,
    )


def skip(place: Workplace, person: Person, turn_id: str, *, key: str) -> None:
    """
    Give a message back; it comes again when nothing else is left.

    Raises:
        NotFoundError, NotAllowedError: not this expert's turn.
        ConflictError: an answer was committed already.
    """
    turn = _own(place.db, person, turn_id).turn
    now = place.now()
    with place.db.atomic() as transaction:
        if transaction.claim(act_key(person, "skip", turn_id, key), at=now):
            _step_from(transaction, turn_id, {TurnState.OPEN, TurnState.EXPIRED})
            _advance(place, transaction, turn_id, TurnState.SKIPPED, at=now)
            _audit(transaction, turn, "skipped", at=now)


def flag(place: Workplace, person: Person, turn_id: str, *, note: str, key: str) -> None:
    """
    Mark the message for the supervisor; the turn goes on.

    Raises:
        NotFoundError, NotAllowedError: not this expert's turn.
    """
    require(person, Role.EXPERT, "flag messages")
    _check_length(note)
    turn = _own(place.db, person, turn_id).turn
    now = place.now()
    with place.db.atomic() as transaction:
        if transaction.claim(act_key(person, "flag", turn_id, key), at=now):
            comment = Comment(
                uuid.uuid4().hex, f"message:{turn.message_id}", person.person_id, note, now
            )
            comments.add_comment(transaction, turn.project_id, comment, kind="flag")
            _audit(transaction, turn, "flagged", at=now)


def _own(db: Reader, person: Person, turn_id: str) -> TurnRow:
    row = turn_store.get_turn(db, turn_id)
    if row.turn.expert_id != person.person_id:
        raise NotAllowedError("This turn belongs to a colleague. Reload the page for yours.")
    return row


def _step_from(transaction: Transaction, turn_id: str, states: set[TurnState]) -> TurnState:
    state = turn_store.turn_state(transaction, turn_id)
    if state not in states:
        raise ConflictError(
            "This message went on elsewhere, perhaps in a second tab. Reload the page to go on."
        )
    return state


def _require_unjudged(transaction: Transaction, turn: Turn) -> None:
    made = judgements.labels_of_message(transaction, turn.project_id, turn.message_id)
    if turn.expert_id in set(made["expert_id"]):
        raise ConflictError("You have judged this message meanwhile. Reload the page to go on.")


def _check_length(text: str) -> None:
    if len(text) > _LONGEST_NOTE:
        raise InvalidInputError(f"Please say it in at most {_LONGEST_NOTE:,} characters.")


def _answer(
    place: Workplace,
    person: Person,
    turn_id: str,
    before: TurnState,
    after: TurnState,
    phase: Phase,
    *,
    label: str,
    reason: str,
    key: str,
) -> TurnOutcome:
    require(person, Role.EXPERT, "label messages")
    _check_length(reason)
    turn = _own(place.db, person, turn_id).turn
    now = place.now()
    with place.db.atomic() as transaction:
        if transaction.claim(act_key(person, phase.value, turn_id, key), at=now):
            _step_from(transaction, turn_id, {before})
            _judge(transaction, turn, phase, label, at=now, reason=reason)
            _advance(place, transaction, turn_id, after, at=now)
            _audit(transaction, turn, "judged", at=now, detail={"phase": phase.value})
    place.machines.note_judgement(turn.project_id)
    return _outcome(place, _own(place.db, person, turn_id))


def _judge(
    transaction: Transaction,
    turn: Turn,
    phase: Phase,
    label: str,
    *,
    at: datetime,
    reason: str = "",
    confidence: Confidence | None = None,
    rationale: Sequence[Span] = (),
    seconds: float | None = None,
) -> Judgement:
    codebook = codebooks.get_codebook(transaction, turn.project_id)
    if label not in codebook.names:
        raise InvalidInputError(f"'{label}' is not in the codebook. Reload the page to see it.")
    made = Judgement(
        judgement_id=uuid.uuid4().hex,
        message_id=turn.message_id,
        expert_id=turn.expert_id,
        phase=phase,
        label=label,
        made_at=at,
        confidence=confidence,
        rationale=tuple(rationale),
        reason=reason,
    )
    context = judgements.JudgementContext(
        turn.project_id, codebook.version, turn_id=turn.turn_id, seconds=seconds
    )
    judgements.add_judgement(transaction, made, context)
    return made


def _advance(
    place: Workplace,
    transaction: Transaction,
    turn_id: str,
    state: TurnState,
    *,
    at: datetime,
    shown: dict[str, Any] | None = None,
    seconds: float | None = None,
) -> None:
    turn_store.advance_turn(
        transaction,
        turn_id,
        state,
        at=at,
        expires_at=at + timedelta(seconds=place.settings.lease_seconds),
        shown=shown,
        seconds=seconds,
    )


def _audit(
    transaction: Transaction,
    turn: Turn,
    kind: str,
    *,
    at: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    add_event(
        transaction,
        kind=kind,
        subject=f"message:{turn.message_id}",
        person_id=turn.expert_id,
        project_id=turn.project_id,
        at=at,
        detail=detail,
    )


def _check_spans(rationale: Sequence[Span], text: str) -> None:
    if any(not 0 <= span.start < span.end <= len(text) for span in rationale):
        raise InvalidInputError("The marked words lie outside the message. Mark them again.")


def _shown(live: LiveMachine | None, message: Message, *, in_full: bool) -> dict[str, Any]:
    opinion = live.opinion(message.message_id) if live else None
    if live is None or opinion is None:
        return {}
    explanation = (
        live.explain(message.message_id, message.text)
        if in_full
        else live.explanations.get(message.message_id)
    )
    return {
        "opinion": dataclasses.asdict(opinion),
        "explanation": dataclasses.asdict(explanation) if explanation else None,
        "contrast": live.contrast(message.message_id, message.text) if in_full else "",
    }


def _outcome(
    place: Workplace,
    row: TurnRow,
    message: Message | None = None,
    made: list[Judgement] | None = None,
) -> TurnOutcome:
    view = view_turn(place, row, message, made)
    opinion, explanation = kept_opinion(row.shown), kept_explanation(row.shown)
    agrees = (
        row.turn.state is TurnState.DONE
        and opinion is not None
        and view.committed is not None
        and view.committed.label == opinion.label
    )
    if not agrees or opinion is None:
        return TurnOutcome(view)
    spoke_for = sorted(
        (word for word in (explanation.words if explanation else ()) if word.influence > 0),
        key=lambda word: -word.influence,
    )
    words = tuple(word.word for word in spoke_for[:_N_DECISIVE_WORDS])
    return TurnOutcome(view, Agreement(opinion.label, opinion.probability, words, view.because))
