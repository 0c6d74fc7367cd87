"""Messages as imported, and the embeddings of their texts."""

import json
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from rhml_core.domain import Message, Split
from rhml_core.errors import NotFoundError
from rhml_core.store.database import Reader, Transaction

_VECTORS_AT_A_TIME = 5_000


def add_messages(
    transaction: Transaction, project_id: str, messages: pl.DataFrame, *, import_id: str
) -> None:
    """
    Add messages behind those already there.

    Args:
        transaction: the act.
        project_id: where they belong.
        messages: `message_id, text, text_hash, author, sent_at, thread, reply_to, language,
            metadata` (a JSON object), `split`; in file order.
        import_id: which import brought them.
    """
    first = int(
        transaction.read(
            """
            SELECT coalesce(max(position) + 1, 0) AS first FROM messages
            WHERE project_id = $project_id
            """,
            project_id=project_id,
        )["first"][0]
    )
    frame = messages.with_row_index("position", offset=first).with_columns(
        project_id=pl.lit(project_id), import_id=pl.lit(import_id)
    )
    transaction.write_frame(
        """
        INSERT INTO messages BY NAME
        SELECT project_id, message_id, position, text, text_hash, author, sent_at, thread,
            reply_to, language, metadata, split, import_id
        FROM frame
        """,
        frame,
    )


def add_import(
    transaction: Transaction,
    *,
    import_id: str,
    project_id: str,
    kind: str,
    file_name: str,
    n_rows: int,
    person_id: str,
    at: datetime,
) -> None:
    """Record that a file was taken in."""
    transaction.write(
        """
        INSERT INTO imports
        VALUES ($import_id, $project_id, $kind, $file_name, $n_rows, $person_id, $at)
        """,
        import_id=import_id,
        project_id=project_id,
        kind=kind,
        file_name=file_name,
        n_rows=n_rows,
        person_id=person_id,
        at=at,
    )


def get_message(db: Reader, project_id: str, message_id: str) -> Message:
    """
    The message with this identifier.

    Raises:
        NotFoundError: the project has none such.
    """
    found = get_messages(db, project_id, [message_id])
    if not found:
        raise NotFoundError(f"There is no message '{message_id}' in this project.")
    return found[0]


def get_messages(db: Reader, project_id: str, message_ids: list[str]) -> list[Message]:
    """Those of the messages that exist, in import order."""
    found = db.rows(
        """
        SELECT message_id, text, author, sent_at, thread, reply_to, language, metadata, split
        FROM messages
        WHERE project_id = $project_id
            AND message_id IN (SELECT unnest($message_ids::VARCHAR[]))
        ORDER BY position
        """,
        project_id=project_id,
        message_ids=message_ids,
    )
    return _messages(found)


def thread_messages(db: Reader, project_id: str, thread: str, *, limit: int) -> list[Message]:
    """The conversation of one thread, oldest first, at most `limit` messages."""
    found = db.rows(
        """
        SELECT message_id, text, author, sent_at, thread, reply_to, language, metadata, split
        FROM messages
        WHERE project_id = $project_id AND thread = $thread
        ORDER BY sent_at NULLS LAST, position
        LIMIT $limit
        """,
        project_id=project_id,
        thread=thread,
        limit=limit,
    )
    return _messages(found)


def message_texts(db: Reader, project_id: str) -> pl.DataFrame:
    """`message_id, text, text_hash, split` (String) of every message, in import order."""
    return db.read(
        """
        SELECT message_id, text, text_hash, split FROM messages
        WHERE project_id = $project_id ORDER BY position
        """,
        project_id=project_id,
    )


def message_keys(db: Reader, project_id: str) -> pl.DataFrame:
    """`message_id, text_hash, split` (String) of every message, in import order."""
    return db.read(
        """
        SELECT message_id, text_hash, split FROM messages
        WHERE project_id = $project_id ORDER BY position
        """,
        project_id=project_id,
    )


def texts_of(db: Reader, project_id: str, message_ids: list[str]) -> pl.DataFrame:
    """`message_id, text` (String) of those of the messages that exist, in import order."""
    return db.read(
        """
        SELECT message_id, text FROM messages
        WHERE project_id = $project_id
            AND message_id IN (SELECT unnest($message_ids::VARCHAR[]))
        ORDER BY position
        """,
        project_id=project_id,
        message_ids=message_ids,
    )


def message_ids(db: Reader, project_id: str, split: Split) -> list[str]:
    """Identifiers of the messages of one split, sorted."""
    return db.read(
        """
        SELECT message_id FROM messages
        WHERE project_id = $project_id AND split = $split ORDER BY message_id
        """,
        project_id=project_id,
        split=split.value,
    )["message_id"].to_list()


def count_messages(db: Reader, project_id: str) -> dict[str, int]:
    """Number of messages in the `pool` and in the `holdout`."""
    frame = db.read(
        """
        SELECT split, count(*) AS n FROM messages
        WHERE project_id = $project_id GROUP BY split ORDER BY split
        """,
        project_id=project_id,
    )
    counts = dict(zip(frame["split"], frame["n"], strict=True))
    return {split.value: int(counts.get(split.value, 0)) for split in Split}


def search_messages(
    db: Reader,
    project_id: str,
    *,
    search: str,
    split: str | None,
    author: str | None,
    message_ids: list[str] | None,
    limit: int,
    offset: int,
) -> tuple[pl.DataFrame, int]:
    """
    One page of the messages that fit, and how many fit in all.

    Args:
        db: where to look.
        project_id: whose messages.
        search: a part of the text, in any case; empty for all.
        split: `pool` or `holdout`; None for both.
        author: exactly this author; None for all.
        message_ids: only these; None for all.
        limit: rows on the page.
        offset: rows before the page.

    Returns:
        `message_id, text, author, sent_at, thread, split`, in import order; and the count.
    """
    frame = db.read(
        """
        SELECT message_id, text, author, sent_at, thread, split, count(*) OVER () AS n_total
        FROM messages
        WHERE project_id = $project_id
            AND ($search = '' OR contains(lower(text), lower($search)))
            AND split = coalesce($split, split)
            AND ($author IS NULL OR author = $author)
            AND ($message_ids IS NULL
                OR message_id IN (SELECT unnest($message_ids::VARCHAR[])))
        ORDER BY position
        LIMIT $limit OFFSET $offset
        """,
        project_id=project_id,
        search=search,
        split=split,
        author=author,
        message_ids=message_ids,
        limit=limit,
        offset=offset,
    )
    n_total = int(frame["n_total"][0]) if frame.height else 0
    return frame.drop("n_total"), n_total


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


def _messages(rows: list[dict[str, Any]]) -> list[Message]:
    return [
        Message(**{**row, "metadata": json.loads(row["metadata"]), "split": Split(row["split"])})
        for row in rows
    ]
