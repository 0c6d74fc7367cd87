"""No dead ends: a number on a page is the way to what it counts."""

import pytest

from app.components.label_definitions import definitions_html
from rhml_core.domain import Label, RunState
from tests.app.store_fixtures import look, make_project, texts_of
from tests.app.training_fixtures import begin_study, page_of, seen


@pytest.fixture
def project(place, team):
    return make_project(place, team)


@pytest.fixture
def divided(project, add_messages, add_labels):
    """Ana and Ben differ on m1."""
    add_messages({"m1": "free money", "m2": "see you"})
    add_labels([("m1", "Ana", "ham"), ("m1", "Ben", "spam")])
    return project


@pytest.fixture
def study(tmp_path):
    study = begin_study(tmp_path)
    study.fill()
    study.judge_all()
    study.register_run(3, RunState.PROMOTED)
    yield study
    study.place.close()


@pytest.fixture
def opened(monkeypatch):
    """Which pages were opened, with which filters."""
    opened = []
    for page in ("home", "overview"):
        monkeypatch.setattr(
            f"app.views.{page}.page.open_view",
            lambda view, **filters: opened.append((view, filters)),
        )
    return opened


@pytest.mark.parametrize("name", ["ana", "sue", "vic"])
@pytest.mark.parametrize(
    "way",
    [
        ("home_contested", "Contested messages 1", "disagreements"),
        ("home_machine", "The machine no run promoted yet", "training"),
    ],
)
def test_homes_facts_lead_on(place, team, divided, opened, name, way):
    key, fact, view = way
    page = look("home", place, team[name], divided)
    button = page.button(key=key)

    button.click().run()

    assert not page.exception
    assert button.label.replace("*", "") == fact
    assert opened == [(view, {})]


def test_home_without_a_contested_message_says_none(place, team, project):
    page = look("home", place, team["sue"], project)

    assert not page.exception
    assert "Contested messages" in texts_of(page)
    assert "home_contested" not in {button.key for button in page.button}


@pytest.mark.parametrize("view", ["agreement", "training", "learners", "messages"])
def test_overviews_figures_lead_on(place, team, divided, opened, view):
    page = look("overview", place, team["vic"], divided)

    page.button(key=f"overview_to_{view}").click().run()

    assert not page.exception
    assert opened == [(view, {})]


def _per_label(study, person=None, **filters):
    page = page_of("training", study, person)
    for name, value in {"part": "per-label", **filters}.items():
        page.query_params[name] = value
    return page.run()


@pytest.mark.parametrize(
    ("outcome", "messages"),
    [("", ["m0", "m2"]), ("mistaken", ["m1"]), ("right", [f"m{n}" for n in range(4, 20, 2)])],
)
def test_labels_figures_lead_to_its_messages_right_or_wrong(study, outcome, messages):
    """The run swapped m0, m1 and m2; even ones are Sale."""
    page = _per_label(study, label="Sale", outcome=outcome)

    assert not page.exception
    assert list(page.dataframe[1].value["message_id"]) == messages
    assert page.pills[0].options == ["Missed 2", "Called so wrongly 1", "Right 8"]


def test_label_is_chosen_on_the_page_and_noted_in_the_address(study):
    page = _per_label(study)
    before = len(page.dataframe)

    page.selectbox(key="training_label").set_value("Leak").run()

    assert not page.exception
    assert (before, len(page.dataframe)) == (1, 2)
    assert page.query_params["label"] == "Leak"


def test_experts_see_a_labels_figures_without_its_messages(study):
    page = _per_label(study, study.expert, label="Sale")

    assert not page.exception
    assert len(page.dataframe) == 1
    assert "Supervisors can read the messages behind each label." in seen(page)


def test_adjudicate_has_the_definitions_beside_the_message(place, team, divided):
    page = look("adjudicate", place, team["sue"], divided)

    assert not page.exception
    assert next(one.label for one in page.expander) == "What these labels mean"
    assert 'aria-label="Definitions"' in texts_of(page)


def test_definitions_are_escaped_and_an_empty_one_is_said_to_be_missing():
    html = definitions_html([Label("<b>", "a & b", ("<i>",)), Label("Leak")], {"Leak": "#123456"})

    assert "&lt;b&gt;" in html
    assert "a &amp; b" in html
    assert "&lt;i&gt;" in html
    assert "1 example" in html
    assert "No definition yet." in html


def test_calibration_leads_to_the_surest_mistakes(study):
    study.register_run(2, is_old=False)
    page = page_of("training", study)
    page.query_params["part"] = "calibration"
    page.run()

    page.selectbox(key="training_calibration_run").set_value("run-2").run()

    assert not page.exception
    assert "Its surest mistakes" in seen(page)
    assert list(page.dataframe[0].value["message_id"]) == ["m0", "m1"]


def test_experts_judged_messages_are_a_way_on_from_home(place, team, divided, opened):
    page = look("home", place, team["ana"], divided)

    page.button(key="home_judged").click().run()

    assert not page.exception
    assert opened == [("messages", {})]
