"""What a page says when it has nothing to show, or when something went wrong."""

from html import escape

import streamlit as st

from app.components.address import open_view
from rhml_core.errors import RhmlError
from rhml_core.safe_text import one_line, plain

TRIED_AGAIN = (
    "This is tried again when something is judged or the lexicon changes; if it stays, tell "
    "whoever runs this workplace."
)
"""The way on where figures that are made beside the page could not be made."""


def empty_state(
    sentence: str,
    *,
    action: str = "",
    view: str = "",
    is_main: bool = True,
    key: str,
    icon: str = "inbox",
) -> bool:
    """
    Draw why there is nothing here and, with `action`, the button of the one next step.

    Args:
        sentence: what is missing and what brings it.
        action: the button's words.
        view: page that the button opens; without it the caller acts.
        is_main: whether the button is the page's one next step.
        key: the button's key.
        icon: name of a Material symbol.

    Returns:
        Whether the button was clicked and no `view` was given.
    """
    with st.container(border=True, horizontal_alignment="center", key=f"{key}_empty"):
        st.markdown(f":gray[:material/{icon}:]", text_alignment="center")
        st.html(
            '<p style="text-align:center;max-width:34rem;margin:0 auto;line-height:1.5">'
            f"{escape(one_line(sentence))}</p>"
        )
        clicked = bool(action) and st.button(
            plain(action), key=key, type="primary" if is_main else "secondary"
        )
    if clicked and view:
        open_view(view)
    return clicked


def show_error(error: RhmlError) -> None:
    """Draw what happened and what to do, in the error's own words."""
    st.error(plain(error), icon=":material/error:")
