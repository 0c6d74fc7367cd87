"""Who may read and speak in a dialogue, and what stands in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.domain import Confidence, Person, Role, Span
from rhml_core.errors import NotAllowedError
from rhml_core.store import dialogue as entries
from rhml_core.store.dialogue import EntryKind
from rhml_core.workflows.dialogue import dialogue
from rhml_core.workflows.dialogue import invitations as dialogue_invitations
from rhml_core.workflows.dialogue import outcomes as dialogue_outcomes
from rhml_core.workflows.dialogue.mentions import mentioned
from rhml_core.workflows.dialogue.words import marked_words, words_to_mark
from rhml_core.workflows.disputes import disagreements
from rhml_core.workflows.turn import turns
from tests.workflows.dialogue import dialogue_mail


def test_viewer_takes_no_part(place, team, project, mail, challenge, say):
    where = (place, team["vic"], project.project_id, "h0")

    with pytest.raises(NotAllowedError):
        challenge("vic", "h0")
    with pytest.raises(NotAllowedError):
        dialogue.ask_machine(*where, key="k")
    with pytest.raises(NotAllowedError):
        dialogue_outcomes.hold(*where, "because", shown="spam", key="k")
    with pytest.raises(NotAllowedError):
        dialogue_outcomes.revise(*where, "ham", "because", shown="spam", key="k")
    with pytest.raises(NotAllowedError):
        dialogue_invitations.invite(*where, "ana", key="k")


def test_expert_who_is_blind_takes_no_part(
    place, team, project, mail, add_messages, add_labels, challenge
):
    add_messages({"m1": "one"})
    add_labels([("m1", "Ben", "spam")])
    where = (place, team["ana"], project.project_id, "m1")

    for act in (
        lambda: challenge("ana", "m1"),
        lambda: dialogue.ask_machine(*where, key="k"),
        lambda: dialogue.mark_read(*where, up_to=1),
        lambda: dialogue_outcomes.hold(*where, "because", shown="spam", key="k"),
        lambda: dialogue_invitations.invite(*where, "ben", key="k"),
    ):
        with pytest.raises(NotAllowedError, match="not judged"):
            act()


def test_thread_and_lists_stay_closed_in_the_midst_of_a_turn(
    place, team, project, mail, add_labels, add_messages, read
):
    """The explanation comes without the answer; the thread, or a list, would give it away."""
    add_messages({"new": f"{dialogue_mail.SPAM} 9"})
    add_labels([("new", "Ben", "spam")])
    place.machines.refresh(project.project_id)
    view = turns.next_turn(place, team["ana"], project.project_id)
    outcome = turns.commit(place, team["ana"], view.turn_id, label="ham", key="c-1")
    assert outcome.turn.state == "explained"

    with pytest.raises(NotAllowedError, match="midst"):
        read("ana", view.message.message_id)
    listed = disagreements.open_disagreements(place, team["ana"], project.project_id)
    assert view.message.message_id == "new"
    assert "new" not in listed["message_id"]


def test_reasons_given_with_judgements_stand_in_the_dialogue(
    place, team, project, add_messages, read, say
):
    add_messages({"m1": "free money"})
    view = turns.next_turn(place, team["ana"], project.project_id)
    turns.commit(
        place,
        team["ana"],
        view.turn_id,
        label="spam",
        confidence=Confidence.SURE,
        rationale=[Span(0, 4)],
        key="c-1",
    )
    say("ana", "m1", "See above.")

    reason, comment = read("ana", "m1").entries

    assert (reason.kind, comment.kind) == (EntryKind.REASON, EntryKind.COMMENT)
    assert (reason.detail["label"], reason.detail["confidence"]) == ("spam", "sure")
    assert marked_words("free money", reason.detail["evidence"]) == ["free"]


def test_flags_are_no_entries_of_the_dialogue(place, team, project, add_messages, unread, read):
    add_messages({"m1": "one"})
    view = turns.next_turn(place, team["ana"], project.project_id)
    turns.flag(place, team["ana"], view.turn_id, note="odd", key="f-1")
    turns.commit(place, team["ana"], view.turn_id, label="ham", key="c-1")

    thread = read("ana", "m1")

    assert [flag.text for flag in thread.flags] == ["odd"]
    assert not thread.entries
    assert entries.count_entries(place.db, project.project_id).is_empty()


ANA, ANA_RUIZ = Person("ana", "Ana", Role.EXPERT), Person("ruiz", "Ana Ruiz", Role.EXPERT)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Ana what now?", ["ana"]),
        ("@ana ruiz and @ANA", ["ruiz", "ana"]),
        ("@Anastasia", []),
        ("write to me@ana.example", []),
        ("Ana", []),
        ("(@Ana)", ["ana"]),
    ],
)
def test_mentions_are_whole_names(text, named):
    assert mentioned(text, [ANA, ANA_RUIZ]) == named


@given(st.text(max_size=80))
def test_words_to_mark_stand_where_they_are_said_to(text):
    for word, places in words_to_mark(text).items():
        for span in places:
            assert text[span.start : span.end].casefold() == word.casefold()
