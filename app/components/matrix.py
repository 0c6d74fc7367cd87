"""How often two sides chose which pair of labels: a table in which every count is a button."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from app.components.assets_folder import asset
from app.components.marks import NO_COLOUR
from app.components.safe_text import one_line

_component = st.components.v2.component(
    "rhml_matrix",
    html=asset("matrix.html"),
    css=asset("cell_table.css") + asset("matrix.css"),
    js=asset("matrix.js"),
)


def matrix_data(
    counts: pl.DataFrame, labels: Sequence[str], colours: Mapping[str, str]
) -> dict[str, Any]:
    """
    What the browser needs to draw the table: `labels` with colours and `counts` row by row.

    Args:
        counts: first three columns are row label, column label and n; an absent pair is 0,
            a label that is not among `labels` is left out.
        labels: order of rows and columns.
        colours: label -> `#RRGGBB`.
    """
    n_by_pair = {(row, column): n for row, column, n in counts.iter_rows()}
    return {
        "labels": [
            {"name": one_line(label), "colour": colours.get(label, NO_COLOUR)} for label in labels
        ],
        "counts": [[n_by_pair.get((row, column), 0) for column in labels] for row in labels],
    }


def matrix(
    counts: pl.DataFrame,
    labels: Sequence[str],
    *,
    key: str,
    colours: Mapping[str, str],
    row_title: str,
    column_title: str,
    caption: str = "",
) -> tuple[str, str] | None:
    """
    Draw the table; the pair (row label, column label) clicked in this run of the page, if any.

    The diagonal, where both sides agree, is framed and kept out of the colour scale, which
    shows where they differ.
    """
    names = list(labels)
    result = _component(
        key=key,
        data={
            **matrix_data(counts.select(counts.columns[:3]), names, colours),
            "rowTitle": one_line(row_title),
            "columnTitle": one_line(column_title),
            "caption": one_line(caption),
        },
        on_cell_change=lambda: None,
    )
    cell = result.cell
    if not (isinstance(cell, list) and len(cell) == 2):  # noqa: PLR2004 -- a row and a column
        return None
    row, column = int(cell[0]), int(cell[1])
    if not (0 <= row < len(names) and 0 <= column < len(names)):
        return None
    return names[row], names[column]
