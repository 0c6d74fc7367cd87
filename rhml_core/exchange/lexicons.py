"""
Lexicons from tables and back, laid out as codebooks of the system Fusion are.

| column | holds |
|---|---|
| `Labeling` | the label that all terms of the row speak for |
| `Category`, `Sub-Category` | where they are put; may be empty or absent |
| `Words`, `Phrases` | terms, parted by commas or line breaks; capital `AND` is a word here |
| `Patterns` | as `sell; (exploit, zero day) AND price`; parted by line breaks, or by commas outside brackets |
| `Website.links` | domains or addresses, parted by commas or line breaks |
| `Reason` | why the row's terms speak for the label |
| `Term.author`, `Term.source`, `Term.added` | written for people; not read, whoever imports is the author |
| any other | kept with each term of the row, and written again; the name is guarded as a cell is |

A row may fill several of the four term columns, with any number of terms in each. What is written
has one row a term.
"""  # noqa: E501 - a table's row is one line

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rhml_core.errors import InvalidInputError
from rhml_core.exchange.columns import find_column, listed, require_column
from rhml_core.exchange.report import Table
from rhml_core.exchange.safe_cells import unguard_formula
from rhml_core.lexicon import Term, TermKind

_LABEL = ("labeling", "labelling", "label")
_CATEGORY = ("category",)
_SUB_CATEGORY = ("sub-category", "sub_category", "sub.category", "sub category", "subcategory")
_REASON = ("reason",)
_WRITTEN_ONLY = ("term.author", "term.source", "term.added")
_TERMS = {
    TermKind.WORD: ("words", "word"),
    TermKind.PHRASE: ("phrases", "phrase"),
    TermKind.PATTERN: ("patterns", "pattern"),
    TermKind.LINK: ("website.links", "website links", "website_links", "links"),
}
_HEADERS = {
    TermKind.WORD: "Words",
    TermKind.PHRASE: "Phrases",
    TermKind.PATTERN: "Patterns",
    TermKind.LINK: "Website.links",
}
_LINK = "link:"
_BETWEEN_TERMS = re.compile(r"[,\n\r]")


@dataclass(frozen=True)
class ReadTerm:
    """
    A term as a file has it; nobody has looked yet whether it can be used.

    Attributes:
        row: where it stands in the file, as a person counts.
        text: in the lexicon's notation.
        label, category, sub_category, reason: as in the file, without blanks around.
        further: cells of the columns that the program does not know; empty ones are left out.
    """

    row: int
    text: str
    label: str
    category: str = ""
    sub_category: str = ""
    reason: str = ""
    further: Mapping[str, str] | None = None


def read_terms(table: Table, *, most: int) -> tuple[list[ReadTerm], list[int]]:
    """
    The terms of a table, in file order, and the rows that have none.

    An apostrophe that guards a cell against being run as a formula is taken off.

    Raises:
        InvalidInputError: there is no column for the label, or none for terms, or there are more
            than `most` terms.
    """
    label = require_column(table, _LABEL)
    category, sub_category, reason = (
        find_column(table, names) for names in (_CATEGORY, _SUB_CATEGORY, _REASON)
    )
    columns = {kind: find_column(table, names) for kind, names in _TERMS.items()}
    if not any(columns.values()):
        raise InvalidInputError(
            f"{table.name} has no column of terms; its columns are {listed(table)}. Name at least "
            f"one of them {', '.join(_HEADERS.values())}."
        )
    known = {label, category, sub_category, reason, *columns.values()}
    further = {
        name: unguard_formula(name)
        for name in table.frame.columns
        if name not in known and name.casefold() not in _WRITTEN_ONLY
    }
    found, without = [], []
    for row, cells in zip(table.rows, table.frame.iter_rows(named=True), strict=True):
        kept = {named: unguard_formula(cells[name].strip()) for name, named in further.items()}
        kept = {name: cell for name, cell in kept.items() if cell}
        terms = [
            ReadTerm(
                row,
                text,
                _cell(cells, label),
                _cell(cells, category),
                _cell(cells, sub_category),
                _cell(cells, reason),
                kept,
            )
            for kind, column in columns.items()
            for text in _split(_cell(cells, column), kind)
        ]
        found += terms
        if len(found) > most:
            raise InvalidInputError(
                f"{table.name} holds more than {most:,} terms; at most {most:,} can be imported "
                "at once. Split it."
            )
        if not terms:
            without.append(row)
    return found, without


def write_terms(
    terms: Sequence[Term],
    *,
    authors: Mapping[str, str],
    further: Mapping[str, Mapping[str, str]],
) -> pl.DataFrame:
    """
    A table that `read_terms` reads back.

    Args:
        terms: of a lexicon, in its order.
        authors: name of each author.
        further: what imported files said of a term in other columns.

    Returns:
        One row a term, in order; String columns `Labeling`, `Category`, `Sub-Category`, `Words`,
        `Phrases`, `Patterns`, `Website.links`, `Reason`, `Term.author`, `Term.source`,
        `Term.added`, then the other columns; unguarded.
    """
    others = dict.fromkeys(name for cells in further.values() for name in cells)
    rows = [
        {
            "Labeling": term.label,
            "Category": term.category,
            "Sub-Category": term.sub_category,
            **dict.fromkeys(_HEADERS.values(), ""),
            _HEADERS[term.kind]: term.expression.removeprefix(_LINK),
            "Reason": term.reason,
            "Term.author": authors.get(term.author_id, ""),
            "Term.source": term.source.value,
            "Term.added": f"{term.added_at:%Y-%m-%d %H:%M}" if term.added_at else "",
            **{name: further.get(term.term_id, {}).get(name, "") for name in others},
        }
        for term in terms
    ]
    headers = [
        *("Labeling", "Category", "Sub-Category", *_HEADERS.values(), "Reason"),
        *("Term.author", "Term.source", "Term.added"),
        *others,
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(headers, pl.String))


def _cell(cells: Mapping[str, str], column: str | None) -> str:
    return "" if column is None else unguard_formula(cells[column].strip())


def _split(cell: str, kind: TermKind) -> list[str]:
    """The terms of a cell, each in the lexicon's notation."""
    parts = _outside_brackets(cell) if kind is TermKind.PATTERN else _BETWEEN_TERMS.split(cell)
    texts = [part.strip() for part in parts if part.strip()]
    if kind is TermKind.LINK:
        return [text if text.casefold().startswith(_LINK) else _LINK + text for text in texts]
    if kind is TermKind.PATTERN:
        return texts
    return [text.lower() for text in texts]


def _outside_brackets(cell: str) -> list[str]:
    """What stands between line breaks, or between commas that no bracket encloses."""
    parts, start, depth = [], 0, 0
    for place, letter in enumerate(cell):
        depth += (letter == "(") - (letter == ")")
        if letter in "\n\r" or (letter == "," and depth <= 0):
            parts.append(cell[start:place])
            start, depth = place + 1, 0
    return [*parts, cell[start:]]
