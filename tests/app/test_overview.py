"""Overview: one page in plain words, with every reason where there is no figure."""

import pytest

from app.components.figure_scale import figure_scale_html
from app.components.label_overview import label_overview_html
from rhml_core.figures import Interval
from rhml_core.workflows.overview.overview import LabelOverview, MachineOverview, Overview
from tests.app.learning_fixtures import make_cycles
from tests.app.store_fixtures import look, make_project, texts_of

FULL = Overview(
    n_messages=629,
    n_labelled=500,
    n_full=412,
    n_experts=4,
    n_simulated=1,
    labels=(
        LabelOverview("ham", "wanted", 300, "see <b>you</b>"),
        LabelOverview("spam", "", 0, ""),
    ),
    alpha=Interval(0.72, 0.65, 0.78, 240),
    agreement_words="Fair.",
    machine=MachineOverview(3, Interval(0.81, 0.77, 0.85, 240), "hold-out", ""),
    n_adopted=3,
    adopted=(("escrow", "spam"), ("lunch", "ham")),
)


@pytest.fixture
def project(place, team):
    """In the store, with the labels ham and spam."""
    return make_project(place, team)


@pytest.mark.parametrize("name", ["vic", "ana", "sue"])
def test_page_tells_the_whole_story_to_everyone(place, team, project, monkeypatch, name):
    monkeypatch.setattr("app.views.overview.page.project_overview", lambda *_: FULL)
    monkeypatch.setattr(
        "rhml_core.workflows.learner.cycles_beside.learners_by_cycle", lambda *_: make_cycles()
    )

    page = look("overview", place, team[name], project)

    assert not page.exception
    said = texts_of(page)
    assert "4 people and a machine sort 629 messages into 2 labels; 412 are fully judged." in said
    assert "1 of the people is simulated." in said
    assert "0.72 [0.65, 0.78], n = 240" in said
    assert "0.81 [0.77, 0.85], n = 240" in said
    assert "kept apart, which it never learnt from" in said
    assert "3 concepts that the machine noticed were adopted" in said
    assert "“escrow” for spam and “lunch” for ham" in said
    assert "The machine gained: +0.12" in said
    assert all(button.key.startswith("overview_to_") for button in page.button)


def test_page_over_an_empty_store_says_what_is_missing(place, team, project):
    page = look("overview", place, team["vic"], project)

    assert not page.exception
    said = texts_of(page)
    assert "The project has no messages yet." in said
    assert "No trained machine speaks yet." in said
    assert "not adopted a concept" in said
    assert "No example yet." in said


def test_examples_are_shown_as_text_alone():
    html = label_overview_html([("<i>", 2, "see <b>you</b> \u202e")], {})

    assert "<b>" not in html
    assert "<i>" not in html
    assert "\u202e" not in html


def test_scale_names_its_figure_for_those_who_hear_the_page():
    html = figure_scale_html(
        Interval(0.5, 0.4, 0.6, 9), is_machine=True, grey="#777777", name="The machine"
    )

    assert 'alt="The machine: 0.50 [0.40, 0.60], n = 9"' in html
