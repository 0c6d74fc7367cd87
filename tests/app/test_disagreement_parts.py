"""What the page Disagreements is made of: its sentences, its lists and its tables."""

from datetime import UTC, datetime

import polars as pl

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
from rhml_core.workflows.dialogue.threads import MessageThread
from rhml_core.workflows.disputes.disagreements import DisagreementSummary

AT = datetime(2025, 3, 3, 14, 2, tzinfo=UTC)
ANA = Person("ana", "Ana", Role.EXPERT)
BEN = Person("ben", "Ben", Role.EXPERT)
CODEBOOK = Codebook(1, (Label("ham"), Label("spam")))


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
