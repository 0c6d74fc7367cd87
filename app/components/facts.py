"""A few quiet facts in two columns, figures aligned."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from app.components.safe_text import one_line, plain

_CELL = (
    "border:0;border-bottom:1px solid color-mix(in srgb,currentColor 12%,transparent);"
    "padding:.32rem 0;vertical-align:top"
)


_LEADING = """<style>
.st-key-KEY { border-bottom: 1px solid color-mix(in srgb, currentColor 12%, transparent); }
.st-key-KEY button { min-height: 0; padding: .24rem 0; }
.st-key-KEY button p { font-size: .93rem; line-height: 1.4; text-align: right; }
.st-key-KEY button * { white-space: normal; }
</style>"""


def facts_html(rows: Sequence[tuple[str, str]]) -> str:
    """Names and their values as HTML, escaped, in the order given."""
    lines = "".join(
        f'<tr><th scope="row" style="{_CELL};text-align:left;font-weight:400;opacity:.78">'
        f"{escape(one_line(name))}</th>"
        f'<td style="{_CELL};text-align:right">{escape(one_line(value))}</td></tr>'
        for name, value in rows
    )
    return (
        '<table style="border-collapse:collapse;width:100%;font-size:.93rem;line-height:1.4;'
        f'font-variant-numeric:tabular-nums"><tbody>{lines}</tbody></table>'
    )


def facts(rows: Sequence[tuple[str, str]]) -> None:
    """Draw the facts."""
    st.html(facts_html(rows))


def leading_fact(name: str, value: str, *, key: str, way: str) -> bool:
    """
    Draw one fact, in the look of `facts`, whose value is the way to what is behind it.

    Args:
        name: what it is.
        value: the words on the button.
        key: the button's key.
        way: where it leads, on hover.

    Returns:
        Whether the value was clicked in this run of the page.
    """
    st.html(_LEADING.replace("KEY", f"{key}_row"))
    with st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        gap=None,
        key=f"{key}_row",
    ):
        st.html(
            f'<span style="font-size:.93rem;opacity:.78">{escape(one_line(name))}</span>',
            width="content",
        )
        return st.button(
            plain(value),
            key=key,
            type="tertiary",
            icon=":material/arrow_forward:",
            icon_position="right",
            help=way,
            width="content",
        )


def part_title(words: str, *, note: str = "") -> None:
    """Draw the heading of a part of the page, quieter than the page's first line."""
    aside = f'<span style="opacity:.72;font-weight:400"> {escape(one_line(note))}</span>'
    st.html(
        '<h2 style="font-family:inherit;font-size:1rem;font-weight:600;margin:.35rem 0 .1rem;'
        f'padding:0">{escape(one_line(words))}{aside if note else ""}</h2>'
    )
