"""Spaced reviews, and what there is to review: own labels, unaided turns, adopted concepts."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from rhml_core.store.database import Reader, Transaction


@dataclass(frozen=True)
class StoredReview:
    """
    One review as stored.

    Attributes:
        subject: the card, as in `message:ID` or `concept:ID`.
        label: what the person answered.
        reference: what was right at that moment.
        effort: `again` where the answer was wrong, else `hard`, `good` or `easy`.
        days_since: since the card was last reviewed, or came about; at least 0.
        state_before, state: the card's memory as JSON; None before the first review.
    """

    review_id: str
    project_id: str
    person_id: str
    subject: str
    label: str
    reference: str
    effort: str
    days_since: float
    state_before: str | None
    state: str
    due_at: datetime
    made_at: datetime


def add_review(transaction: Transaction, review: StoredReview) -> None:
    """Append one review, or what newly counts of one."""
    transaction.write(
        """
        INSERT INTO reviews (review_id, project_id, person_id, subject, label, reference, effort,
            days_since, state_before, state, due_at, made_at)
        VALUES ($review_id, $project_id, $person_id, $subject, $label, $reference, $effort,
            $days_since, $state_before, $state, $due_at, $made_at)
        """,
        review_id=review.review_id,
        project_id=review.project_id,
        person_id=review.person_id,
        subject=review.subject,
        label=review.label,
        reference=review.reference,
        effort=review.effort,
        days_since=review.days_since,
        state_before=review.state_before,
        state=review.state,
        due_at=review.due_at,
        made_at=review.made_at,
    )


def newest_reviews(db: Reader, project_id: str, person_id: str) -> dict[str, StoredReview]:
    """A person's newest review of each card, by subject."""
    rows = db.rows(
        """
        SELECT review_id, project_id, person_id, subject, label, reference, effort, days_since,
            state_before, state, due_at, made_at
        FROM reviews WHERE project_id = $project_id AND person_id = $person_id
        QUALIFY row_number() OVER (PARTITION BY subject ORDER BY seq DESC) = 1
        ORDER BY subject
        """,
        project_id=project_id,
        person_id=person_id,
    )
    return {row["subject"]: StoredReview(**row) for row in rows}


def list_reviews(db: Reader, project_id: str, person_id: str) -> pl.DataFrame:
    """
    A person's reviews, each as it newly counts.

    Returns:
        `review_id, subject, label, reference, effort` (String), `days_since` (Float64),
        `is_first` (Boolean, of its card), `made_at` (Datetime, UTC), oldest first.
        The same columns and no rows if there is none.
    """
    return db.read(
        """
        SELECT review_id, subject, label, reference, effort, days_since,
            state_before IS NULL AS is_first, made_at
        FROM reviews WHERE project_id = $project_id AND person_id = $person_id
        QUALIFY row_number() OVER (PARTITION BY review_id ORDER BY seq DESC) = 1
        ORDER BY made_at, review_id
        """,
        project_id=project_id,
        person_id=person_id,
    )


def count_begun(db: Reader, project_id: str, person_id: str, *, since: datetime) -> int:
    """How many cards a person reviewed for the first time since a moment."""
    rows = db.rows(
        """
        SELECT count(DISTINCT subject) AS n FROM reviews
        WHERE project_id = $project_id AND person_id = $person_id AND made_at >= $since
            AND state_before IS NULL
        """,
        project_id=project_id,
        person_id=person_id,
        since=since,
    )
    return int(rows[0]["n"])


def own_labels(db: Reader, project_id: str, expert_id: str) -> pl.DataFrame:
    """
    An expert's own labels on messages of the pool that they were not measured on.

    Left out are hold-out messages and those of turns without any machine (probes, baseline),
    which must not come before the expert again; and what was said before the codebook reopened a
    message.

    Returns:
        `message_id, first, label` (String, the first label and the newest), `made_at`
        (Datetime, UTC, of the newest), by message. The same columns and no rows if none.
    """
    return db.read(
        """
        SELECT message_id, first(label ORDER BY seq) AS first, last(label ORDER BY seq) AS label,
            max(made_at) AS made_at
        FROM standing_judgements JOIN messages USING (project_id, message_id)
        WHERE project_id = $project_id AND expert_id = $expert_id AND phase <> 'adjudicated'
            AND split = 'pool' AND label IS NOT NULL
            AND message_id NOT IN (
                SELECT message_id FROM turns
                WHERE project_id = $project_id AND expert_id = $expert_id
                    AND because IN ('probe', 'baseline'))
        GROUP BY message_id ORDER BY message_id
        """,
        project_id=project_id,
        expert_id=expert_id,
    )


def adoptions(db: Reader, project_id: str) -> pl.DataFrame:
    """
    Who adopted each adopted concept.

    Returns:
        `concept_id, person_id, reason` (String), `made_at` (Datetime, UTC), by concept. The
        same columns and no rows if none is adopted.
    """
    return db.read(
        """
        WITH newest AS (
            SELECT concept_id, status, person_id, reason, made_at FROM concept_decisions
            WHERE project_id = $project_id
            QUALIFY row_number() OVER (PARTITION BY concept_id ORDER BY seq DESC) = 1
        )
        SELECT concept_id, person_id, reason, made_at FROM newest
        WHERE status = 'adopted' ORDER BY concept_id
        """,
        project_id=project_id,
    )
