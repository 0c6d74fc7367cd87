"""The dialogue on the page: what is drawn, what can be done, and what is new."""

from datetime import UTC, datetime

import pytest

from app.components.message_list import ListedMessage
from app.views.thread.composer import acts_for
from app.views.thread.entries import Reading, entry_html
from app.views.thread.listed import news_note, with_news
from app.views.thread.machine import machine_said_html, names_in_a_row
from rhml_core.domain import Message, Person, Role, Split
from rhml_core.evidence import Opinion
from rhml_core.machine.evidence.contrast import Flip
from rhml_core.workflows.dialogue import invitations as dialogue_invitations
from rhml_core.workflows.dialogue import threads
from rhml_core.workflows.dialogue.dialogue import UnreadThread
from rhml_core.workflows.dialogue.entries import Entry, EntryKind
from rhml_core.workflows.dialogue.evidence import (
    JudgedNeighbour,
    Statement,
    statement_detail,
)
from rhml_core.workflows.dialogue.outcomes import revise
from rhml_core.workflows.dialogue.threads import MessageThread, message_thread
from tests.app.store_fixtures import data_of, look, make_project, texts_of
from tests.workflows.dialogue import dialogue_mail

AT = datetime(2025, 3, 3, 14, 2, tzinfo=UTC)
ANA = Person("ana", "Ana", Role.EXPERT)
BEN = Person("ben", "<b>Ben</b>", Role.EXPERT)
PEOPLE = {"ana": ANA, "ben": BEN}
READING = Reading("free <i>money</i>", PEOPLE, {"spam": "#111111"}, reader_id="ana", new_since=5)
SAID = Statement(
    label="spam",
    probability=0.93,
    machine="run 3",
    evidence_of="fast head, 64 labels",
    speaks_for=(("<free>", 0.31),),
    speaks_against=(("noon", -0.1),),
    otherwise=(JudgedNeighbour("m2", "<script>x</script>", "ham", 0.82, (("ben", "ham"),)),),
    alike=(),
    flip=Flip(("free", "win"), "spam", "ham"),
    n_hidden=2,
)


@pytest.fixture
def project(place, team):
    return make_project(place, team)


@pytest.fixture
def mail(place, project, add_messages, add_labels):
    dialogue_mail.fill(place, project, add_messages, add_labels)
    return project


def entry(kind, *, who="ben", text="", seq=1, **detail):
    return Entry("e", "message:m1", kind, who, text, AT, detail, seq)


def thread_of(message, **facts):
    return MessageThread(message, [], [], {}, [], None, None, "", [], **facts)


def send(page, words):
    [button] = [one for one in page.button if one.label == words]
    return button.click().run()


def choose(page, act):
    [acts] = [one for one in page.button_group if one.key.startswith("act_")]
    return acts.set_value(act).run()


def test_names_are_spoken_in_a_row():
    assert names_in_a_row(["Ana"]) == "Ana"
    assert names_in_a_row(["Ana", "Ben"]) == "Ana and Ben"


def test_statement_is_told_in_sentences_and_escaped():
    html = machine_said_html(SAID, PEOPLE, {})

    for words in (
        "0.93",
        "run 3",
        "+0.31",
        "-0.10",
        "without \u201cfree\u201d and \u201cwin\u201d",
    ):
        assert words in html
    assert "reasons from the fast head, 64 labels" in html
    assert "1 otherwise, 0 alike" in html
    assert "similarity 0.82" in html
    assert "2 neighbours not shown" in html
    assert "<script>" not in html
    assert "<free>" not in html
    assert "<b>Ben" not in html


def test_machine_asks_and_does_not_claim_to_be_right():
    html = machine_said_html(SAID, PEOPLE, {}, answers=[("Ana", "ham"), ("Ben", "ham")])

    assert "Ana and Ben say" in html
    assert html.count("?") == 1
    assert "wrong" not in html


def test_changed_answer_names_who_said_otherwise_before():
    html = machine_said_html(SAID, PEOPLE, {}, before=("run 2", "ham"))

    assert "run 2 said" in html


