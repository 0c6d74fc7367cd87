"""Labels that were looked at again and let stand, and what the looking needs to know."""

from datetime import datetime

import polars as pl

from rhml_core.store.database import Reader, Transaction


def add_label_review(
    transaction: Transaction,
    *,
    project_id: str,
    message_id: str,
    label: str | None,
    twin_id: str | None,
    twin_label: str | None,
    person_id: str,
    for_all: bool,
    at: datetime,
) -> None:
    """Append that someone lets a message's label stand, or those of two near-twins."""
    transaction.write(
        """
        INSERT INTO label_reviews (project_id, message_id, label, twin_id, twin_label, person_id,
            for_all, made_at)
        VALUES ($project_id, $message_id, $label, $twin_id, $twin_label, $person_id,
            $for_all, $at)
        """,
        project_id=project_id,
        message_id=message_id,
        label=label,
        twin_id=twin_id,
        twin_label=twin_label,
        person_id=person_id,
        for_all=for_all,
        at=at,
    )


def list_label_reviews(db: Reader, project_id: str) -> pl.DataFrame:
    """
    What was let stand.

    Returns:
        `message_id, label, twin_id, twin_label, person_id` (String, null as in the schema),
        `for_all` (Boolean), oldest first. The same columns and no rows if nothing was.
    """
    return db.read(
        """
        SELECT message_id, label, twin_id, twin_label, person_id, for_all
        FROM label_reviews WHERE project_id = $project_id ORDER BY seq
        """,
        project_id=project_id,
    )


def adjudicated_by(db: Reader, project_id: str) -> pl.DataFrame:
    """`message_id, expert_id` (String): who decided each adjudicated message last, by message."""
    return db.read(
        """
        SELECT message_id, expert_id FROM standing_judgements
        WHERE project_id = $project_id AND phase = 'adjudicated'
        QUALIFY row_number() OVER (PARTITION BY message_id ORDER BY seq DESC) = 1
        ORDER BY message_id
        """,
        project_id=project_id,
    )


def predictions_of(db: Reader, run_id: str, message_ids: list[str]) -> pl.DataFrame:
    """
    A run's probabilities for those of the named messages that it answered.

    Returns:
        `message_id` (String), `probabilities` (List[Float64], in the run's label order), by
        message.
    """
    return db.read(
        """
        SELECT message_id, probabilities FROM predictions
        WHERE run_id = $run_id AND message_id IN (SELECT unnest($message_ids::VARCHAR[]))
        ORDER BY message_id
        """,
        run_id=run_id,
        message_ids=message_ids,
    )


def finished_turn_of(db: Reader, project_id: str, message_id: str, expert_id: str) -> str | None:
    """Identifier of the turn in which an expert judged a message; None for imported labels."""
    found = db.rows(
        """
        SELECT turn_id FROM turns
        WHERE project_id = $project_id AND message_id = $message_id AND expert_id = $expert_id
            AND state = 'done'
        ORDER BY ended_at DESC LIMIT 1
        """,
        project_id=project_id,
        message_id=message_id,
        expert_id=expert_id,
    )
    return str(found[0]["turn_id"]) if found else None
