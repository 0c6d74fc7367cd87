"""What the learning of people is read from: their finished turns, whole."""

import polars as pl

from rhml_core.store.database import Reader


def finished_turns(db: Reader, project_id: str) -> pl.DataFrame:
    """
    Every finished turn of a project, but for those on messages that the codebook reopened since.

    Labels are called as in the newest codebook.

    Returns:
        `expert_id, message_id` (String), `because, mode, split` (String), `first` (String, the
        label committed), `confidence` (String, as stated with it; null where not), `final`
        (String, the label at the end of the turn; corrections that came later are left out),
        `machine` (String), `machine_probability` (Float64; both null where the machine had no
        part in the turn), `made_at` (Datetime in UTC, of the commit); one row per turn, newest
        first. The same columns and no rows if none is finished.
    """
    return db.read(
        """
        WITH explained AS (
            SELECT turn_id FROM judgements
            WHERE project_id = $project_id AND phase = 'revised'
        ),
        ended AS (
            SELECT turn_id, label AS ended_with
            FROM standing_judgements SEMI JOIN explained USING (turn_id)
            WHERE project_id = $project_id AND phase = 'final'
            QUALIFY row_number() OVER (PARTITION BY turn_id ORDER BY seq) = 1
        ),
        said AS (
            SELECT turn_id, label AS machine, probability AS machine_probability
            FROM machine_opinions WHERE project_id = $project_id
            QUALIFY row_number() OVER (PARTITION BY turn_id ORDER BY seq) = 1
        )
        SELECT made.expert_id, made.message_id, because, mode, split, made.label AS first,
            confidence, coalesce(ended_with, made.label) AS final,
            CASE WHEN moved.label IS NULL THEN machine ELSE moved.now END AS machine,
            CASE WHEN moved.label IS NULL OR moved.now IS NOT NULL THEN machine_probability END
                AS machine_probability, made.made_at
        FROM standing_judgements AS made JOIN turns USING (turn_id)
            JOIN messages ON messages.project_id = made.project_id
                AND messages.message_id = made.message_id
            LEFT JOIN ended USING (turn_id) LEFT JOIN said USING (turn_id)
            LEFT JOIN label_moves AS moved ON moved.project_id = made.project_id
                AND moved.label = machine AND moved.since <= made.codebook_version
                AND made.codebook_version < moved.version
        WHERE made.project_id = $project_id AND made.phase = 'commit' AND state = 'done'
            AND made.label IS NOT NULL
        ORDER BY made.seq DESC
        """,
        project_id=project_id,
    )


def first_heard(db: Reader, project_id: str) -> pl.DataFrame:
    """
    When the machine first spoke to each expert, on messages that were reopened since too.

    Returns:
        `expert_id` (String), `heard_at` (Datetime in UTC), by expert; no row for one to whom it
        never spoke.
    """
    return db.read(
        """
        SELECT expert_id, min(opinions.made_at) AS heard_at
        FROM machine_opinions AS opinions JOIN turns USING (turn_id)
        WHERE opinions.project_id = $project_id GROUP BY expert_id ORDER BY expert_id
        """,
        project_id=project_id,
    )


def texts_of_turns(db: Reader, project_id: str) -> pl.DataFrame:
    """`message_id, text` (String) of every message with a finished turn, by message."""
    return db.read(
        """
        SELECT message_id, text FROM messages
        WHERE project_id = $project_id AND message_id IN (
            SELECT message_id FROM turns WHERE project_id = $project_id AND state = 'done')
        ORDER BY message_id
        """,
        project_id=project_id,
    )
