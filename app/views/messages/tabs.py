"""The parts of the page Messages, and going from one to another."""

import streamlit as st

from rhml_core.domain import Project

LIST, IMPORT, LABELS = "List", "Import messages", "Import labels"


def tab_key(project: Project) -> str:
    """The key under which the session keeps the open part."""
    return f"messages_tab_{project.project_id}"


def ask_for_tab(project: Project, tab: str) -> None:
    """Open a part at the next drawing: an open one cannot be left once it is drawn."""
    st.session_state[f"{tab_key(project)}_wanted"] = tab


def settle_tab(project: Project, default: str) -> None:
    """Before the parts are drawn, open the one asked for, else leave it as it is."""
    # Set once rather than as a default, which would leave the import when its messages are in.
    st.session_state.setdefault(tab_key(project), default)
    wanted = st.session_state.pop(f"{tab_key(project)}_wanted", None)
    if wanted is not None:
        st.session_state[tab_key(project)] = wanted
