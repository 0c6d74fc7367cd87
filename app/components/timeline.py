"""What happened, newest first: people as circles, the machine as a diamond."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app.components.address import open_view
from app.components.assets_folder import asset
from app.components.marks import MACHINE_TONE, NO_COLOUR, initials, person_tone
from app.components.times import reader_time
from rhml_core.domain import Person
from rhml_core.safe_text import one_line
from rhml_core.workflows.overview.timeline import TimelineEntry

_component = st.components.v2.component(
    "rhml_timeline",
    html=asset("timeline.html"),
    css=asset("timeline.css"),
    js=asset("timeline.js"),
)

_PAGES = {
    "message": ("disagreements", "message"),
    "concept": ("journal", "concept"),
    "entry": ("journal", ""),
    "run": ("training", "run"),
    "job": ("training", ""),
    "codebook": ("codebook", ""),
    "project": ("codebook", ""),
    "import": ("messages", ""),
}
"""Kind of a subject -> the page that shows it and the filter that names it there."""

_PARTS = {"run": {"part": "all-runs"}}
"""Kind of a subject -> the part of its page that shows it, where it is not the first."""


def page_of_subject(subject: str) -> tuple[str, dict[str, str]] | None:
    """
    Page and filters that show a subject such as `message:m1`; None for one without a page.

    >>> page_of_subject("concept:c1")
    ('journal', {'concept': 'c1'})
    >>> page_of_subject("person:ana") is None
    True
    """
    kind, _, identifier = subject.partition(":")
    if kind not in _PAGES:
        return None
    view, name = _PAGES[kind]
    if not (name and identifier):
        return view, {}
    return view, _PARTS.get(kind, {}) | {name: identifier}


def timeline_data(
    entries: Sequence[TimelineEntry], people: Sequence[Person], times: Sequence[str], title: str
) -> dict[str, Any]:
    """What the browser needs to draw the entries, in the order given; `times` in words."""
    by_name = {person.name: person for person in people}
    drawn = []
    for entry, at in zip(entries, times, strict=True):
        person = by_name.get(entry.who)
        drawn.append(
            {
                "kind": "machine" if entry.is_machine else "person",
                "who": "The machine" if entry.is_machine else one_line(entry.who),
                "initials": "" if entry.is_machine else initials(entry.who),
                "tone": _tone(entry, person),
                "simulated": bool(person and person.is_simulated),
                "sentence": one_line(entry.sentence),
                "at": at,
                "subject": entry.subject if page_of_subject(entry.subject) else "",
            }
        )
    return {"title": one_line(title), "entries": drawn}


def _tone(entry: TimelineEntry, person: Person | None) -> str:
    if entry.is_machine:
        return MACHINE_TONE
    return person_tone(person.person_id) if person else NO_COLOUR


def timeline(
    entries: Sequence[TimelineEntry], people: Sequence[Person], *, key: str, title: str
) -> None:
    """Draw the entries; one that is clicked opens the page of its subject."""
    times = [reader_time(entry.made_at) for entry in entries]
    result = _component(
        key=key,
        data=timeline_data(entries, people, times, title),
        on_opened_change=lambda: None,
    )
    page = page_of_subject(str(result.opened or ""))
    if page:
        view, filters = page
        open_view(view, **filters)
