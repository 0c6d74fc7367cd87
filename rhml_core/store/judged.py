"""The messages that anybody has judged: a few thousand, whatever the number of all messages."""

import polars as pl

from rhml_core.store.database import Reader


def judged_keys(db: Reader, project_id: str) -> pl.DataFrame:
    """
    What becomes of each message that anybody judged, without all the others.

    Returns:
        `message_id, split` (String), `is_text_held` (Boolean, a message of the hold-out has the
        very same text), in import order. The same columns and no rows if nothing is judged.
    """
    return db.read(
        """
        WITH held AS (
            SELECT DISTINCT text_hash FROM messages
            WHERE project_id = $project_id AND split = 'holdout'
        )
        SELECT message_id, split, held.text_hash IS NOT NULL AS is_text_held
        FROM messages
        SEMI JOIN (SELECT message_id FROM judgements WHERE project_id = $project_id)
            USING (message_id)
        LEFT JOIN held USING (text_hash)
        WHERE project_id = $project_id
        ORDER BY position
        """,
        project_id=project_id,
    )


def judged_texts(db: Reader, project_id: str) -> pl.DataFrame:
    """`message_id, text, text_hash, split` (String) of each judged message, in import order."""
    return db.read(
        """
        SELECT message_id, text, text_hash, split FROM messages
        SEMI JOIN (SELECT message_id FROM judgements WHERE project_id = $project_id)
            USING (message_id)
        WHERE project_id = $project_id
        ORDER BY position
        """,
        project_id=project_id,
    )


def fair_texts_of(db: Reader, project_id: str, message_ids: list[str]) -> pl.DataFrame:
    """
    The texts of some messages on which something may be measured and shown.

    Returns:
        `message_id, text` (String) of those of the pool whose text no message of the hold-out
        has, in import order. The same columns and no rows where there is none.
    """
    return db.read(
        """
        SELECT message_id, text FROM messages
        WHERE project_id = $project_id AND split = 'pool'
            AND message_id IN (SELECT unnest($message_ids::VARCHAR[]))
            AND text_hash NOT IN (
                SELECT text_hash FROM messages
                WHERE project_id = $project_id AND split = 'holdout'
            )
        ORDER BY position
        """,
        project_id=project_id,
        message_ids=message_ids,
    )
