"""Which run speaks, and the way back through those that spoke before."""

import pytest

from rhml_core.domain import RunState
from rhml_core.errors import ConflictError, NotAllowedError
from rhml_core.machine.recipes.run_folder import seal_run_folder
from rhml_core.workflows.journal import journal
from rhml_core.workflows.overview.timeline import read_timeline
from rhml_core.workflows.training import promotion, run_registry
from tests.app.store_fixtures import add_run


@pytest.fixture
def runs(place, project):
    """Three runs that nobody has decided on."""
    for number in (1, 2, 3):
        add_run(place, project, number, {"m1": ("spam", 0.9)})
        folder = place.settings.runs_folder / f"run-{number}"
        folder.mkdir(parents=True)
        seal_run_folder(folder)


@pytest.fixture
def promote(place, team, runs):
    def promote(*numbers):
        for number in numbers:
            promotion.promote_run(
                place, team["sue"], f"run-{number}", key=f"promote-{number}-{place.db.revision}"
            )

    return promote


@pytest.fixture
def back(place, team, project):
    def back(**options):
        key = options.pop("key", f"back-{place.db.revision}")
        return promotion.roll_back(
            place, team["sue"], project.project_id, key=key, **options
        ).number

    return back


def test_roll_backs_walk_back_to_the_first_run(place, project, promote, back):
    """Two in a row must not end where they began."""
    promote(1, 2, 3)

    found = [back(), back()]

    assert found == [2, 1]
    assert promotion.run_before(place, project.project_id) is None
    with pytest.raises(ConflictError, match="nothing to go back to"):
        back()


def test_promotion_after_a_roll_back_is_a_new_step(promote, back):
    promote(1, 2)
    back()
    promote(3)

    found = back()

    assert found == 1


def test_run_promoted_twice_is_two_steps(promote, back):
    promote(1, 2, 1)

    found = [back(), back()]

    assert found == [2, 1]


def test_repeated_click_goes_back_once(promote, back):
    promote(1, 2, 3)

    found = [back(key="click"), back(key="click")]

    assert found == [2, 2]


def test_roll_back_goes_where_the_page_said_or_nowhere(place, project, promote, back):
    """Another supervisor promoted a run while the page was open."""
    promote(1, 2, 3)

    with pytest.raises(ConflictError, match="meanwhile"):
        back(to="run-1")

    assert run_registry.promoted_run(place, project.project_id).number == 3


def test_one_run_speaks_at_a_time(place, project, promote, back):
    promote(1, 2, 3)
    back()

    states = {run.number: run.state for run in run_registry.list_runs(place, project.project_id)}

    assert states == {1: RunState.RETIRED, 2: RunState.PROMOTED, 3: RunState.RETIRED}


def test_journal_tells_a_way_back_from_a_step_forward(place, team, project, promote, back):
    promote(1, 2)
    back()

    entries = journal.timeline(place, team["vic"], project.project_id)

    assert entries[0].sentence == "went back to run 1 (Fast)"
    assert "promoted run 2 (Fast)" in [entry.sentence for entry in entries]


def test_experts_do_not_roll_back(place, team, project, promote):
    promote(1, 2)

    with pytest.raises(NotAllowedError):
        promotion.roll_back(place, team["ana"], project.project_id, key="back")


def test_run_that_is_left_is_decided_on_and_can_still_be_promoted(place, team, project, promote):
    promote(1)
    before = promotion.undecided_run(place, project.project_id)

    promotion.leave_run(place, team["sue"], "run-3", reason="-0.02 on 40 messages", key="leave")

    assert before.number == 3
    assert promotion.undecided_run(place, project.project_id) is None
    [told] = read_timeline(place.db, project.project_id, kinds=("run_left",))
    assert told.sentence == "left run 3 (Fast) unpromoted: -0.02 on 40 messages"
    promote(3)
    assert run_registry.promoted_run(place, project.project_id).number == 3


def test_run_is_left_once_by_supervisors_and_not_while_it_speaks(place, team, project, promote):
    promote(1)
    for _ in range(2):
        promotion.leave_run(place, team["sue"], "run-3", key="leave")

    with pytest.raises(NotAllowedError):
        promotion.leave_run(place, team["ana"], "run-3", key="other")
    with pytest.raises(ConflictError, match="promoted meanwhile"):
        promotion.leave_run(place, team["sue"], "run-1", key="spoken")

    assert len(read_timeline(place.db, project.project_id, kinds=("run_left",))) == 1
