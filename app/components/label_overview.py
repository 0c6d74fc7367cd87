"""The labels of a project, each with a bar, its count and an example."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from app.components.marks import NO_COLOUR, label_chip
from rhml_core.safe_text import excerpt

_N_CHARACTERS = 120
_MOST_SEEN = 7
"""Labels up to which nothing has to be scrolled."""


def label_overview_html(labels: Sequence[tuple[str, int, str]], colours: Mapping[str, str]) -> str:
    """
    Names, bars, counts and examples as HTML, escaped; the longest bar fills its column.

    Args:
        labels: name, number of messages and an example, which may be "", in codebook order.
        colours: label -> `#RRGGBB`.
    """
    most = max((n for _, n, _ in labels), default=0)
    return "".join(
        '<div style="padding:.35rem 0;border-bottom:1px solid '
        'color-mix(in srgb,currentColor 12%,transparent)">'
        '<div style="display:flex;align-items:center;gap:.7rem;font-size:.95rem">'
        '<span style="flex:0 1 9rem;min-width:0;overflow:hidden">'
        f"{label_chip(name, colours)}</span>"
        '<span aria-hidden="true" style="flex:1 1 0"><span style="display:block;height:.6rem;'
        f"border-radius:2px;min-width:2px;width:{100 * n / most if most else 0:.1f}%;"
        f'background:{escape(colours.get(name, NO_COLOUR))}"></span></span>'
        f'<span style="font-variant-numeric:tabular-nums">{n:,}</span></div>'
        f"{_example(text)}</div>"
        for name, n, text in labels
    )


def _example(text: str) -> str:
    words = f"“{excerpt(text, _N_CHARACTERS)}”" if text else "No example yet."
    return (
        '<div style="font-size:.86rem;line-height:1.4;opacity:.78;overflow:hidden;'
        f'white-space:nowrap;text-overflow:ellipsis" title="{escape(words)}">{escape(words)}</div>'
    )


def label_overview(labels: Sequence[tuple[str, int, str]], colours: Mapping[str, str]) -> None:
    """Draw the list; it scrolls by itself where there are many labels."""
    focus = ' tabindex="0"' if len(labels) > _MOST_SEEN else ""
    st.html(
        f'<div style="max-height:23rem;overflow-y:auto"{focus} role="group" '
        f'aria-label="Labels with examples">{label_overview_html(labels, colours)}</div>'
    )
