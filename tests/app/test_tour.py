"""The words of the demo's tour, the way into it, and what is drawn anew."""

from dataclasses import replace

import pytest

from app.main import SECTIONS
from app.sign_in import sign_in_page
from app.tour import START, is_worth_a_redraw
from app.tour_words import STEPS, live_line, next_run, step_number, still_to_come
from rhml_core.domain import Person, Role
from rhml_core.workflows.demo.touring import DemoProgress

YOUNG = DemoProgress(
    n_experts=3,
    n_judged=0,
    n_teaching=0,
    n_runs=0,
    n_until_run=108,
    is_training=False,
    has_speaker=False,
)
GROWN = replace(YOUNG, n_judged=1234, n_teaching=80, n_runs=2, n_until_run=84, has_speaker=True)
VIEWER = Person("vic", "Viewer", Role.VIEWER)


def _step(view):
    return next(n for n, step in enumerate(STEPS, start=1) if step.view == view)


def test_a_viewer_may_see_every_step():
    open_to_viewers = {
        view for pages in SECTIONS.values() for view, _, _, role in pages if role is Role.VIEWER
    }

    assert len(STEPS) == 5
    assert {step.view for step in STEPS} <= open_to_viewers


def test_each_step_says_in_two_short_sentences_what_it_is():
    """A presenter who does not know the product reads them aloud."""
    for step in STEPS:
        assert step.sees[-1] in ".?"
        assert step.look.startswith("Look at ")
        assert len(f"{step.sees} {step.look}") < 190


@pytest.mark.parametrize("value", ["", "0", "6", "-1", "2.0", "two", "²", "<b>"])
def test_an_address_that_names_no_step_is_no_tour(value):
    assert step_number(value) is None


def test_a_run_that_waits_says_for_what():
    assert next_run(replace(YOUNG, waits_for="Training needs more.")) == (
        "A training run is due and begins as soon as it can. Training needs more."
    )


@pytest.mark.parametrize("view", ["overview", "journal", "learners"])
def test_a_young_demo_says_what_is_missing_and_what_brings_it(view):
    words = still_to_come(_step(view), YOUNG, has_disagreement=False)

    assert words.endswith("The next training run begins by itself after 108 more answers.")
    assert words != next_run(YOUNG)


def test_a_step_without_a_disagreement_says_when_there_will_be_one():
    number = _step("disagreements")

    assert "simulated experts" in still_to_come(number, YOUNG, has_disagreement=False)
    assert still_to_come(number, YOUNG, has_disagreement=True) == ""


def test_live_figures_are_called_those_of_simulated_experts():
    assert live_line(GROWN) == (
        "Now: 1,234 answers of 3 simulated experts; 80 messages to learn from; 2 training runs. "
        "The next training run begins by itself after 84 more answers."
    )


def test_figures_of_simulated_learning_are_called_an_assumption():
    assert "assumption" in still_to_come(_step("learners"), GROWN, has_disagreement=True)


def test_what_comes_next_is_said_truly_at_every_age_of_the_demo():
    assert next_run(replace(GROWN, is_training=True)) == "A training run is under way."
    assert "have done their part" in next_run(replace(GROWN, n_until_run=None))
    assert next_run(replace(GROWN, n_until_run=1)).endswith("after 1 more answer.")


@pytest.mark.parametrize(
    ("change", "is_worth"),
    [
        ({}, False),
        ({"n_judged": 1240, "n_until_run": 78}, False),
        ({"n_runs": 3}, True),
        ({"has_speaker": False}, True),
        ({"n_judged": 0}, True),
    ],
)
def test_the_page_is_drawn_anew_only_when_it_has_something_new_to_show(change, is_worth):
    """Figures in the bar move by themselves; a page that jumps at each answer cannot be read."""
    assert is_worth_a_redraw(GROWN, replace(GROWN, **change)) is is_worth


def test_one_click_on_the_sign_in_page_begins_the_tour_as_viewer():
    """The same form, posted to the same route, as picking a name."""
    html = sign_in_page([VIEWER], "/", guest=VIEWER)

    form = html[html.index("<form class='tour'") : html.index("Or come in as")]
    assert "method='post' action='/sign-in'" in form
    assert f"name='next' value='{START}'" in form
    assert "name='person' value='vic'>Take the tour</button>" in form


def test_without_a_demo_there_is_no_way_into_a_tour():
    assert "tour" not in sign_in_page([VIEWER], "/").split("</style>")[1]


def test_sign_in_page_says_demo_of_the_demo_alone():
    """A team that reads "demo" takes its own work for a game, and names for proofs."""
    demo, study = sign_in_page([VIEWER], "/", guest=VIEWER), sign_in_page([VIEWER], "/")

    assert "Demo: anyone at this computer can be anyone." in demo
    assert "demo" not in study.split("</style>")[1].lower()
    assert "whoever can reach this computer can sign in as anyone." in study


def test_a_hostile_name_is_no_markup_in_the_way_into_the_tour():
    guest = Person("'><script>", "<img src=x>", Role.VIEWER)

    html = sign_in_page([], "/", guest=guest)

    assert "<script>" not in html
    assert "<img" not in html
