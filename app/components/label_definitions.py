"""What a few labels mean, in as few lines as it takes: beside a choice between them."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from app.components.counted import counted
from app.components.marks import NO_COLOUR
from rhml_core.domain import Label
from rhml_core.safe_text import one_line

_STYLE = """<style>
.rhml-means summary { display: flex; gap: .55em; cursor: pointer; }
.rhml-means .swatch {
  width: .8em; height: .8em; border-radius: 3px; flex: none; margin-top: .32em;
}
.rhml-means .words {
  flex: 1 1 0; min-width: 0; display: -webkit-box; -webkit-line-clamp: 2;
  -webkit-box-orient: vertical; overflow: hidden;
}
.rhml-means details[open] .words { -webkit-line-clamp: unset; }
.rhml-means .more { flex: none; opacity: .7; font-size: 1.25em; line-height: 1.1; }
.rhml-means details[open] .more { transform: rotate(90deg); }
.rhml-means ul { margin: .2rem 0 0 1.35em; padding-left: 1.1rem; }
</style>"""
"""Two lines of each definition; the rest of it and the examples open on a click."""


def definitions_html(labels: Sequence[Label], colours: Mapping[str, str]) -> str:
    """Each label with its definition, its examples behind a click; escaped, in the order given."""
    rows = "".join(_row(label, colours.get(label.name, NO_COLOUR)) for label in labels)
    return (
        f'{_STYLE}<div class="rhml-means" role="list" aria-label="Definitions" style="display:grid;'
        f'gap:.4rem;font-size:.92rem;line-height:1.42;overflow-wrap:anywhere">{rows}</div>'
    )


def label_definitions(
    labels: Sequence[Label], colours: Mapping[str, str], *, title: str, key: str
) -> None:
    """Draw the definitions so that they can be folded away; they stay so for later messages."""
    with st.expander(title, expanded=True, key=key, type="compact"):
        st.html(definitions_html(labels, colours))


def _row(label: Label, colour: str) -> str:
    definition = escape(one_line(label.definition) or "No definition yet.")
    examples = "".join(f"<li>{escape(one_line(one))}</li>" for one in label.examples)
    n = f" and {counted(len(label.examples), 'example')}" if label.examples else ""
    return (
        f'<div role="listitem"><details><summary title="The whole definition{n}">'
        f'<span class="swatch" aria-hidden="true" style="background:{escape(colour)}"></span>'
        f'<span class="words"><strong style="font-weight:600">{escape(one_line(label.name))}'
        f'</strong>: {definition}</span><span class="more" aria-hidden="true">\u25b8</span>'
        f"</summary><ul>{examples}</ul></details></div>"
    )