def test_statement_without_a_flip_or_evidence_says_so():
    firm = Statement("ham", 0.9, "x", "x")
    bare = Statement("ham", 0.9, "x")
    silent = Statement(missing="The machine sleeps.")

    assert "does not change its answer" in machine_said_html(firm, {}, {})
    assert "No judged message nearby" in machine_said_html(firm, {}, {})
    assert "no reasons here" in machine_said_html(bare, {}, {})
    assert "The machine sleeps." in machine_said_html(silent, {}, {})


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (entry(EntryKind.REASON, label="spam", confidence="sure", phase=""), ["says", "sure"]),
        (
            entry(EntryKind.REASON, label="spam", confidence="", phase="final"),
            ["after the machine's answer"],
        ),
        (
            entry(EntryKind.CHALLENGE, label="spam", evidence=[[0, 4]]),
            ["challenges", "because of \u201cfree\u201d"],
        ),
        (entry(EntryKind.INVITATION, invited="ana"), ["asks Ana in"]),
        (entry(EntryKind.OUTCOME, **{"from": "spam", "to": "spam"}), ["keeps"]),
        (entry(EntryKind.OUTCOME, **{"from": "ham", "to": "spam"}), ["changes", "\u2192"]),
        (entry(EntryKind.SETTLED, label="spam"), ["settles it as", "reference"]),
        (
            entry(EntryKind.SETTLED, who="reference", label="spam"),
            ["The imported reference"],
        ),
        (
            entry(EntryKind.REPLY, who="model", statement=statement_detail(SAID)),
            ["The machine", "sees", 'aria-label="machine"'],
        ),
    ],
)
def test_entry_says_who_did_what(made, words):
    html = entry_html(made, READING, "3 Mar").replace("&#x27;", "'")

    assert all(word in html for word in words)
    assert "<b>Ben" not in html


def test_what_people_wrote_is_escaped_and_hidden_characters_shown():
    html = entry_html(entry(EntryKind.COMMENT, text="<img src=x>pay\u202epal"), READING, "")

    assert "&lt;img src=x&gt;pay⟦RLO⟧pal" in html


def test_only_unread_entries_of_others_are_new():
    new, read, own = (
        entry_html(entry(EntryKind.COMMENT, seq=seq, who=who), READING, "")
        for seq, who in ((6, "ben"), (5, "ben"), (6, "ana"))
    )

    assert ">new<" in new
    assert ">new<" not in read + own


def test_acts_follow_from_what_the_reader_may_do():
    opinion = Opinion("spam", {"spam": 1.0}, "run 1")
    pool = thread_of(Message("m", "x"))
    asked = MessageThread(Message("m", "x"), [], [], {}, [], opinion, None, "", [], None, "ham")
    held = thread_of(Message("m", "x", split=Split.HOLDOUT), own_label="ham")

    assert list(acts_for(pool, has_colleagues=False)) == ["comment", "ask"]
    assert list(acts_for(asked, has_colleagues=True)) == [
        "comment",
        "challenge",
        "invite",
        "conclude",
    ]
    assert list(acts_for(held, has_colleagues=False)) == ["comment", "conclude"]


def test_news_come_as_notes_or_as_a_list_of_their_own():
    listed = [ListedMessage("m1", "one", (), "3 entries"), ListedMessage("m2", "two", ())]
    unread = [
        UnreadThread("m9", "nine", 1, is_mentioned=True, newest_at=AT, must_judge_first=True),
        UnreadThread("m1", "one", 2, is_mentioned=True, newest_at=AT),
    ]

    noted = with_news(listed, unread, news_only=False)
    own = with_news(listed, unread, news_only=True)

    assert [(one.message_id, one.note) for one in noted] == [("m1", "2 new, names you"), ("m2", "")]
    assert [(one.message_id, one.text) for one in own] == [("m9", "nine"), ("m1", "one")]
    assert own[0].note == "you are asked in: judge it first"
    assert news_note(UnreadThread("m", "", 1, is_mentioned=False, newest_at=AT)) == "1 new"


def test_challenge_on_the_page_is_answered_there(place, team, mail):
    page = look("disagreements", place, team["ana"], mail, message="h0")
    page = choose(page, "challenge")
    page.text_area[0].set_value("A prize is meant.")
    page.multiselect[0].set_value(["station"])

    page = send(page, "Challenge")

    assert not page.exception
    made = message_thread(place, team["ana"], mail.project_id, "h0").entries
    assert [one.kind for one in made] == [EntryKind.CHALLENGE, EntryKind.REPLY]
    said = texts_of(page)
    assert "A prize is meant." in said
    assert "Nearest judged messages" in said


def test_machine_can_only_be_asked(place, team, mail):
    page = choose(look("disagreements", place, team["ana"], mail, message="h0"), "challenge")

    page = send(page, "Only ask")

    assert not page.exception
    [made] = message_thread(place, team["ana"], mail.project_id, "h0").entries
    assert made.kind is EntryKind.REPLY


def test_challenge_without_a_word_is_told_what_is_missing(place, team, mail):
    page = choose(look("disagreements", place, team["ana"], mail, message="h0"), "challenge")

    page = send(page, "Challenge")

    assert "1 to 4,000 characters" in page.error[0].value.replace("\\", "")
    assert not message_thread(place, team["ana"], mail.project_id, "h0").entries


