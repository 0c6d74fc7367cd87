"""Which message an expert gets next, and how far the queue is."""

import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from rhml_core.domain import (
    DrawnBecause,
    Message,
    Person,
    Project,
    Role,
    Split,
    Turn,
    TurnState,
)
from rhml_core.machine.choosing.selection import reasons_to_try
from rhml_core.store import drawing, messages, projects, reopenings
from rhml_core.store import turns as turn_store
from rhml_core.store.database import Transaction
from rhml_core.store.turns import TurnRow, TurnStep
from rhml_core.workflows.permission import require
from rhml_core.workflows.turn.protocol import TurnAct, is_told, next_state
from rhml_core.workflows.turn.view import mode_in_force
from rhml_core.workflows.workplace import Workplace

_SPLITS = {DrawnBecause.RANDOM: Split.POOL, DrawnBecause.HOLDOUT: Split.HOLDOUT}
_NOBODY = ""


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


def queue_progress(
    place: Workplace, person: Person, project_id: str, *, zone: tzinfo = UTC
) -> QueueProgress:
    """How far the expert and the project are; the day begins at midnight on a clock of `zone`."""
    today = place.now().astimezone(zone).date()
    project = projects.get_project(place.db, project_id)
    counts = turn_store.count_progress(
        place.db,
        project_id,
        person.person_id,
        overlap=project.overlap,
        day_start=datetime.combine(today, time(), zone).astimezone(UTC),
    )
    return QueueProgress(**counts)


@dataclass(frozen=True)
class ProbeStock:
    """
    What a project's hold-out has for measuring the experts.

    Attributes:
        n_references: hold-out messages whose answer is known: adjudicated, or two judgements or
            more with one label in the lead.
        n_holdout: all hold-out messages.
    """

    n_references: int
    n_holdout: int


def probe_stock(place: Workplace, person: Person, project_id: str) -> ProbeStock:
    """How many messages there are to measure the experts on."""
    require(person, Role.VIEWER, "see the project")
    counts = messages.count_messages(place.db, project_id)
    return ProbeStock(
        n_references=drawing.count_probes_left(place.db, project_id, _NOBODY),
        n_holdout=counts.get(Split.HOLDOUT.value, 0),
    )


def draw_turn(
    transaction: Transaction,
    project: Project,
    person: Person,
    ranked: Mapping[DrawnBecause, list[str]],
    *,
    at: datetime,
    lease_seconds: int,
    tell: Callable[[Message], dict[str, Any]],
) -> TurnRow | None:
    """
    Lease the next message to an expert.

    Args:
        transaction: the act.
        project: where.
        person: for whom.
        ranked: unjudged messages of the pool by the reason to choose them, best first.
        at: now.
        lease_seconds: how long the message stays reserved.
        tell: what the machine says of a message; asked where it speaks from the start.

    Returns:
        The new turn, or the unfinished one that a second tab has drawn meanwhile; None where
        nothing is left.
    """
    unfinished = _unfinished(transaction, project.project_id, person.person_id, at=at)
    if unfinished:
        return unfinished  # a second tab was quicker
    turn_store.expire_leases(transaction, project.project_id, at=at)
    found = _choose(transaction, project, person, ranked)
    if found is None:
        return None
    message_id, because = found
    expires_at = at + timedelta(seconds=lease_seconds)
    expired = turn_store.expired_turn(transaction, project.project_id, message_id, person.person_id)
    if expired:
        turn_id = expired.turn.turn_id
        turn_store.lease_again(transaction, turn_id, because, at=at, expires_at=expires_at)
        return turn_store.get_turn(transaction, turn_id)
    turn = Turn(
        turn_id=uuid.uuid4().hex,
        project_id=project.project_id,
        message_id=message_id,
        expert_id=person.person_id,
        state=TurnState.OPEN,
        because=because,
        leased_at=at,
        expires_at=expires_at,
    )
    row = TurnRow(turn, project.mode, {})
    message = messages.get_message(transaction, project.project_id, message_id)
    shown = tell(message) if is_told(mode_in_force(row, message), turn.state) else {}
    turn_store.add_turn(transaction, turn, mode=project.mode, shown=shown)
    return TurnRow(turn, project.mode, shown)


def _unfinished(
    transaction: Transaction, project_id: str, expert_id: str, *, at: datetime
) -> TurnRow | None:
    """The turn to go on with; those whose message the codebook reopened are closed on the way."""
    while row := turn_store.unfinished_turn(transaction, project_id, expert_id, at=at):
        turn = row.turn
        if not reopenings.is_reopened_since(transaction, turn.turn_id):
            return row
        after = next_state(row.mode, turn.state, TurnAct.CLOSE)
        step = TurnStep(turn.turn_id, after, TurnAct.CLOSE.value)
        turn_store.advance_turn(transaction, step, at=at, expires_at=turn.expires_at)
    return None


def _choose(
    transaction: Transaction,
    project: Project,
    person: Person,
    ranked: Mapping[DrawnBecause, list[str]],
) -> tuple[str, DrawnBecause] | None:
    where, who = project.project_id, person.person_id
    # Whoever may look answers up cannot be tested on them.
    is_tested = person.role is Role.EXPERT
    if is_tested and _is_before_machine(transaction, project, who):
        found = drawing.draw_probe(transaction, where, who, seed=uuid.uuid4().hex)
        if found:
            return found, DrawnBecause.BASELINE
    roll = random.random()  # noqa: S311 -- no secret
    order = reasons_to_try(project.shares, roll)
    chosen = _choose_work(transaction, project, who, ranked, order)
    # Only beside other work: else the end of the queue would be a matter of luck.
    if chosen and is_tested and order[0] is DrawnBecause.PROBE:
        found = drawing.draw_probe(transaction, where, who, seed=uuid.uuid4().hex)
        if found:
            return found, DrawnBecause.PROBE
    return chosen


def _choose_work(
    transaction: Transaction,
    project: Project,
    expert_id: str,
    ranked: Mapping[DrawnBecause, list[str]],
    order: Sequence[DrawnBecause],
) -> tuple[str, DrawnBecause] | None:
    where = project.project_id
    if found := reopenings.draw_reopened(transaction, where, expert_id, project.overlap):
        return found, DrawnBecause.REOPENED
    found = drawing.draw_begun(transaction, where, expert_id, project.overlap)
    if found:
        return found, DrawnBecause.OVERLAP
    for because in order:
        if because in _SPLITS:
            seed, split = uuid.uuid4().hex, _SPLITS[because]
            found = drawing.draw_random(transaction, where, expert_id, split=split.value, seed=seed)
        elif names := ranked.get(because):
            found = drawing.draw_ranked(transaction, where, expert_id, names)
        if found:
            return found, because
    if found := drawing.draw_skipped(transaction, where, expert_id, project.overlap):
        return found, DrawnBecause.RANDOM
    # Those who judged it before may never come back; then others do.
    found = reopenings.draw_reopened(transaction, where, expert_id, project.overlap, of_others=True)
    return (found, DrawnBecause.REOPENED) if found else None


def _is_before_machine(transaction: Transaction, project: Project, expert_id: str) -> bool:
    """Whether an expert's baseline is wanted, not yet complete, and still possible."""
    where = project.project_id
    return (
        project.baseline_probes > 0
        and drawing.count_baseline(transaction, where, expert_id) < project.baseline_probes
        and not drawing.has_heard_machine(transaction, where, expert_id)
    )
