"""From a figure of agreement to the messages behind it."""

from collections.abc import Sequence

import streamlit as st

from app.components.address import open_view
from app.components.facts import part_title
from rhml_core.safe_text import plain
from rhml_core.workflows.agreement.open_falls import OpenFall
from rhml_core.workflows.disputes.contested_filters import ContestedFilters, filters_in_address


def lead_words(fall: OpenFall) -> str:
    """What the button that leads to the messages of a fall says."""
    wanted = fall.wanted
    n = f"{fall.n_open:,} {'message' if fall.n_open == 1 else 'messages'}"
    about = f" on {' vs '.join(wanted.label_pair)}" if wanted.label_pair else ""
    if not about and wanted.label:
        about = f" on {wanted.label}"
    return f"Read the {n}{about} of cycle {fall.fall.cycle}"


def show_lead(fall: OpenFall) -> None:
    """Draw the one way on: to the messages on which people differ since agreement fell."""
    if st.button(
        plain(lead_words(fall)),
        key="agreement_fall",
        type="primary",
        icon=":material/arrow_forward:",
        help="Messages of that cycle on which people differ and that are not settled",
    ):
        open_view("disagreements", **filters_in_address(fall.wanted))


def show_ways(
    ways: Sequence[tuple[str, ContestedFilters, int]],
    *,
    key: str,
    title: str = "Where people differ",
) -> None:
    """
    Draw a way to the contested messages behind each row of a table.

    Args:
        ways: words, what the other page shows, and how many messages that is.
        key: begins the buttons' keys.
        title: what the ways lead to.
    """
    some = [way for way in ways if way[2]]
    if not some:
        return
    part_title(title, note="choose one to read its contested messages")
    with st.container(horizontal=True, gap="small", key=f"{key}_ways"):
        for place, (words, wanted, n) in enumerate(some):
            if st.button(plain(f"{words} ({n:,})"), key=f"{key}_{place}", icon=":material/forum:"):
                open_view("disagreements", **filters_in_address(wanted))
