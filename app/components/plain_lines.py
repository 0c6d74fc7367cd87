"""Lines of plain text, one below the other."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from rhml_core.safe_text import one_line


def plain_lines(lines: Sequence[str], *, muted: bool = False) -> None:
    """Draw the lines as a list; nothing where there are none."""
    if not lines:
        return
    items = "".join(f'<li style="margin:.12rem 0">{escape(one_line(line))}</li>' for line in lines)
    faint = ";opacity:.78" if muted else ""
    st.html(
        '<ul style="margin:0;padding-left:1.15rem;font-size:.92rem;line-height:1.45;'
        f'font-variant-numeric:tabular-nums;overflow-wrap:anywhere{faint}">{items}</ul>'
    )


def quiet_line(line: str, *, means: str = "") -> None:
    """Draw one line of smaller, quieter text; `means` is shown on hover."""
    title = f' title="{escape(one_line(means))}"' if means else ""
    st.html(
        f'<p{title} style="margin:0;font-size:.9rem;line-height:1.45;opacity:.78;'
        f'font-variant-numeric:tabular-nums">{escape(one_line(line))}</p>'
    )


def lead_and_quiet_lines(lead: str, lines: Sequence[str]) -> None:
    """Draw one line of text and, close below it, smaller and quieter ones."""
    below = "".join(
        f'<p style="margin:.15rem 0 0;font-size:.86rem;line-height:1.36;opacity:.78">'
        f"{escape(one_line(line))}</p>"
        for line in lines
    )
    st.html(
        '<div style="font-variant-numeric:tabular-nums"><p style="margin:0;font-size:.95rem;'
        f'line-height:1.4">{escape(one_line(lead))}</p>{below}</div>'
    )
