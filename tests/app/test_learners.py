"""Both learners: honest words for each lift, and for supervisors what lies behind."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from app.views.learners import page as learners
from app.views.learners.missing import next_step
from app.views.learners.words import lifts_sentence
from rhml_core.domain import Mode
from rhml_core.figures import Interval
from rhml_core.measures.estimates import Estimate
from rhml_core.workflows.kept.beside import Looked
from rhml_core.workflows.learner.learning import LearnersByCycle
from rhml_core.workflows.learner.reliance_missing import RelianceMissing
from rhml_core.workflows.reflection.lexicon_alone import LexiconAlone
from tests.app.learning_fixtures import (
    NO_RELIANCE,
    RAISED,
    UNKNOWN,
    make_cycles,
    make_learning,
    make_team,
)
from tests.app.store_fixtures import _page, data_of, look, make_project, texts_of


@pytest.fixture
def project(place, team):
    """In the store, with the labels ham and spam."""
    return make_project(place, team)


@pytest.fixture
def told(monkeypatch):
    """Sets what the page is told of cycles and team."""

    def tell(cycles=None, team=None):
        monkeypatch.setattr(
            "rhml_core.workflows.learner.cycles_beside.learners_by_cycle", lambda *_: cycles
        )
        monkeypatch.setattr("app.views.current_learning.learning_of_team", lambda *_: team)

    return tell


def _tab(place, person, project, name, **filters):
    page = AppTest.from_function(
        _page, args=("learners", place, person, project), default_timeout=30
    )
    page.session_state["learners_tab"] = name
    for key, value in filters.items():
        page.query_params[key] = value
    return page.run()


@pytest.mark.parametrize(
    ("machine", "experts", "words"),
    [
        ((0.1, 0.02, 0.2), (0.1, 0.02, 0.2), ("machine gained", "experts gained")),
        ((0.1, -0.1, 0.2), (0.1, -0.1, 0.2), ("machine shows no sure", "experts show no sure")),
        ((-0.1, -0.2, -0.02), (-0.1, -0.2, -0.02), ("machine lost", "experts lost")),
    ],
)
def test_lifts_claim_no_more_than_their_intervals(machine, experts, words):
    sentence = lifts_sentence(make_cycles(machine, experts))

    assert all(part in sentence for part in words)
    assert sentence.count("n = ") == 2


def test_unknown_lift_says_what_is_missing():
    empty = LearnersByCycle((), UNKNOWN, Estimate(None, "No probes yet."))

    assert "from the second measured cycle on" in lifts_sentence(empty)


def test_cycles_lead_to_the_runs(place, team, project, told, monkeypatch):
    told(make_cycles())
    opened = []
    monkeypatch.setattr(
        "app.views.learners.page.open_view", lambda view, **filters: opened.append((view, filters))
    )
    page = look("learners", place, team["vic"], project)

    page.button(key="learners_to_training").click().run()

    assert not page.exception
    assert opened == [("training", {"part": "all-runs"})]


@pytest.mark.parametrize("name", ["vic", "ana"])
def test_viewers_and_experts_see_the_curves_alone(place, team, project, told, name):
    told(make_cycles(), make_team(alarms=[(team["ana"], RAISED)]))

    page = look("learners", place, team[name], project)

    assert not page.exception
    assert not page.tabs
    assert "The machine gained: +0.12" in texts_of(page)
    assert "Ana" not in texts_of(page)


@pytest.mark.parametrize(
    ("look_of", "said"),
    [
        (
            Looked(None, is_current=False, is_working=True),
            ("gains is being counted", "Newer figures are being worked out."),
        ),
        (
            Looked(make_cycles(), is_current=False, is_working=True),
            ("The machine gained: +0.12", "Newer figures are being worked out."),
        ),
        (
            Looked(None, is_current=False, is_working=False),
            ("gains could not be counted", "This is tried again"),
        ),
    ],
)
def test_figures_that_are_not_the_newest_say_so(place, team, project, monkeypatch, look_of, said):
    monkeypatch.setattr("app.views.current_learning.look_at_cycles", lambda *_: look_of)

    pages = {name: look(name, place, team["vic"], project) for name in ("learners", "home")}

    assert not any(page.exception for page in pages.values())
    assert all(words in texts_of(pages["learners"]) for words in said)
    assert said[1] in texts_of(pages["home"])


def test_lexicon_alone_is_shown_with_what_it_rests_on(place, team, project, told):
    found = make_cycles()
    figures = [
        LexiconAlone(None, missing="No term was adopted when this cycle ended."),
        LexiconAlone(Interval(0.44, 0.36, 0.51, 200), n_terms=7, n_hit=61),
        None,
    ]
    cycles = [replace(one, lexicon=f) for one, f in zip(found.cycles, figures, strict=True)]
    told(replace(found, cycles=tuple(cycles), machine_lift_note="On the same 200."))

    page = look("learners", place, team["vic"], project)

    assert not page.exception
    shown = texts_of(page)
    assert "lexicon alone" in shown
    assert "No term was adopted" in shown
    assert "7 terms; 61 of 200" in shown
    assert "On the same 200." in shown


def test_without_terms_nothing_is_said_of_a_lexicon(place, team, project, told):
    told(make_cycles())

    page = look("learners", place, team["vic"], project)

    assert "exicon" not in texts_of(page)


def test_nothing_measured_says_what_brings_it(place, team, project, told):
    told(LearnersByCycle((), UNKNOWN, UNKNOWN), make_team())

    page = look("learners", place, team["vic"], project)

    assert "Nothing is measured yet." in texts_of(page)


def test_count_of_reliance_leads_to_its_messages(
    place, team, project, told, add_messages, add_labels
):
    add_messages({"m1": "free money"})
    add_labels([("m1", "Ana", "spam")])
    told(make_cycles(), make_team())
    page = _tab(place, team["sue"], project, learners.TABS[1])

    page.button(key="cell_right~wrong~adopted").click().run()

    assert not page.exception
    assert "Expert right, machine wrong; took" in texts_of(page)
    [row] = data_of(page, "cell_messages")["items"]
    assert (row["id"], row["note"]) == ("m1", "right: spam")


def test_no_turn_to_count_says_what_makes_one(place, team, project, told, monkeypatch):
    told(make_cycles(), make_team(reliance=NO_RELIANCE))
    opened = []
    monkeypatch.setattr(
        "app.components.empty.open_view", lambda view, **filters: opened.append((view, filters))
    )
    page = _tab(place, team["sue"], project, learners.TABS[1])
    said = texts_of(page)

    page.button(key="no_reliance").click().run()

    assert "No turn can be counted yet: there are no messages." in said
    assert page.button(key="no_reliance").label == "Import messages"
    assert opened == [("messages", {})]
    assert [one.key for one in page.button if one.proto.type == "primary"] == ["no_reliance"]


@pytest.mark.parametrize(
    ("facts", "words", "view"),
    [
        ({"want": "messages"}, "there are no messages", "messages"),
        ({"want": "mode", "mode": Mode.BLIND}, "in the mode Blind, the machine says", "settings"),
        ({"want": "mode", "mode": Mode.IMMEDIATE}, "in the mode Immediate", "settings"),
        ({"want": "labels", "n_judged": 1}, "from 10 judged messages of at", "label"),
        ({"want": "labels", "n_judged": 1}, "has 1 message to learn from", "label"),
        ({"want": "turns"}, "nobody has labelled a message with it", "label"),
        ({"want": "turns", "n_turns": 1}, "in the one turn so far it had no part", "label"),
        ({"want": "turns", "n_turns": 1200}, "in all 1,200 turns so far", "label"),
        ({"want": "reference", "n_spoken": 1}, "in 1 turn, but no right label", "label"),
        ({"want": "reference", "n_spoken": 2, "n_open": 3}, "in 2 turns, but", "adjudicate"),
        ({"want": "reference", "overlap": 1}, "to one expert alone", "settings"),
    ],
)
def test_each_lack_of_a_turn_has_one_next_step(facts, words, view):
    nothing = {"n_turns": 0, "n_spoken": 0, "n_judged": 0, "n_open": 0}
    whole = {"mode": Mode.RECIPROCAL, "overlap": 2, "speaks_from": 10, **nothing, **facts}

    step = next_step(RelianceMissing(**whole))

    assert words in step.sentence
    assert step.view == view
    assert step.action


def test_experts_stand_by_name_with_their_alarms(
    place, team, project, told, monkeypatch, add_messages, add_labels
):
    add_messages({"m1": "free money"})
    add_labels([("m1", "Ben", "ham"), ("m1", "Ana", "spam")])
    told(make_cycles(), make_team(alarms=[(team["ben"], RAISED)]))
    by_id = {person.person_id: person for person in team.values()}
    monkeypatch.setattr(
        "app.views.current_learning.learning_of",
        lambda _place, _person, _project, name: make_learning(by_id[name]),
    )

    page = _tab(place, team["sue"], project, learners.TABS[2])

    assert not page.exception
    opened = [one.key for one in page.button if (one.key or "").startswith("expert_")]
    assert opened == ["expert_ana", "expert_ben"]
    assert "0.60 are right, 0.90 were" in texts_of(page)
    assert "0.78 [0.68, 0.86], n = 80" in texts_of(page)


def test_teams_calibration_names_nobody(place, team, project, told):
    told(make_cycles(), make_team())

    page = _tab(place, team["sue"], project, learners.TABS[3])

    assert not page.exception
    assert "2 experts together" in texts_of(page)
    assert "Ana" not in texts_of(page)
