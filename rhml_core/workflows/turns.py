"""
The reciprocal turn: commit blind, hear what the machine noticed, hold or revise, reveal, final.

A turn only steps forward. What these functions return is all that may be sent to the browser in
the turn's state: before the commit nothing of the machine's or of a colleague's opinion is in it.
"""

import dataclasses
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from rhml_core.domain import (
    Comment,
    Confidence,
    DrawnBecause,
    Explanation,
    Judgement,
    Message,
    Mode,
    Neighbour,
    Opinion,
    Person,
    Phase,
    Project,
    Role,
    Span,
    Split,
    Turn,
    TurnState,
    WordInfluence,
)
from rhml_core.errors import ConflictError, InvalidInputError, NotAllowedError
from rhml_core.store import codebooks, comments, judgements, messages, projects
from rhml_core.store import turns as turn_store
from rhml_core.store.database import Reader, Transaction
from rhml_core.store.events import add_event
from rhml_core.store.turns import TurnRow
from rhml_core.workflows.live_machine import hide_labels
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace

_N_DECISIVE_WORDS = 3

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
    explanation: Explanation | None = None
    opinion: Opinion | None = None
    contrast: str = ""
    earlier: Message | None = None


@dataclass(frozen=True)
class Agreement:
    """The quiet line after a commit that the machine agrees with."""

    label: str
    probability: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class TurnOutcome:
    """The turn after a step, and the machine's agreement where it agreed."""

    turn: TurnView
    agreement: Agreement | None = None


@dataclass(frozen=True)
class QueueProgress:
    """
    How far an expert and the project are.

    Attributes:
        n_done_today, n_done: messages that the expert judged.
        n_open: messages that still need this expert.
        n_messages: all messages of the project.
        n_fully_judged: messages with enough judgements, or a settled label.
    """

    n_done_today: int
    n_done: int
    n_open: int
    n_messages: int
    n_fully_judged: int


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
    row = turn_store.unfinished_turn(place.db, project_id, person.person_id, at=now)
    if row is None:
        project = projects.get_project(place.db, project_id)
        live = place.machines.live(project_id)
        ranked = live.ranked if live else []
        with place.db.atomic() as transaction:
            row = _draw(transaction, project, person, ranked, at=now, place=place)
    if row is None:
        return None
    view = _view(place, row)
    if row.turn.state is TurnState.OPEN and not view.is_unaided:
        place.machines.prepare(project_id, view.message.message_id, view.message.text)
    return view


def get_turn(place: Workplace, person: Person, turn_id: str) -> TurnView:
    """
    One of the expert's own turns as it stands.

    Raises:
        NotFoundError: there is no such turn.
        NotAllowedError: it is someone else's.
    """
    return _view(place, _own(place.db, person, turn_id))


def last_turn(place: Workplace, person: Person, project_id: str) -> TurnView | None:
    """The turn that the expert finished last, to go back to; None where there is none."""
    row = turn_store.newest_finished_turn(place.db, project_id, person.person_id)
    return _view(place, row) if row else None


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
    opinion = _opinion(place, row, message)
    asks = opinion is not None and opinion.label != label and row.mode is Mode.RECIPROCAL
    shown = _shown(place, row, message, opinion, in_full=asks)
    now = place.now()
    with place.db.atomic() as transaction:
        if transaction.claim(key, at=now):
            _step_from(transaction, turn_id, {TurnState.OPEN, TurnState.EXPIRED})
            _judge(
                transaction, turn, Phase.COMMIT, label, at=now, confidence=confidence,
                rationale=rationale, seconds=seconds,
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
                place, transaction, turn_id, TurnState.EXPLAINED if asks else TurnState.DONE,
                at=now, shown=shown, seconds=seconds,
            )
            _audit(transaction, turn, "judged", at=now, detail={"phase": "commit"})
    place.machines.note_judgement(turn.project_id)
    return _outcome(place, person, turn_id)


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
        place, person, turn_id, TurnState.EXPLAINED, TurnState.REVEALED, Phase.REVISED,
        label=label, reason="", key=key,
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
        place, person, turn_id, TurnState.REVEALED, TurnState.DONE, Phase.FINAL,
        label=label, reason=reason, key=key,
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
        place, person, turn_id, TurnState.DONE, TurnState.DONE, Phase.FINAL,
        label=label, reason=reason, key=key,
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
        if transaction.claim(key, at=now):
            _step_from(transaction, turn_id, {TurnState.OPEN, TurnState.EXPIRED})
            _advance(place, transaction, turn_id, TurnState.SKIPPED, at=now)
            _audit(transaction, turn, "skipped", at=now)


