"""What happened to the concepts of a project, all of them in one read."""

import polars as pl

from rhml_core.store.database import Reader


def sightings(db: Reader, project_id: str) -> pl.DataFrame:
    """
    Every time that a run surfaced a concept.

    Returns:
        `concept_id` (String), `number` (Int32, the run's), `run_id` (String), `strength`,
        `term_f1`, `low`, `high` (Float64), `n_judged`, `n_for`, `n_against` (Int32), `made_at`
        (Datetime, UTC, when the run ended), by concept and run. The same columns and no rows if
        nothing was surfaced.
    """
    return db.read(
        """
        SELECT concept_id, number, run_id, strength, term_f1, term_f1_low AS low,
            term_f1_high AS high, n_judged, n_for, n_against, created_at AS made_at
        FROM concept_sightings JOIN concepts USING (concept_id) JOIN runs USING (run_id)
        WHERE concepts.project_id = $project_id
        ORDER BY concept_id, number
        """,
        project_id=project_id,
    )


def decisions(db: Reader, project_id: str) -> pl.DataFrame:
    """
    Every decision on a concept; the newest of each counts.

    Returns:
        `concept_id, status, reason, person_id, label, category` (String; the last two null where
        they are the concept's own and none), `made_at` (Datetime, UTC), oldest first. The same
        columns and no rows if nothing is decided.
    """
    return db.read(
        """
        SELECT concept_id, status, reason, person_id, label, category, made_at
        FROM concept_decisions WHERE project_id = $project_id ORDER BY seq
        """,
        project_id=project_id,
    )


def remarks(db: Reader, project_id: str) -> pl.DataFrame:
    """
    Every comment on a concept.

    Returns:
        `concept_id, comment_id, person_id, text` (String), `made_at` (Datetime, UTC), oldest
        first. The same columns and no rows if there is none.
    """
    return db.read(
        """
        SELECT substr(subject, 9) AS concept_id, comment_id, person_id, text, made_at
        FROM comments
        WHERE project_id = $project_id AND subject LIKE 'concept:%' AND kind = 'comment'
        ORDER BY seq
        """,
        project_id=project_id,
    )


def concept_reviews(db: Reader, project_id: str) -> pl.DataFrame:
    """
    Every spaced review of a concept.

    Returns:
        `concept_id, person_id` (String), `is_right` (Boolean), `made_at` (Datetime, UTC), oldest
        first. The same columns and no rows if there is none.
    """
    return db.read(
        """
        SELECT substr(subject, 9) AS concept_id, person_id, label = reference AS is_right, made_at
        FROM reviews WHERE project_id = $project_id AND subject LIKE 'concept:%'
        QUALIFY row_number() OVER (PARTITION BY review_id ORDER BY seq DESC) = 1
        ORDER BY made_at, review_id
        """,
        project_id=project_id,
    )


def reasons_given(db: Reader, project_id: str) -> pl.DataFrame:
    """
    Standing judgements on messages of the pool that say why, by marked words or in a sentence.

    Returns:
        `message_id, expert_id, label` (String), `rationale` (String, JSON list of `[start, end]`),
        `reason, text` (String), `made_at` (Datetime, UTC), oldest first; adjudications are not
        among them. The same columns and no rows if nobody gave a reason.
    """
    return db.read(
        """
        SELECT message_id, expert_id, label, rationale, reason, text, made_at
        FROM standing_judgements JOIN messages USING (project_id, message_id)
        WHERE project_id = $project_id AND phase <> 'adjudicated' AND split = 'pool'
            AND label IS NOT NULL AND (rationale <> '[]' OR reason <> '')
        ORDER BY seq
        """,
        project_id=project_id,
    )


def judged_pool_texts(db: Reader, project_id: str) -> pl.DataFrame:
    """`message_id, text` (String) of each message of the pool that somebody judged, by message."""
    return db.read(
        """
        SELECT message_id, text FROM messages
        SEMI JOIN (SELECT message_id FROM judgements WHERE project_id = $project_id)
            USING (message_id)
        WHERE project_id = $project_id AND split = 'pool'
        ORDER BY message_id
        """,
        project_id=project_id,
    )


def newest_concept_event(db: Reader, project_id: str) -> int:
    """Place of the newest sighting, decision, comment or review of a concept; -1 if none."""
    found = db.rows(
        """
        WITH events AS (
            SELECT max(seq) AS seq FROM concept_sightings
            JOIN concepts USING (concept_id) WHERE project_id = $project_id
            UNION ALL SELECT max(seq) FROM concept_decisions WHERE project_id = $project_id
            UNION ALL SELECT max(seq) FROM comments WHERE project_id = $project_id
                AND subject LIKE 'concept:%'
            UNION ALL SELECT max(seq) FROM reviews WHERE project_id = $project_id
                AND subject LIKE 'concept:%'
        )
        SELECT coalesce(max(seq), -1) AS seq FROM events ORDER BY seq
        """,
        project_id=project_id,
    )
    return int(found[0]["seq"])
