"""The page Adjudicate: one message after another, by click or by key, and the way back."""

import polars as pl
import pytest

from app.views.adjudicate.batch import Batch
from app.views.adjudicate.decide import label_keys
from app.views.adjudicate.page import question, settled_sentence
from app.views.adjudicate.sides import judgements_html
from rhml_core.domain import Codebook, Label
from rhml_core.store import judgements
from rhml_core.workflows.codebook.codebooks import change_codebook
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange, Reach
from rhml_core.workflows.dialogue.threads import message_thread
from rhml_core.workflows.disputes.adjudication import ErrorKind, adjudicate, error_kinds
from rhml_core.workflows.disputes.contested_filters import FilterChoices
from rhml_core.workflows.kept.project_reference import project_posterior
from tests.app.store_fixtures import data_of, look, make_project, texts_of
from tests.workflows.agreement.test_agreement import _votes


@pytest.fixture
def project(place, team):
    return make_project(place, team)


@pytest.fixture
def divided(project, add_messages, add_labels):
    """Ana and Ben differ on m1 and m2, and agree on m3."""
    add_messages({"m1": "free money", "m2": "see you at noon", "m3": "win <b>now</b>"})
    add_labels(
        [
            ("m1", "Ana", "ham"),
            ("m1", "Ben", "spam"),
            ("m2", "Ana", "ham"),
            ("m2", "Ben", "spam"),
            ("m3", "Ana", "ham"),
            ("m3", "Ben", "ham"),
        ]
    )
    return project


def decide(page, label="ham", kind=ErrorKind.SLIP):
    page.button(key=f"adjudicate_label_{label}").click().run()
    page.button(key=f"adjudicate_kind_{kind.value}").click().run()
    return page.button(key="adjudicate_decide").click().run()


def settle(place, team, project, kind, *, reason=""):
    """Have Sue settle m1 as ham, as if elsewhere."""
    adjudicate(
        place,
        team["sue"],
        project.project_id,
        "m1",
        label="ham",
        error_kind=kind,
        reason=reason,
        key="elsewhere",
    )


def standing(place, project):
    return dict(judgements.adjudicated_labels(place.db, project.project_id).iter_rows())


def test_question_names_the_labels():
    assert question(1, 1, []) == "1 of 1: what is it?"
    assert question(2, 9, [Label("ham"), Label("spam")]) == "2 of 9: is it ham or spam?"


def test_counts_say_their_n_and_most_frequent_kind_first():
    kinds = pl.DataFrame({"error_kind": ["slip", "ambiguous", "gap"], "n": [1, 0, 2]})

    assert settled_sentence(kinds) == "Of 3 settled: 2 gap, 1 slip"
    assert settled_sentence(kinds.with_columns(n=0)).startswith("Nothing was settled")


def test_number_keys_are_the_labels_own_where_they_are_numbers():
    labels = (Label("a", key="x"), Label("b", key="1"), Label("c"))

    assert label_keys(Codebook(1, labels)) == {"a": "2", "b": "1", "c": "3"}


def test_batch_goes_round_once():
    batch = Batch("", ["m1", "m2", "m3"], FilterChoices([], 1, []), skipped=["m3"])

    assert batch.first() == "m1"
    assert batch.after("m2") == "m1"
    batch.settled += ["m1", "m2"]
    assert batch.after("m2") is None


def test_message_is_settled_and_the_next_one_comes(place, team, divided):
    page = look("adjudicate", place, team["sue"], divided)
    assert not page.exception
    assert "1 of 2: is it ham or spam?" in texts_of(page)
    assert page.button(key="adjudicate_decide").disabled

    decide(page)

    assert not page.exception
    assert standing(place, divided) == {"m1": "ham"}
    assert "2 of 2: is it ham or spam?" in texts_of(page)
    assert "Of 1 settled: 1 slip" in texts_of(page)


def test_end_of_the_batch_says_what_was_done_and_can_be_undone(place, team, divided):
    page = look("adjudicate", place, team["sue"], divided)
    page.button(key="adjudicate_skip").click().run()
    decide(page, "spam", ErrorKind.AMBIGUOUS)
    assert "You settled 1 message, 1 skipped" in texts_of(page)

    page.button(key="adjudicate_undo").click().run()

    assert not page.exception
    assert standing(place, divided) == {}
    assert "2 of 2: is it ham or spam?" in texts_of(page)


def test_weighed_votes_say_how_likely_each_label_is(place, team, project, add_messages, add_labels):
    """Three people and enough labels: whom to believe can be told, and is said before deciding."""
    add_messages({f"m{n}": f"text number {n}" for n in range(60)})
    add_labels(_votes(60))
    posterior = project_posterior(place.db, project.project_id)
    doubtful = posterior.filter(pl.col("probability").is_between(0.01, 0.49)).row(0, named=True)
    name = doubtful["message_id"]

    page = look("adjudicate", place, team["sue"], project, message=name)
    before = texts_of(page)
    decide(page)
    settled = texts_of(look("adjudicate", place, team["sue"], project, message=name))

    likely, unlikely = (
        posterior.filter(pl.col("message_id") == name)
        .sort("probability", descending=True)
        .select("label", "probability")
        .rows()
    )
    told = f"{likely[0]} {likely[1]:.2f}, {unlikely[0]} {unlikely[1]:.2f}"
    assert f"By weighed votes: {told}" in before
    assert "By weighed votes" not in settled


def test_counted_votes_are_not_called_weighed(place, team, divided):
    """Two people are too few to tell who errs."""
    page = look("adjudicate", place, team["sue"], divided)

    assert "By weighed votes" not in texts_of(page)