def flag(place: Workplace, person: Person, turn_id: str, *, note: str, key: str) -> None:
    """
    Mark the message for the supervisor; the turn goes on.

    Raises:
        NotFoundError, NotAllowedError: not this expert's turn.
    """
    turn = _own(place.db, person, turn_id).turn
    now = place.now()
    with place.db.atomic() as transaction:
        if transaction.claim(key, at=now):
            comment = Comment(
                uuid.uuid4().hex, f"message:{turn.message_id}", person.person_id, note, now
            )
            comments.add_comment(transaction, turn.project_id, comment, kind="flag")
            _audit(transaction, turn, "flagged", at=now)


def queue_progress(place: Workplace, person: Person, project_id: str) -> QueueProgress:
    """How far the expert and the project are; the day begins at midnight UTC."""
    project = projects.get_project(place.db, project_id)
    counts = turn_store.count_progress(
        place.db,
        project_id,
        person.person_id,
        overlap=project.overlap,
        day_start=datetime.combine(place.now().date(), time(), UTC),
    )
    return QueueProgress(**counts)


def _draw(
    transaction: Transaction,
    project: Project,
    person: Person,
    ranked: list[str],
    *,
    at: datetime,
    place: Workplace,
) -> TurnRow | None:
    unfinished = turn_store.unfinished_turn(
        transaction, project.project_id, person.person_id, at=at
    )
    if unfinished:
        return unfinished  # a second tab was quicker
    turn_store.expire_leases(transaction, project.project_id, at=at)
    found = _choose(transaction, project, person, ranked)
    if found is None:
        return None
    message_id, because = found
    turn = Turn(
        turn_id=uuid.uuid4().hex,
        project_id=project.project_id,
        message_id=message_id,
        expert_id=person.person_id,
        state=TurnState.OPEN,
        because=because,
        leased_at=at,
        expires_at=at + timedelta(seconds=place.settings.lease_seconds),
    )
    turn_store.add_turn(transaction, turn, mode=project.mode)
    return TurnRow(turn, project.mode, {})


def _choose(
    transaction: Transaction, project: Project, person: Person, ranked: list[str]
) -> tuple[str, DrawnBecause] | None:
    where, who = project.project_id, person.person_id
    found = turn_store.draw_begun(transaction, where, who, project.overlap)
    if found:
        return found, DrawnBecause.OVERLAP
    seed = uuid.uuid4().hex
    roll = random.random()  # noqa: S311 -- a lottery among messages, no secret

    def draw(split: Split) -> str | None:
        return turn_store.draw_random(transaction, where, who, split=split.value, seed=seed)

    if roll < project.shares.holdout and (found := draw(Split.HOLDOUT)):
        return found, DrawnBecause.HOLDOUT
    if roll < project.shares.holdout + project.shares.uncertain and ranked:
        found = turn_store.draw_ranked(transaction, where, who, ranked)
        if found:
            return found, DrawnBecause.UNCERTAIN
    if found := draw(Split.POOL):
        return found, DrawnBecause.RANDOM
    if found := draw(Split.HOLDOUT):
        return found, DrawnBecause.HOLDOUT
    if found := turn_store.draw_skipped(transaction, where, who, project.overlap):
        return found, DrawnBecause.RANDOM
    return None


def _own(db: Reader, person: Person, turn_id: str) -> TurnRow:
    row = turn_store.get_turn(db, turn_id)
    if row.turn.expert_id != person.person_id:
        raise NotAllowedError("This turn belongs to a colleague. Reload the page for yours.")
    return row


