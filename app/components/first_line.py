"""The first line of a page: the answer to the question that the page is for."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from app.components.meanings import Meaning, meanings_in
from rhml_core.safe_text import one_line

_STYLE = """<style>
.rhml-first { max-width: 62rem; margin: 0 0 .25rem; }
.rhml-first h1 {
  font-family: 'Source Serif', serif; font-size: 1.4rem; line-height: 1.35; font-weight: 600;
  letter-spacing: -.01em; margin: 0; padding: 0; font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere;
}
.rhml-first p { margin: .35rem 0 0; font-size: .95rem; line-height: 1.45; opacity: .78; }
.rhml-first details { margin: .3rem 0 0; font-size: .86rem; line-height: 1.45; }
.rhml-first summary {
  cursor: pointer; display: inline-block; opacity: .78; text-decoration: underline dotted;
  text-underline-offset: .2em;
}
.rhml-first summary:hover, .rhml-first summary:focus-visible { opacity: 1; }
.rhml-first dl { margin: .3rem 0 .2rem; }
.rhml-first dt { font-weight: 600; }
</style>"""
# At the element itself, for Streamlit's own rules for lists come before those of a class.
_ITEM = ' style="margin:0 0 .3rem;font-size:.88rem;line-height:1.45;opacity:.82"'


def first_line(sentence: str, *, note: str = "") -> None:
    """
    Draw the answer as the page's heading, and a quieter line below it where there is one.

    Figures that either names are explained on hover, and by the summary below, which keys and
    fingers reach too.
    """
    st.html(_STYLE + first_line_html(sentence, note=note))


def first_line_html(sentence: str, *, note: str = "") -> str:
    """The heading, its note and what its figures mean as HTML, escaped."""
    named = meanings_in(f"{sentence} {note}")
    title = " ".join(f"{one.name}: {one.says}" for one in named)
    hover = f' title="{escape(one_line(title))}"' if named else ""
    below = f"<p>{escape(one_line(note))}</p>" if note else ""
    return (
        f'<div class="rhml-first"><h1{hover}>{escape(one_line(sentence))}</h1>{below}'
        f"{_explained(named)}</div>"
    )


def _explained(named: Sequence[Meaning]) -> str:
    if not named:
        return ""
    words = "".join(
        f"<dt>{escape(one.name)}</dt><dd{_ITEM}>{escape(str(one))}</dd>" for one in named
    )
    return f"<details><summary>What these figures mean</summary><dl>{words}</dl></details>"
