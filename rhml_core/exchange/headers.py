"""A table's column names, as its first row gives them."""

import re
from collections import Counter
from collections.abc import Sequence

from rhml_core.errors import InvalidInputError

MAX_COLUMNS = 1_000
_LONGEST_NAME = 100
_NUMBER_OR_DATE = re.compile(r"[+-]?\d+([.,]\d+)?|\d{4}-\d\d-\d\d.*|\d{1,2}[./]\d{1,2}[./]\d{4}.*")


def column_names(cells: Sequence[str], name: str) -> list[str]:
    """
    Return the column names that a first row gives, trimmed, in order.

    An unnamed column is called `column N`, counted from 1.

    Raises:
        InvalidInputError: no names, too many, a name twice, or a first row that looks like
            data: it holds a number, a date or a long text.
    """
    trimmed = [cell.strip() for cell in cells]
    if not any(trimmed):
        raise InvalidInputError(f"{name} has no header: put the columns' names into its first row.")
    if len(trimmed) > MAX_COLUMNS:
        raise InvalidInputError(
            f"{name} has {len(trimmed):,} columns; at most {MAX_COLUMNS:,} can be read. Leave "
            "out the columns that are not needed."
        )
    for cell in trimmed:
        if _NUMBER_OR_DATE.fullmatch(cell) or len(cell) > _LONGEST_NAME:
            raise InvalidInputError(
                f'{name} seems to have no header: "{cell[:40]}" in its first row is not a '
                "column's name. Put the columns' names into the first row."
            )
    named = [cell or f"column {number}" for number, cell in enumerate(trimmed, start=1)]
    repeated = [cell for cell, count in Counter(named).items() if count > 1]
    if repeated:
        raise InvalidInputError(
            f'{name} has more than one column named "{repeated[0]}". Give each column its own name.'
        )
    return named
