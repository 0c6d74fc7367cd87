"""Which file is being read, how much of it, and which sheet of a workbook."""

from collections.abc import Sequence

import streamlit as st

from app.components.plain_lines import quiet_line
from rhml_core.safe_text import one_line


def file_line(words: str, sheets: Sequence[str], current: str, *, key: str) -> str:
    """Draw what the file holds and, where a workbook has several, its sheets; the sheet wanted."""
    if len(sheets) <= 1:
        quiet_line(words)
        return current
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chosen: str = st.selectbox(
            "Sheet",
            sheets,
            index=sheets.index(current) if current in sheets else 0,
            format_func=lambda one: f"sheet {one_line(one)}",
            key=key,
            label_visibility="collapsed",
            width=260,
        )
        quiet_line(words)
    return chosen
