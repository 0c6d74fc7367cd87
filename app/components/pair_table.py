"""How well each two raters agree, people and machine alike, with n beside each figure."""

from collections.abc import Sequence
from html import escape

import polars as pl
import streamlit as st

from app.components.marks import machine_mark, person_mark
from app.components.meanings import meaning_of
from rhml_core.domain import MACHINE_RATER, Person
from rhml_core.safe_text import one_line
from rhml_core.workflows.agreement.words import same_words

_CELL = (
    "border:0;border-bottom:1px solid color-mix(in srgb,currentColor 12%,transparent);"
    "padding:.3rem 0 .3rem .55rem;"
)
_HEAD = f"{_CELL}font-weight:400;font-size:.82rem;opacity:.78;text-align:right;"


def _rater(name: str, by_name: dict[str, Person]) -> str:
    if name == MACHINE_RATER:
        mark, words = machine_mark(size=18), "machine"
    else:
        person = by_name.get(name)
        mark, words = (person_mark(person, size=20) if person else ""), one_line(name)
    return (
        '<span style="display:flex;align-items:center;gap:.35em;min-width:0">'
        f'{mark}<span style="overflow-wrap:anywhere">{escape(words)}</span></span>'
    )


def _kappa(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return "\u2013"
    interval = "too few" if low is None else f"[{low:.2f}, {high:.2f}]"
    return f'{value:.2f}<br><span style="opacity:.78;white-space:nowrap">{interval}</span>'


def _same(agreement: float, n: int) -> str:
    share, interval = same_words(agreement, n).split(" [")
    return f'{share}<br><span style="opacity:.78;white-space:nowrap">[{interval}</span>'


def pair_table_html(pairs: pl.DataFrame, people: Sequence[Person]) -> str:
    """
    The table as HTML, escaped; pairs that share no message are left out.

    Args:
        pairs: `a, b` (full names; the machine is `model`), `kappa, low, high` (null where
            undefined), `agreement` (share), `n` (messages).
        people: for their marks.
    """
    by_name = {person.full_name: person for person in people}
    lines = []
    for row in pairs.filter(pl.col("n") > 0).iter_rows(named=True):
        kappa = _kappa(row["kappa"], row["low"], row["high"])
        figures = (kappa, _same(row["agreement"], row["n"]), f"{row['n']:,}")
        cells = "".join(f'<td style="{_CELL}text-align:right">{one}</td>' for one in figures)
        raters = f"{_rater(row['a'], by_name)}{_rater(row['b'], by_name)}"
        lines.append(
            f'<tr><th scope="row" style="{_CELL}padding-left:0;font-weight:400;text-align:left">'
            f'<span style="display:flex;flex-wrap:wrap;gap:.1rem .7rem">{raters}</span></th>'
            f"{cells}</tr>"
        )
    heads = "".join(
        f'<th scope="col" style="{_HEAD}" title="{title}">{words}</th>'
        for words, title in (
            ("kappa", escape(meaning_of("kappa"))),
            (
                "same",
                "share of the messages on which both gave the same label, with its 95 % interval",
            ),
            ("n", "messages that both answered"),
        )
    )
    return (
        '<div style="max-height:19rem;overflow:auto"><table style="border-collapse:collapse;'
        'width:100%;font-size:.9rem;font-variant-numeric:tabular-nums"><thead><tr>'
        f'<th style="{_HEAD}"></th>{heads}</tr></thead><tbody>{"".join(lines)}</tbody>'
        "</table></div>"
    )


def pair_table(pairs: pl.DataFrame, people: Sequence[Person]) -> None:
    """Draw the table."""
    st.html(pair_table_html(pairs, people))
