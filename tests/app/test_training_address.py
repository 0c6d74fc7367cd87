"""Training's run lives in the address: a link and the way back show the same one."""

import pytest

from rhml_core.domain import RunState
from tests.app.training_fixtures import begin_study, page_of, seen

PARTS = {
    "per-label": "training_labels_run",
    "confusion": "training_confusion_run",
    "calibration": "training_calibration_run",
}


@pytest.fixture
def study(tmp_path):
    """Three runs, newest last; the first is promoted."""
    study = begin_study(tmp_path)
    study.fill()
    study.judge_all()
    study.register_run(4, RunState.PROMOTED, is_old=False)
    study.register_run(1, is_old=False)
    study.register_run(0, is_old=False)
    yield study
    study.place.close()


def _look(study, **filters):
    page = page_of("training", study)
    for name, value in filters.items():
        page.query_params[name] = value
    return page.run()


@pytest.mark.parametrize(("part", "key"), PARTS.items())
def test_link_opens_the_run_that_it_names(study, part, key):
    page = _look(study, part=part, run="run-2")

    assert not page.exception
    assert page.selectbox(key=key).value == "run-2"


@pytest.mark.parametrize(("part", "key"), PARTS.items())
def test_chosen_run_is_noted_and_the_promoted_one_needs_no_name(study, part, key):
    page = _look(study, part=part)
    first = page.selectbox(key=key).value

    page.selectbox(key=key).set_value("run-2").run()
    noted = page.query_params["run"]
    page.selectbox(key=key).set_value("run-1").run()

    assert not page.exception
    assert first == "run-1"
    assert noted in ("run-2", ["run-2"])
    assert "run" not in page.query_params


def test_run_stays_the_same_from_part_to_part(study):
    page = _look(study, part="per-label")
    page.selectbox(key="training_labels_run").set_value("run-2").run()

    page.session_state["training_tab"] = "Confusion"
    page.run()

    assert not page.exception
    assert page.selectbox(key="training_confusion_run").value == "run-2"


@pytest.mark.parametrize(("part", "key"), PARTS.items())
def test_address_that_changes_changes_the_run(study, part, key):
    """As the back button does, in a session that has shown another run."""
    page = _look(study, part=part, run="run-2")

    page.query_params["run"] = "run-3"
    page.run()
    newest = page.selectbox(key=key).value
    del page.query_params["run"]
    page.run()

    assert not page.exception
    assert (newest, page.selectbox(key=key).value) == ("run-3", "run-1")


@pytest.mark.parametrize("run", ["nothing", "<b>", "run-1~run-2"])
@pytest.mark.parametrize(
    ("part", "shown"),
    [
        *((part, {key: "run-1"}) for part, key in PARTS.items()),
        ("compare", {"training_first_run": "run-1", "training_second_run": "run-3"}),
        ("all-runs", {}),
    ],
)
def test_run_that_is_not_here_shows_what_no_run_would(study, part, shown, run):
    """As one of another project: its identifier is none of this project's."""
    page = _look(study, part=part, run=run, first=run, second=run)

    assert not page.exception
    assert not page.error
    assert {key: page.selectbox(key=key).value for key in shown} == shown
    assert ("**Run 1**, promoted" in seen(page)) == (part == "all-runs")


def test_compared_runs_live_in_the_address(study):
    page = _look(study, part="compare", first="run-3", second="run-2")
    linked = [one.value for one in page.selectbox]

    page.selectbox(key="training_second_run").set_value("run-1").run()

    assert not page.exception
    assert linked == ["run-3", "run-2"]
    assert page.query_params["second"] in ("run-1", ["run-1"])
    assert [one.value for one in page.selectbox] == ["run-3", "run-1"]


def test_compare_beside_the_newest_run_compares_it_whatever_the_address_named(study):
    page = _look(study, part="compare", first="run-2", second="run-1")

    page.button(key="training_compare_newest").click().run()

    assert not page.exception
    assert [one.value for one in page.selectbox] == ["run-1", "run-3"]


def test_row_of_all_runs_is_the_one_in_the_address(study):
    page = _look(study, part="all-runs", run="run-2")
    linked = page.session_state["training_runs_table"]["selection"]["rows"]

    del page.query_params["run"]
    page.run()

    assert not page.exception
    assert linked == [1]
    assert "**Run 1**, promoted" in seen(page)
    assert page.session_state["training_runs_table"]["selection"]["rows"] == [2]


def test_count_of_the_confusion_lives_in_the_address(study):
    """Run 1 swapped m0 to m3; the even ones are Sale."""
    page = _look(study, part="confusion", run="run-1", reference="Sale", said="Leak")
    unknown = _look(study, part="confusion", run="run-1", reference="Sale", said="gone")

    assert not page.exception
    assert not unknown.exception
    assert "2 messages: reference Sale, run 1 says Leak" in seen(page)
    assert list(page.dataframe[0].value["message_id"]) == ["m0", "m2"]
    assert "Choose a count to read its messages." in seen(unknown)
