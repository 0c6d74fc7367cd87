"""Background jobs and how far they are."""

import json
from datetime import datetime
from typing import Any

import polars as pl

from rhml_core.domain import Job, JobKind, JobState
from rhml_core.errors import NotFoundError
from rhml_core.store.database import Reader, Transaction


def add_job(transaction: Transaction, job: Job, *, parameters: dict[str, Any], seed: int) -> None:
    """Queue a job."""
    transaction.write(
        """
        INSERT INTO jobs (job_id, project_id, kind, recipe, parameters, seed, state, step,
            n_steps, detail, created_by, created_at)
        VALUES ($job_id, $project_id, $kind, $recipe, $parameters, $seed, $state, 0, 0,
            $detail, $created_by, $created_at)
        """,
        job_id=job.job_id,
        project_id=job.project_id,
        kind=job.kind.value,
        recipe=job.recipe,
        parameters=json.dumps(parameters),
        seed=seed,
        state=job.state.value,
        detail=job.detail,
        created_by=job.created_by,
        created_at=job.created_at,
    )


def get_job(db: Reader, job_id: str) -> Job:
    """
    One job.

    Raises:
        NotFoundError: there is no such job.
    """
    frame = db.read(
        """
        SELECT job_id, project_id, kind, recipe, state, step, n_steps, seconds_left, detail,
            result, created_by, created_at, started_at, ended_at
        FROM jobs WHERE job_id = $job_id ORDER BY job_id
        """,
        job_id=job_id,
    )
    if frame.is_empty():
        raise NotFoundError(f"There is no job '{job_id}'.")
    return _jobs(frame)[0]


def job_request(db: Reader, job_id: str) -> tuple[dict[str, Any], int]:
    """The parameters and the seed with which a job was queued."""
    frame = db.read(
        "SELECT parameters, seed FROM jobs WHERE job_id = $job_id ORDER BY job_id", job_id=job_id
    )
    return json.loads(frame["parameters"][0]), int(frame["seed"][0])


def list_jobs(
    db: Reader, project_id: str, *, states: list[str] | None = None, limit: int = 10
) -> list[Job]:
    """The project's jobs in some states (None: in any), newest first."""
    frame = db.read(
        """
        SELECT job_id, project_id, kind, recipe, state, step, n_steps, seconds_left, detail,
            result, created_by, created_at, started_at, ended_at
        FROM jobs
        WHERE project_id = $project_id AND ($states IS NULL OR list_contains($states, state))
        ORDER BY created_at DESC, job_id
        LIMIT $limit
        """,
        project_id=project_id,
        states=states,
        limit=limit,
    )
    return _jobs(frame)


def set_progress(
    transaction: Transaction,
    job_id: str,
    *,
    step: int,
    n_steps: int,
    seconds_left: float | None,
    detail: str,
) -> None:
    """Record how far a job is."""
    transaction.write(
        """
        UPDATE jobs SET step = $step, n_steps = $n_steps, seconds_left = $seconds_left,
            detail = $detail
        WHERE job_id = $job_id
        """,
        job_id=job_id,
        step=step,
        n_steps=n_steps,
        seconds_left=seconds_left,
        detail=detail,
    )


def set_state(
    transaction: Transaction,
    job_id: str,
    state: JobState,
    *,
    detail: str,
    at: datetime,
    result: str | None = None,
) -> None:
    """Put a job into its next state."""
    transaction.write(
        """
        UPDATE jobs SET state = $state, detail = $detail, seconds_left = NULL,
            result = coalesce($result, result),
            started_at = CASE WHEN $state = 'running' THEN $at ELSE started_at END,
            ended_at = CASE WHEN $state IN ('queued', 'running') THEN NULL ELSE $at END
        WHERE job_id = $job_id
        """,
        job_id=job_id,
        state=state.value,
        detail=detail,
        result=result,
        at=at,
    )


def interrupt_unfinished(transaction: Transaction, *, at: datetime) -> None:
    """Mark what a stopped server left running or waiting; a person can start it again."""
    transaction.write(
        """
        UPDATE jobs SET state = 'interrupted', ended_at = $at, seconds_left = NULL,
            detail = 'The server stopped before this job ended. Start it again.'
        WHERE state IN ('queued', 'running')
        """,
        at=at,
    )


def _jobs(frame: pl.DataFrame) -> list[Job]:
    return [
        Job(**{**row, "kind": JobKind(row["kind"]), "state": JobState(row["state"])})
        for row in frame.iter_rows(named=True)
    ]
