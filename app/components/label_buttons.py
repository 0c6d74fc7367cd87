"""Buttons of labels carry the codebook's colours, as labels do everywhere."""

from collections.abc import Sequence

import streamlit as st


def colour_label_buttons(container: str, colours: Sequence[str]) -> None:
    """
    Put a square of its label's colour into each button of a row.

    Args:
        container: key of the container that holds nothing but the buttons.
        colours: one for each button, in order, as `#RRGGBB`.
    """
    row = f".st-key-{container}"
    rules = "".join(
        f"{row} > :nth-child({place}) button::before {{ background: {colour}; }}"
        for place, colour in enumerate(colours, start=1)
    )
    st.html(
        f"<style>{row} button::before {{ content: ''; width: .75rem; height: .75rem; "
        f"border-radius: 3px; margin-right: .5rem; flex: none; }}{rules}</style>"
    )
