"""The codebook draft of this session: opened, kept between clicks, dropped."""

import streamlit as st

from app.views.codebook.draft import Draft, draft_of
from rhml_core.domain import Codebook, Project

FIELDS = ("name", "key", "colour", "definition", "examples")
"""Beginnings of the keys of a row's widgets, after `codebook_` and before the row's number."""

CHANGE_KEY = "codebook_change"
"""Begins the keys of what is asked about a draft before it is saved."""


def _draft_name(project: Project) -> str:
    return f"codebook_draft_{project.project_id}"


def row_name(project: Project) -> str:
    """Session key of the row whose label is being edited."""
    return f"codebook_row_{project.project_id}"


def open_draft(project: Project) -> Draft | None:
    """The codebook that this session is editing, if it is."""
    draft = st.session_state.get(_draft_name(project))
    return draft if isinstance(draft, Draft) else None


def start_draft(project: Project, codebook: Codebook) -> None:
    """Begin to edit."""
    st.session_state[_draft_name(project)] = draft_of(codebook)


def keep_draft(project: Project, draft: Draft, row: int | None = None) -> None:
    """Go on with another draft, and with the label of a row where one is named."""
    st.session_state[_draft_name(project)] = draft
    if row is not None:
        st.session_state[row_name(project)] = row


def drop_draft(project: Project) -> None:
    """End the editing; nothing of the draft is kept."""
    names = (_draft_name(project), row_name(project), f"codebook_note_{project.project_id}")
    asked = [name for name in st.session_state if str(name).startswith(f"{CHANGE_KEY}_")]
    for name in (*names, *asked):
        st.session_state.pop(name, None)


def forget_fields(draft: Draft) -> None:
    """Have the fields read from the draft again."""
    for row in draft.rows:
        for field in FIELDS:
            st.session_state.pop(f"codebook_{field}_{row.row}", None)
