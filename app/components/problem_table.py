"""What is wrong with which row of a file, and what to do about it."""

import polars as pl
import streamlit as st

from app.components.message_table import table_frame

_MOST = 1_000
_COLUMNS = {
    "row": st.column_config.NumberColumn("row", width=60, format="%d"),
    "severity": st.column_config.TextColumn("kind", width=80),
    "message_id": st.column_config.TextColumn("message", width=110),
    "explanation": st.column_config.TextColumn("what is wrong, and what to do", width=620),
}


def problem_table(problems: pl.DataFrame, *, key: str, height: int = 260) -> None:
    """
    Draw the problems, errors before warnings, at most the first thousand.

    Args:
        problems: `row, message_id, problem, explanation, severity`.
        key: the table's key.
        height: at most, in pixels.
    """
    first = problems.sort("severity", "row", maintain_order=True).head(_MOST)
    row_height = 54
    st.dataframe(
        table_frame(first),
        key=key,
        hide_index=True,
        column_order=list(_COLUMNS),
        column_config=_COLUMNS,
        row_height=row_height,
        height=min(height, 40 + row_height * first.height),
        placeholder="",
        alt="Problems by row",
    )
    if problems.height > _MOST:
        st.text(f"The first {_MOST:,} of {problems.height:,}.")
