"""
The reciprocal turn: commit blind, hear what the machine noticed, hold or revise, reveal, final.

A turn only steps forward, as its protocol says. What these functions return is all that may be
sent to the browser in the turn's state: before the commit nothing of the machine's or of a
colleague's opinion is in it.
"""

import dataclasses
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
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
    TurnState,
)
from rhml_core.store import comments, judgements, projects, runs
from rhml_core.store import turns as turn_store
from rhml_core.store.database import Reader
from rhml_core.store.turns import TurnRow
from rhml_core.workflows.live.machine import LiveMachine
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.turn.first_round import require_first_round
from rhml_core.workflows.turn.protocol import TurnAct
from rhml_core.workflows.turn.queue import draw_turn
from rhml_core.workflows.turn.steps import (
    Answer,
    OwnTurn,
    check_answer,
    check_length,
    keep_judgement,
    note_event,
    own_turn,
    take_step,
)
from rhml_core.workflows.turn.view import (
    TurnView,
    kept_opinion,
    machine_of_turn,
    view_turn,
)
from rhml_core.workflows.workplace import Workplace

_N_DECISIVE_WORDS = 3


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
    project's overlap wants. An unfinished turn whose message the codebook reopened is closed.

    Raises:
        NotAllowedError: viewers do not label.
        NotFoundError: there is no such project.
        ConflictError: a newcomer has to pass the first round before.
    """
    require(person, Role.EXPERT, "label messages")
    now = place.now()
    project = projects.get_project(place.db, project_id)
    require_first_round(place, person, project)
    ranked = place.machines.ranked(project.project_id)
    live = place.machines.live(project.project_id) if project.mode is Mode.IMMEDIATE else None
    with place.db.atomic() as transaction:
        row = draw_turn(
            transaction,
            project,
            person,
            ranked,
            at=now,
            lease_seconds=place.settings.lease_seconds,
            tell=lambda message: _opinion(transaction, live, message),
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
    own = own_turn(place.db, person, turn_id)
    return view_turn(place, own.row, own.message)


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
    own = own_turn(place.db, person, turn_id)
    answer = Answer(label, confidence, tuple(rationale), seconds=seconds)
    check_answer(own, answer)
    shown = _said_at_commit(place, own, label)
    opinion = kept_opinion(shown)
    differs = opinion is not None and opinion.label != label
    made, after = None, own.turn.state
    with place.db.atomic() as transaction:
        if transaction.claim(act_key(person, TurnAct.COMMIT.value, turn_id, key), at=place.now()):
            after = take_step(
                place,
                transaction,
                own,
                TurnAct.COMMIT,
                key=key,
                differs=differs,
                shown=shown,
                seconds=seconds,
            )
            made = keep_judgement(place, transaction, own, Phase.COMMIT, answer)
            if opinion:
                judgements.add_opinion(
                    transaction,
                    project_id=own.turn.project_id,
                    message_id=own.turn.message_id,
                    turn_id=turn_id,
                    label=opinion.label,
                    probability=opinion.probability,
                    machine=opinion.machine,
                    at=made.made_at,
                )
    place.machines.note_judgement(own.turn.project_id)
    if made is None:
        return _outcome(place, own_turn(place.db, person, turn_id))
    stepped = TurnRow(dataclasses.replace(own.turn, state=after), own.row.mode, shown)
    return _outcome(place, dataclasses.replace(own, row=stepped), [made])


def answer_explanation(
    place: Workplace,
    person: Person,
    turn_id: str,
    *,
    label: str,
    seconds: float | None = None,
    key: str,
) -> TurnOutcome:
    """
    Hold the answer or revise it after the explanation; the machine's answer is then revealed.

    Raises:
        NotFoundError, NotAllowedError: not this expert's turn.
        ConflictError: the turn is not at its explanation, or its message was
            reopened since its first answer.
        InvalidInputError: the label is not in the codebook.
    """
    answer = Answer(label, seconds=seconds)
    return _go_on(place, person, turn_id, TurnAct.REVISE, Phase.REVISED, answer, key=key)


def finish(
    place: Workplace,
    person: Person,
    turn_id: str,
    *,
    label: str,
    reason: str = "",
    seconds: float | None = None,
    key: str,
) -> TurnOutcome:
    """
    Give the final label after the reveal, with a reason where one stays apart.

    Raises:
        NotFoundError, NotAllowedError: not this expert's turn.
        ConflictError: the turn is not at its reveal, or its message was
            reopened since its first answer.
        InvalidInputError: the label is not in the codebook.
    """
    answer = Answer(label, reason=reason, seconds=seconds)
    return _go_on(place, person, turn_id, TurnAct.FINISH, Phase.FINAL, answer, key=key)


def correct(
    place: Workplace,
    person: Person,
    turn_id: str,
    *,
    label: str,
    reason: str = "",
    seconds: float | None = None,
    key: str,
) -> TurnOutcome:
    """
    Give a newer label in a finished turn; the older ones stay on record.

    Raises:
        NotFoundError, NotAllowedError: not this expert's turn.
        ConflictError: the turn is not finished, or its message was
            reopened since its first answer.
        InvalidInputError: the label is not in the codebook.
    """
    answer = Answer(label, reason=reason, seconds=seconds)
    return _go_on(place, person, turn_id, TurnAct.CORRECT, Phase.FINAL, answer, key=key)


def skip(
    place: Workplace, person: Person, turn_id: str, *, seconds: float | None = None, key: str
) -> None:
    """
    Give a message back; it comes again when nothing else is left.

    Raises:
        NotFoundError, NotAllowedError: not this expert's turn.
        ConflictError: an answer was committed already.
    """
    require(person, Role.EXPERT, "label messages")
    own = own_turn(place.db, person, turn_id)
    with place.db.atomic() as transaction:
        if transaction.claim(act_key(person, TurnAct.SKIP.value, turn_id, key), at=place.now()):
            take_step(place, transaction, own, TurnAct.SKIP, key=key, seconds=seconds)
            note_event(place, transaction, own.turn, "skipped")


def flag(place: Workplace, person: Person, turn_id: str, *, note: str, key: str) -> None:
    """
    Mark the message for the supervisor; the turn goes on.

    Raises:
        NotFoundError, NotAllowedError: not this expert's turn.
    """
    require(person, Role.EXPERT, "flag messages")
    check_length(note)
    turn = own_turn(place.db, person, turn_id).turn
    now = place.now()
    with place.db.atomic() as transaction:
        if transaction.claim(act_key(person, "flag", turn_id, key), at=now):
            comment = Comment(
                uuid.uuid4().hex, f"message:{turn.message_id}", person.person_id, note, now
            )
            comments.add_comment(transaction, turn.project_id, comment, kind="flag")
            note_event(place, transaction, turn, "flagged")


def _go_on(
    place: Workplace,
    person: Person,
    turn_id: str,
    act: TurnAct,
    phase: Phase,
    answer: Answer,
    *,
    key: str,
) -> TurnOutcome:
    require(person, Role.EXPERT, "label messages")
    own = own_turn(place.db, person, turn_id)
    check_answer(own, answer)
    with place.db.atomic() as transaction:
        # By act, not by phase: a final label and its correction are two acts.
        if transaction.claim(act_key(person, act.value, turn_id, key), at=place.now()):
            take_step(place, transaction, own, act, key=key, seconds=answer.seconds)
            keep_judgement(place, transaction, own, phase, answer)
    place.machines.note_judgement(own.turn.project_id)
    return _outcome(place, own_turn(place.db, person, turn_id))


def _said_at_commit(place: Workplace, own: OwnTurn, label: str) -> dict[str, Any]:
    """What the machine says to a first answer; in immediate mode, what it said before."""
    if own.mode is Mode.IMMEDIATE:
        return own.row.shown
    live = machine_of_turn(place, own.row, own.message)
    opinion = live.opinion(own.message.message_id) if live else None
    in_full = opinion is not None and opinion.label != label
    return _shown(place.db, live, own.message, in_full=in_full)


def _shown(
    db: Reader, live: LiveMachine | None, message: Message, *, in_full: bool
) -> dict[str, Any]:
    opinion = _opinion(db, live, message)
    if live is None or not opinion:
        return {}
    explanation = (
        live.explain(message.message_id, message.text)
        if in_full
        else live.explanations.get(message.message_id)
    )
    return opinion | {
        "explanation": dataclasses.asdict(explanation) if explanation else None,
        "contrast": live.contrast(message.message_id, message.text) if in_full else "",
    }


def _opinion(db: Reader, live: LiveMachine | None, message: Message) -> dict[str, Any]:
    """The machine's answer and the run on which it stands; nothing where it has none."""
    opinion = live.opinion(message.message_id) if live else None
    if live is None or opinion is None:
        return {}
    return {
        "opinion": dataclasses.asdict(opinion),
        "run": runs.run_of_encoder(db, live.encoder.encoder_id),
    }


def _outcome(place: Workplace, own: OwnTurn, made: list[Judgement] | None = None) -> TurnOutcome:
    view = view_turn(place, own.row, own.message, made)
    opinion, explanation = view.opinion, view.explanation
    agrees = (
        own.turn.state is TurnState.DONE
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
