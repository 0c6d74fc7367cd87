"""A finished turn whose message the codebook asks about again tells nothing of the machine."""

import dataclasses
import json

import pytest

from rhml_core.domain import Label, Mode, TurnState
from rhml_core.errors import ConflictError
from rhml_core.workflows import projects
from rhml_core.workflows.codebook import codebooks
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange, Reach
from rhml_core.workflows.learner import reviews
from rhml_core.workflows.turn import turns
from tests.workflows.dialogue import dialogue_mail


@pytest.fixture
def taught(add_messages, add_labels):
    """Sixteen judged messages, enough for the machine to speak, and a new one about a prize."""
    add_messages(dialogue_mail.texts() | {"new": f"{dialogue_mail.SPAM} 9"})
    given = dialogue_mail.truth()
    add_labels([(name, who, label) for name, label in given.items() for who in ("Ana", "Ben")])


@pytest.fixture
def reopen(place, team, project):
    """Give spam and ham another meaning, so that every message is asked about again."""

    def act():
        codebooks.change_codebook(
            place,
            team["sue"],
            project.project_id,
            [Label("ham", "a new meaning"), Label("spam", "another one")],
            based_on=1,
            changes=[
                LabelChange(ChangeKind.MEANING, name, reach=Reach.EVERY) for name in ("ham", "spam")
            ],
            key="reopen",
        )

    return act


@pytest.fixture
def finished(place, team, project, taught):
    """Ana's turn on the new message: she said ham, heard the machine, and kept it."""
    view = turns.next_turn(place, team["ana"], project.project_id)
    given = (place, team["ana"], view.turn_id)
    turns.commit(*given, label="ham", key="commit-1")
    turns.answer_explanation(*given, label="ham", key="answer-1")
    return turns.finish(*given, label="ham", key="finish-1").turn


def _told(view):
    return json.dumps(dataclasses.asdict(view), default=str)


def test_finished_turn_tells_nothing_once_its_message_is_asked_about_again(
    place, team, finished, reopen
):
    """Its expert has to judge the message anew, and blind."""
    assert finished.opinion.label == "spam"
    assert finished.explanation.neighbours
    reopen()

    view = turns.get_turn(place, team["ana"], finished.turn_id)

    assert view.state is TurnState.DONE
    assert (view.explanation, view.opinion, view.contrast, view.because) == (None, None, "", None)
    assert (view.committed.label, view.current.label) == ("ham", "ham")
    assert "influence" not in _told(view)
    assert "probabilit" not in _told(view)


@pytest.mark.parametrize("is_revealed", [False, True])
def test_turn_in_its_midst_tells_nothing_once_its_message_is_asked_about_again(
    place, team, project, taught, reopen, is_revealed
):
    view = turns.next_turn(place, team["ana"], project.project_id)
    turns.commit(place, team["ana"], view.turn_id, label="ham", key="commit-1")
    if is_revealed:
        turns.answer_explanation(place, team["ana"], view.turn_id, label="ham", key="answer-1")
    reopen()

    late = turns.get_turn(place, team["ana"], view.turn_id)

    assert (late.explanation, late.opinion) == (None, None)


def test_correction_is_refused_and_its_repetition_tells_nothing(place, team, finished, reopen):
    """A click that is sent again is answered with the turn as it stands, not with an error."""
    given = (place, team["ana"], finished.turn_id)
    turns.correct(*given, label="spam", key="correct-1")
    reopen()

    with pytest.raises(ConflictError, match="codebook changed"):
        turns.correct(*given, label="ham", key="correct-2")
    repeated = turns.correct(*given, label="spam", key="correct-1")

    assert (repeated.turn.opinion, repeated.turn.explanation) == (None, None)
    assert repeated.agreement is None


def test_repeated_commit_does_not_tell_that_the_machine_agreed(
    place, team, project, taught, reopen
):
    view = turns.next_turn(place, team["ana"], project.project_id)
    given = (place, team["ana"], view.turn_id)
    first = turns.commit(*given, label="spam", key="commit-1")
    assert first.agreement.label == "spam"
    reopen()

    repeated = turns.commit(*given, label="spam", key="commit-1")

    assert repeated.agreement is None
    assert repeated.turn.opinion is None


def test_immediate_turn_of_before_tells_nothing_either(place, team, project, taught, reopen):
    """The new turn says what the machine says now; the old one spoke of another meaning."""
    projects.change_project(
        place,
        team["sue"],
        project.project_id,
        mode=Mode.IMMEDIATE,
        overlap=2,
        shares=project.shares,
        key="immediate",
    )
    view = turns.next_turn(place, team["ana"], project.project_id)
    turns.commit(place, team["ana"], view.turn_id, label="ham", key="commit-1")
    reopen()

    assert turns.get_turn(place, team["ana"], view.turn_id).opinion is None


def test_message_asked_about_again_is_no_review_card(
    place, team, project, finished, reopen, add_labels
):
    """The card would tell what others say of it."""
    add_labels([("new", "Ben", "spam"), ("new", "Sue", "spam")])
    due = {one.subject for one in reviews.due_reviews(place, team["ana"], project.project_id)}
    assert "message:new" in due
    reopen()
    add_labels([("new", "Ben", "spam"), ("new", "Sue", "spam"), ("new", "Cleo", "spam")])

    after = reviews.due_reviews(place, team["ana"], project.project_id)

    assert "message:new" not in {one.subject for one in after}
    with pytest.raises(ConflictError, match="not due"):
        reviews.answer_review(
            place, team["ana"], project.project_id, "message:new", label="ham", key="late"
        )
