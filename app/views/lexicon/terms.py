"""The tree of terms, and beside it the term or the terms that are chosen."""

from collections.abc import Sequence

import streamlit as st

from app.components.address import filter_value, open_view, set_filter
from app.components.empty import empty_state, show_error
from app.components.marks import label_colours
from app.components.plain_lines import quiet_line
from app.components.term_tree import term_tree, tree_data
from app.components.two_sides import two_sides
from app.views.lexicon.edit import show_several, show_term
from rhml_core.domain import Person, Project, Role
from rhml_core.errors import RhmlError
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.lexicon.editing import check_term
from rhml_core.workflows.lexicon.tree import LexiconTree
from rhml_core.workflows.workplace import Workplace


def show_terms(
    place: Workplace,
    person: Person,
    project: Project,
    tree: LexiconTree,
    people: Sequence[Person],
) -> None:
    """Draw the tree and what is chosen in it."""
    if not tree.lexicon.terms:
        _show_empty(person)
        return
    colours = label_colours(get_codebook(place, project.project_id))
    by_id = {term.term_id: term for term in tree.lexicon.terms}
    chosen = by_id.get(filter_value("term"))
    may_edit = person.may(Role.EXPERT)
    left, right = two_sides((13, 7), (28, 17), key="lexicon_sides")
    with left:
        act = term_tree(
            tree_data(
                tree,
                people,
                colours,
                chosen=chosen.term_id if chosen else "",
                can_select=may_edit,
                clear=str(tree.lexicon.version),
            ),
            key=f"term_tree_{project.project_id}",
        )
        quiet_line(
            f"Numbers are messages to learn from that contain the term, of {tree.n_pool:,}; "
            "judged or not."
        )
    if act.chosen in by_id and (chosen is None or act.chosen != chosen.term_id):
        set_filter("term", act.chosen)
        st.rerun()
    ticked = [by_id[name] for name in act.selected if name in by_id] if may_edit else []
    with right, st.container(gap="small", key="chosen_terms"):
        if ticked:
            show_several(place, person, project, tree, ticked)
        elif chosen is not None:
            show_term(place, person, project, tree, chosen, people)
        else:
            if filter_value("term"):
                _show_gone(place, person, project, filter_value("term"))
            several = " Tick several to move or remove them together." if may_edit else ""
            quiet_line(f"Choose a term to read why it stands here.{several}")


def _show_gone(place: Workplace, person: Person, project: Project, term_id: str) -> None:
    """Say who took the term out that was open here, so that what was typed never just vanishes."""
    try:
        check_term(place, person, project.project_id, term_id)
    except RhmlError as error:
        show_error(error)


def _show_empty(person: Person) -> None:
    empty_state(
        "The lexicon holds the words that tell a label: people and machine read the same ones. "
        + (
            "Type the first term above, adopt a concept that the machine surfaced, or import a "
            "file of terms."
            if person.may(Role.EXPERT)
            else "Experts add terms here, adopt concepts in the journal, or import a file of terms."
        ),
        key="no_terms",
        icon="dictionary",
    )
    with st.container(horizontal=True, horizontal_alignment="center"):
        if st.button("Adopt concepts in the journal", key="no_terms_journal"):
            open_view("journal")
        if person.may(Role.EXPERT) and st.button("Import terms from a file", key="no_terms_import"):
            set_filter("part", "file")
            st.rerun()
