"""What of a page lives in its address: project, view and filters."""

import streamlit as st

from rhml_core.errors import NotFoundError

PAGES_KEY = "pages"
"""Session key under which the shell keeps the pages that this person may open, by view."""

PROJECT = "project"

_VIEW, _LEFT = "view_shown", "views_left"


def filter_value(name: str, default: str = "") -> str:
    """The filter's value in the address, or `default`."""
    return str(st.query_params.get(name, default))


def set_filter(name: str, value: str | None) -> None:
    """Write a filter into the address; None or "" removes it."""
    if value:
        if st.query_params.get(name) != value:
            st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]


def open_view(view: str, **filters: str) -> None:
    """
    Go to another page, with the same project and the filters given.

    Raises:
        NotFoundError: this person has no such page.
    """
    pages = st.session_state.get(PAGES_KEY, {})
    if view not in pages:
        raise NotFoundError(f"There is no page “{view}” for you here. Choose one in the sidebar.")
    kept = {PROJECT: filter_value(PROJECT)} if filter_value(PROJECT) else {}
    wanted = {**kept, **filters}
    left = st.session_state.setdefault(_LEFT, {})
    left.pop(view, None)
    if wanted:
        left[st.session_state.get(_VIEW, "")] = (wanted, st.query_params.to_dict())
    st.switch_page(pages[view], query_params=wanted)


def arrive(view: str) -> None:
    """
    Give a page to which the back button leads its own filters again.

    The browser notes the filters of the page that one goes on to under the page that one leaves,
    too, so the way back leads there. Called once the page is known and before it is drawn.
    """
    st.session_state[_VIEW] = view
    noted, own = st.session_state.get(_LEFT, {}).pop(view, ({}, {}))
    if noted and st.query_params.to_dict() == noted:
        st.query_params.from_dict(own)
