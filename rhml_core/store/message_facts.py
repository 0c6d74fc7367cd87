"""Facts by which messages are picked out, and signs that what is known of them has changed."""

from collections.abc import Sequence

import polars as pl

from rhml_core.store.database import Reader


def last_judged(db: Reader, project_id: str) -> pl.DataFrame:
    """
    When each message was last judged, decisions apart.

    Returns:
        `message_id` (String), `made_at` (Datetime, UTC), by message; the same columns and no rows
        where nothing is judged.
    """
    return db.read(
        """
        SELECT message_id, max(made_at) AS made_at FROM standing_judgements
        WHERE project_id = $project_id AND phase <> 'adjudicated'
        GROUP BY message_id ORDER BY message_id
        """,
        project_id=project_id,
    )


def metadata_values(db: Reader, project_id: str, *, most_values: int) -> pl.DataFrame:
    """
    The metadata by which messages fall into a few groups.

    Args:
        db: where to look.
        project_id: where.
        most_values: of a name; names with more values, or with one alone, are left out.

    Returns:
        `name, value` (String), `n` (Int64, messages), by name, then the most frequent value
        first. The same columns and no rows where there is no such metadata.
    """
    return db.read(
        """
        WITH named AS (
            SELECT unnest(json_keys(metadata)) AS name, metadata FROM messages
            WHERE project_id = $project_id AND metadata::VARCHAR <> '{}'
        ),
        valued AS (
            SELECT name, json_extract_string(
                metadata, '/' || replace(replace(name, '~', '~0'), '/', '~1')) AS value
            FROM named
        )
        SELECT name, value, count(*) AS n FROM valued WHERE value IS NOT NULL
        GROUP BY name, value
        QUALIFY count(*) OVER (PARTITION BY name) BETWEEN 2 AND $most_values
        ORDER BY name, n DESC, value
        """,
        project_id=project_id,
        most_values=most_values,
    )


def messages_with(db: Reader, project_id: str, name: str, value: str) -> pl.DataFrame:
    """`message_id` (String) of the messages whose metadata has this value, by message."""
    return db.read(
        """
        SELECT message_id FROM messages
        WHERE project_id = $project_id AND json_extract_string(
            metadata, '/' || replace(replace($name, '~', '~0'), '/', '~1')) = $value
        ORDER BY message_id
        """,
        project_id=project_id,
        name=name,
        value=value,
    )


def newest_judging(db: Reader, project_id: str) -> int:
    """Place of the newest event that bears on what is judged; -1 where there is none."""
    found = db.rows(
        """
        WITH events AS (
            SELECT max(seq) AS seq FROM judgements WHERE project_id = $project_id
            UNION ALL SELECT max(seq) FROM adjudications WHERE project_id = $project_id
            UNION ALL SELECT max(seq) FROM reopenings WHERE project_id = $project_id
            UNION ALL SELECT max(seq) FROM label_changes WHERE project_id = $project_id
        )
        SELECT coalesce(max(seq), -1) AS seq FROM events ORDER BY seq
        """,
        project_id=project_id,
    )
    return int(found[0]["seq"])


def newest_vote(db: Reader, project_id: str) -> int:
    """As `newest_judging`, of what bears on experts' own labels alone: no decision does."""
    found = db.rows(
        """
        WITH events AS (
            SELECT max(seq) AS seq FROM judgements
            WHERE project_id = $project_id AND phase <> 'adjudicated'
            UNION ALL SELECT max(seq) FROM reopenings WHERE project_id = $project_id
            UNION ALL SELECT max(seq) FROM label_changes WHERE project_id = $project_id
        )
        SELECT coalesce(max(seq), -1) AS seq FROM events ORDER BY seq
        """,
        project_id=project_id,
    )
    return int(found[0]["seq"])


def newest_act(db: Reader, project_id: str, *, apart_from: Sequence[str]) -> int:
    """
    Place of the newest event in a project, or among its people; -1 where there is none.

    Args:
        db: where to look.
        project_id: where.
        apart_from: kinds of audited acts that do not count. What was judged, decided, reopened,
            said by the machine, or done to a label or a run always counts.
    """
    found = db.rows(
        """
        WITH events AS (
            SELECT max(seq) AS seq FROM audit
            WHERE (project_id = $project_id OR project_id IS NULL)
                AND NOT list_contains($apart_from, kind)
            UNION ALL SELECT max(seq) FROM judgements WHERE project_id = $project_id
            UNION ALL SELECT max(seq) FROM adjudications WHERE project_id = $project_id
            UNION ALL SELECT max(seq) FROM reopenings WHERE project_id = $project_id
            UNION ALL SELECT max(seq) FROM label_changes WHERE project_id = $project_id
            UNION ALL SELECT max(seq) FROM machine_opinions WHERE project_id = $project_id
            UNION ALL SELECT max(seq) FROM run_states WHERE project_id = $project_id
        )
        SELECT coalesce(max(seq), -1) AS seq FROM events ORDER BY seq
        """,
        project_id=project_id,
        apart_from=list(apart_from),
    )
    return int(found[0]["seq"])


def newest_lease(db: Reader, project_id: str) -> tuple[int, int]:
    """Place of the newest step of any turn, -1 without one, and how many turns ran out."""
    found = db.rows(
        """
        SELECT (SELECT coalesce(max(seq), -1) FROM turn_steps) AS seq, count(*) AS n FROM turns
        WHERE project_id = $project_id AND state = 'expired' ORDER BY n
        """,
        project_id=project_id,
    )
    return int(found[0]["seq"]), int(found[0]["n"])


def newest_saying(db: Reader, project_id: str, run_id: str | None) -> tuple[int, int]:
    """
    What tells that something new was said: by people in dialogues, or by the machine.

    Returns:
        The place of the newest entry or opinion, -1 where there is none, and the number of
        messages that the run has answered.
    """
    found = db.rows(
        """
        WITH events AS (
            SELECT max(seq) AS seq FROM comments WHERE project_id = $project_id
            UNION ALL SELECT max(seq) FROM machine_opinions WHERE project_id = $project_id
        )
        SELECT coalesce(max(seq), -1) AS seq,
            (SELECT count(*) FROM predictions WHERE run_id = $run_id) AS n
        FROM events ORDER BY seq
        """,
        project_id=project_id,
        run_id=run_id,
    )
    return int(found[0]["seq"]), int(found[0]["n"])
