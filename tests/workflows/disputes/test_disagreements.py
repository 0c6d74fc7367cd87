"""Disagreements: what differs, who may see it, and the number on top."""

import pytest

from rhml_core.errors import InvalidInputError, NotAllowedError, NotFoundError
from rhml_core.store import judgements
from rhml_core.workflows.agreement import agreement
from rhml_core.workflows.dialogue import threads
from rhml_core.workflows.disputes import disagreements
from rhml_core.workflows.turn import turns


@pytest.fixture
def three(add_messages, add_labels):
    """Two agreements in three leave one message to discuss."""
    add_messages({"m1": "one", "m2": "two", "m3": "three"})
    add_labels(
        [
            ("m1", "Ana", "ham"),
            ("m1", "Ben", "ham"),
            ("m2", "Ana", "spam"),
            ("m2", "Ben", "spam"),
            ("m3", "Ana", "ham"),
            ("m3", "Ben", "spam"),
        ]
    )


def test_report_gives_alpha_with_its_base(place, team, project, three):
    report = agreement.agreement_report(place, team["sue"], project.project_id)

    assert f"{report.alpha.value:.2f}" == "0.44"
    assert report.alpha.low <= report.alpha.value <= report.alpha.high
    assert (report.n_messages, report.n_judgements) == (3, 6)
    assert report.pairs.select("a", "b", "n").rows() == [("Ana", "Ben", 3)]


def test_undefined_alpha_is_said_in_words(place, team, project, add_messages, add_labels):
    add_messages({"m1": "one"})
    add_labels([("m1", "Ana", "ham")])

    report = agreement.agreement_report(place, team["sue"], project.project_id)

    assert report.alpha is None
    assert report.alpha_missing
    assert report.n_messages == 0


def test_open_messages_are_those_on_which_people_differ(place, team, project, three):
    found = disagreements.open_disagreements(place, team["sue"], project.project_id)

    assert found.select("message_id", "kind", "labels", "experts").rows() == [
        ("m3", "experts", ["ham", "spam"], ["Ana", "Ben"])
    ]
    summary = disagreements.disagreement_summary(place, team["sue"], project.project_id)
    assert (summary.n_open, summary.n_experts, summary.n_machine) == (1, 1, 0)
    assert (summary.top_pair, summary.n_top_pair) == (("ham", "spam"), 1)


def test_adjudicated_messages_are_settled(place, team, project, three, add_labels):
    add_labels([("m3", "Sue", "ham")], adjudicated=True)

    assert disagreements.open_disagreements(place, team["sue"], project.project_id).is_empty()


def test_confusion_counts_both_directions_of_a_pair(place, team, project, three):
    found = agreement.confusion(
        place, team["sue"], project.project_id, between="experts", a="ana", b="ben"
    )

    assert {(row[0], row[1]): row[2] for row in found.iter_rows() if row[2]} == {
        ("ham", "ham"): 1,
        ("spam", "spam"): 1,
        ("ham", "spam"): 1,
    }


def test_expert_stays_blind_until_the_own_judgement(place, team, project, add_messages, add_labels):
    """A colleague's label shown early would be no second opinion."""
    add_messages({"m1": "one"})
    add_labels([("m1", "Ben", "spam")])

    with pytest.raises(NotAllowedError, match="not judged"):
        threads.message_thread(place, team["ana"], project.project_id, "m1")
    view = turns.next_turn(place, team["ana"], project.project_id)
    turns.commit(place, team["ana"], view.turn_id, label="ham", key="commit-1")
    thread = threads.message_thread(place, team["ana"], project.project_id, "m1")

    assert [each.label for each in thread.judgements] == ["spam", "ham"]


def test_expert_does_not_see_contested_messages_that_still_need_them(
    place, team, project, add_messages, add_labels
):
    add_messages({"m1": "one"})
    add_labels([("m1", "Ben", "spam")])
    mine = disagreements.open_disagreements(place, team["ana"], project.project_id)

    assert mine.is_empty()


def test_comment_appears_in_the_thread_once(place, team, project, three):
    for _ in range(2):
        threads.add_comment(
            place, team["ana"], project.project_id, "message:m3", "why spam?", key="comment-1"
        )

    thread = threads.message_thread(place, team["ben"], project.project_id, "m3")

    assert [entry.text for entry in thread.entries] == ["why spam?"]
    assert set(thread.people) == {"ana", "ben"}


def test_empty_comment_is_refused(place, team, project, three):
    with pytest.raises(InvalidInputError):
        threads.add_comment(
            place, team["ana"], project.project_id, "message:m3", "  ", key="comment-1"
        )


def test_viewer_reads_but_does_not_write(place, team, project, three):
    threads.message_thread(place, team["vic"], project.project_id, "m3")

    with pytest.raises(NotAllowedError):
        threads.add_comment(
            place, team["vic"], project.project_id, "message:m3", "hi", key="comment-1"
        )


def test_nobody_sees_the_machines_answer_to_a_holdout_message_before_it_is_settled(
    place, team, project, add_messages, add_labels
):
    """Who knew it could follow it, or tell it, and the machine would be measured on itself."""
    add_messages({"h1": "one"}, holdout=["h1"])
    add_labels([("h1", "Ana", "ham"), ("h1", "Ben", "ham")])
    with place.db.atomic() as transaction:
        judgements.add_opinion(
            transaction,
            project_id=project.project_id,
            message_id="h1",
            turn_id="t",
            label="spam",
            probability=0.9,
            machine="x",
            at=place.now(),
        )

    thread = threads.message_thread(place, team["ana"], project.project_id, "h1")
    listed = disagreements.open_disagreements(place, team["ana"], project.project_id)
    supervisors = disagreements.open_disagreements(place, team["sue"], project.project_id)
    viewers = disagreements.open_disagreements(place, team["vic"], project.project_id)

    assert thread.opinion is None
    assert listed.is_empty()
    assert supervisors.is_empty()
    assert viewers.is_empty()


def test_comments_belong_to_something(place, team, project, three):
    with pytest.raises(InvalidInputError):
        threads.add_comment(place, team["ana"], project.project_id, "rubbish", "hi", key="c-1")
    with pytest.raises(NotFoundError):
        threads.add_comment(place, team["ana"], project.project_id, "message:no", "hi", key="c-2")