def test_label_is_held_or_revised_with_a_reason(place, team, mail):
    page = choose(look("disagreements", place, team["ana"], mail, message="h0"), "conclude")
    page.text_area[0].set_value("Still a prize.")
    page = choose(send(page, "Keep spam"), "conclude")
    [labels] = [one for one in page.button_group if one.key.startswith("label_")]
    page = labels.set_value("ham").run()
    page.text_area[0].set_value("No, the station.")

    page = send(page, "Change to ham")

    assert not page.exception
    thread = message_thread(place, team["ana"], mail.project_id, "h0")
    assert thread.own_label == "ham"
    assert [(one.detail["from"], one.detail["to"]) for one in thread.entries] == [
        ("spam", "spam"),
        ("spam", "ham"),
    ]
    assert "changes" in texts_of(page)


def test_label_changed_in_another_tab_is_not_held_by_a_stale_one(place, team, mail):
    page = choose(look("disagreements", place, team["ana"], mail, message="h0"), "conclude")
    page.text_area[0].set_value("Still a prize.")
    revise(
        place, team["ana"], mail.project_id, "h0", "ham", "The station.", shown="spam", key="tab-2"
    )

    page = send(page, "Keep spam")
    said = page.error[0].value
    page = send(page, "Change to spam")

    assert "Your label is 'ham' by now, not 'spam'" in said.replace("\\", "")
    assert not page.exception
    made = message_thread(place, team["ana"], mail.project_id, "h0").entries
    assert [(one.detail["from"], one.detail["to"], one.text) for one in made] == [
        ("spam", "ham", "The station."),
        ("ham", "spam", "Still a prize."),
    ]


def test_colleague_is_asked_in_by_name(place, team, mail):
    page = choose(look("disagreements", place, team["ana"], mail, message="h0"), "invite")
    [whom] = [one for one in page.selectbox if one.key.startswith("whom_")]
    whom.set_value("sue")

    page = send(page, "Ask")

    assert not page.exception
    assert "asks Sue in" in texts_of(page)


def test_reading_takes_the_news_away_but_marks_them_while_one_reads(place, team, mail):
    where = (place, team["ben"], mail.project_id, "message:h0")
    threads.add_comment(*where, "first", key="c-1")
    look("disagreements", place, team["ana"], mail, message="h0")
    threads.add_comment(*where, "@Ana second", key="c-2")

    page = look("disagreements", place, team["ana"], mail, kind="new")
    listed = data_of(page, "open_messages")["items"]
    said_again = texts_of(page.run())
    later = data_of(look("disagreements", place, team["ana"], mail), "open_messages")["items"]

    assert [(one["id"], one["note"]) for one in listed] == [("h0", "1 new, names you")]
    assert said_again.count(">new<") == 1
    assert "second" in said_again
    assert not [one for one in later if "new" in one["note"]]


def test_everything_read_is_said(place, team, mail):
    page = look("disagreements", place, team["ana"], mail, kind="new")

    assert not page.exception
    assert "You have read everything" in texts_of(page)


def test_who_is_asked_in_but_blind_is_told_to_judge_first(
    place, team, mail, add_messages, add_labels
):
    add_messages({"m1": "one"})
    add_labels([("m1", "Ben", "spam")])
    dialogue_invitations.invite(
        place, team["ben"], mail.project_id, "m1", "ana", text="Surely spam?", key="i-1"
    )

    page = look("disagreements", place, team["ana"], mail, message="m1")

    assert not page.exception
    said = texts_of(page)
    assert "A colleague asked you" in said
    assert "Surely" not in said
    assert page.button(key="blind_until_committed").label == "Go to your queue"


def test_settled_message_shows_by_whom_and_asks_for_no_revision(place, team, mail, add_labels):
    add_labels([("h0", "Sue", "ham")], adjudicated=True)

    page = look("disagreements", place, team["ana"], mail, message="h0")

    said = texts_of(page)
    assert "Sue" in said
    assert "settles it as" in said
    [acts] = [one for one in page.button_group if one.key.startswith("act_")]
    assert "Keep or change" not in acts.options


def test_thread_of_a_message_nobody_labelled_opens_by_its_address(
    place, team, project, add_messages
):
    """The page Messages leads here for every message."""
    add_messages({"m1": "one"})

    page = look("disagreements", place, team["sue"], project, message="m1")

    assert not page.exception
    assert "Nobody has answered this message yet." in texts_of(page)


def test_older_entries_wait_behind_a_click(place, team, mail):
    for number in range(6):
        threads.add_comment(
            place, team["ben"], mail.project_id, "message:h0", f"no {number}", key=f"c-{number}"
        )

    page = look("disagreements", place, team["ana"], mail, message="h0")

    assert [one.label for one in page.expander] == ["2 earlier entries"]
