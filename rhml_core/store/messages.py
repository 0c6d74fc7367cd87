"""Messages as imported."""

import json
from datetime import datetime
from typing import Any

import polars as pl

from rhml_core.domain import Message, Split
from rhml_core.errors import NotFoundError
from rhml_core.store.database import Reader, Transaction


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


def _messages(rows: list[dict[str, Any]]) -> list[Message]:
    return [
        Message(**{**row, "metadata": json.loads(row["metadata"]), "split": Split(row["split"])})
        for row in rows
    ]
