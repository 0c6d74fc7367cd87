"""A quiet table of words and figures: rows named at the left, heads explained on hover."""

import re
from collections.abc import Sequence
from html import escape

import streamlit as st

from rhml_core.safe_text import one_line

_TOGETHER = re.compile(r"\[[^\]]*\]|\bn = ")
_CELL = (
    "border:0;border-bottom:1px solid color-mix(in srgb,currentColor 12%,transparent);"
    "padding:.32rem .9rem .32rem 0;vertical-align:top;"
)
_HEAD = f"{_CELL}font-weight:400;font-size:.82rem;opacity:.78;text-align:left;"


def plain_table_html(
    heads: Sequence[tuple[str, str]],
    rows: Sequence[tuple[str, Sequence[tuple[str, str]]]],
    *,
    title: str,
) -> str:
    """
    The table as HTML, escaped.

    Args:
        heads: words and meaning of each column, that of the names first.
        rows: a name, and words and meaning of each further cell; a meaning may be "".
        title: what the table holds, for screen readers.
    """
    head = "".join(
        f'<th scope="col" style="{_HEAD}"{_meaning(means)}>{escape(one_line(words))}</th>'
        for words, means in heads
    )
    lines = []
    for name, cells in rows:
        drawn = "".join(
            f'<td style="{_CELL}"{_meaning(means)}>{_unbroken(words)}</td>'
            for words, means in cells
        )
        named = (
            f'<th scope="row" style="{_CELL}font-weight:400;text-align:left;'
            f'overflow-wrap:anywhere">{escape(one_line(name))}</th>'
        )
        lines.append(f"<tr>{named}{drawn}</tr>")
    return (
        f'<table aria-label="{escape(one_line(title))}" style="border-collapse:collapse;'
        'width:100%;font-size:.9rem;line-height:1.4;font-variant-numeric:tabular-nums">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    )


def plain_table(
    heads: Sequence[tuple[str, str]],
    rows: Sequence[tuple[str, Sequence[tuple[str, str]]]],
    *,
    title: str,
) -> None:
    """Draw the table."""
    st.html(plain_table_html(heads, rows, title=title))


def _unbroken(words: str) -> str:
    """The words, escaped; an interval and an n keep together where the line breaks."""
    kept = _TOGETHER.sub(lambda found: found[0].replace(" ", "\u00a0"), one_line(words))
    return escape(kept)


def _meaning(words: str) -> str:
    return f' title="{escape(one_line(words))}"' if words else ""
