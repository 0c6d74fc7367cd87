"""Figures of agreement as last worked out, and what they are worked out from."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import polars as pl

from rhml_core.store.database import Reader, Transaction


@dataclass(frozen=True)
class Kept:
    """
    One part of a project's figures.

    Attributes:
        figures: JSON-able values.
        made_from: names the state of the project that they were computed from.
        n_judgements: people's judgements at that time.
        made_at: when that was.
    """

    figures: dict[str, Any]
    made_from: str
    n_judgements: int
    made_at: datetime


@dataclass(frozen=True)
class EventMark:
    """How far a project's events have come: the newest one's number, and the judgements."""

    newest: int
    n_judgements: int


def keep_figures(
    transaction: Transaction,
    project_id: str,
    parts: Mapping[str, dict[str, Any]],
    *,
    made_from: str,
    n_judgements: int,
    at: datetime,
) -> None:
    """Keep figures, part -> JSON-able values without NaN, in the place of those kept before."""
    for part, figures in parts.items():
        transaction.write(
            """
            INSERT OR REPLACE INTO kept_agreement
                (project_id, part, made_from, figures, n_judgements, made_at)
            VALUES ($project_id, $part, $made_from, $figures, $n_judgements, $at)
            """,
            project_id=project_id,
            part=part,
            made_from=made_from,
            figures=json.dumps(figures, allow_nan=False),
            n_judgements=n_judgements,
            at=at,
        )


def kept_figures(db: Reader, project_id: str, part: str) -> Kept | None:
    """One part of the figures as last worked out; None where it never was."""
    rows = db.rows(
        """
        SELECT figures, made_from, n_judgements, made_at FROM kept_agreement
        WHERE project_id = $project_id AND part = $part ORDER BY part
        """,
        project_id=project_id,
        part=part,
    )
    return Kept(**{**rows[0], "figures": json.loads(rows[0]["figures"])}) if rows else None


def made_from(db: Reader, project_id: str, part: str) -> tuple[str, int, datetime] | None:
    """What a part was made from, its judgements and when; None where it never was."""
    rows = db.rows(
        """
        SELECT made_from, n_judgements, made_at FROM kept_agreement
        WHERE project_id = $project_id AND part = $part ORDER BY part
        """,
        project_id=project_id,
        part=part,
    )
    return (rows[0]["made_from"], rows[0]["n_judgements"], rows[0]["made_at"]) if rows else None


def event_mark(db: Reader, project_id: str) -> EventMark:
    """How far the events have come that figures of agreement depend on."""
    rows = db.rows(
        """
        WITH newest AS (
            SELECT max(seq) AS seq, count(*) FILTER (phase <> 'adjudicated') AS n
            FROM judgements WHERE project_id = $project_id
            UNION ALL
            SELECT max(seq), 0 FROM adjudications WHERE project_id = $project_id
            UNION ALL
            SELECT max(seq), 0 FROM reopenings WHERE project_id = $project_id
            UNION ALL
            SELECT max(seq), 0 FROM run_states WHERE project_id = $project_id
        )
        SELECT coalesce(max(seq), 0) AS newest, sum(n)::BIGINT AS n_judgements FROM newest
        ORDER BY newest
        """,
        project_id=project_id,
    )
    return EventMark(**rows[0])


def count_answers(db: Reader, run_id: str) -> int:
    """How many messages a run has answered."""
    rows = db.rows(
        "SELECT count(*) AS n FROM predictions WHERE run_id = $run_id ORDER BY n", run_id=run_id
    )
    return int(rows[0]["n"])


def timed_labels(db: Reader, project_id: str) -> pl.DataFrame:
    """
    Each expert's newest label for each message, with when it was given.

    Returns:
        `message_id, expert_id, label` (String), `made_at` (Datetime in UTC), sorted by the first
        two; the rows of `judgements.current_labels`.
    """
    return db.read(
        """
        WITH newest AS (
            SELECT message_id, expert_id, label, made_at FROM standing_judgements
            WHERE project_id = $project_id AND phase <> 'adjudicated'
            QUALIFY row_number() OVER (PARTITION BY message_id, expert_id ORDER BY seq DESC) = 1
        )
        SELECT message_id, expert_id, label, made_at FROM newest WHERE label IS NOT NULL
        ORDER BY message_id, expert_id
        """,
        project_id=project_id,
    )


def labels_of_people(
    db: Reader, project_id: str, expert_ids: Sequence[str], stage: Literal["first", "current"]
) -> pl.DataFrame:
    """
    Some experts' first or newest labels.

    Returns:
        `message_id, expert_id, label` (String), sorted by the first two; those experts' rows of
        `judgements.first_labels` or `judgements.current_labels`.
    """
    return db.read(
        """
        WITH ranked AS (
            SELECT message_id, expert_id, label,
                row_number() OVER (PARTITION BY message_id, expert_id ORDER BY seq) AS nth,
                row_number() OVER (PARTITION BY message_id, expert_id ORDER BY seq DESC) AS nth_last
            FROM standing_judgements
            WHERE project_id = $project_id AND phase <> 'adjudicated'
                AND expert_id IN (SELECT unnest($expert_ids::VARCHAR[]))
        )
        SELECT message_id, expert_id, label FROM ranked
        WHERE label IS NOT NULL
            AND CASE WHEN $stage = 'first' THEN nth ELSE nth_last END = 1
        ORDER BY message_id, expert_id
        """,
        project_id=project_id,
        expert_ids=list(expert_ids),
        stage=stage,
    )


def message_facts(db: Reader, project_id: str) -> pl.DataFrame:
    """
    What is known of each judged message beside its text.

    Returns:
        `message_id, author, language, metadata` (String, `metadata` a JSON object), by message.
    """
    return db.read(
        """
        SELECT message_id, author, language, metadata::VARCHAR AS metadata FROM messages
        WHERE project_id = $project_id AND message_id IN (
            SELECT message_id FROM judgements WHERE project_id = $project_id
        )
        ORDER BY message_id
        """,
        project_id=project_id,
    )
