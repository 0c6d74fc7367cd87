"""What is wrong with which row of a file, and what to do about it."""

from html import escape

import polars as pl
import streamlit as st

from app.components.plain_lines import quiet_line
from rhml_core.exchange.safe_cells import guard_formulas
from rhml_core.safe_text import one_line

_MOST = 500
_COLUMNS = ("row", "severity", "message_id", "explanation")
_TITLES = ("Row", "Kind", "Message", "What is wrong, and what to do")
_LINE = "1px solid rgba(128,128,128,.28)"


def problem_rows(problems: pl.DataFrame) -> list[list[str]]:
    """The cells to show, errors before warnings, each as one line; at most the first 500 rows."""
    first = problems.sort("severity", "row", maintain_order=True).head(_MOST)
    return [[one_line(cell) for cell in row] for row in first.select(_COLUMNS).iter_rows()]


def problem_table(problems: pl.DataFrame, *, key: str, height: int = 250) -> None:
    """
    Draw the problems as a table whose explanations wrap and which scrolls by itself.

    Args:
        problems: `row, message_id, problem, explanation, severity`.
        key: of the button that saves the whole report.
        height: at most, in pixels.
    """
    head = "".join(
        f'<th style="text-align:left;font-weight:500;padding:.3rem .7rem;opacity:.78">{title}</th>'
        for title in _TITLES
    )
    cell = f"padding:.35rem .7rem;border-top:{_LINE};vertical-align:top;text-align:left"
    rows = "".join(
        "<tr>" + "".join(f'<td style="{cell}">{escape(text)}</td>' for text in row) + "</tr>"
        for row in problem_rows(problems)
    )
    st.html(
        '<div role="region" aria-label="Problems by row" tabindex="0" '
        f'style="max-height:{height}px;overflow:auto;border:{_LINE};border-radius:8px">'
        '<table style="border-collapse:collapse;'
        "width:100%;font-size:.9rem;line-height:1.4;font-variant-numeric:tabular-nums;"
        f'overflow-wrap:anywhere"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Save the report",
            lambda: guard_formulas(problems).write_csv().encode(),
            "problems.csv",
            "text/csv",
            key=key,
            icon=":material/download:",
            on_click="ignore",
            type="tertiary",
        )
        if problems.height > _MOST:
            quiet_line(f"Here are the first {_MOST:,} of {problems.height:,}.")
