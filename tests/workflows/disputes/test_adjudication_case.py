"""What a supervisor is shown before settling: the labels in question and who gave them."""

import pytest

from rhml_core.domain import Label
from rhml_core.errors import (
    ConflictError,
    InvalidInputError,
)
from rhml_core.workflows.codebook import codebooks
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange, Reach
from rhml_core.workflows.dialogue import outcomes as dialogue_outcomes
from rhml_core.workflows.dialogue import threads
from rhml_core.workflows.disputes.adjudication_case import adjudication_case


@pytest.fixture
def change(place, team, project):
    """Change the first codebook: `change(["ham", "junk"], LabelChange(...))`."""

    def save(names, made):
        codebooks.change_codebook(
            place,
            team["sue"],
            project.project_id,
            [Label(name) for name in names],
            based_on=1,
            changes=[made],
            key="change",
        )

    return save


def test_case_asks_for_labels_as_they_are_called_now(place, team, project, divided, change):
    change(["ham", "junk"], LabelChange(ChangeKind.RENAMED, "spam", ("junk",)))

    case = adjudication_case(place, team["sue"], project.project_id, "m1")

    assert [label.name for label in case.in_question] == ["ham", "junk"]


def test_undone_decision_is_not_in_question(place, team, project, divided, settle, undo):
    settle("m3", "spam")
    undo("m3")

    case = adjudication_case(place, team["sue"], project.project_id, "m3")

    assert [label.name for label in case.in_question] == ["ham"]


def test_answers_from_before_a_reopening_are_not_in_question(
    place, team, project, divided, change, add_labels
):
    change(["ham", "spam"], LabelChange(ChangeKind.MEANING, "spam", reach=Reach.EVERY))
    add_labels([("m1", "Ben", "ham")])

    case = adjudication_case(place, team["sue"], project.project_id, "m1")

    assert [label.name for label in case.in_question] == ["ham"]


def test_own_label_is_the_standing_one_under_its_name_of_today(
    place, team, project, divided, change
):
    change(["ham", "junk"], LabelChange(ChangeKind.RENAMED, "spam", ("junk",)))

    thread = threads.message_thread(place, team["ben"], project.project_id, "m1")

    assert thread.own_label == "junk"
    with pytest.raises(InvalidInputError, match="present label"):
        dialogue_outcomes.revise(
            place, team["ben"], "mail", "m1", "junk", "I see", shown="junk", key="r"
        )


def test_answer_from_before_a_reopening_is_no_label_to_hold(
    place, team, divided, change, add_labels
):
    add_labels([("m1", "Sue", "spam")])
    change(["ham", "spam"], LabelChange(ChangeKind.MEANING, "spam", reach=Reach.EVERY))

    with pytest.raises(ConflictError, match="no label"):
        dialogue_outcomes.hold(place, team["sue"], "mail", "m1", "mine", shown="spam", key="h")

    assert threads.message_thread(place, team["sue"], "mail", "m1").own_label is None


def test_case_has_the_labels_in_question_in_codebook_order(place, team, project, divided):
    case = adjudication_case(place, team["sue"], project.project_id, "m2")

    assert [label.name for label in case.in_question] == ["ham", "spam"]
    assert (case.settled_as, case.error_kind) == (None, None)
    assert case.statement is not None
