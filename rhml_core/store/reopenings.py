"""Messages that a change of the codebook asks about again; what was said before stays on record."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from rhml_core.store.database import Reader, Transaction


def add_reopenings(
    transaction: Transaction,
    project_id: str,
    message_ids: Sequence[str],
    *,
    codebook_version: int,
    person_id: str,
    at: datetime,
) -> None:
    """Ask about messages again: what was judged of them before no longer stands."""
    frame = pl.DataFrame({"message_id": list(message_ids)}, schema={"message_id": pl.String})
    if frame.is_empty():
        return
    transaction.write_frame(
        """
        INSERT INTO reopenings (project_id, message_id, codebook_version, person_id, made_at)
        SELECT project_id, message_id, codebook_version, person_id, made_at FROM frame
        """,
        frame.with_columns(
            project_id=pl.lit(project_id),
            codebook_version=pl.lit(codebook_version, dtype=pl.Int32),
            person_id=pl.lit(person_id),
            made_at=pl.lit(at),
        ),
    )


def count_reopened(db: Reader, project_id: str) -> dict[int, int]:
    """How many messages each codebook version asked about again; versions without are absent."""
    found = db.rows(
        """
        SELECT codebook_version, count(*) AS n FROM reopenings
        WHERE project_id = $project_id GROUP BY codebook_version ORDER BY codebook_version
        """,
        project_id=project_id,
    )
    return {row["codebook_version"]: int(row["n"]) for row in found}


def is_reopened_since(db: Reader, turn_id: str) -> bool:
    """Whether a turn's message was asked about again after the turn's first answer."""
    return bool(
        db.rows(
            """
            WITH committed AS (
                SELECT project_id, message_id, max(seq) AS seq FROM judgements
                WHERE turn_id = $turn_id AND phase = 'commit' GROUP BY project_id, message_id
            )
            SELECT reopenings.seq FROM reopenings JOIN committed USING (project_id, message_id)
            WHERE reopenings.seq > committed.seq ORDER BY reopenings.seq LIMIT 1
            """,
            turn_id=turn_id,
        )
    )


def draw_reopened(
    transaction: Transaction,
    project_id: str,
    expert_id: str,
    overlap: int,
    *,
    of_others: bool = False,
) -> str | None:
    """
    A reopened message that still needs judgements, longest reopened first.

    It goes to those who judged it before; with `of_others` to anyone who has not judged it since.
    Judgements made since then plus leases held never exceed the overlap.
    """
    # Asked at every click; most projects have reopened nothing.
    if not count_reopened(transaction, project_id):
        return None
    rows = transaction.rows(
        """
        WITH newest AS (
            SELECT message_id, max(seq) AS seq, max(made_at) AS made_at FROM reopenings
            WHERE project_id = $project_id GROUP BY message_id
        ),
        standing AS (
            SELECT message_id, expert_id, phase FROM standing_judgements
            WHERE project_id = $project_id AND message_id IN (SELECT message_id FROM newest)
        ),
        taken AS (
            SELECT message_id, expert_id FROM standing WHERE phase <> 'adjudicated'
            UNION SELECT message_id, expert_id FROM turns
            WHERE project_id = $project_id AND state IN ('open', 'explained', 'revealed')
        ),
        n_taken AS (
            SELECT message_id, count(*) AS n FROM taken GROUP BY message_id
        ),
        skipped AS (
            SELECT message_id, max(ended_at) AS skipped_at FROM turns
            WHERE project_id = $project_id AND expert_id = $expert_id AND state = 'skipped'
            GROUP BY message_id
        )
        SELECT message_id FROM newest LEFT JOIN n_taken USING (message_id)
            LEFT JOIN skipped USING (message_id)
        WHERE coalesce(n, 0) < $overlap
            AND (skipped_at IS NULL OR skipped_at < made_at)
            AND message_id NOT IN (
                SELECT message_id FROM standing WHERE phase = 'adjudicated'
                UNION SELECT message_id FROM taken WHERE expert_id = $expert_id)
            AND ($of_others OR message_id IN (
                SELECT message_id FROM judgements
                WHERE project_id = $project_id AND expert_id = $expert_id
                    AND phase <> 'adjudicated'))
        ORDER BY seq, message_id
        LIMIT 1
        """,
        project_id=project_id,
        expert_id=expert_id,
        overlap=overlap,
        of_others=of_others,
    )
    return str(rows[0]["message_id"]) if rows else None
