"""Adjudications: who settled which message how, behind which kind of error; and what was undone."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

import polars as pl

from rhml_core.store.database import Reader, Transaction


class ErrorKind(StrEnum):
    """Why people differed on a message that had to be settled."""

    AMBIGUOUS = "ambiguous"
    GUIDELINE_GAP = "guideline gap"
    SLIP = "slip"
    KNOWLEDGE_GAP = "knowledge gap"
    LABEL_MISSING = "label missing"


@dataclass(frozen=True)
class Adjudication:
    """
    One decision on a message, or that a decision was taken back.

    Attributes:
        judgement_id: of the decision, in either case.
        person_id: who decided, or took it back.
        error_kind: None where it was taken back.
        reason: in the person's own words; "" where none was given.
        dissent: what somebody holds against the decision; "" where nothing was noted.
        dissent_by: who dissents; "" where nobody is named.
        seq: its place in the order of all events; 0 for one that is not stored.
    """

    message_id: str
    judgement_id: str
    kind: Literal["decided", "undone"]
    person_id: str
    made_at: datetime
    error_kind: ErrorKind | None = None
    reason: str = ""
    dissent: str = ""
    dissent_by: str = ""
    seq: int = 0


def add_adjudication(transaction: Transaction, project_id: str, made: Adjudication) -> None:
    """Append one; it gets its place in the order here."""
    transaction.write(
        """
        INSERT INTO adjudications (project_id, message_id, judgement_id, kind, error_kind, reason,
            dissent, dissent_by, person_id, made_at)
        VALUES ($project_id, $message_id, $judgement_id, $kind, $error_kind, $reason,
            $dissent, $dissent_by, $person_id, $at)
        """,
        project_id=project_id,
        message_id=made.message_id,
        judgement_id=made.judgement_id,
        kind=made.kind,
        error_kind=made.error_kind.value if made.error_kind else None,
        reason=made.reason,
        dissent=made.dissent,
        dissent_by=made.dissent_by,
        person_id=made.person_id,
        at=made.made_at,
    )


def adjudications_of(db: Reader, project_id: str, message_id: str) -> list[Adjudication]:
    """Everything that was decided on one message and taken back, oldest first."""
    found = db.rows(
        """
        SELECT seq, message_id, judgement_id, kind, error_kind, reason, dissent, dissent_by,
            person_id, made_at
        FROM adjudications
        WHERE project_id = $project_id AND message_id = $message_id
        ORDER BY seq
        """,
        project_id=project_id,
        message_id=message_id,
    )
    return [
        Adjudication(
            **{**row, "error_kind": ErrorKind(row["error_kind"]) if row["error_kind"] else None}
        )
        for row in found
    ]


def standing_decisions(
    db: Reader, project_id: str, *, message_id: str | None = None
) -> pl.DataFrame:
    """
    The decision that counts on each settled message, or on one of them.

    Returns:
        `message_id, judgement_id, label, expert_id` (String, who decided), `reason` (String),
        `error_kind` (String, null where it was imported), `made_at` (Datetime, UTC), by message;
        labels are called as in the newest codebook. The same columns and no rows where nothing
        is settled.
    """
    return db.read(
        """
        WITH newest AS (
            SELECT message_id, judgement_id, label, expert_id, reason, made_at
            FROM standing_judgements
            WHERE project_id = $project_id AND phase = 'adjudicated'
                AND message_id = coalesce($message_id, message_id)
            QUALIFY row_number() OVER (PARTITION BY message_id ORDER BY seq DESC) = 1
        )
        SELECT newest.message_id, newest.judgement_id, newest.label, newest.expert_id,
            newest.reason, made.error_kind, newest.made_at
        FROM newest LEFT JOIN adjudications AS made
            ON made.judgement_id = newest.judgement_id AND made.kind = 'decided'
        WHERE newest.label IS NOT NULL
        ORDER BY newest.message_id
        """,
        project_id=project_id,
        message_id=message_id,
    )


def undone_judgements(db: Reader, project_id: str, message_id: str) -> set[str]:
    """Identifiers of the decisions on a message that were taken back."""
    found = db.rows(
        """
        SELECT DISTINCT judgement_id FROM adjudications
        WHERE project_id = $project_id AND message_id = $message_id AND kind = 'undone'
        ORDER BY judgement_id
        """,
        project_id=project_id,
        message_id=message_id,
    )
    return {row["judgement_id"] for row in found}
