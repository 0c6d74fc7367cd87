"""What a run answers after its training: to messages that came later."""

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
