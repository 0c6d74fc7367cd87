"""How many messages teach each label: small bars that stand beside a button."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from app.components.marks import NO_COLOUR
from rhml_core.safe_text import one_line

_MOST_SEEN = 7
"""Labels up to which nothing has to be scrolled."""


def label_bars_html(counts: Sequence[tuple[str, int]], colours: Mapping[str, str]) -> str:
    """
    A table of labels, bars and counts as HTML, escaped; the longest bar fills its column.

    Args:
        counts: label and number of messages, in codebook order.
        colours: label -> `#RRGGBB`.
    """
    most = max((n for _, n in counts), default=0)
    rows = "".join(
        '<tr><th scope="row" style="font-weight:400;text-align:left;border:0;padding:.05rem .6rem '
        '.05rem 0;max-width:9rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap" '
        f'title="{escape(one_line(label))}">{escape(one_line(label))}</th>'
        '<td style="border:0;padding:.05rem 0;width:100%"><span aria-hidden="true" '
        f'style="display:block;height:.62rem;border-radius:2px;min-width:2px;'
        f"width:{100 * n / most if most else 0:.1f}%;"
        f'background:{escape(colours.get(label, NO_COLOUR))}"></span></td>'
        '<td style="border:0;padding:.05rem 0 .05rem .6rem;text-align:right">'
        f"{n:,}</td></tr>"
        for label, n in counts
    )
    return (
        '<table style="border-collapse:collapse;width:100%;font-size:.85rem;line-height:1.25;'
        f'font-variant-numeric:tabular-nums"><tbody>{rows}</tbody></table>'
    )


def label_bars(
    counts: Sequence[tuple[str, int]], colours: Mapping[str, str], *, title: str
) -> None:
    """Draw the bars below a quiet title."""
    focus = ' tabindex="0"' if len(counts) > _MOST_SEEN else ""
    st.html(
        f'<p style="margin:0 0 .15rem;font-size:.85rem;opacity:.78">{escape(one_line(title))}</p>'
        f'<div style="max-height:8.4rem;overflow-y:auto"{focus} role="group" '
        f'aria-label="{escape(one_line(title))}">{label_bars_html(counts, colours)}</div>'
    )
