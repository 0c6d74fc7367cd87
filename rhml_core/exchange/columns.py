"""A table's columns read by what they mean."""

from collections.abc import Sequence

import polars as pl

from rhml_core.errors import InvalidInputError
from rhml_core.exchange.report import Table

_MOST_LISTED = 20


def optional_text(column: str | None) -> pl.Expr:
    """Return a column's trimmed texts, null where empty or where there is no column."""
    if column is None:
        return pl.lit(None, dtype=pl.String)
    trimmed = pl.col(column).str.strip_chars()
    return pl.when(trimmed != "").then(trimmed)


def find_column(table: Table, aliases: Sequence[str]) -> str | None:
    """Return the table's column of the first alias that occurs, without regard to case."""
    by_name = {column.casefold(): column for column in reversed(table.frame.columns)}
    return next((by_name[alias] for alias in aliases if alias in by_name), None)


def require_column(table: Table, aliases: Sequence[str]) -> str:
    """
    Return the table's column of the first alias that occurs, without regard to case.

    Raises:
        InvalidInputError: none occurs.
    """
    column = find_column(table, aliases)
    if column is None:
        raise InvalidInputError(
            f'{table.name} has no column "{aliases[0]}"; its columns are {listed(table)}. Rename '
            f"the column that holds it to one of: {', '.join(aliases)}."
        )
    return column


def listed(table: Table) -> str:
    """Return the table's column names for people, the first twenty if there are more."""
    names = table.frame.columns
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    return ", ".join(names[:_MOST_LISTED]) + more
