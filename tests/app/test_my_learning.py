"""My learning: its first line, what each part says with and without figures, and the review."""

import pytest

from app.views.my_learning import page as my_learning
from rhml_core.domain import Confidence, DrawnBecause
from rhml_core.errors import NotAllowedError
from rhml_core.workflows.learner import reviews
from rhml_core.workflows.learner.changed_minds import MindChanges
from tests.app.learning_fixtures import (
    CALM,
    RAISED,
    empty_learning,
    make_learning,
    make_skill,
)
from tests.app.store_fixtures import data_of, look, make_project, texts_of
from tests.workflows.learner.finished_turns import TurnWriter

LEARNING = "app.views.current_learning.learning_of"


@pytest.fixture
def project(place, team):
    """In the store, with the labels ham and spam."""
    return make_project(place, team)


@pytest.fixture
def mail(add_messages, add_labels):
    """Ana is wrong on m1 and m2."""
    add_messages({"m1": "free money", "m2": "win cash", "m3": "lunch?"})
    add_labels([(name, "Ana", "ham") for name in ("m1", "m2", "m3")])
    add_labels([("m1", "Ben", "spam"), ("m2", "Ben", "spam")])


@pytest.fixture
def learnt(monkeypatch):
    """Sets what the page is told of an expert's learning."""

    def tell(learning):
        monkeypatch.setattr(LEARNING, lambda *_: learning)

    return tell


def _tab(place, person, project, name, **filters):
    from streamlit.testing.v1 import AppTest  # noqa: PLC0415

    from tests.app.store_fixtures import _page  # noqa: PLC0415

    page = AppTest.from_function(
        _page, args=("my_learning", place, person, project), default_timeout=30
    )
    page.session_state["my_learning_tab"] = name
    for key, value in filters.items():
        page.query_params[key] = value
    return page.run()


@pytest.mark.parametrize(
    ("slope", "words"),
    [
        ((0.03, 0.01, 0.05), "You are getting better"),
        ((0.03, -0.01, 0.05), "No clear change so far"),
        ((-0.03, -0.05, -0.01), "may be costing practice"),
    ],
)
def test_first_line_answers_only_as_far_as_the_interval_does(
    place, team, project, learnt, slope, words
):
    learnt(make_learning(team["ana"], skill=make_skill(slope)))

    page = look("my_learning", place, team["ana"], project)

    assert not page.exception
    assert words in texts_of(page)
    assert "0.78 [0.68, 0.86], n = 80" in texts_of(page)
    assert "Hardest so far: spam" in texts_of(page)


def test_newcomer_is_told_what_is_missing_and_what_brings_it(place, team, project, learnt):
    learnt(empty_learning(team["ana"]))

    said = [texts_of(_tab(place, team["ana"], project, name)) for name in my_learning.TABS]

    assert "not known yet" in said[0]
    assert "about one in ten" in said[0]
    assert "has not changed your mind yet" in said[1]
    assert "Nobody said how sure they are yet." in said[2]
    assert "No card was reviewed twice yet." in said[3]


def test_alarm_is_told_calmly_and_only_where_it_is_raised(place, team, project, learnt):
    learnt(make_learning(team["ana"], deskilling=RAISED, misskilling=CALM))

    page = look("my_learning", place, team["ana"], project)

    assert "Worth a look: practice." in texts_of(page)
    assert "shared errors" not in texts_of(page)
    assert not page.error
    assert not page.warning


def test_changed_minds_lead_to_their_messages(place, team, project, learnt, mail):
    changes = MindChanges(("m1",), ("m2",), ())
    learnt(make_learning(team["ana"], ("m1",), mind_changes=changes))

    page = _tab(place, team["ana"], project, my_learning.TABS[1], changed="worse")

    assert not page.exception
    assert "changed your mind 2 times: 1 for the better, 1 for the worse." in texts_of(page)
    [row] = data_of(page, "changed_worse")["items"]
    assert (row["id"], row["note"]) == ("m2", "right: spam")


def test_calibration_says_that_it_is_private(place, team, project, learnt):
    learnt(make_learning(team["ana"]))

    page = _tab(place, team["ana"], project, my_learning.TABS[2])

    assert not page.exception
    assert "Only you see this" in texts_of(page)
    assert "n\u00a0=\u00a060\u00a0answers" in texts_of(page)


@pytest.fixture
def stated(place, project, team, add_messages, add_labels):
    """Ana was sure of ten messages, wrongly of m0 and m1, and guessed a probe, wrongly."""
    names = [f"m{number}" for number in range(10)]
    add_messages({name: f"text of {name}" for name in [*names, "probe"]})
    add_labels([(name, "Sue", "ham") for name in [*names, "probe"]], adjudicated=True)
    write = TurnWriter(place, project)
    for number, name in enumerate(names):
        write.turn(team["ana"], name, "spam" if number < 2 else "ham")
    probe = DrawnBecause.PROBE
    write.turn(team["ana"], "probe", "spam", because=probe, confidence=Confidence.GUESS)