def _step_from(transaction: Transaction, turn_id: str, states: set[TurnState]) -> None:
    if turn_store.get_turn(transaction, turn_id).turn.state not in states:
        raise ConflictError(
            "This message went on elsewhere, perhaps in a second tab. Reload the page to go on."
        )


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
    turn = _own(place.db, person, turn_id).turn
    now = place.now()
    with place.db.atomic() as transaction:
        if transaction.claim(key, at=now):
            _step_from(transaction, turn_id, {before})
            _judge(transaction, turn, phase, label, at=now, reason=reason)
            _advance(place, transaction, turn_id, after, at=now)
            _audit(transaction, turn, "judged", at=now, detail={"phase": phase.value})
    place.machines.note_judgement(turn.project_id)
    return _outcome(place, person, turn_id)


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
) -> None:
    codebook = codebooks.get_codebook(transaction, turn.project_id)
    if label not in codebook.names:
        raise InvalidInputError(f"'{label}' is not in the codebook. Reload the page to see it.")
    judgements.add_judgement(
        transaction,
        Judgement(
            judgement_id=uuid.uuid4().hex,
            message_id=turn.message_id,
            expert_id=turn.expert_id,
            phase=phase,
            label=label,
            made_at=at,
            confidence=confidence,
            rationale=tuple(rationale),
            reason=reason,
        ),
        judgements.JudgementContext(
            turn.project_id, codebook.version, turn_id=turn.turn_id, seconds=seconds
        ),
    )


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


def _is_unaided(row: TurnRow, message: Message) -> bool:
    return row.mode is Mode.BLIND or message.split is Split.HOLDOUT


def _opinion(place: Workplace, row: TurnRow, message: Message) -> Opinion | None:
    if _is_unaided(row, message):
        return None
    live = place.machines.live(row.turn.project_id)
    return live.opinion(message.message_id) if live else None


def _shown(
    place: Workplace, row: TurnRow, message: Message, opinion: Opinion | None, *, in_full: bool
) -> dict[str, Any]:
    if opinion is None:
        return {}
    where, name = row.turn.project_id, message.message_id
    explanation = (
        place.machines.explain(where, name, message.text)
        if in_full
        else place.machines.prepared(where, name)
    )
    return {
        "opinion": dataclasses.asdict(opinion),
        "explanation": dataclasses.asdict(explanation) if explanation else None,
        "contrast": place.machines.contrast(where, name, message.text) if in_full else "",
    }


def _outcome(place: Workplace, person: Person, turn_id: str) -> TurnOutcome:
    row = _own(place.db, person, turn_id)
    view = _view(place, row)
    opinion, explanation = _opinion_from(row.shown), _explanation_from(row.shown)
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
    return TurnOutcome(view, Agreement(opinion.label, opinion.probability, words))


def _view(place: Workplace, row: TurnRow) -> TurnView:
    turn = row.turn
    message = _without_answers(
        messages.get_message(place.db, turn.project_id, turn.message_id)
    )
    made = judgements.turn_judgements(place.db, turn.turn_id)
    earlier = None
    if message.reply_to:
        found = messages.get_messages(place.db, turn.project_id, [message.reply_to])
        earlier = found[0] if found else None
    is_unaided = _is_unaided(row, message)
    opinion, explanation, contrast = None, None, ""
    if turn.state in {TurnState.REVEALED, TurnState.DONE}:
        opinion, explanation = _opinion_from(row.shown), _explanation_from(row.shown)
        contrast = row.shown.get("contrast", "")
    elif turn.state is TurnState.EXPLAINED:
        explanation = _explanation_from(row.shown)
        explanation = hide_labels(explanation) if explanation else None
    elif row.mode is Mode.IMMEDIATE:
        opinion = _opinion(place, row, message)
    return TurnView(
        turn_id=turn.turn_id,
        message=message,
        state=turn.state,
        because=turn.because,
        is_unaided=is_unaided,
        committed=made[0] if made else None,
        explanation=explanation,
        opinion=opinion,
        contrast=contrast,
        earlier=earlier,
    )


def _without_answers(message: Message) -> Message:
    kept = {
        name: value
        for name, value in message.metadata.items()
        if name.strip().casefold() not in _ANSWER_COLUMNS
    }
    return dataclasses.replace(message, metadata=kept)


def _opinion_from(shown: dict[str, Any]) -> Opinion | None:
    return Opinion(**shown["opinion"]) if shown.get("opinion") else None


def _explanation_from(shown: dict[str, Any]) -> Explanation | None:
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
