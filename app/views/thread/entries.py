"""A thread as a calm list: who did what, when, and what the machine said for itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from app.components.marks import (
    label_chip,
    machine_mark,
    person_mark,
    reference_mark,
    text_span,
)
from app.components.times import reader_time
from app.views.thread.machine import machine_said_html, names_in_a_row
from rhml_core.domain import MACHINE_RATER, REFERENCE_RATER, Person, Phase
from rhml_core.safe_text import one_line, visible
from rhml_core.workflows.dialogue.entries import Entry, EntryKind
from rhml_core.workflows.dialogue.evidence import statement_of
from rhml_core.workflows.dialogue.words import marked_words

_AFTER = {
    Phase.REVISED.value: "after hearing what the machine noticed",
    Phase.FINAL.value: "after the machine's answer",
}


@dataclass(frozen=True)
class Reading:
    """
    What the list needs beside the entries.

    Attributes:
        text: of the message, to which evidence points.
        people: by identifier.
        colours: of the labels.
        reader_id: whose own entries are never new.
        new_since: place of the last entry that was read; -1 marks none as new.
    """

    text: str
    people: Mapping[str, Person]
    colours: Mapping[str, str]
    reader_id: str = ""
    new_since: int = -1

    def name_of(self, person_id: str) -> str:
        """The person's name; the identifier where nobody is known by it."""
        return self.people[person_id].name if person_id in self.people else person_id


def entry_html(entry: Entry, reading: Reading, at: str) -> str:
    """One entry as a list item, escaped; `at` says when it was made."""
    is_new = -1 < reading.new_since < entry.seq and entry.person_id != reading.reader_id
    new = (
        '<span style="font-size:.74rem;font-weight:600;letter-spacing:.02em;padding:.02rem .4rem;'
        'border-radius:999px;border:1px solid currentColor;opacity:.9">new</span>'
        if is_new
        else ""
    )
    head = (
        '<span style="display:flex;flex-wrap:wrap;align-items:center;gap:.15rem .5rem">'
        f'<span style="font-weight:600">{escape(one_line(_who(entry, reading)))}</span>'
        f"{''.join(_deed(entry, reading))}{new}"
        f'<span style="opacity:.72;font-size:.82rem;margin-left:auto">{escape(at)}</span></span>'
    )
    return (
        '<li style="display:grid;grid-template-columns:1.6rem minmax(0,1fr);gap:.5rem;'
        f'padding:.32rem 0"><span>{_mark(entry, reading)}</span>'
        '<span style="min-width:0;overflow-wrap:anywhere">'
        f"{head}{_body(entry, reading)}</span></li>"
    )


def entries_html(entries: Sequence[Entry], reading: Reading, times: Sequence[str]) -> str:
    """The entries as an ordered list of HTML, escaped; `times` says when each was made."""
    items = "".join(
        entry_html(entry, reading, at) for entry, at in zip(entries, times, strict=True)
    )
    return (
        '<ol aria-label="Thread" style="list-style:none;margin:0;padding:0;font-size:.93rem;'
        f'line-height:1.45;font-variant-numeric:tabular-nums">{items}</ol>'
    )


def show_entries(entries: Sequence[Entry], reading: Reading) -> None:
    """Draw the thread, oldest first."""
    st.html(entries_html(entries, reading, [reader_time(entry.made_at) for entry in entries]))


def _who(entry: Entry, reading: Reading) -> str:
    if entry.person_id == MACHINE_RATER:
        return "The machine"
    if entry.person_id == REFERENCE_RATER:
        return "The imported reference"
    return reading.name_of(entry.person_id)


def _mark(entry: Entry, reading: Reading) -> str:
    if entry.person_id == MACHINE_RATER:
        return machine_mark(size=22)
    if entry.kind is EntryKind.SETTLED:
        return reference_mark(size=22)
    person = reading.people.get(entry.person_id)
    return person_mark(person, size=22) if person else ""


def _deed(entry: Entry, reading: Reading) -> list[str]:
    """What the entry does, in a few words and the labels that it is about."""
    detail = entry.detail
    verb, labels, note = "", [], ""
    match entry.kind:
        case EntryKind.REASON:
            verb, labels = "says", [detail["label"]]
            note = " ".join(
                part for part in (detail["confidence"], _AFTER.get(detail["phase"], "")) if part
            )
        case EntryKind.CHALLENGE:
            verb, labels = "challenges", [detail["label"]]
        case EntryKind.INVITATION:
            verb = f"asks {reading.name_of(detail['invited'])} in"
        case EntryKind.OUTCOME if detail["from"] == detail["to"]:
            verb, labels = "keeps", [detail["to"]]
        case EntryKind.OUTCOME:
            verb, labels = "changes", [detail["from"], detail["to"]]
        case EntryKind.SETTLED if detail.get("is_undone"):
            verb = "takes the decision back"
        case EntryKind.SETTLED:
            verb, labels, note = "settles it as", [detail["label"]], detail.get("error_kind", "")
        case EntryKind.OPENING:
            verb = "asks"
    arrow = '<span role="img" aria-label="to">\u2192</span>'
    chips = arrow.join(label_chip(label, reading.colours) for label in labels)
    return [
        text_span(verb, muted=True) if verb else "",
        chips,
        text_span(note, muted=True) if note else "",
    ]


def _body(entry: Entry, reading: Reading) -> str:
    statement = statement_of(entry)
    if statement is not None:
        answers = [
            (reading.name_of(expert_id), label)
            for expert_id, label in entry.detail.get("answers", [])
        ]
        return machine_said_html(
            statement,
            reading.people,
            reading.colours,
            answers=answers,
            before=(entry.detail.get("machine_before", ""), entry.detail.get("before", "")),
        )
    words = [
        one_line(word) for word in marked_words(reading.text, entry.detail.get("evidence", []))
    ]
    pointed = names_in_a_row([f"\u201c{word}\u201d" for word in words if word])
    evidence = (
        f'<span style="display:block">{text_span(f"because of {pointed}", muted=True)}</span>'
        if pointed
        else ""
    )
    said = (
        '<span style="display:block;white-space:pre-wrap;unicode-bidi:isolate">'
        f"{escape(visible(entry.text))}</span>"
        if entry.text
        else ""
    )
    return said + evidence + _dissent(entry, reading)


def _dissent(entry: Entry, reading: Reading) -> str:
    """What somebody holds against a decision, where it was noted."""
    by, text = entry.detail.get("dissent_by", ""), entry.detail.get("dissent", "")
    if not (by or text):
        return ""
    who = f"{reading.name_of(by)} dissents" if by else "A dissent was noted"
    words = f"{who}: \u201c{one_line(text)}\u201d" if text else f"{who}."
    return f'<span style="display:block">{text_span(words, muted=True)}</span>'
