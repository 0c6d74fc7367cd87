"""What the machine said is read as labels are called now, whoever said it and when."""

import pytest

from rhml_core.domain import Label
from rhml_core.store import judgements
from rhml_core.workflows.agreement import keeping as agreement_keeping
from rhml_core.workflows.agreement.agreement import pair_agreement
from rhml_core.workflows.agreement.machine_rater import machine_labels
from rhml_core.workflows.codebook import codebooks
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange
from rhml_core.workflows.dialogue import threads
from rhml_core.workflows.disputes.contested import open_messages
from tests.workflows.learner.finished_turns import TurnWriter

HAM, JUNK = Label("ham", "wanted"), Label("junk", "unwanted")
RENAMED = LabelChange(ChangeKind.RENAMED, "spam", ("junk",))
MERGED = LabelChange(ChangeKind.MERGED, "spam", ("ham",))
RETIRED = LabelChange(ChangeKind.RETIRED, "spam")


@pytest.fixture
def change(place, team, project):
    """Save version 2: `change([Label("ham"), ...], LabelChange(...))`."""

    def save(labels, *changes):
        codebooks.change_codebook(
            place,
            team["sue"],
            project.project_id,
            labels,
            based_on=1,
            changes=changes,
            key="change",
        )

    return save


@pytest.fixture
def write(place, project, add_messages):
    """Writes turns and runs on m1 to m3."""
    add_messages({f"m{n}": f"text {n}" for n in range(1, 4)})
    return TurnWriter(place, project)


@pytest.fixture
def met(team, write):
    """Ana and the machine agree at each commit: spam, spam, ham."""
    for name, label in [("m1", "spam"), ("m2", "spam"), ("m3", "ham")]:
        write.turn(team["ana"], name, label, machine=label)


def said(place, project):
    return dict(machine_labels(place.db, project.project_id).select("message_id", "label").rows())


def opinion_of(place, team, project, message_id):
    thread = threads.message_thread(place, team["sue"], project.project_id, message_id)
    return thread.opinion


def test_renamed_label_leaves_machine_and_people_agreed(place, team, project, met, change):
    """Else kappa with the model falls and each message looks contested, though nobody differs."""
    change([HAM, JUNK], RENAMED)

    agreement_keeping.make_figures(place, project.project_id)
    pairs = pair_agreement(place, team["sue"], project.project_id)
    contested = open_messages(place, team["sue"], project.project_id)

    assert said(place, project) == {"m1": "junk", "m2": "junk", "m3": "ham"}
    assert pairs["kappa"].to_list() == [1.0]
    assert contested.ranked.is_empty()


def test_opinion_given_after_the_rename_is_left_as_it_is(place, team, project, met, change):
    """A new label may bear an old name; only what was said before moves."""
    change([HAM, JUNK], RENAMED)
    codebooks.change_codebook(
        place,
        team["sue"],
        project.project_id,
        [HAM, JUNK, Label("spam", "something else")],
        based_on=2,
        key="again",
    )
    judged = judgements.JudgementContext(project.project_id, 3, turn_id="later")
    with place.db.atomic() as transaction:
        one = judgements.message_judgements(place.db, project.project_id, "m1")[0]
        later = type(one)("later", "m1", one.expert_id, one.phase, "spam", one.made_at)
        judgements.add_judgement(transaction, later, judged)
        judgements.add_opinion(
            transaction,
            project_id=project.project_id,
            message_id="m1",
            turn_id="later",
            label="spam",
            probability=0.6,
            machine="x",
            at=one.made_at,
        )

    assert said(place, project) == {"m1": "spam", "m2": "junk", "m3": "ham"}


def test_opinion_for_a_retired_label_is_no_opinion(place, team, project, met, change):
    change([HAM, Label("other")], RETIRED)

    assert said(place, project) == {"m3": "ham"}
    assert opinion_of(place, team, project, "m1") is None


def test_thread_shows_the_machines_commit_opinion_under_todays_name(
    place, team, project, met, change
):
    change([HAM, JUNK], RENAMED)

    assert opinion_of(place, team, project, "m1").probabilities == {"junk": 0.7}


def test_thread_shows_a_runs_answer_under_todays_name(place, team, project, write, change):
    write.run(1, answers={"m1": "ham"})

    change([HAM, JUNK], RENAMED)

    found = opinion_of(place, team, project, "m1")
    assert (found.label, found.probabilities) == ("ham", {"ham": 0.9, "junk": 0.1})


def test_shares_of_merged_labels_add_up(place, team, project, write, change):
    write.run(1, answers={"m1": "ham"})

    change([HAM, Label("other")], MERGED)

    found = opinion_of(place, team, project, "m1")
    assert found.probabilities == {"ham": pytest.approx(1.0)}


def test_thread_shows_no_answer_for_a_label_that_a_run_knew_and_nobody_does_now(
    place, team, project, write, change
):
    """What the machine said at a commit stands in, where that is a label still."""
    write.turn(team["ana"], "m2", "ham", machine="ham")
    write.run(1, answers={"m1": "spam", "m2": "spam", "m3": "ham"})

    change([HAM, Label("other")], RETIRED)

    assert opinion_of(place, team, project, "m1") is None
    assert opinion_of(place, team, project, "m2").label == "ham"
    assert opinion_of(place, team, project, "m3").probabilities == {"ham": 0.9}
    assert said(place, project) == {"m2": "ham", "m3": "ham"}
