"""Cells that a spreadsheet program would take for formulas."""

import polars as pl
import polars.selectors as cs


def escape_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """
    Return the frame with an apostrophe before each text that would run as a formula.

    Columns, dtypes, order and nulls stay; only String columns change.

    Source:
        OWASP, CSV Injection.
    """
    return frame.with_columns(cs.string().str.replace(r"\A([=+\-@\t\r])", "'$1"))