def test_level_of_confidence_leads_to_its_messages_wrong_ones_first(place, team, project, stated):
    page = _tab(place, team["ana"], project, my_learning.TABS[2])
    level, outcome = page.pills

    wrong = list(page.dataframe[0].value["message_id"])
    outcome.set_value("right").run()
    right = list(page.dataframe[0].value["message_id"])

    assert not page.exception
    assert [one.replace("\\", "") for one in level.options] == [
        "guess: 0 of 1 right",
        "sure: 8 of 10 right",
    ]
    assert (wrong, outcome.options) == (["m1", "m0"], ["Wrong 2", "Right 8"])
    assert right == [f"m{number}" for number in range(9, 1, -1)]
    assert page.query_params["outcome"] in ("right", ["right"])


def test_level_in_the_address_is_opened_and_its_probe_stays_closed(place, team, project, stated):
    page = _tab(place, team["ana"], project, my_learning.TABS[2], stated="guess")

    assert not page.exception
    assert not page.dataframe
    assert "There is none to read. 1 more answer stays closed" in texts_of(page)
    assert "text of probe" not in texts_of(page)


@pytest.mark.parametrize("level", ["fairly", "<b>"])
def test_level_that_was_never_stated_falls_back_to_the_surest(place, team, project, stated, level):
    page = _tab(place, team["ana"], project, my_learning.TABS[2], stated=level, outcome="?")

    assert not page.exception
    assert list(page.dataframe[0].value["message_id"]) == ["m1", "m0"]


def test_row_behind_a_level_opens_its_thread(place, team, project, stated, monkeypatch):
    opened = []
    monkeypatch.setattr(
        "app.views.my_learning.stated.open_view",
        lambda view, **filters: opened.append((view, filters)),
    )
    monkeypatch.setattr("app.views.my_learning.stated.message_table", lambda *_, **__: "m1")

    page = _tab(place, team["ana"], project, my_learning.TABS[2])

    assert not page.exception
    assert opened == [("disagreements", {"message": "m1"})]


def test_supervisor_sees_an_expert_without_what_is_private(place, team, project, learnt, mail):
    learnt(make_learning(team["ana"], calibration=None, calibration_missing="private"))

    page = look("my_learning", place, team["sue"], project, expert="ana")

    assert not page.exception
    assert "Getting better: without the machine, Ana is right at 0.78" in texts_of(page)
    assert [tab.label for tab in page.tabs] == ["Skill", "The expert and the machine"]
    assert "review" not in {button.key for button in page.button}


def test_colleagues_address_shows_an_expert_their_own(place, team, project, monkeypatch):
    """An expert who types a colleague's name into the address is not asked for it."""
    asked = []

    def tell(_place, person, _project_id, expert_id):
        asked.append(expert_id)
        if expert_id != person.person_id:
            raise NotAllowedError("no")
        return empty_learning(person)

    monkeypatch.setattr(LEARNING, tell)
    page = look("my_learning", place, team["ana"], project, expert="ben")

    assert not page.exception
    assert set(asked) == {"ana"}


def test_review_asks_without_the_answer_and_then_tells_it(place, team, project, mail):
    page = look("my_learning", place, team["ana"], project, review="1")
    asked = texts_of(page)
    page.button(key="review_label_1").click().run()

    assert not page.exception
    assert "What is this message?" in asked
    assert "unwanted" not in asked
    assert "Right: spam." in texts_of(page)
    assert "So 1 of 1 colleague says; it is not settled." in texts_of(page)
    assert "unwanted" in texts_of(page)
    assert "Ben" in texts_of(page)
    assert len(reviews.due_reviews(place, team["ana"], project.project_id)) == 1


def test_right_card_is_rated_and_the_next_is_asked(place, team, project, mail):
    page = look("my_learning", place, team["ana"], project, review="1")
    page.button(key="review_label_1").click().run()
    page.button(key="review_hard").click().run()

    assert not page.exception
    assert "1 card due" in texts_of(page)
    accents = [one.key for one in page.button if one.proto.type == "primary"]
    assert accents == []


def test_wrong_card_is_told_and_comes_again(place, team, project, mail):
    page = look("my_learning", place, team["ana"], project, review="1")
    page.button(key="review_label_0").click().run()

    told = texts_of(page)
    page.button(key="review_next").click().run()

    assert "Not this time: it is spam, you said ham." in told
    assert "comes again in 10 min" in told
    assert not page.exception
    assert "1 card due" in texts_of(page)


def test_all_reviewed_says_so(place, team, project, mail):
    page = look("my_learning", place, team["ana"], project, review="1")
    for _ in range(2):
        page.button(key="review_label_1").click().run()
        page.button(key="review_good").click().run()

    assert not page.exception
    assert "Nothing more is due: you reviewed 2 cards today." in texts_of(page)
    accents = [one.key for one in page.button if one.proto.type == "primary"]
    assert accents == ["review_back"]


def test_due_cards_are_the_pages_one_accent(place, team, project, learnt, mail):
    learnt(make_learning(team["ana"]))

    page = look("my_learning", place, team["ana"], project)

    assert "Due today: 2 cards." in texts_of(page)
    accents = [one.key for one in page.button if one.proto.type == "primary"]
    assert accents == ["review"]
