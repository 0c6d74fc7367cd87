"""The parts of the page Training: which one is open, in the address too."""

import streamlit as st

from app.components.address import filter_value, set_filter

TABS = ("Curves", "Per label", "Confusion", "Calibration", "Compare", "All runs")
TAB_KEY = "training_tab"
RUN = "run"
"""The filter in the address that names a run, shown among all runs."""

_PART = "part"
_FOLLOWED, _RUN_FOLLOWED = "training_part_followed", "training_run_followed"


def part_name(tab: str) -> str:
    """
    What the address calls a part.

    >>> part_name("All runs")
    'all-runs'
    """
    return tab.lower().replace(" ", "-")


def open_part(tab: str) -> None:
    """Have a part opened when the page is drawn next."""
    set_filter(_PART, part_name(tab))


def follow_address() -> None:
    """Open the part or the run that the address names, where that is not drawn yet."""
    wanted, run = filter_value(_PART), filter_value(RUN)
    if run and run != st.session_state.get(_RUN_FOLLOWED):
        st.session_state[_RUN_FOLLOWED] = run
        st.session_state[TAB_KEY] = TABS[-1]
    elif wanted != st.session_state.get(_FOLLOWED, ""):
        named = {part_name(tab): tab for tab in TABS}
        st.session_state[TAB_KEY] = named.get(wanted, TABS[0])


def note_part() -> None:
    """Write the part that is open into the address; the first needs no name there."""
    tab = str(st.session_state.get(TAB_KEY) or TABS[0])
    name = "" if tab == TABS[0] else part_name(tab)
    set_filter(_PART, name)
    st.session_state[_FOLLOWED] = name
