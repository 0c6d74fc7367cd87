"""The thread of one message: who answered what and why, and what was said about it."""

from collections.abc import Mapping, Sequence

import streamlit as st

from app.components.answer_table import Answer, answer_table
from app.components.comments import ask_for_comment, show_comments
from app.components.empty import empty_state
from app.components.facts import part_title
from app.components.marks import label_chip, label_colours, person_mark, text_span
from app.components.message_card import message_card
from app.components.safe_text import one_line, visible
from rhml_core.domain import Codebook, Judgement, Message, Person, Phase, Project, Role
from rhml_core.errors import NotAllowedError, NotFoundError
from rhml_core.workflows.threads import MessageThread, add_comment, message_thread
from rhml_core.workflows.workplace import Workplace


def answers_of(judgements: Sequence[Judgement], people: Mapping[str, Person]) -> list[Answer]:
    """Each person's first and present label, by who answered first; adjudications are no answer."""
    by_person: dict[str, list[Judgement]] = {}
    for judgement in judgements:
        if judgement.phase is not Phase.ADJUDICATED:
            by_person.setdefault(judgement.expert_id, []).append(judgement)
    return [
        Answer(people[expert_id], made[0].label, made[-1].label)
        for expert_id, made in by_person.items()
    ]


def deciding_words(judgement: Judgement, message: Message) -> list[str]:
    """The stretches of the text that the person marked as deciding, each once, in order."""
    words = [one_line(message.text[span.start : span.end]) for span in judgement.rationale]
    return list(dict.fromkeys(word for word in words if word))


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
        empty_state(
            str(error),
            action="Go to your queue" if person.may(Role.EXPERT) else "",
            view="label",
            key="blind_until_committed",
            icon="visibility_off",
        )
        return
    except NotFoundError as error:
        empty_state(str(error), key="no_such_message", icon="search_off")
        return
    _show_message(thread)
    answers = answers_of(thread.judgements, thread.people)
    if not answers:
        st.text("Nobody has answered this message yet.")
    answer_table(
        codebook.names,
        label_colours(codebook),
        answers,
        opinion=thread.opinion,
        reference=thread.reference,
        reference_name=thread.reference_source.capitalize() or "Reference",
    )
    _show_reasons(thread, label_colours(codebook))
    if thread.comments:
        part_title("What was said")
    show_comments(thread.comments, thread.people)
    if person.may(Role.EXPERT):
        subject = f"message:{message_id}"
        ask_for_comment(
            subject,
            lambda text, key: add_comment(
                place, person, project.project_id, subject, text, key=key
            ),
            label="What should the others consider?",
            is_main=comment_is_main,
        )


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


def reason_html(
    judgement: Judgement, person: Person, message: Message, colours: Mapping[str, str]
) -> str:
    """One judgement's confidence, deciding words and reason as a line of HTML, escaped."""
    parts = [person_mark(person, size=20), text_span(person.name)]
    parts.append(label_chip(judgement.label, colours))
    if judgement.phase is Phase.REVISED:
        parts.append(text_span("after hearing what the machine noticed", muted=True))
    elif judgement.phase is Phase.FINAL:
        parts.append(text_span("after the machine's answer", muted=True))
    if judgement.confidence:
        parts.append(text_span(judgement.confidence.value, muted=True))
    words = ", ".join(f"\u201c{word}\u201d" for word in deciding_words(judgement, message))
    if words:
        parts.append(text_span(f"because of {words}"))
    if judgement.reason:
        parts.append(text_span(judgement.reason))
    return (
        '<li style="display:flex;flex-wrap:wrap;align-items:center;gap:.2rem .55rem;'
        f'padding:.3rem 0;overflow-wrap:anywhere;line-height:1.45">{"".join(parts)}</li>'
    )


def _show_reasons(thread: MessageThread, colours: Mapping[str, str]) -> None:
    told = [
        judgement
        for judgement in thread.judgements
        if judgement.reason or judgement.rationale or judgement.confidence
    ]
    if not told:
        return
    part_title("Why")
    lines = "".join(
        reason_html(one, thread.people[one.expert_id], thread.message, colours) for one in told
    )
    st.html(f'<ul style="list-style:none;margin:0;padding:0;font-size:.93rem">{lines}</ul>')
