"""Judgements: what each person said of each message, append-only; "current" is the newest."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from rhml_core.domain import Confidence, Judgement, Phase, Span
from rhml_core.store.database import Reader, Transaction


@dataclass(frozen=True)
class JudgementContext:
    """
    What belongs to a judgement beside its content.

    Attributes:
        turn_id: None for imported labels.
        seconds: time that the expert took; None where unknown.
    """

    project_id: str
    codebook_version: int
    turn_id: str | None = None
    seconds: float | None = None


def add_judgement(
    transaction: Transaction, judgement: Judgement, context: JudgementContext
) -> None:
    """Append one judgement."""
    transaction.write(
        """
        INSERT INTO judgements (judgement_id, project_id, message_id, expert_id, turn_id, phase,
            label, confidence, rationale, reason, seconds, codebook_version, made_at)
        VALUES ($judgement_id, $project_id, $message_id, $expert_id, $turn_id, $phase,
            $label, $confidence, $rationale, $reason, $seconds, $codebook_version, $at)
        """,
        judgement_id=judgement.judgement_id,
        project_id=context.project_id,
        message_id=judgement.message_id,
        expert_id=judgement.expert_id,
        turn_id=context.turn_id,
        phase=judgement.phase.value,
        label=judgement.label,
        confidence=judgement.confidence.value if judgement.confidence else None,
        rationale=json.dumps([[span.start, span.end] for span in judgement.rationale]),
        reason=judgement.reason,
        seconds=context.seconds,
        codebook_version=context.codebook_version,
        at=judgement.made_at,
    )


def add_imported(
    transaction: Transaction, project_id: str, labels: pl.DataFrame, *, codebook_version: int
) -> None:
    """
    Append many judgements that were made elsewhere.

    Args:
        transaction: the act.
        project_id: where the messages are.
        labels: `judgement_id, message_id, expert_id, phase, label, confidence, reason`
            (String), `made_at` (Datetime, UTC); in the order in which they were made.
        codebook_version: the version whose labels they use.
    """
    frame = labels.with_columns(
        project_id=pl.lit(project_id), codebook_version=pl.lit(codebook_version)
    )
    transaction.write_frame(
        """
        INSERT INTO judgements (judgement_id, project_id, message_id, expert_id, phase, label,
            confidence, rationale, reason, codebook_version, made_at)
        SELECT judgement_id, project_id, message_id, expert_id, phase, label,
            confidence, '[]', reason, codebook_version, made_at
        FROM frame
        """,
        frame,
    )


def current_labels(db: Reader, project_id: str) -> pl.DataFrame:
    """
    Each expert's newest label for each message; adjudications are not among them.

    What was said before the codebook reopened a message does not count. Labels are called as in
    the newest codebook; an answer whose label is none any more is absent.

    Returns:
        `message_id, expert_id, label` (String), sorted by the first two. The same columns
        and no rows if nothing is labelled yet.
    """
    return db.read(
        """
        WITH newest AS (
            SELECT message_id, expert_id, label FROM standing_judgements
            WHERE project_id = $project_id AND phase <> 'adjudicated'
            QUALIFY row_number() OVER (PARTITION BY message_id, expert_id ORDER BY seq DESC) = 1
        )
        SELECT message_id, expert_id, label FROM newest WHERE label IS NOT NULL
        ORDER BY message_id, expert_id
        """,
        project_id=project_id,
    )


def labels_of_message(db: Reader, project_id: str, message_id: str) -> pl.DataFrame:
    """`message_id, expert_id, label` (String): as `current_labels`, of one message."""
    return db.read(
        """
        WITH newest AS (
            SELECT message_id, expert_id, label FROM standing_judgements
            WHERE project_id = $project_id AND message_id = $message_id
                AND phase <> 'adjudicated'
            QUALIFY row_number() OVER (PARTITION BY expert_id ORDER BY seq DESC) = 1
        )
        SELECT message_id, expert_id, label FROM newest WHERE label IS NOT NULL
        ORDER BY expert_id
        """,
        project_id=project_id,
        message_id=message_id,
    )


def has_lost_label(db: Reader, project_id: str, message_id: str) -> bool:
    """Whether what somebody last said of a message is a label no more, so that nothing stands."""
    return bool(
        db.rows(
            """
            WITH newest AS (
                SELECT seq, label FROM standing_judgements
                WHERE project_id = $project_id AND message_id = $message_id
                QUALIFY row_number() OVER (
                    PARTITION BY CASE WHEN phase = 'adjudicated' THEN NULL ELSE expert_id END
                    ORDER BY seq DESC) = 1
            )
            SELECT seq FROM newest WHERE label IS NULL ORDER BY seq LIMIT 1
            """,
            project_id=project_id,
            message_id=message_id,
        )
    )


def labels_as_now(db: Reader, project_id: str, message_id: str) -> dict[str, str]:
    """
    What each standing judgement of a message says, by its identifier, oldest first.

    Labels as in `current_labels`; adjudications that were not taken back are among them.
    """
    found = db.rows(
        """
        SELECT judgement_id, label FROM standing_judgements
        WHERE project_id = $project_id AND message_id = $message_id AND label IS NOT NULL
        ORDER BY seq
        """,
        project_id=project_id,
        message_id=message_id,
    )
    return {row["judgement_id"]: row["label"] for row in found}


def first_labels(db: Reader, project_id: str) -> pl.DataFrame:
    """
    Each expert's first label for each message, made before the machine spoke.

    Of a message that the codebook reopened, the first since then; labels as in `current_labels`.

    Returns:
        `message_id, expert_id, label` (String), sorted by the first two. The same columns
        and no rows if nothing is labelled yet.
    """
    return db.read(
        """
        WITH oldest AS (
            SELECT message_id, expert_id, label FROM standing_judgements
            WHERE project_id = $project_id AND phase <> 'adjudicated'
            QUALIFY row_number() OVER (PARTITION BY message_id, expert_id ORDER BY seq) = 1
        )
        SELECT message_id, expert_id, label FROM oldest WHERE label IS NOT NULL
        ORDER BY message_id, expert_id
        """,
        project_id=project_id,
    )


def adjudicated_labels(db: Reader, project_id: str) -> pl.DataFrame:
    """
    The newest decision on each adjudicated message that the codebook has not reopened since.

    Returns:
        `message_id, label` (String), by message; labels as in `current_labels`. The same columns
        and no rows if nothing is adjudicated.
    """
    return db.read(
        """
        WITH newest AS (
            SELECT message_id, label FROM standing_judgements
            WHERE project_id = $project_id AND phase = 'adjudicated'
            QUALIFY row_number() OVER (PARTITION BY message_id ORDER BY seq DESC) = 1
        )
        SELECT message_id, label FROM newest WHERE label IS NOT NULL ORDER BY message_id
        """,
        project_id=project_id,
    )


def reopened_judged(db: Reader, project_id: str) -> list[str]:
    """Identifiers of reopened messages that people had judged before: theirs to judge again."""
    return db.read(
        """
        SELECT DISTINCT message_id FROM reopenings JOIN judgements USING (project_id, message_id)
        WHERE project_id = $project_id AND phase <> 'adjudicated'
        ORDER BY message_id
        """,
        project_id=project_id,
    )["message_id"].to_list()


def opinions_before_learning(db: Reader, project_id: str) -> pl.DataFrame:
    """
    What the machine said of a message when an expert committed, newest for each message.

    Labels are called as in the newest codebook; an opinion whose label is none any more is absent.

    Returns:
        `message_id, label` (String), `probability` (Float64), `machine` (String), by message.
    """
    return db.read(
        """
        WITH newest AS (
            SELECT project_id, message_id, turn_id, label, probability, machine
            FROM machine_opinions WHERE project_id = $project_id
            QUALIFY row_number() OVER (PARTITION BY message_id ORDER BY seq DESC) = 1
        ),
        made AS (
            SELECT turn_id, min(codebook_version) AS codebook_version FROM judgements
            WHERE project_id = $project_id AND phase = 'commit' GROUP BY turn_id
        )
        SELECT message_id, CASE WHEN moved.label IS NULL THEN newest.label ELSE moved.now END
            AS label, probability, machine
        FROM newest LEFT JOIN made USING (turn_id)
            LEFT JOIN label_moves AS moved ON moved.project_id = newest.project_id
                AND moved.label = newest.label AND moved.since <= made.codebook_version
                AND made.codebook_version < moved.version
        WHERE moved.label IS NULL OR moved.now IS NOT NULL
        ORDER BY message_id
        """,
        project_id=project_id,
    )


def message_judgements(db: Reader, project_id: str, message_id: str) -> list[Judgement]:
    """Everything that was ever judged of one message, oldest first."""
    return _judgements(
        db.rows(
            """
            SELECT judgement_id, message_id, expert_id, phase, label, made_at, confidence,
                rationale, reason
            FROM judgements
            WHERE project_id = $project_id AND message_id = $message_id
            ORDER BY seq
            """,
            project_id=project_id,
            message_id=message_id,
        )
    )


def turn_judgements(db: Reader, turn_id: str) -> list[Judgement]:
    """What was judged in one turn, oldest first."""
    return _judgements(
        db.rows(
            """
            SELECT judgement_id, message_id, expert_id, phase, label, made_at, confidence,
                rationale, reason
            FROM judgements WHERE turn_id = $turn_id ORDER BY seq
            """,
            turn_id=turn_id,
        )
    )


def judged_labels(db: Reader, project_id: str) -> pl.DataFrame:
    """`label` (String), `n` (Int64) of every label that a standing judgement uses, by label."""
    return db.read(
        """
        SELECT label, count(*) AS n FROM standing_judgements
        WHERE project_id = $project_id AND label IS NOT NULL GROUP BY label ORDER BY label
        """,
        project_id=project_id,
    )


def experts_of(db: Reader, project_id: str) -> list[str]:
    """Identifiers of everyone who judged in a project, adjudicators apart, sorted."""
    return db.read(
        """
        SELECT DISTINCT expert_id FROM judgements
        WHERE project_id = $project_id AND phase <> 'adjudicated'
        ORDER BY expert_id
        """,
        project_id=project_id,
    )["expert_id"].to_list()


def count_by_message(db: Reader, project_id: str, message_ids: list[str]) -> pl.DataFrame:
    """`message_id` (String), `n_judgements` (Int64): distinct experts who judged, by message."""
    return db.read(
        """
        SELECT message_id, count(DISTINCT expert_id) AS n_judgements FROM judgements
        WHERE project_id = $project_id AND phase <> 'adjudicated'
            AND message_id IN (SELECT unnest($message_ids::VARCHAR[]))
        GROUP BY message_id ORDER BY message_id
        """,
        project_id=project_id,
        message_ids=message_ids,
    )


def add_opinion(
    transaction: Transaction,
    *,
    project_id: str,
    message_id: str,
    turn_id: str,
    label: str,
    probability: float,
    machine: str,
    at: datetime,
) -> None:
    """Append what the machine thought of a message before it learnt the expert's label."""
    transaction.write(
        """
        INSERT INTO machine_opinions
            (project_id, message_id, turn_id, label, probability, machine, made_at)
        VALUES ($project_id, $message_id, $turn_id, $label, $probability, $machine, $at)
        """,
        project_id=project_id,
        message_id=message_id,
        turn_id=turn_id,
        label=label,
        probability=probability,
        machine=machine,
        at=at,
    )


def _judgements(rows: list[dict[str, Any]]) -> list[Judgement]:
    return [
        Judgement(
            judgement_id=row["judgement_id"],
            message_id=row["message_id"],
            expert_id=row["expert_id"],
            phase=Phase(row["phase"]),
            label=row["label"],
            made_at=row["made_at"],
            confidence=Confidence(row["confidence"]) if row["confidence"] else None,
            rationale=tuple(Span(start, end) for start, end in json.loads(row["rationale"])),
            reason=row["reason"],
        )
        for row in rows
    ]
