"""Asking colleagues in, and what is new to whom."""

import pytest

from rhml_core.domain import Role
from rhml_core.errors import InvalidInputError, NotAllowedError
from rhml_core.workflows import people
from rhml_core.workflows.dialogue import dialogue
from rhml_core.workflows.dialogue import invitations as dialogue_invitations
from rhml_core.workflows.turn import turns
from tests.workflows.dialogue import dialogue_mail


def test_mention_comes_first_among_what_is_new(mail, say, unread):
    say("ana", "h0", "@Ben, look", key="say-1")
    say("ana", "s0", "hm", key="say-2")
    say("ana", "s0", "well", key="say-3")

    found = unread("ben")

    assert [(one.message_id, one.n_unread, one.is_mentioned) for one in found] == [
        ("h0", 1, True),
        ("s0", 2, False),
    ]
    assert found[0].excerpt == dialogue_mail.texts()["h0"]
    assert not unread("ana")


def test_newest_entry_read_wins(place, team, project, mail, say, unread, read):
    """A tab that is late with what it showed must not make read entries unread."""
    say("ana", "h0", "one", key="say-1")
    early = read("ben", "h0").newest_seq
    say("ana", "h0", "two", key="say-2")
    late = read("ben", "h0").newest_seq
    where = (place, team["ben"], project.project_id, "h0")

    dialogue.mark_read(*where, up_to=early)
    assert [one.n_unread for one in unread("ben")] == [1]
    dialogue.mark_read(*where, up_to=late)
    dialogue.mark_read(*where, up_to=early)

    assert not unread("ben")
    say("ana", "h0", "three", key="say-3")
    assert [one.n_unread for one in unread("ben")] == [1]


def test_threads_that_do_not_concern_one_are_not_new(place, team, project, mail, say, unread, read):
    """A supervisor would else have every comment of the team before them."""
    say("ana", "h0", "one", key="say-1")
    assert not unread("sue")
    dialogue.mark_read(
        place, team["sue"], project.project_id, "h0", up_to=read("sue", "h0").newest_seq
    )
    say("ana", "h0", "two", key="say-2")

    assert [one.message_id for one in unread("sue")] == ["h0"]


@pytest.mark.usefixtures("mail")
def test_invited_colleague_is_told_without_learning_what_was_said(
    place, team, project, add_messages, add_labels, unread, read
):
    add_messages({"m1": "one"})
    add_labels([("m1", "Ben", "spam")])
    for _ in range(2):
        dialogue_invitations.invite(
            place,
            team["ben"],
            project.project_id,
            "m1",
            "ana",
            text="Surely spam?",
            key="invite-1",
        )

    [waiting] = unread("ana")

    assert (waiting.must_judge_first, waiting.is_mentioned, waiting.n_unread) == (True, True, 1)
    assert dialogue_invitations.is_asked_in(place, team["ana"], project.project_id, "m1")
    with pytest.raises(NotAllowedError):
        read("ana", "m1")


def test_invitation_brings_the_message_next_and_opens_the_thread_then(
    place, team, project, add_messages, add_labels, unread
):
    add_messages({"m1": "one", "m2": "two", "m3": "three"})
    add_labels([("m1", "Ben", "spam"), ("m2", "Ben", "spam"), ("m3", "Ben", "spam")])
    dialogue_invitations.invite(place, team["ben"], project.project_id, "m3", "ana", key="invite-1")

    view = turns.next_turn(place, team["ana"], project.project_id)
    turns.commit(place, team["ana"], view.turn_id, label="ham", key="c-1")

    assert view.message.message_id == "m3"
    assert [(one.message_id, one.must_judge_first) for one in unread("ana")] == [("m3", False)]


@pytest.mark.parametrize("who", ["vic", "ben", "simulated-1", "nobody"])
def test_only_real_colleagues_who_write_are_asked_in(place, team, project, mail, who):
    people.add_person(place, team["sue"], "Simulated 1", Role.EXPERT, is_simulated=True)

    with pytest.raises(InvalidInputError, match="colleague"):
        dialogue_invitations.invite(
            place, team["ben"], project.project_id, "h0", who, key="invite-1"
        )


@pytest.fixture
def asked(place, project):
    """Who can be asked into the dialogue on a message, by identifier."""

    def asked(person, message_id):
        found = dialogue_invitations.colleagues(place, person, project.project_id, message_id)
        return {one.person_id for one in found}

    return asked


def test_only_who_can_come_to_answer_is_asked_in(
    place, team, project, add_messages, add_labels, asked
):
    """Cleo has judged nothing; what is full or settled is not given to her any more."""
    people.add_person(place, team["sue"], "Cleo", Role.EXPERT)
    held_out = ["full", "settled", "free"]
    names = [*held_out, "pool-full", "pool-settled"]
    add_messages({name: f"text {name}" for name in names}, holdout=held_out)
    add_labels([(name, "Ana", "ham") for name in names])
    add_labels([(name, "Ben", "spam") for name in ("full", "pool-full")])
    add_labels([(name, "Sue", "ham") for name in ("settled", "pool-settled")], adjudicated=True)

    found = {name: asked(team["ana"], name) for name in names}

    assert found == {
        "full": {"ben", "sue"},
        "settled": {"sue"},
        "free": {"ben", "cleo", "sue"},  # the queue brings it
        "pool-full": {"ben", "cleo", "sue"},  # open to all
        "pool-settled": {"sue"},
    }


def test_invitation_that_could_never_be_answered_is_refused_in_words(
    place, team, project, add_messages, add_labels, unread
):
    people.add_person(place, team["sue"], "Cleo", Role.EXPERT)
    add_messages({"held": "one"}, holdout=["held"])
    add_labels([("held", "Ana", "ham"), ("held", "Ben", "spam")])
    where = (place, team["ana"], project.project_id, "held")

    with pytest.raises(InvalidInputError, match="Cleo could never answer"):
        dialogue_invitations.invite(*where, "cleo", key="invite-1")
    dialogue_invitations.invite(*where, "sue", key="invite-2")

    assert [one.message_id for one in unread("sue")] == ["held"]


def test_invitation_is_told_no_more_once_its_message_is_given_out_no_more(
    place, team, project, add_messages, add_labels, unread
):
    """Else it would wait on Home for ever."""
    add_messages({"held": "one"}, holdout=["held"])
    add_labels([("held", "Ben", "spam")])
    dialogue_invitations.invite(
        place, team["ben"], project.project_id, "held", "ana", key="invite-1"
    )
    before = unread("ana")
    add_labels([("held", "Sue", "ham")], adjudicated=True)

    after = unread("ana")

    assert [(one.message_id, one.must_judge_first) for one in before] == [("held", True)]
    assert after == []


def test_message_in_a_colleagues_hands_is_still_answered(
    place, team, project, add_messages, add_labels, asked
):
    add_messages({"held": "one"}, holdout=["held"])
    add_labels([("held", "Ben", "ham")])
    view = turns.next_turn(place, team["ana"], project.project_id)
    add_labels([("held", "Sue", "ham")], adjudicated=True)

    assert view.message.message_id == "held"
    assert "ana" in asked(team["ben"], "held")
