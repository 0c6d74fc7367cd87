"""Which message an expert gets next, and how far the queue is."""

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from rhml_core.domain import DrawnBecause, Person, Project, Split, Turn, TurnState
from rhml_core.machine.choosing.selection import reasons_to_try
from rhml_core.store import projects
from rhml_core.store import turns as turn_store
from rhml_core.store.database import Transaction
from rhml_core.store.turns import TurnRow
from rhml_core.workflows.workplace import Workplace

_SPLITS = {DrawnBecause.RANDOM: Split.POOL, DrawnBecause.HOLDOUT: Split.HOLDOUT}


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


def draw_turn(
    transaction: Transaction,
    project: Project,
    person: Person,
    ranked: Mapping[DrawnBecause, list[str]],
    *,
    at: datetime,
    lease_seconds: int,
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

    Returns:
        The new turn, or the unfinished one that a second tab has drawn meanwhile; None where
        nothing is left.
    """
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
    expires_at = at + timedelta(seconds=lease_seconds)
    reopened = turn_store.reopen_expired(
        transaction,
        project.project_id,
        message_id,
        person.person_id,
        at=at,
        expires_at=expires_at,
    )
    if reopened:
        return turn_store.get_turn(transaction, reopened)
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
    turn_store.add_turn(transaction, turn, mode=project.mode)
    return TurnRow(turn, project.mode, {})


def _choose(
    transaction: Transaction,
    project: Project,
    person: Person,
    ranked: Mapping[DrawnBecause, list[str]],
) -> tuple[str, DrawnBecause] | None:
    where, who = project.project_id, person.person_id
    found = turn_store.draw_begun(transaction, where, who, project.overlap)
    if found:
        return found, DrawnBecause.OVERLAP
    for because in reasons_to_try(project.shares, random.random()):  # noqa: S311 -- no secret
        if because in _SPLITS:
            seed, split = uuid.uuid4().hex, _SPLITS[because]
            found = turn_store.draw_random(transaction, where, who, split=split.value, seed=seed)
        elif names := ranked.get(because):
            found = turn_store.draw_ranked(transaction, where, who, names)
        if found:
            return found, because
    if found := turn_store.draw_skipped(transaction, where, who, project.overlap):
        return found, DrawnBecause.RANDOM
    return None
