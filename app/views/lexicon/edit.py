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
from app.views.lexicon.words import place_words, term_story
from rhml_core.domain import Person, Project, Role
from rhml_core.errors import InvalidInputError, RhmlError
from rhml_core.lexicon import Term, TermSource
from rhml_core.safe_text import one_line
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
    _show_fields(place, person, project, tree, term, codebook.names)


def _show_fields(
    place: Workplace,
    person: Person,
    project: Project,
    tree: LexiconTree,
    term: Term,
    names: list[str],
) -> None:
    """Draw the fields that change the term, and do what was asked."""
    one = f"{term.term_id}_{st.session_state.get(_round_of(term), 0)}"
    seen = _seen(one, tree.lexicon.version)
    with st.form(f"edit_{one}", border=False, enter_to_submit=True):
        text = st.text_input("Term", term.expression, key=f"edit_text_{one}", max_chars=300)
        at = names.index(term.label) if term.label in names else None
        label = st.selectbox(
            "Label", names, index=at, format_func=one_line, key=f"edit_label_{one}"
        )
        left, right = st.columns(2, gap="small")
        category = left.text_input("Category", term.category, key=f"edit_category_{one}")
        sub = right.text_input("Sub-category", term.sub_category, key=f"edit_sub_{one}")
        reason = st.text_input("Reason", term.reason, key=f"edit_reason_{one}")
        with st.container(horizontal=True):
            is_saved = st.form_submit_button("Save", key=f"edit_save_{one}")
            is_removed = st.form_submit_button("Remove", key=f"edit_remove_{one}")
    if is_saved:
        _change(
            term,
            one,
            tree.lexicon.version,
            "edit",
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
                    seen=seen,
                    key=key,
                ).terms
            ),
        )
    if is_removed:
        why = "" if reason == term.reason else reason
        _change(
            term,
            one,
            tree.lexicon.version,
            "remove",
            lambda key: (
                remove_terms(
                    place,
                    person,
                    project.project_id,
                    [term.term_id],
                    reason=why,
                    seen=seen,
                    key=key,
                ).terms
            ),
            is_removing=True,
        )


def _round_of(term: Term) -> str:
    return f"edit_round_{term.term_id}"


def _fill_anew(term: Term) -> None:
    """Have new fields drawn for the term, filled from what stands."""
    st.session_state[_round_of(term)] = st.session_state.get(_round_of(term), 0) + 1


def _seen(one: str, version: int) -> int:
    """The version of the lexicon that the fields were filled from; `version` where they are new."""
    if f"edit_text_{one}" not in st.session_state:
        st.session_state[f"edit_seen_{one}"] = version
    return int(st.session_state[f"edit_seen_{one}"])


def _change(
    term: Term,
    one: str,
    version: int,
    act: str,
    do: Callable[[str], Sequence[Term]],
    *,
    is_removing: bool = False,
) -> None:
    """Do what was asked of one term; where a colleague was faster, what was typed stays."""
    is_refused = _act(f"{act}_{one}", do, is_removing=is_removing, then=lambda: _fill_anew(term))
    if is_refused and term.version > int(st.session_state[f"edit_seen_{one}"]):
        st.session_state[f"edit_seen_{one}"] = version  # the reader is told of the change now
        st.button(
            "Fill in what stands now", key=f"edit_anew_{one}", on_click=_fill_anew, args=(term,)
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
            format_func=one_line,
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


def _act(
    name: str,
    do: Callable[[str], Sequence[Term]],
    *,
    is_removing: bool = False,
    then: Callable[[], None] | None = None,
) -> bool:
    """Do what was asked and draw the page anew; whether it was refused, which is shown in place."""
    written, refusal = None, None
    try:
        written = do(act_key(name))
    except RhmlError as error:
        refusal = error
    close_act(name)
    if refusal:
        show_error(refusal)
    elif written is not None:
        if then:
            then()
        if is_removing:
            set_filter("term", None)
        elif len(written) == 1:
            set_filter("term", written[0].term_id)
        st.rerun()
    return refusal is not None
