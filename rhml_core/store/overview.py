"""What a project is shown by to those who do not work in it."""

import polars as pl

from rhml_core.store.database import Reader


def pool_lengths(db: Reader, project_id: str) -> pl.DataFrame:
    """`message_id` (String), `n_characters` (Int64) of the pool's judged messages, by message."""
    return db.read(
        """
        SELECT message_id, length(text) AS n_characters FROM messages
        SEMI JOIN (SELECT message_id FROM judgements WHERE project_id = $project_id)
            USING (message_id)
        WHERE project_id = $project_id AND split = 'pool' ORDER BY message_id
        """,
        project_id=project_id,
    )
