"""Tabs that live in the address: the open part can be sent to a colleague, and gone back to."""

import re
from collections.abc import Sequence

import streamlit as st
from streamlit.elements.lib.mutable_tab_container import TabContainer

from app.components.address import filter_value, set_filter

PART = "part"
"""The filter that names the open part."""


def part_name(tab: str) -> str:
    """
    What the address calls a part.

    >>> part_name("How sure, how right")
    'how-sure-how-right'
    """
    return re.sub(r"[^a-z0-9]+", "-", tab.lower()).strip("-")


def open_part(tab: str) -> None:
    """Have a part opened when the page is drawn next."""
    set_filter(PART, part_name(tab))


def tabs_in_address(tabs: Sequence[str], *, key: str, default: str = "") -> Sequence[TabContainer]:
    """
    Draw the parts of a page as tabs and note in the address which one is open.

    Args:
        tabs: the parts' names, in order.
        key: the widget's key, under which the session holds the open part's name.
        default: the part that is open where the address names none, and needs no name there;
            the first unless given.

    Returns:
        One container for each part; draw into those that are `open` alone.
    """
    default = default or tabs[0]
    _follow_address(tabs, key, default)
    drawn = st.tabs(tabs, key=key, on_change="rerun")
    _note(key, default)
    return drawn


def _follow_address(tabs: Sequence[str], key: str, default: str) -> None:
    """Open the part that the address names, where it is not the one already drawn."""
    wanted = filter_value(PART)
    is_drawn = st.session_state.get(key) in tabs
    if is_drawn and wanted == st.session_state.get(_noted(key), ""):
        return
    named = {part_name(tab): tab for tab in tabs}
    st.session_state[key] = named.get(wanted, default)


def _note(key: str, default: str) -> None:
    tab = str(st.session_state.get(key) or default)
    name = "" if tab == default else part_name(tab)
    set_filter(PART, name)
    st.session_state[_noted(key)] = name


def _noted(key: str) -> str:
    return f"{key}_noted"
