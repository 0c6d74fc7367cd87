"""What did we learn from each other? Concepts that the machine surfaced, and their fate."""

import streamlit as st

from app.components.address import filter_value
from app.components.empty import empty_state
from app.components.facts import part_title
from app.components.first_line import first_line
from app.components.page_turner import turn_page
from app.components.timeline import timeline
from app.components.times import reader_zone
from app.components.two_sides import two_sides
from app.views.journal.concept_card import show_concept
from app.views.journal.concept_card_decide import LATER
from app.views.journal.digest import show_digest
from app.views.journal.entries import show_entries, show_noting
from app.views.journal.export import offer_export
from app.views.journal.filters import choose_concepts, filters_in_address, forget_filters
from rhml_core.domain import Codebook, Person, Project
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.journal.cards import JournalPage, journal_page
from rhml_core.workflows.journal.groups import JournalGroup
from rhml_core.workflows.journal.journal import timeline as journal_timeline
from rhml_core.workflows.journal.summary import journal_summary
from rhml_core.workflows.people import list_people
from rhml_core.workflows.workplace import Workplace

_GROUPS = {
    JournalGroup.NEW: ("New", "surfaced by the machine, undecided"),
    JournalGroup.REEXAMINE: ("Re-examine", "terms of ours that mislead"),
    JournalGroup.BLIND_SPOTS: ("Shared blind spots", "where people and machine err together"),
    JournalGroup.SETTLED: ("Settled", "adopted or rejected"),
}
_N_ENTRIES = 12


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    first_line(journal_summary(place, person, project.project_id, zone=reader_zone()))
    wanted = filter_value("page")
    page = journal_page(
        place,
        person,
        project.project_id,
        filters=filters_in_address(),
        page=int(wanted) if wanted.isdecimal() else None,
        opened=filter_value("concept"),
        later=st.session_state.get(LATER, ()),
    )
    codebook = get_codebook(place, project.project_id)
    show_noting(place, person, project, codebook, page)
    if not page.n_all:
        _show_nothing_surfaced()
        show_entries(place, person, project, codebook, page)
        return
    show_digest(place, person, project, n_cycles=page.n_cycles)
    with st.container(horizontal=True, vertical_alignment="center", key="journal_bar"):
        choose_concepts(page, codebook)
        offer_export(place, person, project)
    left, right = two_sides((7, 3), (30, 14), key="journal_sides")
    with right, st.container(gap="small", key="what_happened"):
        show_entries(place, person, project, codebook, page)
        part_title("What happened")
        entries = journal_timeline(place, person, project.project_id, limit=_N_ENTRIES)
        timeline(entries, list_people(place), key="happened", title="What happened, newest first")
    with left, st.container(gap="small", key="cards"):
        _show_cards(place, person, project, codebook, page)


def _show_nothing_surfaced() -> None:
    empty_state(
        "A training run shows which words and phrases the machine took as evidence. They come "
        "here as cards: adopt what is right, reject what is right by accident.",
        action="Go to training",
        view="training",
        key="nothing_surfaced",
        icon="menu_book",
    )


def _show_cards(
    place: Workplace, person: Person, project: Project, codebook: Codebook, page: JournalPage
) -> None:
    if not page.cards:
        if empty_state(
            "No concept fits these filters.",
            action="Show all",
            key="none_fits",
            icon="filter_alt_off",
        ):
            forget_filters()
            st.rerun()
        return
    people = {one.person_id: one for one in list_people(place)}
    opened = filter_value("concept")
    group = None
    for place_on_page, card in enumerate(page.cards):
        if card.group is not group:
            group = card.group
            name, means = _GROUPS[group]
            with st.container(horizontal=True, vertical_alignment="center", key=f"group_{group}"):
                part_title(name, note=f"{page.n_by_group[group]:,} · {means}")
                if place_on_page == 0 and page.n_pages > 1:
                    # Above the cards: a new page is read from its top.
                    turn_page(
                        page.n_pages, page.page, key="page", most_visible=5, resets=("concept",)
                    )
        show_concept(
            place,
            person,
            project,
            codebook,
            card,
            opened=page.opened if card.concept.concept_id == opened else None,
            people=people,
            is_next=card.concept.concept_id == page.next_id,
        )
