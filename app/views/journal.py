"""What did we learn from each other? Concepts that the machine surfaced, and their fate."""

import streamlit as st

from app.components.address import filter_value, set_filter
from app.components.address_choice import choose_in_list, choose_pill
from app.components.empty import empty_state
from app.components.facts import part_title
from app.components.first_line import first_line
from app.components.timeline import timeline
from app.components.two_sides import two_sides
from app.views.concept_card import show_concept
from rhml_core.domain import Codebook, Concept, ConceptStatus, Person, Project
from rhml_core.workflows.codebooks import get_codebook
from rhml_core.workflows.journal import journal_summary, list_concepts
from rhml_core.workflows.journal import timeline as journal_timeline
from rhml_core.workflows.people import list_people
from rhml_core.workflows.workplace import Workplace

_WORDS = {
    ConceptStatus.NEW: "New",
    ConceptStatus.ADOPTED: "Adopted",
    ConceptStatus.REJECTED: "Rejected",
}
_N_ON_PAGE = 12
_N_ENTRIES = 12
_PLACE = ("page", "concept")


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    first_line(journal_summary(place, person, project.project_id))
    everything = list_concepts(place, person, project.project_id)
    if not everything:
        _show_nothing_surfaced()
        return
    codebook = get_codebook(place, project.project_id)
    left, right = two_sides((7, 3), (30, 14), key="journal_sides")
    with right, st.container(gap="small", key="what_happened"):
        # Drawn first: the cards take longer, and the side should not wait for them.
        part_title("What happened")
        entries = journal_timeline(place, person, project.project_id, limit=_N_ENTRIES)
        timeline(entries, list_people(place), key="happened", title="What happened, newest first")
    with left, st.container(gap="small", key="cards"):
        shown = _choose(everything, codebook)
        _show_cards(place, person, project, codebook, shown)


def _show_nothing_surfaced() -> None:
    empty_state(
        "A training run shows which words and phrases the machine took as evidence. They come "
        "here as cards: adopt what is right, reject what is right by accident.",
        action="Go to training",
        view="training",
        key="nothing_surfaced",
        icon="menu_book",
    )


def _choose(everything: list[Concept], codebook: Codebook) -> list[Concept]:
    """Draw the filters; the concepts that fit them, new ones first."""
    n_of = {one: sum(concept.status is one for concept in everything) for one in ConceptStatus}
    statuses = {"": f"All {len(everything):,}"}
    statuses |= {one.value: f"{_WORDS[one]} {n_of[one]:,}" for one in ConceptStatus}
    used = {concept.label for concept in everything}
    names = [name for name in codebook.names if name in used]
    names += sorted(used.difference(names))
    with st.container(horizontal=True, vertical_alignment="center", key="journal_bar"):
        status = choose_pill("status", statuses, key="status", title="Status", resets=_PLACE)
        label = choose_in_list(
            "label",
            {"": "All labels"} | {name: name for name in names},
            key="label_of_concept",
            title="Label",
            resets=_PLACE,
        )
    fitting = [
        concept
        for concept in everything
        if status in ("", concept.status.value) and label in ("", concept.label)
    ]
    return sorted(fitting, key=lambda concept: list(ConceptStatus).index(concept.status))


def page_of_concept(concepts: list[Concept], concept_id: str, n_on_page: int = _N_ON_PAGE) -> int:
    """The page, counted from 1, on which a concept stands; 1 where it is not among them."""
    ids = [concept.concept_id for concept in concepts]
    return ids.index(concept_id) // n_on_page + 1 if concept_id in ids else 1


def _show_cards(
    place: Workplace, person: Person, project: Project, codebook: Codebook, shown: list[Concept]
) -> None:
    if not shown:
        empty_state("No concept fits these filters.", key="none_fits", icon="filter_alt_off")
        return
    opened = filter_value("concept")
    n_pages = -(-len(shown) // _N_ON_PAGE)
    page = page_to_show(filter_value("page"), n_pages, page_of_concept(shown, opened))
    first = (page - 1) * _N_ON_PAGE
    undecided = [one.concept_id for one in shown if one.status is ConceptStatus.NEW]
    group = None
    for place_on_page, concept in enumerate(shown[first : first + _N_ON_PAGE]):
        if concept.status is not group:
            group = concept.status
            n = sum(one.status is group for one in shown)
            with st.container(horizontal=True, vertical_alignment="center", key=f"group_{group}"):
                part_title(_WORDS[group], note=f"{n:,}")
                if place_on_page == 0 and n_pages > 1:
                    _turn_page(page, n_pages)
        show_concept(
            place,
            person,
            project,
            codebook,
            concept.concept_id,
            is_open=concept.concept_id == opened,
            is_next=concept.concept_id == next(iter(undecided), None),
        )


def _turn_page(page: int, n_pages: int) -> None:
    # Above the cards: a new page is read from its top.
    chosen = st.pagination(n_pages, default=page, max_visible_pages=5, key=f"page_{page}")
    if chosen != page:
        set_filter("page", str(chosen))
        set_filter("concept", None)
        st.rerun()


def page_to_show(wanted: str, n_pages: int, otherwise: int = 1) -> int:
    """
    The page that the address names, within what there is; `otherwise` where it names none.

    >>> page_to_show("7", 3), page_to_show("x", 3), page_to_show("", 3, otherwise=2)
    (3, 1, 2)
    """
    page = int(wanted) if wanted.isdecimal() else otherwise
    return min(max(page, 1), n_pages)