def test_reason_and_dissent_are_kept(place, team, divided):
    page = look("adjudicate", place, team["sue"], divided)
    page.text_area(key="adjudicate_reason_m1").input("he asks a friend")
    page.selectbox(key="adjudicate_dissent_by_m1").select("ben").run()
    page.text_input(key="adjudicate_dissent_m1").input("it sells")

    decide(page)

    entry = message_thread(place, team["ana"], divided.project_id, "m1").entries[-1]
    assert entry.text == "he asks a friend"
    assert (entry.detail["dissent_by"], entry.detail["dissent"]) == ("ben", "it sells")


def test_settled_message_in_the_address_can_be_taken_back(place, team, divided):
    settle(place, team, divided, ErrorKind.GUIDELINE_GAP, reason="a friend asks")
    page = look("adjudicate", place, team["sue"], divided, message="m1")
    assert "settled as ham (guideline gap) by Sue" in texts_of(page)

    page.button(key="adjudicate_take_back").click().run()

    assert not page.exception
    assert standing(place, divided) == {}
    assert "is it ham or spam?" in texts_of(page)


def test_gap_leads_to_the_codebook(place, team, divided):
    settle(place, team, divided, ErrorKind.GUIDELINE_GAP)

    page = look("adjudicate", place, team["sue"], divided)

    assert "1 gap" in page.button(key="adjudicate_gap_ham_spam").label


def test_somebody_elses_decision_is_said_and_not_overwritten(place, team, divided):
    """Two supervisors at once: the later one is told, and decides anew only after an undo."""
    page = look("adjudicate", place, team["sue"], divided)
    page.button(key="adjudicate_label_spam").click().run()
    page.button(key="adjudicate_kind_slip").click().run()
    settle(place, team, divided, ErrorKind.SLIP)

    page.button(key="adjudicate_decide").click().run()

    assert not page.exception
    assert "settled as ham" in page.error[0].value
    assert standing(place, divided) == {"m1": "ham"}
    assert error_kinds(place, team["sue"], divided.project_id)["n"].sum() == 1


def test_holdout_says_that_the_machine_is_not_shown(place, team, project, add_messages, add_labels):
    add_messages({"h1": "one"}, holdout=["h1"])
    add_labels([("h1", "Ana", "ham"), ("h1", "Ben", "spam")])

    page = look("adjudicate", place, team["sue"], project)

    assert not page.exception
    assert "decision stays independent" in texts_of(page)


def test_nothing_to_settle_is_said(place, team, project, add_messages, add_labels):
    add_messages({"m1": "one"})
    add_labels([("m1", "Ana", "ham"), ("m1", "Ben", "ham")])

    page = look("adjudicate", place, team["sue"], project)

    assert not page.exception
    assert "Nothing is to be settled" in texts_of(page)


def test_filters_make_another_batch(place, team, divided):
    page = look("adjudicate", place, team["sue"], divided, pair="ham~spam", expert="ana~ben")
    assert "1 of 2" in texts_of(page)

    page.selectbox(key="expert").select("ana").run()

    assert not page.exception
    assert page.query_params["expert"] in ("ana", ["ana"])
    assert "1 of 2" in texts_of(page)


def test_unknown_message_is_said_kindly(place, team, divided):
    page = look("adjudicate", place, team["sue"], divided, message="nothing")

    assert not page.exception
    assert "not in this project; the link may be old" in texts_of(page)

    page.button(key="no_such_message").click().run()

    assert "message" not in page.query_params
    assert "1 of 2: is it ham or spam?" in texts_of(page)


def test_texts_of_people_are_escaped(place, team, divided):
    with place.db.atomic() as transaction:
        transaction.write("UPDATE judgements SET reason = '<img src=x>' WHERE message_id = 'm1'")
    thread = message_thread(place, team["sue"], divided.project_id, "m1")

    html = judgements_html(thread, {})

    assert "<img" not in html
    assert "&lt;img" in html


def test_sides_call_labels_as_today_and_mark_what_was_asked_about_again(
    place, team, divided, add_labels
):
    """Old names cannot be chosen, and an answer to the old meaning is no side of the dispute."""
    labels = [Label("ham"), Label("junk")]
    renamed = LabelChange(ChangeKind.RENAMED, "spam", ("junk",))
    meant = LabelChange(ChangeKind.MEANING, "junk", reach=Reach.EVERY)
    where = (place, team["sue"], divided.project_id)

    change_codebook(*where, labels, based_on=1, changes=[renamed], key="c-1")
    told_renamed = judgements_html(message_thread(*where, "m1"), {})
    change_codebook(*where, labels, based_on=2, changes=[meant], key="c-2")
    add_labels([("m1", "Ana", "ham")])
    told_reopened = judgements_html(message_thread(*where, "m1"), {})

    then = "junk was called spam then"
    assert told_renamed.count(then) == 1
    assert "junk" in told_renamed.replace(then, "")
    assert "spam" not in told_renamed.replace(then, "")
    assert "before the codebook changed" not in told_renamed
    assert told_reopened.count("before the codebook changed") == 1


def test_message_is_text_on_the_page(place, team, divided):
    page = look("adjudicate", place, team["sue"], divided, message="m3")

    pieces = data_of(page, "adjudicate_message_m3")["pieces"]
    assert "".join(piece["text"] for piece in pieces) == "win <b>now</b>"


def test_thread_leads_supervisors_to_settling(place, team, divided):
    supervisor = look("disagreements", place, team["sue"], divided, message="m1")
    expert = look("disagreements", place, team["ana"], divided, message="m1")

    assert supervisor.button(key="settle").label == "Settle"
    assert "settle" not in [button.key for button in expert.button]
