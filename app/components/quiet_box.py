"""A sentence that wants to be noticed, calmly: no alert, no colour of danger."""

from html import escape

import streamlit as st

from rhml_core.safe_text import one_line


def quiet_box(title: str, sentence: str) -> None:
    """Draw the sentence under its title, with a line at its side."""
    st.html(
        '<aside style="border-left:3px solid #B5473C;padding:.35rem 0 .35rem .8rem;'
        'margin:.2rem 0;max-width:62rem;font-size:.95rem;line-height:1.45">'
        f'<strong style="font-weight:600">{escape(one_line(title))}</strong> '
        f"{escape(one_line(sentence))}</aside>"
    )
