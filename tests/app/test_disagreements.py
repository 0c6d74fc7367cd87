"""The page Disagreements, drawn: what it shows, whom it lets do what, and where its counts lead."""

import pytest

from rhml_core.workflows.dialogue.threads import message_thread
from tests.app.store_fixtures import add_run, data_of, look, make_project, texts_of

TEXTS = {"m1": "free money", "m2": "see you at noon", "m3": "win a prize <b>now</b>"}


@pytest.fixture
def project(place, team):
    return make_project(place, team)


@pytest.fixture
def contested(project, add_messages, add_labels):
    """Ana and Ben differ on m1, agree on m2; m3 has only Ben's answer."""
    add_messages(TEXTS)
    add_labels(
        [
            ("m1", "Ana", "ham"),
            ("m1", "Ben", "spam"),
            ("m2", "Ana", "ham"),
            ("m2", "Ben", "ham"),
            ("m3", "Ben", "spam"),
        ]
    )
    return project


def test_nobody_has_labelled_yet_leads_to_the_queue(place, team, project):
    page = look("disagreements", place, team["ana"], project)

    assert not page.exception
    assert "nobody has labelled" in texts_of(page)
    assert page.button(key="nobody_labelled").label == "Label messages"


def test_viewer_is_not_sent_to_the_queue(place, team, project):
    page = look("disagreements", place, team["vic"], project)

    assert not page.exception
    assert not page.button


def test_no_overlap_says_why_there_is_no_alpha(place, team, project, add_messages, add_labels):
    add_messages(TEXTS)
    add_labels([("m1", "Ana", "ham"), ("m2", "Ben", "ham")])

    page = look("disagreements", place, team["ana"], project)

    assert not page.exception
    said = texts_of(page)
    assert "Nothing is contested" in said
    assert "Krippendorff&#x27;s alpha among experts" not in said


def test_open_message_is_shown_with_its_answers(place, team, contested):
    page = look("disagreements", place, team["ana"], contested)

    assert not page.exception
    said = texts_of(page)
    assert "1 message is contested: 1 between experts" in said
    assert "1 of 1" in said
    items = data_of(page, "open_messages")["items"]
    assert [(item["id"], item["isChosen"]) for item in items] == [("m1", True)]
    assert "First answer" in said


def test_message_in_the_address_is_opened(place, team, contested):
    page = look("disagreements", place, team["ana"], contested, message="m2")

    assert not page.exception
    pieces = data_of(page, "thread_message")["pieces"]
    assert "".join(piece["text"] for piece in pieces) == TEXTS["m2"]


def test_expert_who_has_not_judged_sees_a_way_on_and_nothing_else(place, team, contested):
    """Ana has not answered m3: neither Ben's label nor the text of the talk may reach her."""
    page = look("disagreements", place, team["ana"], contested, message="m3")

    assert not page.exception
    assert "Judge it first" in texts_of(page)
    assert page.button(key="blind_until_committed").label == "Go to your queue"
    with pytest.raises(KeyError):
        data_of(page, "thread_message")


def test_unknown_message_is_said_kindly(place, team, contested):
    page = look("disagreements", place, team["ana"], contested, message="nothing")

    assert not page.exception
    assert "not in this project; the link may be old" in texts_of(page)
    assert page.button(key="no_such_message").label == "Open the messages"
    assert not page.text_area


def test_pair_in_the_address_filters_and_can_be_removed(place, team, contested):
    page = look("disagreements", place, team["ana"], contested, pair="ham~spam", kind="machine")

    assert not page.exception
    assert "No contested message fits these filters" in texts_of(page)
    assert page.button(key="pair_pill").label == "ham vs spam"

    page.button(key="forget_filters").click().run()

    assert "pair" not in page.query_params
    assert [item["id"] for item in data_of(page, "open_messages")["items"]] == ["m1"]


def test_difference_with_the_model_is_its_own_kind(place, team, contested):
    add_run(place, contested, 1, {"m2": ("spam", 0.9)})

    page = look("disagreements", place, team["ana"], contested, kind="machine")

    assert not page.exception
    items = data_of(page, "open_messages")["items"]
    assert [item["id"] for item in items] == ["m2"]
    assert [side["label"] for side in items[0]["sides"]] == ["ham", "spam"]


