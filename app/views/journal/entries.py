"""Entries that people write into the journal: the form, the newest ones, taking one back."""

from collections.abc import Mapping
from html import escape

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.address import filter_value, open_view, set_filter
from app.components.empty import show_error
from app.components.facts import part_title
from app.components.marks import person_mark
from app.components.plain_lines import quiet_line
from app.components.times import reader_time
from app.views.journal.filters import MINE
from rhml_core.domain import Codebook, Person, Project, Role
from rhml_core.errors import RhmlError
from rhml_core.safe_text import excerpt, one_line, plain, visible
from rhml_core.workflows.journal.cards import JournalPage
from rhml_core.workflows.journal.entries import (
    LONGEST_ENTRY,
    ReadEntry,
    list_entries,
    withdraw_entry,
    write_entry,
)
from rhml_core.workflows.workplace import Workplace

NOTED = "note"
"""The filter in the address that names the message which a new entry is to point to."""

_N_SHOWN = 4
_WIDTH = 640
_N_MORE = 40
_WRITE = "write_entry"


def show_entries(
    place: Workplace, person: Person, project: Project, codebook: Codebook, page: JournalPage
) -> None:
    """Draw the newest entries that fit the address, and the form for a new one."""
    found = list_entries(
        place,
        person,
        project.project_id,
        about=_about_in_address(),
        is_mine=filter_value("who") == MINE,
    )
    part_title("Entries", note=f"{len(found):,}" if found else "")
    if person.may(Role.EXPERT) and not filter_value(NOTED):
        with st.popover("Write an entry", key="write_entry_box", icon=":material/edit_note:"):
            _show_form(place, person, project, codebook, page)
    if not found:
        quiet_line(
            "None yet. Note here what you noticed about a label, a cycle or a concept."
            if person.may(Role.EXPERT)
            else "None yet. Experts note here what they noticed."
        )
        return
    n = _N_MORE if filter_value("entries") else _N_SHOWN
    for one in found[:n]:
        _show_entry(place, person, project, one)
    if len(found) > _N_SHOWN:
        is_long = bool(filter_value("entries"))
        st.button(
            "Fewer entries" if is_long else f"All {len(found):,} entries",
            key="more_entries",
            type="tertiary",
            on_click=set_filter,
            args=("entries", None if is_long else "all"),
        )


def _about_in_address() -> str:
    if filter_value("label"):
        return f"label:{filter_value('label')}"
    return f"cycle:{filter_value('cycle')}" if filter_value("cycle") else ""


def _subjects(codebook: Codebook, page: JournalPage) -> Mapping[str, str]:
    subjects = {"": "nothing in particular"}
    opened = filter_value("concept")
    for card in page.cards:
        if card.concept.concept_id == opened:
            subjects[f"concept:{opened}"] = f"“{card.concept.terms[0]}”"
    subjects |= {f"label:{name}": f"label {name}" for name in codebook.names}
    cycles = range(page.n_cycles, 0, -1)
    return subjects | {f"cycle:{number}": f"cycle {number}" for number in cycles}


def show_noting(
    place: Workplace, person: Person, project: Project, codebook: Codebook, page: JournalPage
) -> None:
    """Draw the form at once for whoever came from a thread to write of its message."""
    if not (person.may(Role.EXPERT) and filter_value(NOTED)):
        return
    with st.container(border=True, width=_WIDTH, key="write_entry_now"):
        part_title("An entry about the message of that thread")
        _show_form(place, person, project, codebook, page)


def _show_form(
    place: Workplace, person: Person, project: Project, codebook: Codebook, page: JournalPage
) -> None:
    subjects = _subjects(codebook, page)
    preset = next((one for one in subjects if one.startswith("concept:")), _about_in_address())
    with st.form(key=f"entry_form_{act_key(_WRITE)}", border=False):
        text = st.text_area(
            "What did you notice?", key="entry_text", max_chars=LONGEST_ENTRY, height=110
        )
        about = st.selectbox(
            "About",
            list(subjects),
            index=list(subjects).index(preset) if preset in subjects else 0,
            format_func=lambda value: one_line(subjects[value]),
            key="entry_about",
        )
        links = st.text_input(
            "Messages (optional)",
            filter_value(NOTED),
            key="entry_links",
            placeholder="“Note in the journal” in a thread fills this in",
        )
        with st.container(horizontal=True):
            is_sent = st.form_submit_button("Write", key="entry_send", icon=":material/send:")
            if filter_value(NOTED):
                st.form_submit_button(
                    "Not now",
                    key="entry_later",
                    type="tertiary",
                    on_click=set_filter,
                    args=(NOTED, None),
                )
    if is_sent:
        try:
            write_entry(
                place,
                person,
                project.project_id,
                text,
                about=str(about),
                message_ids=links.replace(",", " ").split(),
                key=act_key(_WRITE),
            )
        except RhmlError as error:  # beside the form, so that what was written stays
            show_error(error)
            return
        close_act(_WRITE)
        for name in ("entry_text", "entry_about", "entry_links"):
            st.session_state.pop(name, None)
        set_filter(NOTED, None)
        st.rerun()


def _show_entry(place: Workplace, person: Person, project: Project, one: ReadEntry) -> None:
    entry = one.entry
    st.html(entry_html(one, reader_time(entry.made_at)))
    if not entry.message_ids and not one.is_own:
        return
    with st.container(horizontal=True, gap="small", key=f"bar_{entry.entry_id}"):
        for name in entry.message_ids:
            words = f"Message {excerpt(name, 16)}"
            if st.button(plain(words), key=f"{entry.entry_id}_{name}", type="tertiary"):
                open_view("disagreements", message=name)
        if one.is_own and st.button(
            "Take back", key=f"withdraw_{entry.entry_id}", type="tertiary", icon=":material/undo:"
        ):
            act = f"withdraw_{entry.entry_id}"
            withdraw_entry(place, person, project.project_id, entry.entry_id, key=act_key(act))
            close_act(act)
            st.rerun()


def entry_html(one: ReadEntry, at: str) -> str:
    """One entry as HTML, escaped; `at` says when it was written."""
    about = f" · {one_line(one.about)}" if one.about else ""
    if one.is_closed:
        said = '<span style="opacity:.78">Points to messages that are not open to you.</span>'
    else:
        said = (
            '<span style="white-space:pre-wrap;unicode-bidi:isolate">'
            f"{escape(visible(one.entry.text))}</span>"
        )
    return (
        '<div style="display:grid;grid-template-columns:1.5rem 1fr;gap:.5rem;font-size:.93rem;'
        f'line-height:1.42"><span>{person_mark(one.author, size=22)}</span>'
        '<span style="min-width:0;overflow-wrap:anywhere">'
        f'<span style="font-weight:600">{escape(one_line(one.author.name))}</span> '
        f'<span style="opacity:.72;font-size:.85rem">{escape(at)}{escape(about)}</span><br>'
        f"{said}</span></div>"
    )
