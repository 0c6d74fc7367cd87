"""The life of a concept on its card: dated entries of people and machine, oldest first."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from app.components.address import open_view
from app.components.marks import machine_mark, person_mark
from app.components.times import reader_time
from rhml_core.domain import Person
from rhml_core.safe_text import excerpt, one_line
from rhml_core.workflows.concepts.life import LifeEntry

_MOST_ENTRIES = 40
_MOST_LINKS = 6


def show_life(entries: Sequence[LifeEntry], people: Mapping[str, Person], *, key: str) -> None:
    """Draw the newest entries, oldest first, and ways to the messages that were talked about."""
    shown = entries[-_MOST_ENTRIES:]
    times = [reader_time(entry.made_at) for entry in shown]
    st.html(life_html(shown, people, times))
    linked = list(dict.fromkeys(name for entry in shown for name in entry.message_ids))
    if linked:
        with st.container(horizontal=True, gap="small", key=f"links_{key}"):
            for name in linked[:_MOST_LINKS]:
                words = f"Message {excerpt(name, 16)}"
                if st.button(words, key=f"{key}_{name}", type="tertiary"):
                    open_view("disagreements", message=name)


def life_html(
    entries: Sequence[LifeEntry], people: Mapping[str, Person], times: Sequence[str]
) -> str:
    """The entries as HTML, escaped, in the order given; `times` says when each was."""
    lines = []
    for entry, at in zip(entries, times, strict=True):
        person = people.get(entry.person_id)
        mark = machine_mark(size=18) if entry.is_machine else ""
        mark = person_mark(person, size=18) if person else mark
        who = "The machine" if entry.is_machine else one_line(person.name) if person else ""
        sentence = one_line(entry.sentence)
        if not who:
            sentence = sentence[:1].upper() + sentence[1:]
        name = f'<span style="font-weight:600">{escape(who)}</span> ' if who else ""
        lines.append(
            '<li style="display:grid;grid-template-columns:1.4rem 1fr;gap:.45rem;padding:.18rem 0">'
            f'<span>{mark}</span><span style="min-width:0;overflow-wrap:anywhere">{name}'
            f'{escape(sentence)} <span style="opacity:.72;font-size:.85rem;white-space:nowrap">'
            f"{escape(at)}</span></span></li>"
        )
    return (
        '<ul style="list-style:none;margin:0;padding:0;font-size:.92rem;line-height:1.4;'
        f'font-variant-numeric:tabular-nums">{"".join(lines)}</ul>'
    )
