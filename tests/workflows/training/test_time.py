"""How long a training will take: the amount of work at the pace of this machine's past runs."""

import dataclasses
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from rhml_core.domain import JobKind, JobState, Run, RunState
from rhml_core.machine.recipes.catalogue import RECIPES
from rhml_core.store import jobs as job_store
from rhml_core.store import runs
from rhml_core.workflows.background.queued_job import queued_job
from rhml_core.workflows.training.time import estimate_training

AT = datetime(2025, 3, 3, 14, 2, tzinfo=UTC)
BOTH = {"ham": 20, "spam": 20}


@pytest.fixture
def remember(place, team, project, add_messages):
    """Register a training that took so long: `remember("fast", 3.0, in_all=5.0)`."""
    add_messages({f"m{n}": f"text {n}" for n in range(40)})

    def remember(recipe, seconds, *, in_all=None, n_each=20, project_id=project.project_id):
        with place.db.atomic() as transaction:
            number = runs.next_number(transaction, project_id)
            run = Run(
                run_id=f"{project_id}-{number}",
                project_id=project_id,
                number=number,
                recipe=recipe,
                state=RunState.CANDIDATE,
                encoder_id="fake",
                parameters={},
                versions={},
                seed=0,
                n_training=2 * n_each,
                n_experts=1,
                codebook_version=1,
                seconds=seconds,
                metrics=None,
                metrics_missing="",
                folder=f"{project_id}-{number}",
                created_by=team["sue"].person_id,
                created_at=AT,
            )
            taught = pl.DataFrame(
                {
                    "message_id": [f"m{n}" for n in range(2 * n_each)],
                    "label": ["ham", "spam"] * n_each,
                    "weight": [1.0] * 2 * n_each,
                }
            )
            said = pl.DataFrame(
                {
                    "message_id": [f"m{n}" for n in range(40)],
                    "label": ["ham"] * 40,
                    "probability": [0.9] * 40,
                    "probabilities": [[0.9, 0.1]] * 40,
                    "is_out_of_fold": [False] * 40,
                }
            )
            runs.add_run(
                transaction,
                run,
                labels=["ham", "spam"],
                loss_curve=[],
                training=taught,
                predictions=said,
            )
            began = AT + timedelta(hours=number)
            job = dataclasses.replace(
                queued_job(project_id, JobKind.TRAIN, recipe=recipe, person_id="sue", at=AT),
                job_id=f"job-{run.run_id}",
            )
            job_store.add_job(transaction, job, parameters={}, seed=0)
            job_store.set_state(transaction, job.job_id, JobState.RUNNING, detail="", at=began)
            job_store.set_state(
                transaction,
                job.job_id,
                JobState.DONE,
                detail="",
                at=began + timedelta(seconds=in_all or seconds),
                result=run.run_id,
            )

    return remember


@pytest.fixture
def estimate(place, project):
    def estimate(recipe="fast", n_per_label=BOTH, **parameters):
        return estimate_training(
            place,
            project.project_id,
            recipe,
            n_per_label=n_per_label,
            parameters=parameters,
        )

    return estimate


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_has_a_time_before_its_first_run(estimate, recipe):
    found = estimate(recipe)

    assert 1 < found.seconds < 3600
    assert "measurement" in found.basis


def test_same_work_takes_as_long_as_last_time(remember, estimate):
    remember("fast", 3.0, in_all=5.0)

    found = estimate()

    assert found.seconds == pytest.approx(5.0)
    assert found.basis == "from 1 run of this project on this machine"


def test_recipe_is_told_by_its_own_runs_alone(remember, estimate):
    remember("fast", 3.0)

    found = estimate("setfit")

    assert "measurement" in found.basis


def test_pace_is_that_of_the_last_three_runs(remember, estimate):
    """One run beside a heavy program must not spoil the figure, nor an old one hold it back."""
    for seconds in (500.0, 10.0, 90.0, 12.0):
        remember("fast", seconds)

    found = estimate()

    assert found.seconds == pytest.approx(12.0)
    assert found.basis.startswith("from 3 runs")


def test_other_projects_tell_where_this_one_has_no_run(remember, estimate):
    remember("fast", 7.0, project_id="another")

    found = estimate()

    assert found.seconds == pytest.approx(7.0)
    assert found.basis == "from 1 run of other projects on this machine"


def test_reading_unread_messages_is_not_taken_for_the_start(remember, estimate):
    """The first run of a project reads all its messages; the next one does not."""
    remember("fast", 3.0, in_all=600.0)
    remember("fast", 3.0, in_all=4.0)

    found = estimate()

    assert found.seconds == pytest.approx(4.0)


def test_twice_the_steps_take_about_twice_as_long(remember, estimate):
    once = estimate("setfit-stock", num_epochs=10).seconds
    twice = estimate("setfit-stock", num_epochs=20).seconds

    assert 1.5 < twice / once < 2.0


def test_stock_pairs_grow_with_the_square_of_the_labels(estimate):
    few = estimate("setfit-stock", {"ham": 8, "spam": 8}).seconds
    many = estimate("setfit-stock", {"ham": 32, "spam": 32}).seconds

    assert many / few > 4
