"""A figure in a table's cell: the number, and below it, quieter, its interval and n."""

from html import escape

import streamlit as st

from rhml_core.safe_text import one_line


def figure_cell_html(lead: str, below: str = "", *, means: str = "") -> str:
    """The two lines as HTML, escaped; `means` is shown on hover."""
    title = f' title="{escape(one_line(means))}"' if means else ""
    quiet = (
        f'<div style="font-size:.78rem;opacity:.78">{escape(one_line(below))}</div>'
        if below
        else ""
    )
    return (
        f'<div{title} style="font-variant-numeric:tabular-nums;line-height:1.3;font-size:.95rem">'
        f"{escape(one_line(lead))}{quiet}</div>"
    )


def figure_cell(lead: str, below: str = "", *, means: str = "") -> None:
    """Draw the two lines."""
    st.html(figure_cell_html(lead, below, means=means))
