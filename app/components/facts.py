"""A few quiet facts in two columns, figures aligned."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from rhml_core.safe_text import one_line, plain

_CELL = (
    "border:0;border-bottom:1px solid color-mix(in srgb,currentColor 12%,transparent);"
    "padding:.32rem 0;vertical-align:top"
)


_LEADING = """<style>
.st-key-KEY button {
  width: 100%; min-height: 0; padding: .32rem 0; border-radius: 0;
  border: 0; border-bottom: 1px solid color-mix(in srgb, currentColor 12%, transparent);
}
.st-key-KEY button div, .st-key-KEY button div > span { width: 100%; }
.st-key-KEY button p {
  display: flex; justify-content: space-between; gap: .75rem;
  font-size: .93rem; line-height: 1.4; text-align: right; white-space: normal;
}
.st-key-KEY button p em { flex: none; font-style: normal; opacity: .78; }
</style>"""


def facts_html(rows: Sequence[tuple[str, str]], means: Mapping[str, str] | None = None) -> str:
    """Names and their values as HTML, escaped, in the order given; `means` on hover, by name."""
    lines = "".join(
        f"<tr{_title((means or {}).get(name, ''))}>"
        f'<th scope="row" style="{_CELL};text-align:left;font-weight:400;opacity:.78">'
        f"{escape(one_line(name))}</th>"
        f'<td style="{_CELL};text-align:right">{escape(one_line(value))}</td></tr>'
        for name, value in rows
    )
    return (
        '<table style="border-collapse:collapse;width:100%;font-size:.93rem;line-height:1.4;'
        f'font-variant-numeric:tabular-nums"><tbody>{lines}</tbody></table>'
    )


def _title(meaning: str) -> str:
    return f' title="{escape(one_line(meaning))}"' if meaning else ""


def facts(rows: Sequence[tuple[str, str]], *, means: Mapping[str, str] | None = None) -> None:
    """Draw the facts; what one means, by its name, is said on hover."""
    st.html(facts_html(rows, means))


def leading_fact(name: str, value: str, *, key: str, way: str) -> bool:
    """
    Draw one fact, in the look of `facts`, as a button that is the way to what is behind it.

    Args:
        name: what it is.
        value: its figure or words.
        key: the button's key.
        way: where it leads, on hover.

    Returns:
        Whether it was clicked in this run of the page.
    """
    st.html(_LEADING.replace("KEY", key))
    return st.button(
        f"*{plain(name)}* {plain(value)}",
        key=key,
        type="tertiary",
        icon=":material/arrow_forward:",
        icon_position="right",
        help=way,
        width="stretch",
    )


def part_title(words: str, *, note: str = "") -> None:
    """Draw the heading of a part of the page, quieter than the page's first line."""
    aside = f'<span style="opacity:.72;font-weight:400"> {escape(one_line(note))}</span>'
    st.html(
        '<h2 style="font-family:inherit;font-size:1rem;font-weight:600;margin:.35rem 0 .1rem;'
        f'padding:0">{escape(one_line(words))}{aside if note else ""}</h2>'
    )
