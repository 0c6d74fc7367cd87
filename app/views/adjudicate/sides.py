"""What bears on a message to settle: who said what and why, the thread, and the machine."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from app.components.counted import counted
from app.components.facts import part_title
from app.components.label_definitions import label_definitions
from app.components.marks import label_chip, machine_mark, person_name, text_span
from app.components.message_card import message_card
from app.components.plain_lines import quiet_line
from app.views.thread.answers import answers_of
from app.views.thread.entries import Reading, show_entries
from app.views.thread.machine import machine_said_html, names_in_a_row
from app.views.thread.thread import earlier_messages
from rhml_core.domain import Judgement, Phase
from rhml_core.safe_text import one_line
from rhml_core.store.dialogue import EntryKind
from rhml_core.workflows.dialogue.threads import MessageThread
from rhml_core.workflows.dialogue.words import marked_words
from rhml_core.workflows.disputes.adjudication_case import Case

_LINE = "border-bottom:1px solid color-mix(in srgb,currentColor 12%,transparent);"
_LEAST_SHOWN = 0.005
"""Below it a share would be written as 0.00."""
_ARROW = '<span role="img" aria-label="then">→</span>'


def show_sides(case: Case, colours: Mapping[str, str]) -> None:
    """Draw the message, what the labels mean, each judgement, the thread, the machine."""
    thread = case.thread
    message_card(
        thread.message,
        key=f"adjudicate_message_{thread.message.message_id}",
        earlier=earlier_messages(thread),
    )
    if case.in_question:
        label_definitions(
            case.in_question, colours, title="What these labels mean", key="adjudicate_definitions"
        )
    st.html(judgements_html(thread, colours))
    if case.weighed:
        quiet_line(weighed_sentence(case.weighed))
    st.html(machine_html(case, colours))
    # Reasons stand beside the judgements that they came with.
    said = [entry for entry in thread.entries if entry.kind is not EntryKind.REASON]
    if said:
        part_title("Thread", note=counted(len(said), "entry", "entries"))
        reading = Reading(thread.message.text, thread.people, colours)
        show_entries(said, reading)


def weighed_sentence(weighed: Sequence[tuple[str, float]]) -> str:
    """
    How likely each label is by people's weighed votes; labels that nothing speaks for are left out.

    >>> weighed_sentence([("sale", 0.807), ("question", 0.192), ("leak", 0.001)])
    'By weighed votes: sale 0.81, question 0.19'
    """
    told = [f"{label} {share:.2f}" for label, share in weighed if share >= _LEAST_SHOWN]
    return f"By weighed votes: {', '.join(told)}"


def judgements_html(thread: MessageThread, colours: Mapping[str, str]) -> str:
    """
    Each person's label, first and now, how sure, why and because of which words; escaped.

    Labels are called as today; one that the codebook asked about again is marked as such.
    """
    answers = answers_of(thread.judgements, thread.people, thread.labels_now)
    if not answers:
        return f"<p>{text_span('Nobody has judged this message yet.', muted=True)}</p>"
    rows = []
    for answer in answers:
        made = [
            one
            for one in thread.judgements
            if one.expert_id == answer.person.person_id and one.phase is not Phase.ADJUDICATED
        ]
        chips = label_chip(answer.first, colours)
        if answer.current != answer.first:
            chips += _ARROW + label_chip(answer.current, colours)
        if not answer.stands:
            chips += text_span("before the codebook changed", muted=True)
        for now, then in answer.called_then:
            chips += text_span(f"{now} was called {then} then", muted=True)
        sure = next((one.confidence.value for one in reversed(made) if one.confidence), "")
        rows.append(
            f'<li style="padding:.4rem 0;{_LINE}"><span style="display:flex;flex-wrap:wrap;'
            f'align-items:center;gap:.2rem .7rem">{person_name(answer.person)}'
            f'<span style="display:inline-flex;gap:.45rem;align-items:center">{chips}</span>'
            f"{text_span(sure, muted=True) if sure else ''}</span>{_why(thread, made)}</li>"
        )
    return (
        '<ul aria-label="Judgements" style="list-style:none;margin:0;padding:0;font-size:.93rem;'
        f'line-height:1.45">{"".join(rows)}</ul>'
    )


def machine_html(case: Case, colours: Mapping[str, str]) -> str:
    """The machine's answer and evidence in the same form, or why there is none; escaped."""
    said = (
        machine_said_html(case.statement, case.thread.people, colours)
        if case.statement
        else text_span(case.silence, muted=True)
    )
    return (
        '<div style="display:grid;grid-template-columns:1.6rem minmax(0,1fr);gap:.4rem;'
        'font-size:.93rem;line-height:1.45;padding:.4rem 0" role="group" '
        f'aria-label="The machine"><span>{machine_mark(size=22)}</span>'
        f'<span style="min-width:0;overflow-wrap:anywhere">{said}</span></div>'
    )


def _why(thread: MessageThread, made: list[Judgement]) -> str:
    """Reasons and marked words of one person, each once."""
    reasons = list(dict.fromkeys(one.reason for one in made if one.reason))
    spans = [[span.start, span.end] for one in made for span in one.rationale]
    words = dict.fromkeys(one_line(word) for word in marked_words(thread.message.text, spans))
    lines = [f"“{one_line(reason)}”" for reason in reasons]
    pointed = names_in_a_row([f"“{word}”" for word in words if word])
    if pointed:
        lines.append(f"because of {pointed}")
    return "".join(
        f'<span style="display:block;margin-left:1.9rem;opacity:.85;overflow-wrap:anywhere">'
        f"{escape(line)}</span>"
        for line in lines
    )
