"""After a codebook version was saved: what came back, and the next step."""

import streamlit as st

from app.components.address import open_view
from app.components.counted import counted
from rhml_core.domain import Codebook, Project


def _key(project: Project) -> str:
    return f"codebook_saved_{project.project_id}"


def note_saved(project: Project, saved: Codebook, n_reopened: int) -> None:
    """Remember what this session saved, until there is a newer version."""
    st.session_state[_key(project)] = (saved.version, n_reopened)


def saved_words(version: int, n_reopened: int) -> str:
    """
    What saving did.

    >>> saved_words(2, 12)
    'Version 2 is saved; 12 messages went back to those who judged them.'
    """
    back = f"{counted(n_reopened, 'message')} went back to those who judged them"
    return f"Version {version} is saved; {back if n_reopened else 'every answer stands'}."


def show_saved(project: Project, newest: Codebook) -> None:
    """Draw what was saved and the way to a new run; nothing where nothing was saved just now."""
    version, n_reopened = st.session_state.get(_key(project), (0, 0))
    if version != newest.version:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="codebook_saved"):
        with st.container(width="stretch"):
            st.text(saved_words(version, n_reopened))
        if st.button(
            "Train a run",
            key="codebook_to_training",
            type="primary",
            icon=":material/arrow_forward:",
            help="On the page Training you choose how",
        ):
            open_view("training")
