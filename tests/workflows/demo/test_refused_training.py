"""The simulated experts go on where the machine cannot be trained yet, and say why it waits."""

import logging

import pytest

from rhml_core.domain import Mode
from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.settings import Settings
from rhml_core.workflows import people, projects
from rhml_core.workflows.demo import working
from rhml_core.workflows.demo.demo import demo_folder, fill
from rhml_core.workflows.demo.touring import demo_progress
from rhml_core.workflows.demo.working import Stretch, work
from rhml_core.workflows.training.run_registry import list_runs
from rhml_core.workflows.turn.queue import queue_progress
from rhml_core.workflows.workplace import open_workplace
from tests.app.training_fixtures import FakeEncoder

SHORT = (
    Stretch(6, "fast", 0.0),
    Stretch(18, "fast", 0.0, ends_history=True),
    Stretch(20, "setfit", 0.0),
)


@pytest.fixture
def place(tmp_path, monkeypatch):
    place = open_workplace(
        Settings(database=tmp_path / "demo.duckdb", cache_folder=tmp_path / "cache"),
        in_background=False,
        load_encoder=lambda _settings: FakeEncoder(),
    )
    monkeypatch.setattr(working, "STRETCHES", SHORT)
    monkeypatch.setattr("rhml_core.workflows.demo.touring.STRETCHES", SHORT)
    yield place
    place.close()


def _project(place):
    return projects.get_project(place, people.operator(place), working.PROJECT)


def _n_done(place):
    experts = [one for one in people.list_people(place) if one.is_simulated]
    return [queue_progress(place, one, _project(place).project_id).n_done for one in experts]


@pytest.fixture
def refusing(place, monkeypatch):
    """Has the first trainings refused, each for its reason: when each was tried, and of what."""
    tried = []

    def refuse(*reasons):
        left = list(reasons)

        def start(_place, _person, _project_id, recipe, **_):
            tried.append((min(_n_done(place)), recipe))
            if left:
                raise left.pop(0)

        monkeypatch.setattr(working.training, "start_training", start)
        return tried

    return refuse


@pytest.fixture
def hard_to_please(monkeypatch):
    """More messages of each label are asked for than the experts will ever have judged."""
    monkeypatch.setattr("rhml_core.workflows.training.data.MIN_PER_LABEL", 1_000)


def test_experts_judge_to_the_end_where_no_run_can_ever_begin(place, hard_to_please, caplog):
    answers = fill(place, demo_folder())

    with caplog.at_level(logging.WARNING):
        work(place, answers)

    assert _n_done(place) == [20, 20, 20]
    assert _project(place).mode is Mode.RECIPROCAL
    assert list_runs(place, _project(place).project_id) == []
    said = [one.getMessage() for one in caplog.records if one.name == working.logger.name]
    assert said
    assert all("waits, its experts go on: Training needs" in one for one in said)


@pytest.mark.parametrize("reason", [InvalidInputError("too few"), ConflictError("under way")])
def test_a_refused_run_is_tried_again_while_the_experts_go_on(place, refusing, reason):
    """After five more turns of each, and not only at the end of the next stretch."""
    answers = fill(place, demo_folder())
    tried = refusing(reason, reason)

    work(place, answers)

    assert tried == [(6, "fast"), (11, "fast"), (16, "fast"), (18, "fast"), (20, "setfit")]


def test_a_run_that_begins_late_is_promoted_once_the_history_is_over(place, refusing, monkeypatch):
    """Else no machine would ever speak in the demo."""
    answers = fill(place, demo_folder())
    refusing()
    promoted = []
    monkeypatch.setattr(working, "promote_run", lambda *said, **_: promoted.append(said[-1]))
    runs = []
    monkeypatch.setattr(working.run_registry, "list_runs", lambda *_: runs)
    monkeypatch.setattr(
        working,
        "_end_history",
        lambda *_: runs.append(type("Run", (), {"recipe": "fast", "run_id": "late"})),
    )

    work(place, answers)

    assert promoted == ["late", "late"]


def test_the_tour_says_why_a_run_waits(place, hard_to_please):
    answers = fill(place, demo_folder())
    project, viewer = _project(place), people.operator(place)
    before = demo_progress(place, viewer, project.project_id)
    experts = working.simulated_experts(place, viewer)

    working.take_turns(place, experts, project, answers, n_turns=6)

    after = demo_progress(place, viewer, project.project_id)
    assert before.waits_for == ""
    assert after.waits_for.startswith("Training needs")
    assert after.n_until_run == 3 * (18 - 6)
