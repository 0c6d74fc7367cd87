import pytest

from app.components.message_list import Mark
from app.views.label_review.doubt import Doubt, said_of, suspect_sentence, twin_sentence
from app.views.label_review.page import (
    comparison_sentence,
    doubts_of,
    listed_doubt,
    review_sentence,
)
from rhml_core.domain import Codebook, Label, Person, Role
from rhml_core.workflows.dialogue.threads import message_thread
from rhml_core.workflows.disputes.label_review import LabelReview, label_review
from rhml_core.workflows.turn import turns
from tests.app.store_fixtures import add_run, data_of, look, make_project, promote_newest, texts_of

NAMES = {"ana": "Ana", "ben": "Ben"}
HOSTILE = "<img src=x onerror=alert(1)> **win** [a](javascript:x) \u202e prize"
SUSPECT = {
    "message_id": "h0",
    "text": "see you",
    "label": "spam",
    "labels": ["spam", "spam"],
    "expert_ids": ["ana", "ben"],
    "machine_label": "ham",
    "machine_probability": 0.934,
    "label_probability": 0.066,
    "stood_by": [],
}
TWINS = {
    "message_id": "a",
    "text": "free money",
    "label": "spam",
    "labels": ["spam"],
    "expert_ids": ["ana"],
    "twin_id": "b",
    "twin_text": "FREE money",
    "twin_label": "ham",
    "twin_labels": ["ham"],
    "twin_expert_ids": ["ana"],
    "similarity": 1.0,
    "is_same_text": True,
    "contradicts_self": ["ana"],
    "stood_by": [],
}


@pytest.fixture
def project(place, team):
    return make_project(place, team)


@pytest.fixture
def doubted(place, project, add_messages, add_labels):
    """Six of each label by Ana and Ben; h0 looks mislabelled, x and y say the same."""
    texts = {f"h{n}": f"see you at the station on day {n}" for n in range(6)}
    texts |= {f"s{n}": f"buy our pills, number {n}" for n in range(6)}
    texts |= {"h0": HOSTILE, "x": "call me back", "y": "Call me  back"}
    add_messages(texts)
    truth = {name: "spam" if name.startswith("s") else "ham" for name in texts}
    given = truth | {"h0": "spam", "x": "spam"}
    add_labels([(name, who, label) for name, label in given.items() for who in ("Ana", "Ben")])
    said = {name: (label, 0.9) for name, label in truth.items()}
    add_run(place, project, 1, said | {"x": ("spam", 0.6)})
    promote_newest(place, project, given)
    return project


def _see(place, who, project, **filters):
    page = look("label_review", place, who, project, **filters)
    assert not page.exception
    return page


def _names(page):
    return [item["id"] for item in data_of(page, "doubts")["items"]]


def test_sentence_says_both_kinds_or_the_one_there_is():
    assert review_sentence(2, 1, is_own=False) == (
        "2 judged messages look mislabelled; 1 pair of near-twins contradicts itself."
    )
    assert review_sentence(0, 2, is_own=True) == "2 pairs of near-twins contradict each other."
    assert review_sentence(0, 0, is_own=False) == "No label is in doubt."
    assert review_sentence(0, 0, is_own=True) == "None of your labels is in doubt."


def test_share_that_agrees_puts_the_doubts_in_proportion():
    """A machine that is often wrong contradicts many right labels; the page says how often."""
    review = LabelReview(None, None, "run 3", 214, 186, "")

    assert "to 186 of 214 judged messages (87 %)" in comparison_sentence(review)
    assert comparison_sentence(LabelReview(None, None, "", 0, 0, "Too few.")) == "Too few."


def test_who_said_what_begins_with_the_label_that_counts():
    assert said_of(["ham", "spam"], ["Ana", "Ben"], "spam") == "spam by Ben, ham by Ana"
    assert said_of(["ham"], ["Ana"], "spam") == "spam by the reference, ham by Ana"
    assert said_of(["ham", "spam"], ["Ana", "Ben"], None) == "ham by Ana, spam by Ben"


