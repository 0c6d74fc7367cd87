"""Cycles: what was judged between one training run and the next."""

from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

from rhml_core.store import projects, runs
from rhml_core.store.database import Reader


def cycle_of(db: Reader, project_id: str) -> list[datetime]:
    """
    When each cycle of a project started, oldest first; never empty.

    Cycle 1 is everything before the project's first run was finished, cycle k + 1 what follows
    run k; the last one is under way.

    Raises:
        NotFoundError: there is no such project.
    """
    project = projects.get_project(db, project_id)
    finished = sorted(run.created_at for run in runs.list_runs(db, project.project_id))
    return [project.created_at or datetime.min.replace(tzinfo=UTC), *finished]


def with_cycle(frame: pl.DataFrame, starts: Sequence[datetime]) -> pl.DataFrame:
    """
    The frame with its cycle beside it.

    Args:
        frame: with `made_at` (Datetime in UTC).
        starts: as from `cycle_of`. What was made before the first start belongs to cycle 1.

    Returns:
        The frame and `cycle` (Int64, from 1), in its order.
    """
    later = pl.Series("starts", list(starts[1:]), dtype=pl.Datetime("us", "UTC"))
    made_at = frame["made_at"].cast(pl.Datetime("us", "UTC"))
    return frame.with_columns(cycle=later.search_sorted(made_at, side="right").cast(pl.Int64) + 1)
