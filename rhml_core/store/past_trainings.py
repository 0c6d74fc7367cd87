"""What earlier trainings on this machine took, to tell how long the next one will take."""

import json
from dataclasses import dataclass
from typing import Any

from rhml_core.store.database import Reader


@dataclass(frozen=True)
class PastTraining:
    """
    One training that ended with a run.

    Attributes:
        parameters: of the run, also those left at their defaults.
        n_per_label: messages that it learnt from, by label.
        n_messages: that the run was asked about.
        seconds: of the training itself.
        seconds_in_all: from the job's start to its end; reading unread messages included.
    """

    project_id: str
    parameters: dict[str, Any]
    n_per_label: dict[str, int]
    n_messages: int
    seconds: float
    seconds_in_all: float


def past_trainings(db: Reader, recipe: str, *, limit: int) -> list[PastTraining]:
    """The newest trainings by a recipe, of every project, newest first."""
    rows = db.rows(
        """
        WITH newest AS (
            SELECT run_id, runs.project_id, runs.parameters, seconds, jobs.ended_at,
                date_diff('millisecond', jobs.started_at, jobs.ended_at) / 1000
                    AS seconds_in_all
            FROM jobs JOIN runs ON jobs.result = run_id
            WHERE jobs.kind = 'train' AND jobs.state = 'done' AND runs.recipe = $recipe
            ORDER BY jobs.ended_at DESC, run_id LIMIT $limit
        ),
        taught AS (
            SELECT run_id, label, count(*) AS n FROM run_training SEMI JOIN newest USING (run_id)
            GROUP BY run_id, label
        ),
        asked AS (
            SELECT run_id, count(*) AS n FROM predictions SEMI JOIN newest USING (run_id)
            GROUP BY run_id
        )
        SELECT project_id, parameters, seconds, seconds_in_all,
            coalesce((SELECT n FROM asked WHERE asked.run_id = newest.run_id), 0) AS n_messages,
            (SELECT json_group_object(label, n) FROM taught WHERE taught.run_id = newest.run_id)
                AS n_per_label
        FROM newest ORDER BY ended_at DESC, run_id
        """,
        recipe=recipe,
        limit=limit,
    )
    return [
        PastTraining(
            **{
                **row,
                "parameters": json.loads(row["parameters"]),
                "n_per_label": json.loads(row["n_per_label"] or "{}"),
            }
        )
        for row in rows
    ]
