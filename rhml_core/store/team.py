"""What a team's work is read from: judgements, leases and time, person by person."""

from datetime import datetime

import polars as pl

from rhml_core.store.database import Reader


def judged_by_person(db: Reader, project_id: str, *, overlap: int) -> pl.DataFrame:
    """
    How many messages each person judged.

    Returns:
        `expert_id` (String), `n_judged` (Int64, messages ever judged), `n_from_file` (Int64, those
        of them that the person never judged here, for the label came with a file), `n_standing`
        (Int64, those whose judgement still counts), `n_full` (Int64, those of them that have
        `overlap` judgements or a settled label), by person; adjudications are not counted. The
        same columns and no rows if nobody has judged.
    """
    return db.read(
        """
        WITH full_ones AS (
            SELECT message_id FROM standing_judgements WHERE project_id = $project_id
            GROUP BY message_id
            HAVING bool_or(phase = 'adjudicated')
                OR count(DISTINCT expert_id) FILTER (phase <> 'adjudicated') >= $overlap
        ),
        standing AS (
            SELECT expert_id, count(DISTINCT made.message_id) AS n_standing,
                count(DISTINCT full_ones.message_id) AS n_full
            FROM standing_judgements AS made LEFT JOIN full_ones USING (message_id)
            WHERE project_id = $project_id AND phase <> 'adjudicated'
            GROUP BY expert_id
        ),
        ever AS (
            SELECT expert_id, count(DISTINCT message_id) AS n_judged,
                count(DISTINCT message_id) FILTER (turn_id IS NOT NULL) AS n_here
            FROM judgements
            WHERE project_id = $project_id AND phase <> 'adjudicated'
            GROUP BY expert_id
        )
        SELECT expert_id, n_judged, n_judged - n_here AS n_from_file,
            coalesce(n_standing, 0) AS n_standing,
            coalesce(n_full, 0) AS n_full
        FROM ever LEFT JOIN standing USING (expert_id)
        ORDER BY expert_id
        """,
        project_id=project_id,
        overlap=overlap,
    )


def count_left(db: Reader, project_id: str, *, overlap: int) -> dict[str, int]:
    """
    How much of a project is done and how much is left.

    Returns:
        `n_messages`; `n_full`: with `overlap` judgements or a settled label; `n_needed`:
        judgements that the others still need.
    """
    [row] = db.rows(
        """
        WITH per_message AS (
            SELECT message_id, bool_or(phase = 'adjudicated') AS is_settled,
                count(DISTINCT expert_id) FILTER (phase <> 'adjudicated') AS n_experts
            FROM standing_judgements WHERE project_id = $project_id GROUP BY message_id
        ),
        needing AS (
            SELECT CASE WHEN coalesce(is_settled, false) THEN 0
                ELSE greatest($overlap - coalesce(n_experts, 0), 0) END AS n
            FROM messages LEFT JOIN per_message USING (message_id)
            WHERE project_id = $project_id
        )
        SELECT count(*) AS n_messages, count(*) FILTER (n = 0) AS n_full,
            coalesce(sum(n), 0) AS n_needed
        FROM needing ORDER BY n_messages
        """,
        project_id=project_id,
        overlap=overlap,
    )
    return {name: int(value) for name, value in row.items()}


def leases_by_person(db: Reader, project_id: str, *, at: datetime) -> pl.DataFrame:
    """
    What became of the messages that each person was given.

    A lease counts once, by how it ended; an answer that came after it had run out is an answer.

    Returns:
        `expert_id` (String), `n_in_hands, n_answered, n_skipped, n_expired` (Int64), by person.
        The same columns and no rows if nothing was leased.
    """
    return db.read(
        """
        WITH steps AS (
            SELECT expert_id, turn_id, turns.state AS state_now, expires_at, turn_steps.state,
                count(*) FILTER (turn_steps.state = 'open') OVER (
                    PARTITION BY turn_id ORDER BY seq) AS lease
            FROM turn_steps JOIN turns USING (turn_id)
            WHERE project_id = $project_id
        ),
        leases AS (
            SELECT expert_id,
                bool_or(state IN ('explained', 'revealed', 'done')) AS is_answered,
                bool_or(state = 'skipped') AS is_skipped,
                bool_or(state = 'expired')
                    OR (any_value(state_now) = 'open' AND any_value(expires_at) <= $at)
                    AS is_expired,
                bool_or(state IN ('explained', 'revealed')) AND NOT bool_or(state = 'done')
                    AS is_half_way
            FROM steps GROUP BY expert_id, turn_id, lease
        )
        SELECT expert_id,
            count(*) FILTER (is_half_way OR NOT (is_answered OR is_skipped OR is_expired))
                AS n_in_hands,
            count(*) FILTER (is_answered AND NOT is_half_way) AS n_answered,
            count(*) FILTER (is_skipped AND NOT is_answered) AS n_skipped,
            count(*) FILTER (is_expired AND NOT is_skipped AND NOT is_answered) AS n_expired
        FROM leases GROUP BY expert_id ORDER BY expert_id
        """,
        project_id=project_id,
        at=at,
    )


def seconds_of_turns(db: Reader, project_id: str, *, most: float) -> pl.DataFrame:
    """
    How long each finished turn took its expert, where the browser told.

    Args:
        db: where to look.
        project_id: where.
        most: seconds that one step counts as at most; whoever takes longer was away.

    Returns:
        `expert_id` (String), `seconds` (Float64, all steps together, later corrections left
        out), `is_cut` (Boolean: some step was longer), by person and turn.
    """
    return db.read(
        """
        SELECT expert_id, sum(least(seconds, $most)) AS seconds, bool_or(seconds > $most) AS is_cut
        FROM turn_steps JOIN turns USING (turn_id)
        WHERE project_id = $project_id AND turns.state = 'done' AND seconds IS NOT NULL
            AND coalesce(act, '') <> 'corrected'
        GROUP BY expert_id, turn_id
        ORDER BY expert_id, turn_id
        """,
        project_id=project_id,
        most=most,
    )


def judged_by_quarter(db: Reader, project_id: str, *, since: datetime) -> pl.DataFrame:
    """
    When each person judged, by quarter of an hour; imported labels are not work done here.

    Returns:
        `expert_id` (String), `began_at` (Datetime in UTC, start of the quarter), `n` (Int64,
        messages committed in it), by person and time.
    """
    return db.read(
        """
        WITH made AS (
            SELECT expert_id, epoch_ms(made_at) // 900000 AS quarter FROM judgements
            WHERE project_id = $project_id AND phase = 'commit' AND turn_id IS NOT NULL
                AND made_at >= $since
        )
        SELECT expert_id, quarter, count(*) AS n FROM made
        GROUP BY expert_id, quarter ORDER BY expert_id, quarter
        """,
        project_id=project_id,
        since=since,
    ).select(
        "expert_id",
        began_at=pl.from_epoch(pl.col("quarter").cast(pl.Int64) * 900_000, time_unit="ms")
        .dt.cast_time_unit("us")
        .dt.replace_time_zone("UTC"),
        n="n",
    )


def first_judged_at(db: Reader, project_id: str) -> datetime | None:
    """When the first message was judged here; None before."""
    found = db.rows(
        """
        SELECT min(made_at) AS first_at FROM judgements
        WHERE project_id = $project_id AND phase = 'commit' AND turn_id IS NOT NULL
        ORDER BY first_at
        """,
        project_id=project_id,
    )
    first_at: datetime | None = found[0]["first_at"]
    return first_at