def test_suspect_is_explained_in_a_plain_sentence():
    assert suspect_sentence(SUSPECT, NAMES) == (
        "Labelled spam by Ana and Ben. The machine, which was not told, says ham with a "
        "probability of 0.93 and gives spam 0.07."
    )
    assert suspect_sentence(SUSPECT | {"stood_by": ["ana"]}, NAMES).endswith(
        "Ana looked again and stands by it."
    )


def test_pair_says_who_contradicts_themselves():
    alike = TWINS | {"is_same_text": False, "similarity": 0.967, "contradicts_self": []}

    assert twin_sentence(TWINS, NAMES) == (
        "The same text is labelled spam once and labelled ham once. Ana labelled the two "
        "differently."
    )
    assert twin_sentence(alike | {"twin_label": None}, NAMES) == (
        "Nearly the same text (0.97 alike, of 1) is labelled spam once and undecided once."
    )
    assert twin_sentence(TWINS | {"twin_label": "spam"}, NAMES).startswith(
        "The same text is labelled spam both times, but not by everyone."
    )


def test_listed_pair_shows_each_person_once_a_label():
    codebook = Codebook(1, (Label("ham"), Label("spam")))
    people = {"ana": Person("ana", "Ana", Role.EXPERT)}
    row = TWINS | {"twin_label": "spam", "twin_labels": ["spam"], "labels": ["spam"]}

    listed = listed_doubt(Doubt("t", "twins", row), people, codebook)

    [side] = listed.sides
    assert [(mark.kind, mark.who) for mark in side.marks] == [("person", "Ana")]
    assert isinstance(side.marks[0], Mark)
    assert listed.note == "same text twice"


def test_names_in_the_address_tell_doubts_apart(place, team, doubted):
    review = label_review(place, team["sue"], doubted.project_id)

    assert [one.name for one in doubts_of(review)] == ["m~h0", "t~x~y"]


def test_supervisor_sees_doubts_and_settles_the_first(place, team, doubted):
    page = _see(place, team["sue"], doubted)
    said = texts_of(page)
    assert "1 judged message looks mislabelled; 1 pair of near-twins contradicts itself." in said
    assert "Labelled spam by Ana and Ben." in said
    assert _names(page) == ["m~h0", "t~x~y"]

    page.button(key="let_stand").click().run()

    assert not page.exception
    assert "1 pair of near-twins contradicts itself." in texts_of(page)
    assert _names(page) == ["t~x~y"]
    assert label_review(place, team["sue"], doubted.project_id).suspects.is_empty()


def test_pair_offers_both_threads(place, team, doubted):
    first = _see(place, team["sue"], doubted, item="t~x~y")
    second = _see(place, team["sue"], doubted, item="t~x~y", of="second")

    for page, text in ((first, "call me back"), (second, "Call me  back")):
        pieces = data_of(page, "thread_message")["pieces"]
        assert "".join(piece["text"] for piece in pieces) == text
    assert "Ana and Ben labelled the two differently." in texts_of(first)
    assert first.button(key="let_stand").label == "Both labels stand"


def test_kind_in_the_address_filters(place, team, doubted):
    assert _names(_see(place, team["sue"], doubted, kind="twins")) == ["t~x~y"]
    assert _names(_see(place, team["sue"], doubted, kind="machine")) == ["m~h0"]


def test_kind_without_a_doubt_says_so(place, team, doubted):
    page = _see(place, team["sue"], doubted, kind="twins")
    page.button(key="let_stand").click().run()

    assert not page.exception
    assert "No doubt of this kind" in texts_of(page)

    page.button(key="none_of_kind").click().run()

    assert _names(page) == ["m~h0"]