def test_comment_is_stored_once_and_shown(place, team, contested):
    page = look("disagreements", place, team["ana"], contested, message="m1")
    page.text_area[0].set_value("Look at **free** <i>again</i>.")
    [send] = [button for button in page.button if button.label == "Comment"]

    send.click().run()
    page.run()

    assert not page.exception
    thread = message_thread(place, team["ana"], contested.project_id, "m1")
    assert [entry.text for entry in thread.entries] == ["Look at **free** <i>again</i>."]
    assert "Look at **free** &lt;i&gt;again&lt;/i&gt;." in texts_of(page)
    assert page.text_area[0].value == ""


def test_empty_comment_is_not_stored(place, team, contested):
    page = look("disagreements", place, team["ana"], contested, message="m1")
    page.text_area[0].set_value("  \n ")
    [send] = [button for button in page.button if button.label == "Comment"]

    send.click().run()

    assert not message_thread(place, team["ana"], contested.project_id, "m1").entries


def test_viewer_reads_but_cannot_comment(place, team, contested):
    page = look("disagreements", place, team["vic"], contested, message="m1")

    assert not page.exception
    assert not page.text_area


def test_agreement_shows_the_matrix_and_each_pair(place, team, contested):
    page = look("disagreements", place, team["ana"], contested, show="agreement")

    assert not page.exception
    matrix = data_of(page, "matrix")
    assert matrix["counts"] == [[2, 1], [1, 0]]
    assert "n = 2 pairs" in matrix["caption"]
    assert matrix["words"][0][1] == "1 pair of answers"
    assert not matrix["opensAgreeing"]
    assert "kappa" in texts_of(page)


def test_matrix_of_one_pair_counts_messages(place, team, contested):
    page = look("disagreements", place, team["ana"], contested, show="agreement", who="ana~ben")

    assert not page.exception
    matrix = data_of(page, "matrix")
    assert matrix["counts"] == [[1, 1], [0, 0]]
    assert (matrix["rowTitle"], matrix["columnTitle"]) == ("Ana", "Ben")
    assert matrix["words"][0] == ["1 message", "1 message"]


def test_list_behind_a_count_says_what_was_counted(place, team, contested):
    """Of a count of first answers some are settled or agree by now."""
    filters = {"kind": "experts", "pair": "ham~spam", "expert": "ana~ben"}
    page = look("disagreements", place, team["sue"], contested, **filters)
    assert "The count was" not in texts_of(page)

    page.session_state["counted_in_matrix"] = (filters, "3 messages")
    page.run()

    assert not page.exception
    said = texts_of(page)
    assert "1 contested message: ham vs spam, between experts, Ana against Ben" in said
    assert "The count was 3 messages" in said


def test_matrix_with_the_model_has_its_labels_in_the_columns(place, team, contested):
    add_run(place, contested, 1, {"m2": ("spam", 0.9)})

    page = look("disagreements", place, team["ana"], contested, show="agreement", between="machine")

    assert not page.exception
    matrix = data_of(page, "matrix")
    assert matrix["counts"] == [[0, 2], [0, 0]]
    assert matrix["columnTitle"] == "the machine"


def test_matrix_without_an_answer_of_the_model_says_so(place, team, contested):
    page = look("disagreements", place, team["ana"], contested, show="agreement", between="machine")

    assert not page.exception
    assert "no answer yet" in texts_of(page)


def test_first_answers_can_be_chosen_for_agreement(place, team, contested, add_labels):
    """Ana came round to Ben's label: only the first answers still differ."""
    add_labels([("m1", "Ana", "spam")])

    first, now = (
        look("disagreements", place, team["ana"], contested, show="agreement", stage=stage)
        for stage in ("first", "current")
    )

    assert data_of(first, "matrix")["counts"] == [[2, 1], [1, 0]]
    assert data_of(now, "matrix")["counts"] == [[2, 0], [0, 2]]
