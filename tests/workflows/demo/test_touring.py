from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.domain import Role
from rhml_core.settings import Settings
from rhml_core.workflows import people
from rhml_core.workflows.demo.demo import demo_folder, fill
from rhml_core.workflows.demo.touring import (
    DemoProgress,
    demo_progress,
    disagreement_to_show,
    is_demo,
    judgements_until_run,
    tour_guest,
)
from rhml_core.workflows.demo.working import STRETCHES, simulated_experts, take_turns
from rhml_core.workflows.projects import list_projects
from rhml_core.workflows.workplace import open_workplace
from tests.app.training_fixtures import FakeEncoder


@pytest.fixture
def place(tmp_path):
    place = open_workplace(
        Settings(database=tmp_path / "demo.duckdb", cache_folder=tmp_path / "cache"),
        in_background=False,
        load_encoder=lambda _settings: FakeEncoder(),
    )
    yield place
    place.close()


@pytest.fixture
def answers(place):
    """The demo as it is filled, before its simulated experts come."""
    return fill(place, demo_folder())


def _project(place):
    (project,) = list_projects(place, people.operator(place))
    return project


def _viewer(place):
    return next(one for one in people.list_people(place) if one.role is Role.VIEWER)


def test_a_workplace_without_simulated_experts_has_no_tour(place, answers):
    """A team may call its own project as the demo's is called."""
    assert answers
    assert not is_demo(place, _project(place))
    assert tour_guest(place) is None


def test_the_demo_is_toured_as_its_viewer(place, answers):
    simulated_experts(place, people.operator(place))

    assert answers
    assert is_demo(place, _project(place))
    assert not is_demo(place, replace(_project(place), name="Another study"))
    assert tour_guest(place) == _viewer(place)


def test_progress_counts_what_simulated_experts_did_and_what_is_left_until_a_run(place, answers):
    experts = simulated_experts(place, people.operator(place))
    project = _project(place)
    take_turns(place, experts, project, answers, n_turns=5)

    found = demo_progress(place, _viewer(place), project.project_id)

    n_left = 3 * (STRETCHES[0].n_turns - 5)
    # Four of each expert's five messages are the baseline, from the hold-out: those teach nothing.
    assert found == DemoProgress(
        3, 15, found.n_teaching, 0, n_left, is_training=False, has_speaker=False
    )
    assert found.n_teaching <= 3


def test_nothing_is_shown_as_a_disagreement_before_anyone_answered(place, answers):
    assert answers
    assert disagreement_to_show(place, _viewer(place), _project(place).project_id) is None


def test_the_disagreement_shown_is_one_that_people_have(place, answers):
    """Chosen from what the simulated experts said, never made for the tour."""
    experts = simulated_experts(place, people.operator(place))
    project = _project(place)
    others = sorted(set(answers.values()))
    wrong = {name: others[others.index(label) - 1] for name, label in answers.items()}
    take_turns(place, experts[:1], project, answers, n_turns=8)
    take_turns(place, experts[1:2], project, wrong, n_turns=8)

    found = disagreement_to_show(place, _viewer(place), project.project_id)

    assert found in answers


@given(
    st.lists(st.integers(0, 150), min_size=1, max_size=3),
    st.lists(st.sampled_from(["fast", "setfit", "two-branch"]), max_size=8),
)
def test_the_next_run_comes_nearer_with_each_judgement(n_done, recipes):
    """And where none is announced, no stretch without its run has turns left."""
    found = judgements_until_run(n_done, recipes)

    one_more = [n_done[0] + 1, *n_done[1:]]
    after = judgements_until_run(one_more, recipes)
    assert found is None or found >= 1
    if found is not None and found > 1:
        assert after in (found, found - 1)
    if found is None:
        assert after is None


def test_stretches_grow_and_leave_most_messages_to_visitors(answers):
    ends = [one.n_turns for one in STRETCHES]

    assert ends == sorted(set(ends))
    assert [one.recipe for one in STRETCHES].count("setfit") == 1
    assert 3 * ends[-1] < len(answers)
