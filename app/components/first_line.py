"""The first line of a page: the answer to the question that the page is for."""

from html import escape

import streamlit as st

from app.components.safe_text import one_line


def first_line(sentence: str, *, note: str = "") -> None:
    """Draw the answer as the page's heading, and a quieter line below it where there is one."""
    below = (
        '<p style="margin:.35rem 0 0;font-size:.95rem;line-height:1.45;opacity:.78">'
        f"{escape(one_line(note))}</p>"
        if note
        else ""
    )
    st.html(
        '<div style="max-width:62rem;margin:0 0 .25rem"><h1 style="'
        "font-family:'Source Serif',serif;font-size:1.4rem;"
        "line-height:1.35;font-weight:600;letter-spacing:-.01em;margin:0;padding:0;"
        f'font-variant-numeric:tabular-nums">{escape(one_line(sentence))}</h1>{below}</div>'
    )
