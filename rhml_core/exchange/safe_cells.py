"""Cells that a spreadsheet program would take for formulas."""

import re

import polars as pl
import polars.selectors as cs

_FORMULA = r"'*[=+\-@\t\r\x00]"
_GUARDED = re.compile(_FORMULA)


def guard_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """
    Return the frame with each text, and each column's name, as `guard_formula` gives it.

    Dtypes, order and nulls stay; of the cells only those of String columns change.
    """
    safe = frame.with_columns(cs.string().str.replace(rf"\A({_FORMULA})", "'$1"))
    return safe.rename(guard_formula)


def unguard_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what `guard_formulas` was given."""
    bare = frame.with_columns(cs.string().str.replace(rf"\A'({_FORMULA})", "$1"))
    return bare.rename(unguard_formula)


def guard_formula(cell: str) -> str:
    """
    Return a text with an apostrophe in front where it would run as a formula.

    One that has apostrophes before a formula gets one more, so that `unguard_formula` always
    gives back what was written.

    >>> guard_formula("=1+1"), guard_formula("'=1"), guard_formula("'tis")
    ("'=1+1", "''=1", "'tis")

    Source:
        OWASP, CSV Injection, and ASVS 1.2.10.
    """
    return "'" + cell if _GUARDED.match(cell) else cell


def unguard_formula(cell: str) -> str:
    """
    Return a text without the apostrophe that guards it.

    >>> unguard_formula("'=1+1"), unguard_formula("'tis")
    ('=1+1', "'tis")
    """
    return cell[1:] if cell.startswith("'") and _GUARDED.match(cell) else cell
