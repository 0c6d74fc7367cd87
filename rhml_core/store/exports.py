"""Rows as they leave the workplace: messages block by block, and the judgements that stand."""

import polars as pl

from rhml_core.store.database import Reader


def message_block(db: Reader, project_id: str, *, first: int, limit: int) -> pl.DataFrame:
    """
    Messages by their place in the project, from 0.

    Returns:
        `message_id, text, author` (String), `sent_at` (Datetime, UTC), `thread, reply_to,
        language, split, metadata` (String, the last a JSON object) of the places `first` to
        before `first + limit`, in import order; the same columns and no rows beyond the last.
    """
    return db.read(
        """
        SELECT message_id, text, author, sent_at, thread, reply_to, language, split,
            metadata::VARCHAR AS metadata
        FROM messages
        WHERE project_id = $project_id AND position >= $first AND position < $first + $limit
        ORDER BY position
        """,
        project_id=project_id,
        first=first,
        limit=limit,
    )


def standing_judgements(db: Reader, project_id: str) -> pl.DataFrame:
    """
    The judgements that stand, from which everything that counts follows.

    Of each person on each message the newest of each phase. Where what somebody said last, or what
    was decided last, is a label no more, nothing of theirs stands on that message.

    Returns:
        `message_id, expert_id, label` (String, as it is called now), `made_at` (Datetime, UTC),
        `phase, confidence` (null where not stated), `reason` (String), in the order in which they
        were made. The same columns and no rows where nothing is judged.
    """
    return db.read(
        """
        WITH placed AS (
            SELECT seq, message_id, expert_id, label, made_at, phase, confidence, reason,
                first_value(label) OVER (
                    PARTITION BY message_id,
                        CASE WHEN phase = 'adjudicated' THEN NULL ELSE expert_id END
                    ORDER BY seq DESC) AS said_last
            FROM standing_judgements
            WHERE project_id = $project_id
            QUALIFY row_number() OVER (
                PARTITION BY message_id, expert_id, phase ORDER BY seq DESC) = 1
        )
        SELECT message_id, expert_id, label, made_at, phase, confidence, reason FROM placed
        WHERE label IS NOT NULL AND said_last IS NOT NULL
        ORDER BY seq
        """,
        project_id=project_id,
    )
