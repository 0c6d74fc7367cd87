"""What a run answers after its training: to messages that came later."""

import numpy as np
import polars as pl

from rhml_core.store.database import Reader, Transaction


def unanswered_messages(
    db: Reader, project_id: str, run_id: str, encoder_id: str, *, limit: int | None = None
) -> pl.Series:
    """
    The messages that a run has not answered though its encoder has read them.

    Args:
        db: where to look.
        project_id: whose messages.
        run_id: whose answers.
        encoder_id: whose vectors the run reads.
        limit: at most so many; None for all.

    Returns:
        `message_id` (String), in import order; empty where all are answered.
    """
    return db.read(
        """
        SELECT message_id FROM messages
        SEMI JOIN (SELECT text_hash FROM embeddings WHERE encoder_id = $encoder_id)
            USING (text_hash)
        ANTI JOIN (SELECT message_id FROM predictions WHERE run_id = $run_id)
            USING (message_id)
        WHERE project_id = $project_id
        ORDER BY position
        LIMIT $limit
        """,
        project_id=project_id,
        run_id=run_id,
        encoder_id=encoder_id,
        limit=limit,
    )["message_id"]


def read_texts(
    db: Reader, project_id: str, encoder_id: str, message_ids: list[str]
) -> tuple[pl.DataFrame, np.ndarray]:
    """
    Those of the named messages that an encoder has read, and what it read.

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


def add_predictions(transaction: Transaction, run_id: str, answers: pl.DataFrame) -> None:
    """
    Keep a run's answers to messages that it was not trained on; those it has answered are left.

    Args:
        transaction: the act.
        run_id: whose.
        answers: `message_id, label` (String), `probability` (Float64), `probabilities` (List or
            Array of Float64, in the run's label order), one row per message.
    """
    transaction.write_frame(
        """
        INSERT INTO predictions
        SELECT run_id, message_id, label, probability, probabilities, false
        FROM frame ANTI JOIN predictions USING (run_id, message_id)
        """,
        answers.with_columns(run_id=pl.lit(run_id)),
    )
