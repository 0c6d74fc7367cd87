"""Asking and challenging the machine: its answer, its evidence, and where it keeps silent."""

import pytest

from rhml_core.domain import Mode, Span
from rhml_core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from rhml_core.store.dialogue import EntryKind
from rhml_core.workflows import projects
from rhml_core.workflows.dialogue import dialogue
from rhml_core.workflows.dialogue.evidence import statement_of
from rhml_core.workflows.disputes import disagreements
from tests.workflows.dialogue import dialogue_mail
from tests.workflows.dialogue.dialogue_mail import kinds, n_events


def test_challenge_is_answered_at_once_with_evidence(place, team, project, mail, read, challenge):
    challenge("ana", "h0", "A prize is meant.", evidence=[Span(0, 3)])

    asked, answered = read("ana", "h0").entries
    said = statement_of(answered)

    assert (asked.kind, asked.text) == (EntryKind.CHALLENGE, "A prize is meant.")
    assert (asked.detail["label"], asked.detail["evidence"]) == ("ham", [[0, 3]])
    assert (answered.kind, answered.person_id) == (EntryKind.REPLY, "model")
    assert (said.label, said.evidence_of) == ("ham", said.machine)
    assert said.speaks_for
    assert all(by > 0 for _, by in said.speaks_for)
    assert all(by < 0 for _, by in said.speaks_against)
    assert n_events(place, project, "challenged") == 1


def test_neighbours_stand_on_their_side_with_who_said_what(mail, read, challenge):
    """The message itself is no witness: its labels are what the talk is about."""
    challenge("ana", "h0")

    said = statement_of(read("sue", "h0").entries[-1])

    assert {one.label for one in said.otherwise} == {"spam"}
    assert {one.label for one in said.alike} == {"ham"}
    assert "h0" not in {one.message_id for one in [*said.otherwise, *said.alike]}
    assert said.alike[0].answers == (("ana", "ham"), ("ben", "ham"))
    similarities = [one.similarity for one in said.alike]
    assert similarities == sorted(similarities, reverse=True)


def test_leaving_out_the_words_named_changes_the_answer(
    place, team, project, mail, add_messages, read
):
    text = "station prize"
    add_messages({"mix": text})
    live = place.machines.refresh(project.project_id)
    dialogue.ask_machine(place, team["sue"], project.project_id, "mix", key="ask-1")

    flip = statement_of(read("sue", "mix").entries[-1]).flip

    shorter = " ".join(word for word in text.split() if word not in flip.words)
    whole, without = live.predict([text, shorter]).argmax(axis=1)
    assert (live.labels[whole], live.labels[without]) == (flip.before, flip.after)
    assert flip.before != flip.after


def test_what_the_machine_said_stays_said(place, project, mail, read, challenge, add_labels):
    challenge("ana", "h0")
    before = statement_of(read("ana", "h0").entries[-1])
    swapped = {"ham": "spam", "spam": "ham"}
    add_labels(
        [
            (name, who, swapped[label])
            for name, label in dialogue_mail.truth().items()
            for who in ("Ana", "Ben")
        ]
    )
    place.machines.refresh(project.project_id)

    after = [entry for entry in read("ana", "h0").entries if entry.kind is EntryKind.REPLY]

    assert statement_of(after[0]) == before


def test_repeated_challenge_is_one_challenge_with_one_reply(mail, read, challenge):
    challenge("ana", "h0")
    challenge("ana", "h0")

    assert kinds(read("ana", "h0")) == [EntryKind.CHALLENGE, EntryKind.REPLY]


def test_machine_can_be_asked_without_a_challenge(place, team, project, mail, read):
    for _ in range(2):
        dialogue.ask_machine(place, team["ben"], project.project_id, "s1", key="ask-1")

    assert kinds(read("ben", "s1")) == [EntryKind.REPLY]
    assert statement_of(read("ben", "s1").entries[0]).label == "spam"


def test_machine_that_knows_too_little_says_so(
    place, team, project, add_messages, add_labels, read
):
    add_messages({"m1": "one"})
    add_labels([("m1", "Ana", "ham")])

    dialogue.ask_machine(place, team["ana"], project.project_id, "m1", key="ask-1")

    said = statement_of(read("ana", "m1").entries[0])
    assert said.label == ""
    assert "judged messages" in said.missing


def test_nothing_to_challenge_where_the_machine_gave_no_answer(add_messages, add_labels, challenge):
    add_messages({"m1": "one"})
    add_labels([("m1", "Ana", "ham")])

    with pytest.raises(ConflictError, match="not answered"):
        challenge("ana", "m1")


@pytest.mark.usefixtures("mail")
@pytest.mark.parametrize("who", ["ana", "sue"])
def test_machine_keeps_silent_on_the_holdout(
    place, team, project, add_messages, add_labels, challenge, who
):
    """There it is measured, and whoever heard it could follow it."""
    add_messages({"held": "win a prize of pounds"}, holdout=["held"])
    add_labels([("held", "Ana", "ham"), ("held", "Ben", "ham")])

    with pytest.raises(NotAllowedError, match="hold-out"):
        challenge(who, "held")
    with pytest.raises(NotAllowedError, match="hold-out"):
        dialogue.ask_machine(place, team[who], project.project_id, "held", key="ask-1")


@pytest.mark.usefixtures("mail")
def test_neighbours_that_the_reader_must_still_judge_are_left_out(
    place, team, project, add_labels, add_messages, read, challenge
):
    """On which side a neighbour stands would tell its label before the own judgement."""
    add_messages({"near": f"{dialogue_mail.HAM} 0"})
    add_labels([("near", "Ben", "ham")])
    place.machines.refresh(project.project_id)
    challenge("ben", "h0")

    for_ben = statement_of(read("ben", "h0").entries[-1])
    for_ana = statement_of(read("ana", "h0").entries[-1])

    assert "near" in {one.message_id for one in for_ben.alike}
    assert "near" not in {one.message_id for one in for_ana.alike}
    assert (for_ben.n_hidden, for_ana.n_hidden) == (0, 1)


def test_evidence_outside_the_message_is_refused(mail, challenge, read):
    with pytest.raises(InvalidInputError, match="outside"):
        challenge("ana", "h0", evidence=[Span(0, 999)])

    assert not read("ana", "h0").entries


def test_unknown_message_has_no_dialogue(place, team, project, mail):
    with pytest.raises(NotFoundError):
        dialogue.ask_machine(place, team["ana"], project.project_id, "none", key="k")


def test_machine_keeps_silent_to_experts_in_mode_blind(place, team, project, mail, read, challenge):
    """What people do on their own is measured there; supervisors hear it."""
    where = project.project_id
    place.machines.refresh(where)
    projects.change_project(
        place, team["sue"], where, mode=Mode.BLIND, overlap=2, shares=project.shares, key="blind"
    )

    with pytest.raises(NotAllowedError, match="blind"):
        challenge("ana", "h0")
    listed = disagreements.open_disagreements(place, team["ana"], where)

    assert read("ana", "h0").opinion is None
    assert listed["machine_label"].null_count() == listed.height
