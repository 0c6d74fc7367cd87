from datetime import UTC, datetime

import polars as pl
import pytest

from app.components.answer_table import Answer, answer_table_html, labels_in_play
from app.components.message_list import list_data
from app.components.pair_table import pair_table_html
from app.views.disagreements.matrix import raters_to_choose
from app.views.disagreements.open_filters import pair_in_address
from app.views.disagreements.page import (
    agreement_sentence,
    step_from,
    summary_sentence,
)
from app.views.thread.answers import answers_of
from app.views.thread.listed import listed_messages
from app.views.thread.thread import earlier_messages
from rhml_core.domain import Codebook, Judgement, Label, Message, Person, Phase, Role
from rhml_core.evidence import Opinion
from rhml_core.figures import Interval
from rhml_core.workflows.agreement.agreement import AgreementReport
from rhml_core.workflows.dialogue.threads import MessageThread, message_thread
from rhml_core.workflows.disputes.disagreements import DisagreementSummary
from tests.app.store_fixtures import add_run, data_of, look, make_project, texts_of

AT = datetime(2025, 3, 3, 14, 2, tzinfo=UTC)
ANA = Person("ana", "Ana", Role.EXPERT)
BEN = Person("ben", "Ben", Role.EXPERT)
CODEBOOK = Codebook(1, (Label("ham"), Label("spam")))
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


def judged(expert_id, label, phase=Phase.COMMIT, **facts):
    return Judgement(f"{expert_id}-{phase}", "m1", expert_id, phase, label, AT, **facts)


def test_summary_of_one_message_is_in_the_singular():
    sentence = summary_sentence(DisagreementSummary(1, 1, 0, ("ham", "spam"), 1))

    assert sentence == (
        "1 message is contested: 1 between experts, 0 with the machine. Most often ham vs spam (1)."
    )


def test_summary_without_a_pair_names_none():
    sentence = summary_sentence(DisagreementSummary(2, 2, 0, None, 0))

    assert sentence == "2 messages are contested: 2 between experts, 0 with the machine."


def test_agreement_is_never_said_without_interval_and_n():
    alpha = Interval(0.72, 0.65, 0.78, 240)
    report = AgreementReport(alpha, "", "fair", 240, 480, pl.DataFrame(), "current")

    assert agreement_sentence(report).endswith("0.72 [0.65, 0.78], n = 240 messages")


def test_undefined_agreement_says_why():
    report = AgreementReport(None, "Nobody shares one.", "", 0, 0, pl.DataFrame(), "current")

    assert agreement_sentence(report) == "Nobody shares one."


def test_pair_in_address_may_hold_a_label_with_the_mark_in_it():
    assert pair_in_address("a~b~c", ["a~b", "c"]) == ("a~b", "c")


def test_steps_end_at_both_ends_and_start_at_the_first():
    ids = ["m1", "m2", "m3"]

    assert [step_from(ids, "m2", step) for step in (-1, 1)] == ["m1", "m3"]
    assert step_from(ids, "m3", 1) is None
    assert step_from(ids, "elsewhere", 1) == "m1"
    assert step_from([], "elsewhere", 1) is None


def test_machine_joins_the_side_that_it_takes():
    found = pl.DataFrame(
        {
            "message_id": ["m1"],
            "text": ["free money"],
            "labels": [["spam", "ham"]],
            "experts": [["Ben", "Ana"]],
            "machine_label": ["spam"],
            "machine_probability": [0.9],
            "split": ["pool"],
            "n_alike": [40],
            "n_entries": [1],
        }
    )

    listed = listed_messages(found, [ANA, BEN], CODEBOOK)

    sides = {side.label: [mark.who for mark in side.marks] for side in listed[0].sides}
    assert sides == {"ham": ["Ana"], "spam": ["Ben", "machine 0.90"]}
    assert listed[0].note == "experts 1:1, machine with one side, 40 messages like it, 1 entry"


def test_list_shows_hidden_characters_and_the_chosen_row():
    listed = listed_messages(
        pl.DataFrame(
            {
                "message_id": ["m1"],
                "text": ["pay\u202epal\n**now**"],
                "labels": [["ham"]],
                "experts": [["Ana"]],
                "machine_label": [None],
                "machine_probability": [None],
                "split": ["pool"],
                "n_alike": [None],
                "n_entries": [0],
            }
        ),
        [ANA],
        CODEBOOK,
    )

    item = list_data(listed, "m1", "Open")["items"][0]

    assert item["text"] == "pay⟦RLO⟧pal **now**"
    assert item["isChosen"]


def test_answers_are_first_and_newest_without_adjudications():
    made = [
        judged("ana", "ham"),
        judged("ben", "spam"),
        judged("ana", "spam", Phase.FINAL),
        judged("ben", "ham", Phase.ADJUDICATED),
    ]

    now = {one.judgement_id: one.label for one in made}

    answers = answers_of(made, {"ana": ANA, "ben": BEN}, now)

    assert answers == [Answer(ANA, "ham", "spam"), Answer(BEN, "spam", "spam")]


def test_labels_in_play_keep_the_codebooks_order_and_old_labels_last():
    opinion = Opinion("leak", {"sale": 0.1, "leak": 0.9}, "run 1")

    named = labels_in_play(["sale", "leak", "other"], [Answer(ANA, "gone", "other")], opinion, None)

    assert named == ["leak", "other", "gone"]


def test_table_names_machine_and_reference_only_where_there_are_such():
    answers = [Answer(ANA, "ham", "spam")]

    bare = answer_table_html(["ham", "spam"], {}, answers, opinion=None, reference=None)
    full = answer_table_html(
        ["ham", "spam"],
        {},
        answers,
        opinion=Opinion("ham", {"ham": 0.8, "spam": 0.2}, "run 1"),
        reference="spam",
        reference_name="Settled",
    )

    assert "Machine" not in bare
    assert all(words in full for words in ("Machine", "0.80", "0.20", "Settled"))


def test_label_names_are_escaped_in_the_table():
    html = answer_table_html(
        ["<img src=x>"],
        {},
        [Answer(ANA, "<img src=x>", "<img src=x>")],
        opinion=None,
        reference=None,
    )

    assert "<img src=x>" not in html


def test_message_before_is_the_one_just_above_it():
    talk = [Message(f"m{number}", "text") for number in range(4)]
    thread = MessageThread(talk[2], talk, [], {}, [], None, None, "", [])
    alone = MessageThread(talk[2], [], [], {}, [], None, None, "", [])

    assert earlier_messages(thread) == [talk[1]]
    assert earlier_messages(alone) == []


def test_experts_are_chosen_in_pairs_but_singly_against_the_machine():
    pairs = raters_to_choose([ANA, BEN], "experts")
    singles = raters_to_choose([ANA, BEN], "machine")

    assert {value: words for value, (words, _) in pairs.items()} == {
        "": "All experts",
        "ana~ben": "Ana and Ben",
    }
    assert singles["ben"] == ("Ben", (BEN, None))


def test_pairs_without_common_messages_are_left_out_and_undefined_kappa_is_no_number():
    pairs = pl.DataFrame(
        {
            "a": ["Ana", "Ana"],
            "b": ["Ben", "model"],
            "kappa": [None, 0.5],
            "low": [None, 0.4],
            "high": [None, 0.6],
            "agreement": [1.0, None],
            "n": [3, 0],
        },
        schema_overrides={"kappa": pl.Float64, "low": pl.Float64, "high": pl.Float64},
    )

    html = pair_table_html(pairs, [ANA, BEN])

    assert "100 %" in html
    assert "\u2013" in html
    assert ">machine<" not in html


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