def test_hostile_text_is_text(place, team, doubted):
    page = _see(place, team["sue"], doubted, item="m~h0")

    html = "".join(element.proto.body for element in page.get("html"))
    assert "<img" not in html
    assert "\u202e" not in html
    pieces = data_of(page, "thread_message")["pieces"]
    assert any(piece["hidden"] and piece["text"] == "RLO" for piece in pieces)


def test_hostile_twins_are_text(place, team, project, add_messages, add_labels):
    add_messages({"a": HOSTILE, "b": HOSTILE.upper()})
    add_labels([("a", "Ana", "spam"), ("b", "Ana", "ham")])

    page = _see(place, team["sue"], project)

    html = "".join(element.proto.body for element in page.get("html"))
    assert "&lt;img src=x" in html
    assert "<img" not in html
    assert "\u202e" not in html


def test_viewer_reads_without_buttons(place, team, doubted):
    page = _see(place, team["vic"], doubted)

    assert "looks mislabelled" in texts_of(page)
    assert not page.button
    assert not page.text_area


def test_expert_stands_by_a_label_and_the_supervisor_is_told(place, team, doubted):
    page = _see(place, team["ana"], doubted)
    assert "1 message that you judged looks mislabelled" in texts_of(page)
    assert page.button(key="let_stand").label == "Keep spam"

    page.button(key="let_stand").click().run()

    assert not page.exception
    assert _names(page) == ["t~x~y"]
    assert "Ana looked again and stands by it." in texts_of(_see(place, team["sue"], doubted))


def test_expert_who_judged_nothing_sees_nothing(place, team, doubted, add_messages):
    """Neither the machine's answer nor a colleague's label may reach who has not judged."""
    from rhml_core.workflows import people  # noqa: PLC0415 -- only here

    cem = people.add_person(place, team["sue"], "Cem", Role.EXPERT)

    page = _see(place, cem, doubted)

    assert "None of your labels is in doubt." in texts_of(page)
    assert "Labelled" not in texts_of(page)
    with pytest.raises(KeyError):
        data_of(page, "doubts")


def test_expert_judges_again_where_they_judged_here(place, team, project, add_messages, add_labels):
    """Ana's label of x was imported; that of z she gave in a turn of her own."""
    add_messages({"x": "call me back", "z": "call me BACK"})
    add_labels([("x", "Ana", "spam")])
    view = turns.next_turn(place, team["ana"], project.project_id)
    turns.commit(place, team["ana"], view.turn_id, label="ham", key="c")
    assert view.message.message_id == "z"
    page = _see(place, team["ana"], project, of="second")

    page.radio(key="judge_label_z").set_value("spam")
    page.text_input(key="judge_reason_z").set_value("it is the same again")
    [send] = [button for button in page.button if button.label == "Change my label"]
    send.click().run()

    assert not page.exception
    made = message_thread(place, team["ana"], project.project_id, "z").judgements
    assert [(one.label, one.reason) for one in made][-1] == ("spam", "it is the same again")
    assert "None of your labels is in doubt." in texts_of(page)


def test_imported_labels_cannot_be_judged_again_here(place, team, doubted):
    page = _see(place, team["ana"], doubted)

    assert not page.radio


def test_too_few_judged_leads_to_the_queue(place, team, project):
    page = _see(place, team["ana"], project)

    assert "None of your labels is in doubt." in texts_of(page)
    assert "from 10 judged messages on" in texts_of(page)
    assert page.button(key="too_few_judged").label == "Label messages"


def test_no_doubt_is_good_news(place, team, doubted):
    page = _see(place, team["sue"], doubted)
    page.button(key="let_stand").click().run()
    page.button(key="let_stand").click().run()

    assert not page.exception
    assert "No label is in doubt." in texts_of(page)
    assert "strongly contradicts no label" in texts_of(page)


def test_unknown_item_in_the_address_shows_the_first(place, team, doubted):
    page = _see(place, team["sue"], doubted, item="m~nothing")

    assert data_of(page, "doubts")["items"][0]["isChosen"]
