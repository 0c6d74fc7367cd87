"""Codebooks from tables, and back into CSV."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from string import ascii_lowercase

import polars as pl

from rhml_core.domain import LABEL_COLOURS, MACHINE_RATER, Label
from rhml_core.errors import InvalidInputError
from rhml_core.exchange.columns import find_column, require_column
from rhml_core.exchange.report import Table, errors_in
from rhml_core.exchange.safe_cells import guard_formula, unguard_formula

_COLUMNS = ("label", "definition", "examples", "colour", "key")
_ALIASES = {"colour": ("colour", "color")}
_LONGEST_NAME = 100
_BROWSER_KEYS = "cr"
"""Keys that the page itself listens to."""
_KEYS = tuple("1234567890") + tuple(key for key in ascii_lowercase if key not in _BROWSER_KEYS)
_BETWEEN_EXAMPLES = re.compile(r"(?<!\\)\||\n")


def read_codebook(table: Table) -> tuple[Label, ...]:
    r"""
    Return a codebook's labels, in file order.

    Columns: label; optional definition, examples, colour (color), key. Examples are
    separated by `|` or a line break; `\|` is a bar within an example. Missing colours are
    given out in the order of `LABEL_COLOURS`, those not yet used first; missing keys are 1
    to 9, 0, then letters. An apostrophe that guards a cell against being run as a formula
    is taken off. Labels beyond the keys have none.

    Raises:
        InvalidInputError: no label column, no label, or a row that cannot be used: an empty,
            long, repeated or reserved label, a bad or repeated key, a bad colour.
    """
    for problem in errors_in(table.problems).head(1).iter_rows(named=True):
        raise InvalidInputError(f"Row {problem['row']} of {table.name}: {problem['explanation']}")
    require_column(table, ("label",))
    found = {name: find_column(table, _ALIASES.get(name, (name,))) for name in _COLUMNS}
    labels = [
        _read_label({name: _cell(cells, column) for name, column in found.items()}, row, table.name)
        for row, cells in zip(table.rows, table.frame.iter_rows(named=True), strict=True)
    ]
    _refuse_repeated(labels, table, "label", lambda label: label.name.casefold())
    _refuse_repeated(labels, table, "key", lambda label: label.key)
    return tuple(_with_keys(_with_colours(labels)))


def write_codebook(labels: Sequence[Label]) -> str:
    r"""
    Return the labels as CSV that `read_codebook` reads back.

    Cells that a spreadsheet program would run as a formula get an apostrophe in front. A
    bar within an example becomes `\|`, a line break a blank.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for cells in codebook_rows(labels).iter_rows():
        writer.writerow([guard_formula(cell) for cell in cells])
    return text.getvalue()


def codebook_rows(labels: Sequence[Label]) -> pl.DataFrame:
    """Return `label, definition, examples, colour, key` (String), one row per label, unguarded."""
    rows = [
        (label.name, label.definition, _joined(label.examples), label.colour, label.key)
        for label in labels
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(_COLUMNS, pl.String), orient="row")


def _joined(examples: Sequence[str]) -> str:
    return " | ".join(one.replace("|", r"\|").replace("\n", " ") for one in examples)


def _cell(cells: dict[str, str], column: str | None) -> str:
    if column is None:
        return ""
    return unguard_formula(cells[column].strip())


def _read_label(cells: dict[str, str], row: int, name: str) -> Label:
    def refuse(reason: str) -> InvalidInputError:
        return InvalidInputError(f"Row {row} of {name}: {reason}")

    label, colour, key = cells["label"], cells["colour"], cells["key"].lower()
    if not label:
        raise refuse("the label is empty. Fill it in or delete the row.")
    if len(label) > _LONGEST_NAME or not label.isprintable():
        raise refuse(
            f"the label must be one line of at most {_LONGEST_NAME} characters. Shorten it and "
            "put the rest into the definition."
        )
    if label.casefold() == MACHINE_RATER:
        raise refuse(f'"{label}" stands for the machine. Name the label otherwise.')
    if colour and not re.fullmatch(r"#[0-9A-Fa-f]{6}", colour):
        raise refuse(f'the colour "{colour}" must look like #E69F00. Correct it or leave it empty.')
    if key and key not in _KEYS:
        raise refuse(
            f'the key "{key}" must be one digit, or one letter other than c and r. Correct it or '
            "leave it empty."
        )
    parts = [part.strip() for part in _BETWEEN_EXAMPLES.split(cells["examples"])]
    examples = tuple(part.replace(r"\|", "|") for part in parts if part)
    return Label(label, cells["definition"], examples, colour.upper(), key)


def _refuse_repeated(
    labels: Sequence[Label], table: Table, what: str, value: Callable[[Label], str]
) -> None:
    first: dict[str, int] = {}
    for label, row in zip(labels, table.rows, strict=True):
        key = value(label)
        if key and key in first:
            raise InvalidInputError(
                f'Row {row} of {table.name}: the {what} "{key}" stands already in row '
                f"{first[key]}. Each label needs its own {what}."
            )
        first[key] = row


def _with_colours(labels: Sequence[Label]) -> list[Label]:
    used = Counter(label.colour for label in labels)
    coloured = []
    for label in labels:
        # The least used one, the earliest among equals: repeats start only after the last.
        colour = label.colour or min(LABEL_COLOURS, key=lambda each: used[each])
        used[colour] += 0 if label.colour else 1
        coloured.append(replace(label, colour=colour))
    return coloured


def _with_keys(labels: Sequence[Label]) -> list[Label]:
    used = {label.key for label in labels}
    free = iter([key for key in _KEYS if key not in used])
    return [replace(label, key=label.key or next(free, "")) for label in labels]
