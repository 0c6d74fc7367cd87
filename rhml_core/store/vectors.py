"""Some messages with their vectors, without all others."""

import numpy as np
import polars as pl

from rhml_core.store.database import Reader


def read_messages(
    db: Reader, project_id: str, encoder_id: str, message_ids: list[str]
) -> tuple[pl.DataFrame, np.ndarray]:
    """
    Those of the named messages that an encoder has read, and their vectors.

    Returns:
        `message_id, text` (String) in import order, and vectors of shape (n, dimension),
        float32, aligned with it; (0, 0) where there is none.
    """
    frame = db.read(
        """
        SELECT message_id, text, vector
        FROM messages JOIN embeddings USING (text_hash)
        WHERE project_id = $project_id AND encoder_id = $encoder_id
            AND message_id IN (SELECT unnest($message_ids::VARCHAR[]))
        ORDER BY position
        """,
        project_id=project_id,
        encoder_id=encoder_id,
        message_ids=message_ids,
    )
    if frame.is_empty():
        return frame.drop("vector"), np.zeros((0, 0), dtype=np.float32)
    flat = frame["vector"].explode().to_numpy().astype(np.float32, copy=False)
    return frame.drop("vector"), flat.reshape(frame.height, -1)


def vectors_of(
    db: Reader, project_id: str, encoder_id: str, message_ids: list[str]
) -> tuple[list[str], np.ndarray]:
    """Identifiers and vectors of `read_messages`, without the texts."""
    frame, vectors = read_messages(db, project_id, encoder_id, message_ids)
    return frame["message_id"].to_list(), vectors


def count_unread(db: Reader, project_id: str) -> int:
    """Distinct texts of a project that no encoder has read."""
    rows = db.rows(
        """
        SELECT count(DISTINCT text_hash) AS n
        FROM messages ANTI JOIN embeddings USING (text_hash)
        WHERE project_id = $project_id
        """,
        project_id=project_id,
    )
    return int(rows[0]["n"])
