"""The line in which a term is typed, looked at and added."""

import logging
from typing import Any

import streamlit as st

from app.components.marks import label_colours
from app.components.term_bar import (
    BarAnswer,
    NewTerm,
    bar_data,
    fault_data,
    preview_data,
    read_new_term,
    sent_term,
    term_bar,
    typed_term,
)
from app.components.turn_card import key_of
from app.session import check_session
from rhml_core.domain import Codebook, Person, Project
from rhml_core.errors import RhmlError
from rhml_core.workflows.background.fault_log import log_fault
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.lexicon.lexicon import add_term
from rhml_core.workflows.lexicon.preview import prepare_previews, preview_term
from rhml_core.workflows.lexicon.tree import LexiconTree
from rhml_core.workflows.lexicon.words import say_reading
from rhml_core.workflows.workplace import Workplace

_log = logging.getLogger(__name__)
_FAULT = "Something went wrong here, and it is not your fault. Nothing was stored; try it again."


def show_bar(place: Workplace, person: Person, project: Project, tree: LexiconTree) -> None:
    """Draw the line; while one types, it alone is drawn anew."""
    prepare_previews(place, project.project_id)
    codebook = get_codebook(place, project.project_id)
    categories: dict[str, list[str]] = {}
    for label in tree.labels:
        for branch in label.categories:
            if branch.name:
                subs = categories.setdefault(branch.name, [])
                subs += [one.name for one in branch.branches if one.name not in subs]
    _bar(place, person, project, codebook, categories)


@st.fragment
def _bar(
    place: Workplace,
    person: Person,
    project: Project,
    codebook: Codebook,
    categories: dict[str, list[str]],
) -> None:
    key = f"term_bar_{project.project_id}"
    if st.session_state.pop(f"{key}_added", False):
        st.rerun()  # the tree has a new term
    answer = st.session_state.pop(f"{key}_answer", None)
    term_bar(
        bar_data(
            codebook.names,
            codebook.names[0],
            categories,
            look_at_typed(place, person, project, codebook, *typed_term(key)),
            answer if isinstance(answer, BarAnswer) else None,
        ),
        key=key,
        on_add=lambda: _take(place, person, project, key),
    )


def look_at_typed(
    place: Workplace, person: Person, project: Project, codebook: Codebook, text: str, label: str
) -> dict[str, Any] | None:
    """What to show of a term as it is typed; None where nothing is."""
    if not text.strip():
        return None
    try:
        preview = preview_term(place, person, project.project_id, text, label)
        reading = say_reading(preview.expression)
    except RhmlError as error:
        return fault_data(text, label, str(error))
    return preview_data(text, label, preview, reading, label_colours(codebook))


def _take(place: Workplace, person: Person, project: Project, key: str) -> None:
    """Run when a term was sent: store it, and keep the answer for the drawing that follows."""
    raw = sent_term(key)
    answer = BarAnswer(key_of(raw))
    try:
        term = read_new_term(raw)
        check_session(person)
        answer = store_term(place, person, project, term)
        st.session_state[f"{key}_added"] = True
    except RhmlError as error:
        answer = BarAnswer(key_of(raw), problem=str(error))
    except Exception as error:  # noqa: BLE001 -- unanswered, the line would wait for ever
        log_fault(_log, "a term could not be added", error)
        answer = BarAnswer(key_of(raw), problem=_FAULT)
    st.session_state[f"{key}_answer"] = answer


def store_term(place: Workplace, person: Person, project: Project, term: NewTerm) -> BarAnswer:
    """
    Add a term that the line sent.

    Raises:
        RhmlError: it cannot be added; nothing is stored.
    """
    saved = add_term(
        place,
        person,
        project.project_id,
        term.text,
        label=term.label,
        category=term.category,
        sub_category=term.sub_category,
        reason=term.reason,
        key=term.key,
    )
    names = ", ".join(f"“{one.expression}”" for one in saved.terms)
    told = "".join(f" {warning.text}" for warning in saved.warnings)
    return BarAnswer(term.key, notice=f"Added {names}: version {saved.version}.{told}")
