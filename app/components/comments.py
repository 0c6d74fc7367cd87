"""What people wrote on a subject, and the form to write more; a draft is never written twice."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from html import escape

import streamlit as st

from app.components.marks import person_mark
from app.components.times import reader_time
from rhml_core.domain import Comment, Person
from rhml_core.safe_text import one_line, visible

LONGEST_COMMENT = 4_000


def comments_html(
    comments: Sequence[Comment], people: Mapping[str, Person], times: Sequence[str]
) -> str:
    """The comments as HTML, escaped, in the order given; `times` says when each was made."""
    lines = []
    for comment, at in zip(comments, times, strict=True):
        person = people.get(comment.person_id)
        mark = person_mark(person, size=22) if person else ""
        name = escape(one_line(person.name if person else comment.person_id))
        lines.append(
            '<li style="display:grid;grid-template-columns:1.6rem 1fr;gap:.5rem;'
            'padding:.35rem 0">'
            f'<span>{mark}</span><span style="min-width:0;overflow-wrap:anywhere">'
            f'<span style="font-weight:600">{name}</span> '
            f'<span style="opacity:.72;font-size:.85rem">{escape(at)}</span><br>'
            f'<span style="white-space:pre-wrap;unicode-bidi:isolate">'
            f"{escape(visible(comment.text))}</span></span></li>"
        )
    return (
        '<ul style="list-style:none;margin:0;padding:0;font-size:.95rem;line-height:1.45">'
        f"{''.join(lines)}</ul>"
    )


def show_comments(comments: Sequence[Comment], people: Mapping[str, Person]) -> None:
    """Draw the comments, oldest first; nothing where there are none."""
    if comments:
        times = [reader_time(comment.made_at) for comment in comments]
        st.html(comments_html(comments, people, times))


def ask_for_comment(
    subject: str, send: Callable[[str, str], object], *, label: str, is_main: bool = False
) -> None:
    """
    Draw the form and hand a comment to `send`, with the key of its draft.

    A draft keeps its key until it has been stored: a repeated click, or a try after an
    error, is the same comment.

    Args:
        subject: what is commented on, for example `message:m1`.
        send: takes text and key; raises where the comment cannot be stored.
        label: what the field asks for.
        is_main: whether sending is the page's one next step.
    """
    place = f"draft_of_{subject}"
    draft = st.session_state.setdefault(place, uuid.uuid4().hex)
    with (
        st.form(key=f"comment_form_{draft}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom", key=f"comment_bar_{draft}"),
    ):
        text = st.text_area(
            label,
            key=f"comment_{draft}",
            height=68,
            max_chars=LONGEST_COMMENT,
            placeholder=label,
            label_visibility="collapsed",
        )
        is_sent = st.form_submit_button(
            "Comment",
            key=f"send_{draft}",
            icon=":material/send:",
            type="primary" if is_main else "secondary",
        )
    if is_sent and text.strip():
        send(text.strip(), draft)
        st.session_state[place] = uuid.uuid4().hex
        st.rerun()
