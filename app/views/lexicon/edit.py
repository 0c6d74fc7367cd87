"""Change one term, or move and remove several."""

from collections.abc import Callable, Sequence

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.address import open_view, set_filter
from app.components.counted import counted
from app.components.empty import show_error
from app.components.facts import part_title
from app.components.marks import draw, label_chip, label_colours
from app.components.plain_lines import plain_lines, quiet_line
from app.components.safe_text import plain
from app.views.lexicon.words import place_words, term_story
from rhml_core.domain import Person, Project, Role
from rhml_core.errors import InvalidInputError, RhmlError
from rhml_core.lexicon import Term, TermSource
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.lexicon.lexicon import edit_term, remove_terms
from rhml_core.workflows.lexicon.moving import move_terms
from rhml_core.workflows.lexicon.tree import LexiconTree
from rhml_core.workflows.lexicon.words import say_reading
from rhml_core.workflows.workplace import Workplace

_MOST_NAMED = 8


def show_term(
    place: Workplace,
    person: Person,
    project: Project,
    tree: LexiconTree,
    term: Term,
    people: Sequence[Person],
) -> None:
    """Draw one term: what it says, where it comes from, and the fields that change it."""
    codebook = get_codebook(place, project.project_id)
    part_title(f"“{term.expression}”")
    if term.label:
        draw(label_chip(term.label, label_colours(codebook)))
    n = tree.counts.get(term.expression, 0)
    quiet_line(f"{_reading(term)} · in {n:,} of {tree.n_pool:,} messages")
    quiet_line(f"{term_story(term, {one.person_id: one.name for one in people})}.")
    with st.container(horizontal=True, key="term_ways"):
        if st.button("Its judged messages", key="term_messages", icon=":material/forum:"):
            open_view("reflection", part="messages", label=term.label, term=term.expression)
        if term.source is TermSource.CONCEPT and st.button(
            "Its concept", key="term_concept", icon=":material/menu_book:"
        ):
            open_view("journal", concept=term.source_id)
    if not person.may(Role.EXPERT):
        quiet_line(f"Reason: {term.reason}" if term.reason else "No reason is given.")
        return
    # A term that a colleague changed meanwhile gets new fields: nothing is overwritten unseen.
    one = f"{term.term_id}_{term.version}"
    names = codebook.names
    with st.form(f"edit_{one}", border=False, enter_to_submit=True):
        text = st.text_input("Term", term.expression, key=f"edit_text_{one}", max_chars=300)
        at = names.index(term.label) if term.label in names else None
        label = st.selectbox("Label", names, index=at, format_func=plain, key=f"edit_label_{one}")
        left, right = st.columns(2, gap="small")
        category = left.text_input("Category", term.category, key=f"edit_category_{one}")
        sub = right.text_input("Sub-category", term.sub_category, key=f"edit_sub_{one}")
        reason = st.text_input("Reason", term.reason, key=f"edit_reason_{one}")
        with st.container(horizontal=True):
            is_saved = st.form_submit_button("Save", key=f"edit_save_{one}")
            is_removed = st.form_submit_button("Remove", key=f"edit_remove_{one}")
    if is_saved:
        _act(
            f"edit_{one}",
            lambda key: (
                edit_term(
                    place,
                    person,
                    project.project_id,
                    term.term_id,
                    text=text,
                    label=label or "",
                    category=category,
                    sub_category=sub,
                    reason=reason,
                    key=key,
                ).terms
            ),
        )
    if is_removed:
        why = "" if reason == term.reason else reason
        _act(
            f"remove_{one}",
            lambda key: (
                remove_terms(
                    place, person, project.project_id, [term.term_id], reason=why, key=key
                ).terms
            ),
            is_removing=True,
        )


def _reading(term: Term) -> str:
    try:
        return say_reading(term.expression)
    except InvalidInputError as error:  # it came from elsewhere; whoever edits it learns why
        return str(error)


def show_several(
    place: Workplace, person: Person, project: Project, tree: LexiconTree, terms: Sequence[Term]
) -> None:
    """Draw the ticked terms, and how to move or remove all of them."""
    part_title(f"{counted(len(terms), 'term')} ticked")
    more = len(terms) - _MOST_NAMED
    named = [f"“{term.expression}”, {place_words(term)}" for term in terms[:_MOST_NAMED]]
    plain_lines([*named, *([f"and {more:,} more"] if more > 0 else [])])
    version = tree.lexicon.version
    names = get_codebook(place, project.project_id).names
    with st.form(f"several_{version}", border=False):
        label = st.selectbox(
            "Move to label",
            names,
            index=None,
            placeholder="each stays under its own",
            format_func=plain,
            key=f"several_label_{version}",
        )
        category = st.text_input(
            "Category", placeholder="each stays in its own", key=f"several_category_{version}"
        )
        reason = st.text_input("Reason", key=f"several_reason_{version}")
        with st.container(horizontal=True):
            is_moved = st.form_submit_button("Move", key=f"several_move_{version}")
            is_removed = st.form_submit_button("Remove all", key=f"several_remove_{version}")
    if is_moved and not (label or category):
        quiet_line("Choose a label or a category to move the terms to.")
    elif is_moved:
        _act(
            f"move_{version}",
            lambda key: (
                move_terms(
                    place,
                    person,
                    project.project_id,
                    [term.term_id for term in terms],
                    label=label,
                    category=category or None,
                    reason=reason,
                    seen=version,
                    key=key,
                ).terms
            ),
        )
    if is_removed:
        _act(
            f"remove_several_{version}",
            lambda key: (
                remove_terms(
                    place,
                    person,
                    project.project_id,
                    [term.term_id for term in terms],
                    reason=reason,
                    seen=version,
                    key=key,
                ).terms
            ),
            is_removing=True,
        )


def _act(name: str, do: Callable[[str], Sequence[Term]], *, is_removing: bool = False) -> None:
    """Do what was asked and draw the page anew; an error is shown in place."""
    try:
        written = do(act_key(name))
    except RhmlError as error:
        close_act(name)
        show_error(error)
        return
    close_act(name)
    if is_removing:
        set_filter("term", None)
    elif len(written) == 1:
        set_filter("term", written[0].term_id)
    st.rerun()
