"""The dialogue: who may say what where, what the machine answers, and what is new to whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.domain import Confidence, Mode, Person, Phase, Role, Span
from rhml_core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from rhml_core.store import dialogue as entries
from rhml_core.store import events, judgements
from rhml_core.store.dialogue import EntryKind
from rhml_core.workflows import (
    dialogue,
    dialogue_invitations,
    dialogue_outcomes,
    disagreements,
    people,
    projects,
    threads,
    turns,
)
from rhml_core.workflows.dialogue_evidence import statement_of
from rhml_core.workflows.dialogue_mentions import mentioned
from rhml_core.workflows.dialogue_words import marked_words, words_to_mark
from tests.workflows import dialogue_mail


@pytest.fixture
def mail(place, project, add_messages, add_labels):
    dialogue_mail.fill(place, project, add_messages, add_labels)


@pytest.fixture
def read(place, team, project):
    """The thread as someone reads it: `read("ana", "h0")`."""

    def read(who, message_id):
        return threads.message_thread(place, team[who], project.project_id, message_id)

    return read


@pytest.fixture
def say(place, team, project):
    def say(who, message_id, text, key="say-1"):
        subject = f"message:{message_id}"
        threads.add_comment(place, team[who], project.project_id, subject, text, key=key)

    return say


@pytest.fixture
def challenge(place, team, project):
    def challenge(who, message_id, text="why?", key="challenge-1", **more):
        dialogue.challenge(place, team[who], project.project_id, message_id, text, key=key, **more)

    return challenge


@pytest.fixture
def unread(place, team, project):
    def unread(who):
        return dialogue.unread_threads(place, team[who], project.project_id)

    return unread


def _kinds(thread):
    return [entry.kind for entry in thread.entries]


def _n_events(place, project, kind):
    return events.list_events(place.db, project.project_id, kinds=[kind]).height


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
    assert _n_events(place, project, "challenged") == 1


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

    assert _kinds(read("ana", "h0")) == [EntryKind.CHALLENGE, EntryKind.REPLY]


def test_machine_can_be_asked_without_a_challenge(place, team, project, mail, read):
    for _ in range(2):
        dialogue.ask_machine(place, team["ben"], project.project_id, "s1", key="ask-1")

    assert _kinds(read("ben", "s1")) == [EntryKind.REPLY]
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


def test_viewer_takes_no_part(place, team, project, mail, challenge, say):
    where = (place, team["vic"], project.project_id, "h0")

    with pytest.raises(NotAllowedError):
        challenge("vic", "h0")
    with pytest.raises(NotAllowedError):
        dialogue.ask_machine(*where, key="k")
    with pytest.raises(NotAllowedError):
        dialogue_outcomes.hold(*where, "because", key="k")
    with pytest.raises(NotAllowedError):
        dialogue_outcomes.revise(*where, "ham", "because", key="k")
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
        lambda: dialogue_outcomes.hold(*where, "because", key="k"),
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
        place, team["ana"], project.project_id, "m1", "spam", "On second thought.", key="r-1"
    )

    made = judgements.turn_judgements(place.db, view.turn_id)
    assert [one.label for one in made] == ["ham", "spam"]


def test_holding_keeps_the_label_and_the_reason(place, team, project, mail, read):
    dialogue_outcomes.hold(
        place, team["ana"], project.project_id, "h0", "Still a prize.", key="hold-1"
    )

    thread = read("ana", "h0")
    [outcome] = thread.entries

    assert (outcome.detail["from"], outcome.detail["to"]) == ("spam", "spam")
    assert outcome.text == "Still a prize."
    assert len([one for one in thread.judgements if one.expert_id == "ana"]) == 1
    assert _n_events(place, project, "held") == 1


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
            place, team["ana"], project.project_id, "h0", label, reason, key="r-1"
        )

    assert read("ana", "h0").own_label == "spam"
    assert not read("ana", "h0").entries


def test_settled_message_is_not_revised_but_can_be_talked_about(
    place, team, project, mail, add_labels, read, say
):
    add_labels([("h0", "Sue", "ham")], adjudicated=True)

    with pytest.raises(ConflictError, match="settled"):
        dialogue_outcomes.hold(place, team["ana"], project.project_id, "h0", "why", key="h-1")
    say("ana", "h0", "I see.")

    thread = read("ana", "h0")
    assert (thread.settled.expert_id, thread.settled.label) == ("sue", "ham")
    assert _kinds(thread) == [EntryKind.SETTLED, EntryKind.COMMENT]


def test_who_gave_no_label_has_none_to_hold(place, team, project, mail):
    with pytest.raises(ConflictError, match="no label"):
        dialogue_outcomes.hold(place, team["sue"], project.project_id, "h0", "why", key="h-1")


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


def test_evidence_outside_the_message_is_refused(mail, challenge, read):
    with pytest.raises(InvalidInputError, match="outside"):
        challenge("ana", "h0", evidence=[Span(0, 999)])

    assert not read("ana", "h0").entries


def test_unknown_message_has_no_dialogue(place, team, project, mail):
    with pytest.raises(NotFoundError):
        dialogue.ask_machine(place, team["ana"], project.project_id, "none", key="k")


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
