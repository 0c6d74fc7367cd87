"""Measured effects of decisions on concepts, and what they are measured from."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from rhml_core.domain import ConceptStatus
from rhml_core.store.database import Reader, Transaction


@dataclass(frozen=True)
class Decided:
    """
    The newest decision on a concept.

    Attributes:
        seq: its place among all events.
        status: what it made of the concept.
        previous: what the concept was before.
    """

    concept_id: str
    seq: int
    status: ConceptStatus
    previous: ConceptStatus
    made_at: datetime


@dataclass(frozen=True)
class MeasuredFrom:
    """
    The state that an effect belongs to; equal states have equal effects.

    Attributes:
        decision: place of the decision among all events.
        newest_event: place of the newest event that judgements depend on.
        run_id: the newest run; "" before the first one.
    """

    decision: int
    newest_event: int
    codebook_version: int
    run_id: str


@dataclass(frozen=True)
class KeptEffect:
    """
    One measuring.

    Attributes:
        figures: JSON-able values.
        run_number: of the newest run then; None before the first one.
    """

    concept_id: str
    measured_from: MeasuredFrom
    run_number: int | None
    figures: dict[str, Any]
    measured_at: datetime


def newest_decisions(db: Reader, project_id: str) -> list[Decided]:
    """The newest decision on each concept that has one, newest first."""
    rows = db.rows(
        """
        SELECT concept_id, seq, status, made_at,
            coalesce(lag(status) OVER (PARTITION BY concept_id ORDER BY seq), 'new') AS previous
        FROM concept_decisions WHERE project_id = $project_id
        QUALIFY row_number() OVER (PARTITION BY concept_id ORDER BY seq DESC) = 1
        ORDER BY seq DESC
        """,
        project_id=project_id,
    )
    return [
        Decided(
            row["concept_id"],
            row["seq"],
            ConceptStatus(row["status"]),
            ConceptStatus(row["previous"]),
            row["made_at"],
        )
        for row in rows
    ]


def add_effect(
    transaction: Transaction,
    project_id: str,
    concept_id: str,
    measured_from: MeasuredFrom,
    figures: dict[str, Any],
    *,
    at: datetime,
) -> None:
    """Append a measuring; figures are JSON-able, without NaN."""
    transaction.write(
        """
        INSERT INTO concept_effects (project_id, concept_id, decision, newest_event,
            codebook_version, run_id, figures, measured_at)
        VALUES ($project_id, $concept_id, $decision, $newest_event, $codebook_version, $run_id,
            $figures, $at)
        """,
        project_id=project_id,
        concept_id=concept_id,
        decision=measured_from.decision,
        newest_event=measured_from.newest_event,
        codebook_version=measured_from.codebook_version,
        run_id=measured_from.run_id,
        figures=json.dumps(figures, allow_nan=False),
        at=at,
    )


def effects(db: Reader, project_id: str, concept_id: str | None = None) -> list[KeptEffect]:
    """Every measuring of a project, or of one concept, oldest first."""
    rows = db.rows(
        """
        SELECT concept_id, decision, newest_event, effect.codebook_version, run_id, figures,
            measured_at, number
        FROM concept_effects AS effect LEFT JOIN runs USING (run_id)
        WHERE effect.project_id = $project_id
            AND ($concept_id IS NULL OR concept_id = $concept_id)
        ORDER BY effect.seq
        """,
        project_id=project_id,
        concept_id=concept_id,
    )
    return [
        KeptEffect(
            row["concept_id"],
            MeasuredFrom(
                row["decision"], row["newest_event"], row["codebook_version"], row["run_id"]
            ),
            row["number"],
            json.loads(row["figures"]),
            row["measured_at"],
        )
        for row in rows
    ]


def unaided_labels(db: Reader, project_id: str) -> pl.DataFrame:
    """
    Each expert's first label for each message, where it was made before the machine spoke.

    Returns:
        `message_id, expert_id, label, text` (String), `made_at` (Datetime, UTC), by message and
        expert; answers of turns in mode immediate are absent. The same columns and no rows if
        nothing is labelled yet.
    """
    return db.read(
        """
        WITH oldest AS (
            SELECT message_id, expert_id, label, made_at, turn_id FROM standing_judgements
            WHERE project_id = $project_id AND phase <> 'adjudicated'
            QUALIFY row_number() OVER (PARTITION BY message_id, expert_id ORDER BY seq) = 1
        )
        SELECT oldest.message_id, oldest.expert_id, label, text, made_at FROM oldest
        JOIN messages ON messages.project_id = $project_id
            AND messages.message_id = oldest.message_id
        LEFT JOIN turns ON turns.turn_id = oldest.turn_id
        WHERE label IS NOT NULL AND coalesce(turns.mode, 'blind') <> 'immediate'
        ORDER BY oldest.message_id, oldest.expert_id
        """,
        project_id=project_id,
    )
