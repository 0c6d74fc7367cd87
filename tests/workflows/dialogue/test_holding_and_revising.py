"""How a dialogue ends for a person: hold the label or revise it, and say why."""

import pytest

from rhml_core.domain import Phase, Span
from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.store import judgements
from rhml_core.store.dialogue import EntryKind
from rhml_core.workflows.dialogue import outcomes as dialogue_outcomes
from rhml_core.workflows.turn import turns
from tests.workflows.dialogue.dialogue_mail import kinds, n_events


def test_revision_is_a_new_judgement_and_an_outcome(place, team, project, mail, read):
    for _ in range(2):
        dialogue_outcomes.revise(
            place,
            team["ana"],
            project.project_id,
            "h0",
            "ham",
            "The station decides.",
            evidence=[Span(0, 3)],
            shown="spam",
            key="revise-1",
        )

    thread = read("ana", "h0")
    mine = [one for one in thread.judgements if one.expert_id == "ana"]
    [outcome] = thread.entries

    assert [(one.label, one.reason) for one in mine[1:]] == [("ham", "The station decides.")]
    assert (mine[-1].phase, mine[-1].rationale) == (Phase.FINAL, (Span(0, 3),))
    assert (outcome.kind, outcome.detail["from"], outcome.detail["to"]) == (
        EntryKind.OUTCOME,
        "spam",
        "ham",
    )
    assert thread.own_label == "ham"


def test_revision_belongs_to_the_turn_in_which_the_person_judged(
    place, team, project, add_messages, read
):
    add_messages({"m1": "one"})
    view = turns.next_turn(place, team["ana"], project.project_id)
    turns.commit(place, team["ana"], view.turn_id, label="ham", key="c-1")

    dialogue_outcomes.revise(
        place,
        team["ana"],
        project.project_id,
        "m1",
        "spam",
        "On second thought.",
        shown="ham",
        key="r-1",
    )

    made = judgements.turn_judgements(place.db, view.turn_id)
    assert [one.label for one in made] == ["ham", "spam"]


def test_holding_keeps_the_label_and_the_reason(place, team, project, mail, read):
    dialogue_outcomes.hold(
        place, team["ana"], project.project_id, "h0", "Still a prize.", shown="spam", key="hold-1"
    )

    thread = read("ana", "h0")
    [outcome] = thread.entries

    assert (outcome.detail["from"], outcome.detail["to"]) == ("spam", "spam")
    assert outcome.text == "Still a prize."
    assert len([one for one in thread.judgements if one.expert_id == "ana"]) == 1
    assert n_events(place, project, "held") == 1


@pytest.mark.parametrize(
    ("label", "reason", "complaint"),
    [
        ("spam", "because", "present label"),
        ("nonsense", "because", "codebook"),
        ("ham", "  ", "1 to"),
    ],
)
@pytest.mark.usefixtures("mail")
def test_revision_that_makes_no_sense_changes_nothing(
    place, team, project, read, label, reason, complaint
):
    with pytest.raises(InvalidInputError, match=complaint):
        dialogue_outcomes.revise(
            place, team["ana"], project.project_id, "h0", label, reason, shown="spam", key="r-1"
        )

    assert read("ana", "h0").own_label == "spam"
    assert not read("ana", "h0").entries


def test_settled_message_is_not_revised_but_can_be_talked_about(
    place, team, project, mail, add_labels, read, say
):
    add_labels([("h0", "Sue", "ham")], adjudicated=True)

    with pytest.raises(ConflictError, match="settled"):
        dialogue_outcomes.hold(
            place, team["ana"], project.project_id, "h0", "why", shown="spam", key="h-1"
        )
    say("ana", "h0", "I see.")

    thread = read("ana", "h0")
    assert (thread.settled.expert_id, thread.settled.label) == ("sue", "ham")
    assert kinds(thread) == [EntryKind.SETTLED, EntryKind.COMMENT]


def test_who_gave_no_label_has_none_to_hold(place, team, project, mail):
    with pytest.raises(ConflictError, match="no label"):
        dialogue_outcomes.hold(
            place, team["sue"], project.project_id, "h0", "why", shown="spam", key="h-1"
        )


def test_label_that_changed_in_another_tab_is_not_held_unseen(place, team, project, mail, read):
    """The tab still shows spam; holding ham there would be said by nobody."""
    where = (place, team["ana"], project.project_id, "h0")
    dialogue_outcomes.revise(*where, "ham", "The station.", shown="spam", key="other-tab")

    with pytest.raises(ConflictError, match="Your label is 'ham' by now, not 'spam'"):
        dialogue_outcomes.hold(*where, "Still a prize.", shown="spam", key="stale-1")
    with pytest.raises(ConflictError, match="second tab"):
        dialogue_outcomes.revise(*where, "spam", "A prize.", shown="spam", key="stale-2")

    [outcome] = read("ana", "h0").entries
    assert (outcome.detail["from"], outcome.detail["to"]) == ("spam", "ham")
    assert read("ana", "h0").own_label == "ham"


def test_repeated_click_is_no_conflict_with_itself(place, team, project, mail, read):
    where = (place, team["ana"], project.project_id, "h0")

    for _ in range(2):
        dialogue_outcomes.revise(*where, "ham", "The station.", shown="spam", key="revise-1")

    assert len(read("ana", "h0").entries) == 1
