"""Messages as a table with one row each; choosing a row names its message."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from app.components.times import reader_zone
from rhml_core.safe_text import one_line, visible


def table_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with hidden characters as marks, on one line, and times on the reader's clock."""
    zone = str(getattr(reader_zone(), "key", "UTC"))
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    times = [
        name
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.Datetime) and kind.time_zone
    ]
    return frame.with_columns(
        *(
            pl.col(name).map_elements(one_line, return_dtype=pl.String, skip_nulls=True)
            for name in texts
        ),
        *(pl.col(name).dt.convert_time_zone(zone) for name in times),
    )


def message_table(
    frame: pl.DataFrame,
    *,
    key: str,
    alt: str,
    columns: Mapping[str, Any],
    height: int = 380,
) -> str | None:
    """
    Draw the messages; the identifier of the row that was chosen, if one is.

    Args:
        frame: with `message_id` (String) and the columns to show.
        key: the table's key.
        alt: what the table holds, for screen readers.
        columns: column -> title or `st.column_config`, in order; others are not shown.
        height: of the table, in pixels; fewer rows make it lower.
    """
    n_rows = frame.height
    state = st.dataframe(
        table_frame(frame),
        key=key,
        hide_index=True,
        column_order=list(columns),
        column_config=dict(columns),
        on_select="rerun",
        selection_mode="single-row",
        height=height if n_rows * 35 + 40 > height else "content",
        placeholder="",
        alt=visible(alt),
    )
    rows = state.selection.rows
    return str(frame["message_id"][rows[0]]) if rows and rows[0] < n_rows else None
