"""The thread of one message: who answered what and why, and what was said about it."""

from collections.abc import Mapping

import streamlit as st

from app.components.address import open_view
from app.components.answer_table import answer_table
from app.components.counted import counted
from app.components.empty import empty_state
from app.components.marks import label_colours
from app.components.message_card import message_card
from app.components.plain_lines import quiet_line
from app.views.disagreements.open_filters import filters_kept
from app.views.thread.answers import answers_of, notes_on_answers
from app.views.thread.composer import show_composer
from app.views.thread.entries import Reading, show_entries
from rhml_core.domain import Codebook, Message, Person, Project, Role, Split
from rhml_core.errors import NotAllowedError, NotFoundError
from rhml_core.safe_text import visible
from rhml_core.workflows.dialogue.dialogue import mark_read
from rhml_core.workflows.dialogue.invitations import is_asked_in
from rhml_core.workflows.dialogue.threads import MessageThread, message_thread
from rhml_core.workflows.disputes.adjudication_case import HOLDOUT_SILENCE
from rhml_core.workflows.workplace import Workplace

NO_SUCH_MESSAGE = "This message is not in this project; the link may be old."
_REFERENCES = {"adjudicated": "Settled", "consensus": "Consensus"}
"""Where a reference is from -> the head of its column."""
_N_NEWEST = 4
"""Entries that are shown at once; older ones wait behind a click."""


def show_thread(
    place: Workplace,
    person: Person,
    project: Project,
    codebook: Codebook,
    message_id: str,
    *,
    comment_is_main: bool = True,
) -> None:
    """
    Draw the thread, or why this person may not see it yet.

    `comment_is_main`: whether to comment is the page's one next step.
    """
    try:
        thread = message_thread(place, person, project.project_id, message_id)
    except NotAllowedError as error:
        _show_closed(place, person, project, message_id, error)
        return
    except NotFoundError:
        empty_state(
            NO_SUCH_MESSAGE,
            action="Open the messages",
            view="messages",
            is_main=comment_is_main,
            key="no_such_message",
            icon="search_off",
        )
        return
    colours = label_colours(codebook)
    _show_message(thread)
    answers = answers_of(thread.judgements, thread.people, thread.labels_now)
    if not answers:
        st.text("Nobody has answered this message yet.")
    answer_table(
        codebook.names,
        colours,
        answers,
        opinion=thread.opinion,
        reference=thread.reference,
        reference_name=_REFERENCES.get(thread.reference_source, "Reference"),
    )
    for note in notes_on_answers(answers):
        quiet_line(note)
    is_silent = thread.message.split is Split.HOLDOUT and not thread.settled
    if person.may(Role.SUPERVISOR) and is_silent:
        quiet_line(HOLDOUT_SILENCE)
    if person.may(Role.EXPERT):
        with st.container(horizontal=True, key="thread_ways"):
            if person.may(Role.SUPERVISOR):
                _show_settling(thread)
            _offer_note(thread)
    _show_dialogue(place, person, project, thread, colours)
    if person.may(Role.EXPERT):
        show_composer(place, person, project, codebook, thread, is_main=comment_is_main)


def _show_settling(thread: MessageThread) -> None:
    if st.button(
        "See the decision" if thread.settled else "Settle",
        key="settle",
        icon=":material/gavel:",
        type="tertiary",
        help="Open everything that bears on it side by side",
    ):
        open_view("adjudicate", **filters_kept() | {"message": thread.message.message_id})


def _offer_note(thread: MessageThread) -> None:
    if st.button(
        "Note in the journal",
        key="thread_note",
        icon=":material/edit_note:",
        type="tertiary",
        help="Write an entry that points to this message",
    ):
        open_view("journal", note=thread.message.message_id)


def earlier_messages(thread: MessageThread, n: int = 1) -> list[Message]:
    """The `n` messages of the conversation that stand just before the message, oldest first."""
    ids = [message.message_id for message in thread.conversation]
    if thread.message.message_id not in ids:
        return []
    place = ids.index(thread.message.message_id)
    return thread.conversation[max(0, place - n) : place]


def _show_message(thread: MessageThread) -> None:
    message_card(thread.message, key="thread_message", earlier=earlier_messages(thread))
    for flag in thread.flags:
        name = thread.people[flag.person_id].name if flag.person_id in thread.people else "someone"
        st.text(visible(f"\u2691 {name} flagged it: {flag.text}".rstrip(": ")))
    n = len(thread.conversation)
    if n > 1:
        with st.expander(
            f"The whole conversation, {n:,} messages", key="conversation", type="compact"
        ):
            message_card(
                thread.conversation[-1], key="conversation_card", earlier=thread.conversation[:-1]
            )


def _show_dialogue(
    place: Workplace,
    person: Person,
    project: Project,
    thread: MessageThread,
    colours: Mapping[str, str],
) -> None:
    """Draw what was said, mark what is new to this reader, and remember that it was read."""
    if not thread.entries:
        return
    message_id = thread.message.message_id
    reading = Reading(
        thread.message.text,
        thread.people,
        colours,
        reader_id=person.person_id,
        new_since=_new_since(thread),
    )
    older, newest = thread.entries[:-_N_NEWEST], thread.entries[-_N_NEWEST:]
    if older:
        words = counted(len(older), "earlier entry", "earlier entries")
        with st.expander(words, key=f"older_{message_id}", type="compact"):
            show_entries(older, reading)
    show_entries(newest, reading)
    mark_read(place, person, project.project_id, message_id, up_to=thread.newest_seq)


def _new_since(thread: MessageThread) -> int:
    """What was last read when this message was opened, so that new entries stay marked."""
    message_id = thread.message.message_id
    kept = st.session_state.get("new_since")
    if kept is None or kept[0] != message_id:
        kept = (message_id, thread.read_up_to)
        st.session_state["new_since"] = kept
    return int(kept[1])


def _show_closed(
    place: Workplace, person: Person, project: Project, message_id: str, error: NotAllowedError
) -> None:
    """Say why the thread is closed, and that it opens; whoever was asked in is told so."""
    sentence = str(error)
    if is_asked_in(place, person, project.project_id, message_id):
        sentence = (
            "A colleague asked you to talk about this message. Judge it first, so that your "
            "label is your own: your queue brings it as soon as it may. Then the thread opens."
        )
    empty_state(
        sentence,
        action="Go to your queue" if person.may(Role.EXPERT) else "",
        view="label",
        key="blind_until_committed",
        icon="visibility_off",
    )
