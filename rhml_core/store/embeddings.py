"""What encoders have read: one vector for each text, of the texts of a project's messages."""

import numpy as np
import polars as pl

from rhml_core.store.database import Reader, Transaction

_VECTORS_AT_A_TIME = 5_000


def missing_embeddings(db: Reader, project_id: str, encoder_id: str) -> pl.DataFrame:
    """`text_hash, text` of each distinct text that has no embedding yet, by hash."""
    return db.read(
        """
        SELECT text_hash, any_value(text) AS text
        FROM messages ANTI JOIN
            (SELECT text_hash FROM embeddings WHERE encoder_id = $encoder_id)
            USING (text_hash)
        WHERE project_id = $project_id
        GROUP BY text_hash ORDER BY text_hash
        """,
        project_id=project_id,
        encoder_id=encoder_id,
    )


def count_embedded(db: Reader, project_id: str, encoder_id: str) -> tuple[int, int]:
    """How many of the project's messages have an embedding, and how many there are."""
    frame = db.read(
        """
        SELECT count(known.text_hash) AS n_read, count(*) AS n_messages
        FROM messages LEFT JOIN
            (SELECT DISTINCT text_hash FROM embeddings WHERE encoder_id = $encoder_id) AS known
            USING (text_hash)
        WHERE project_id = $project_id
        """,
        project_id=project_id,
        encoder_id=encoder_id,
    )
    return int(frame["n_read"][0]), int(frame["n_messages"][0])


def add_embeddings(
    transaction: Transaction, encoder_id: str, text_hashes: list[str], vectors: np.ndarray
) -> None:
    """Keep vectors of shape (n, dimension), float32; texts known to this encoder are left."""
    frame = pl.DataFrame(
        {
            "encoder_id": pl.Series([encoder_id] * len(text_hashes), dtype=pl.String),
            "text_hash": pl.Series(text_hashes, dtype=pl.String),
            "vector": pl.Series(
                vectors.astype(np.float32), dtype=pl.Array(pl.Float32, vectors.shape[1])
            ),
        }
    ).unique("text_hash", keep="first", maintain_order=True)
    transaction.write_frame(
        """
        INSERT INTO embeddings
        SELECT encoder_id, text_hash, vector
        FROM frame ANTI JOIN embeddings USING (encoder_id, text_hash)
        """,
        frame,
    )


def load_embeddings(
    db: Reader, project_id: str, encoder_id: str
) -> tuple[pl.DataFrame, np.ndarray]:
    """
    The messages that have an embedding, and the embeddings.

    Returns:
        `message_id, text_hash, split` in import order, and vectors of shape (n, dimension),
        float32, aligned with it; (0, 0) where there is none.
    """
    keys = db.read(
        """
        SELECT message_id, text_hash, split, position
        FROM messages SEMI JOIN
            (SELECT text_hash FROM embeddings WHERE encoder_id = $encoder_id)
            USING (text_hash)
        WHERE project_id = $project_id
        ORDER BY position
        """,
        project_id=project_id,
        encoder_id=encoder_id,
    )
    positions = keys["position"].to_numpy()
    vectors = np.zeros((0, 0), dtype=np.float32)
    for start in range(0, keys.height, _VECTORS_AT_A_TIME):
        # In one piece the vectors would stand in memory four times: sorted, sent, taken apart.
        some = positions[start : start + _VECTORS_AT_A_TIME]
        block = db.read(
            """
            SELECT position, vector
            FROM messages JOIN embeddings USING (text_hash)
            WHERE project_id = $project_id AND encoder_id = $encoder_id
                AND position BETWEEN $first AND $last
            ORDER BY position
            """,
            project_id=project_id,
            encoder_id=encoder_id,
            first=int(some[0]),
            last=int(some[-1]),
        ).filter(pl.col("position").is_in(some.tolist()))  # others may have been read since
        found = block["vector"].explode().to_numpy().reshape(len(some), -1)
        if not start:
            vectors = np.empty((keys.height, found.shape[1]), dtype=np.float32)
        vectors[start : start + len(some)] = found
    return keys.drop("position"), vectors


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
