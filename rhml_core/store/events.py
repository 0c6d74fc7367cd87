"""The audit: who did what to what, and when; also what a person missed since a last visit."""

import json
import uuid
from datetime import datetime
from typing import Any

import polars as pl

from rhml_core.store.database import Reader, Transaction


def add_event(
    transaction: Transaction,
    *,
    kind: str,
    subject: str,
    person_id: str | None,
    project_id: str | None,
    at: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """Record one act; called in the same transaction as the act itself."""
    transaction.write(
        """
        INSERT INTO audit (event_id, made_at, person_id, project_id, kind, subject, detail)
        VALUES ($event_id, $at, $person_id, $project_id, $kind, $subject, $detail)
        """,
        event_id=uuid.uuid4().hex,
        at=at,
        person_id=person_id,
        project_id=project_id,
        kind=kind,
        subject=subject,
        detail=json.dumps(detail or {}),
    )


def list_events(
    db: Reader,
    project_id: str,
    *,
    kinds: list[str],
    after_seq: int = -1,
    except_person: str | None = None,
    limit: int = 100,
) -> pl.DataFrame:
    """
    The project's newest events of some kinds; without one person's acts, but with all runs.

    Returns:
        `seq` (Int64), `event_id`, `made_at`, `person_id`, `kind`, `subject`, `detail`
        (String, a JSON object), newest first.
    """
    return db.read(
        """
        SELECT seq, event_id, made_at, person_id, kind, subject, detail
        FROM audit
        WHERE project_id = $project_id AND list_contains($kinds, kind) AND seq > $after_seq
            AND ($except_person IS NULL OR person_id <> $except_person OR kind = 'run_trained')
        ORDER BY seq DESC
        LIMIT $limit
        """,
        project_id=project_id,
        kinds=kinds,
        after_seq=after_seq,
        except_person=except_person,
        limit=limit,
    )


def last_visits(db: Reader, project_id: str, person_id: str) -> pl.DataFrame:
    """`seq` (Int64), `made_at` of the person's two newest visits, newest first."""
    return db.read(
        """
        SELECT seq, made_at FROM audit
        WHERE project_id = $project_id AND person_id = $person_id AND kind = 'visit'
        ORDER BY seq DESC LIMIT 2
        """,
        project_id=project_id,
        person_id=person_id,
    )


def count_events(
    db: Reader, project_id: str, kind: str, *, after_seq: int, except_person: str
) -> int:
    """How many events of a kind others made after one event."""
    frame = db.read(
        """
        SELECT count(*) AS n FROM audit
        WHERE project_id = $project_id AND kind = $kind AND seq > $after_seq
            AND person_id <> $except_person
        """,
        project_id=project_id,
        kind=kind,
        after_seq=after_seq,
        except_person=except_person,
    )
    return int(frame["n"][0])


def has_event(db: Reader, project_id: str, *, kind: str, subject: str, person_id: str) -> bool:
    """Whether a person did something of a kind to a subject."""
    frame = db.read(
        """
        SELECT count(*) AS n FROM audit
        WHERE project_id = $project_id AND person_id = $person_id AND kind = $kind
            AND subject = $subject
        """,
        project_id=project_id,
        person_id=person_id,
        kind=kind,
        subject=subject,
    )
    return bool(frame["n"][0])
