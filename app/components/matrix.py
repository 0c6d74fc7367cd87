"""How often two sides chose which pair of labels: a table in which counts are buttons."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from app.components.assets_folder import asset
from app.components.counted import counted
from app.components.marks import NO_COLOUR
from rhml_core.safe_text import one_line

MESSAGES = ("message", "messages")
PAIRS_OF_ANSWERS = ("pair of answers", "pairs of answers")

_component = st.components.v2.component(
    "rhml_matrix",
    html=asset("matrix.html"),
    css=asset("cell_table.css") + asset("matrix.css"),
    js=asset("matrix.js"),
)


def cell_words(n: int, noun: tuple[str, str], *, is_agreeing: bool) -> str:
    """
    What a count says, as in `3 messages`.

    Where pairs of answers are counted in both directions, those that agree stand twice in their
    cell.

    >>> cell_words(1, MESSAGES, is_agreeing=False)
    '1 message'
    >>> cell_words(4, PAIRS_OF_ANSWERS, is_agreeing=True)
    '2 pairs of answers, each in both directions'
    """
    if is_agreeing and noun == PAIRS_OF_ANSWERS:
        return f"{counted(n // 2, *noun)}, each in both directions"
    return counted(n, *noun)


def matrix_data(
    counts: pl.DataFrame,
    labels: Sequence[str],
    colours: Mapping[str, str],
    noun: tuple[str, str] = MESSAGES,
) -> dict[str, Any]:
    """
    What the browser needs to draw the table: labels with colours, then counts and their words.

    `counts` and `words` are row by row.

    Args:
        counts: first three columns are row label, column label and n; an absent pair is 0,
            a label that is not among `labels` is left out.
        labels: order of rows and columns.
        colours: label -> `#RRGGBB`.
        noun: what is counted, singular and plural.
    """
    n_by_pair = {(row, column): n for row, column, n in counts.iter_rows()}
    rows = [[n_by_pair.get((row, column), 0) for column in labels] for row in labels]
    return {
        "labels": [
            {"name": one_line(label), "colour": colours.get(label, NO_COLOUR)} for label in labels
        ],
        "counts": rows,
        "words": [
            [cell_words(n, noun, is_agreeing=i == j) for j, n in enumerate(row)]
            for i, row in enumerate(rows)
        ],
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
    noun: tuple[str, str] = MESSAGES,
    opens_agreeing: bool = True,
) -> tuple[str, str] | None:
    """
    Draw the table; the pair (row label, column label) clicked in this run of the page, if any.

    The diagonal, where both sides agree, is framed and kept out of the colour scale, which shows
    where they differ.

    Args:
        counts: row label, column label and n, as of `matrix_data`.
        labels: order of rows and columns.
        key: the component's key.
        colours: label -> `#RRGGBB`.
        row_title: whose labels the rows are.
        column_title: whose labels the columns are.
        caption: what was counted.
        noun: what is counted, singular and plural.
        opens_agreeing: whether the counts of the diagonal can be chosen, too.
    """
    names = list(labels)
    result = _component(
        key=key,
        data={
            **matrix_data(counts.select(counts.columns[:3]), names, colours, noun),
            "rowTitle": one_line(row_title),
            "columnTitle": one_line(column_title),
            "caption": one_line(caption),
            "opensAgreeing": opens_agreeing,
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
