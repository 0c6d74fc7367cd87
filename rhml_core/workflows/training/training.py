"""Training: what is missing, start, watch, cancel, start again."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from rhml_core.domain import Job, JobKind, JobState, Person, Role
from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.machine.recipes.catalogue import RECIPES
from rhml_core.store import jobs as job_store
from rhml_core.store import messages
from rhml_core.store.events import add_event
from rhml_core.workflows.background.queued_job import queued_job
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.training.data import MIN_HOLDOUT, training_set
from rhml_core.workflows.workplace import Workplace

_ACTIVE = [JobState.QUEUED.value, JobState.RUNNING.value]


@dataclass(frozen=True)
class Readiness:
    """
    Whether a run can start and can be measured.

    Attributes:
        missing: sentences with numbers that say what is missing; empty where nothing is.
        n_training: judged pool messages.
        n_holdout: hold-out messages.
        n_holdout_judged: those with a reference label.
        per_label: `label` (String), `n_training`, `n_holdout` (Int64), in codebook order.
    """

    can_train: bool
    missing: list[str]
    n_training: int
    n_holdout: int
    n_holdout_judged: int
    per_label: pl.DataFrame


def training_readiness(place: Workplace, project_id: str) -> Readiness:
    """Whether a run can start now, and what would make it measurable."""
    data = training_set(place.db, project_id)
    missing = list(data.missing)
    n_holdout = messages.count_messages(place.db, project_id)["holdout"]
    if data.holdout.height < MIN_HOLDOUT:
        missing.append(
            f"{MIN_HOLDOUT - data.holdout.height} more hold-out messages need a reference label "
            f"before a run can be measured on them ({data.holdout.height} of {n_holdout} have "
            "one); until then runs are cross-validated."
        )
    n_training = dict(data.training.group_by("label").len().iter_rows())
    n_judged = dict(data.holdout.group_by("label").len().iter_rows())
    return Readiness(
        can_train=not data.missing,
        missing=missing,
        n_training=data.training.height,
        n_holdout=n_holdout,
        n_holdout_judged=data.holdout.height,
        per_label=pl.DataFrame(
            {
                "label": data.labels,
                "n_training": [n_training.get(label, 0) for label in data.labels],
                "n_holdout": [n_judged.get(label, 0) for label in data.labels],
            },
            schema={"label": pl.String, "n_training": pl.Int64, "n_holdout": pl.Int64},
        ),
    )


def start_training(
    place: Workplace,
    person: Person,
    project_id: str,
    recipe: str,
    *,
    parameters: dict[str, Any] | None = None,
    seed: int = 0,
    key: str,
) -> Job:
    """
    Queue a training run.

    Raises:
        NotAllowedError: only supervisors train.
        InvalidInputError: the recipe is not known, or too little is judged.
        ConflictError: a training of this project is under way.
    """
    require(person, Role.SUPERVISOR, "start a training run")
    if recipe not in RECIPES:
        raise InvalidInputError(f"There is no recipe '{recipe}'. Recipes: {', '.join(RECIPES)}.")
    now = place.now()
    with place.db.atomic() as transaction:
        active = job_store.list_jobs(transaction, project_id, states=_ACTIVE)
        running = [job for job in active if job.kind is JobKind.TRAIN]
        if not transaction.claim(act_key(person, "train", project_id, key), at=now):
            known = job_store.list_jobs(transaction, project_id, limit=1_000)
            return next(job for job in known if job.kind is JobKind.TRAIN)
        if running:
            raise ConflictError("A training run is under way. Wait for it or cancel it first.")
        data = training_set(transaction, project_id)
        if data.missing:
            raise InvalidInputError(" ".join(data.missing))
        job = queued_job(
            project_id, JobKind.TRAIN, recipe=recipe, person_id=person.person_id, at=now
        )
        job_store.add_job(transaction, job, parameters=parameters or {}, seed=seed)
        add_event(
            transaction,
            kind="training_started",
            subject=f"job:{job.job_id}",
            person_id=person.person_id,
            project_id=project_id,
            at=now,
            detail={"recipe": recipe},
        )
    place.jobs.submit(job.job_id)
    return job


def active_jobs(place: Workplace, project_id: str) -> list[Job]:
    """Jobs that wait or run, newest first."""
    return job_store.list_jobs(place.db, project_id, states=_ACTIVE)


def recent_jobs(place: Workplace, project_id: str, limit: int = 10) -> list[Job]:
    """The newest jobs in any state, newest first."""
    return job_store.list_jobs(place.db, project_id, limit=limit)


def get_job(place: Workplace, job_id: str) -> Job:
    """
    One job as it stands.

    Raises:
        NotFoundError: there is no such job.
    """
    return job_store.get_job(place.db, job_id)


def job_losses(place: Workplace, job_id: str) -> list[tuple[int, float]]:
    """`(step, loss)` of a training under way, so far; empty where it has none, or has ended."""
    return place.jobs.losses(job_id)


def cancel_job(place: Workplace, person: Person, job_id: str) -> None:
    """
    Stop a job that waits or runs; what it had not finished is as if it had never begun.

    Raises:
        NotAllowedError: only supervisors cancel.
        ConflictError: it has ended already.
    """
    require(person, Role.SUPERVISOR, "cancel a job")
    place.jobs.cancel(job_id, person.person_id)


def retry_job(place: Workplace, person: Person, job_id: str) -> Job:
    """
    Queue a job again that failed, was cancelled or was interrupted.

    Raises:
        NotAllowedError: only supervisors do.
        ConflictError: the job waits, runs or has done its work.
    """
    require(person, Role.SUPERVISOR, "start a job again")
    now = place.now()
    with place.db.atomic() as transaction:
        job = job_store.get_job(transaction, job_id)
        if job.state in {JobState.QUEUED, JobState.RUNNING, JobState.DONE}:
            raise ConflictError(f"This job is {job.state.value}; there is nothing to start again.")
        active = job_store.list_jobs(transaction, job.project_id, states=_ACTIVE)
        if any(other.kind == job.kind for other in active):
            raise ConflictError("The same work is under way already. Wait for it first.")
        parameters, seed = job_store.job_request(transaction, job_id)
        again = queued_job(
            job.project_id, job.kind, recipe=job.recipe, person_id=person.person_id, at=now
        )
        job_store.add_job(transaction, again, parameters=parameters, seed=seed)
    place.jobs.submit(again.job_id)
    return again
