"""The simulated experts at work, from an empty demo on."""

from dataclasses import replace

import pytest

from rhml_core.domain import Mode
from rhml_core.settings import Settings
from rhml_core.workflows import people, projects
from rhml_core.workflows.demo import working
from rhml_core.workflows.demo.demo import demo_folder, fill
from rhml_core.workflows.demo.working import Stretch, work
from rhml_core.workflows.training.run_registry import list_runs, promoted_run
from rhml_core.workflows.turn.queue import queue_progress
from rhml_core.workflows.workplace import open_workplace

SHORT = (
    Stretch(26, "fast", 0.0),
    Stretch(30, "fast", 0.0, ends_history=True),
)


@pytest.fixture
def place(tmp_path, monkeypatch, encoder_cache):
    """The demo, filled; its runs are trained where they are asked for, its history is short."""
    place = open_workplace(
        Settings(database=tmp_path / "demo.duckdb", cache_folder=encoder_cache),
        in_background=False,
    )
    monkeypatch.setattr(working, "STRETCHES", SHORT)
    start = working.training.start_training
    monkeypatch.setattr(
        working.training,
        "start_training",
        lambda *args, **options: place.jobs.run(start(*args, **options).job_id),
    )
    yield place
    place.close()


def _project(place):
    return projects.get_project(place, people.operator(place), working.PROJECT)


def test_history_is_made_blind_measured_twice_and_ends_reciprocal(place):
    """A visitor then finds two runs, one that speaks, and turns as in any project."""
    answers = fill(place, demo_folder())
    assert _project(place).mode is Mode.BLIND

    work(place, answers)

    project = _project(place)
    assert project.mode is Mode.RECIPROCAL
    runs = list_runs(place, project.project_id)
    assert [run.number for run in runs] == [2, 1]
    assert all(run.metrics is not None for run in runs)
    assert promoted_run(place, project.project_id).number == 2


def test_a_second_start_goes_on_and_leaves_a_visitors_choices(place):
    """Nothing is judged or trained twice, and the mode stays as a supervisor has set it."""
    answers = fill(place, demo_folder())
    work(place, answers)
    supervisor, project = people.operator(place), _project(place)
    own = replace(project, mode=Mode.IMMEDIATE)
    projects.change_project(
        place,
        supervisor,
        own.project_id,
        mode=own.mode,
        overlap=own.overlap,
        shares=own.shares,
        key="own",
    )

    work(place, answers)

    assert _project(place).mode is Mode.IMMEDIATE
    assert len(list_runs(place, project.project_id)) == len(SHORT)
    experts = [one for one in people.list_people(place) if one.is_simulated]
    done = [queue_progress(place, one, project.project_id).n_done for one in experts]
    assert done == [30, 30, 30]
