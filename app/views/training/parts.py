"""The parts of the page Training, and the run that the address names."""

import streamlit as st

from app.components.address import filter_value
from app.components.address_tabs import open_part

TABS = ("Curves", "Per label", "Confusion", "Calibration", "Compare", "All runs")
TAB_KEY = "training_tab"
RUN = "run"
"""The filter in the address that names a run, shown among all runs."""

_FOLLOWED = "training_run_followed"


def follow_run() -> None:
    """Open all runs where the address names one that was not shown yet."""
    run = filter_value(RUN)
    if run and run != st.session_state.get(_FOLLOWED):
        st.session_state[_FOLLOWED] = run
        open_part(TABS[-1])
