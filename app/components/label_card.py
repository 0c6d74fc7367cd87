"""One label of a codebook to read: its key, colour, name, definition and examples."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from app.components.counted import counted
from rhml_core.domain import Label
from rhml_core.safe_text import one_line

_LINE = "rgba(128,128,128,.32)"


def key_cap(key: str) -> str:
    """The key that chooses a label, drawn as a key. HTML; "" where there is no key."""
    if not key:
        return ""
    return (
        '<kbd title="key on the Label page" style="font:inherit;font-size:.8rem;line-height:1.4;'
        f"border:1px solid {_LINE};border-bottom-width:2px;border-radius:4px;padding:0 .4em;"
        f'flex:none">{escape(one_line(key))}</kbd>'
    )


def label_html(label: Label, colour: str, *, folds_examples: bool = False) -> str:
    """
    A label with everything that is said of it, as HTML; all texts are escaped.

    `folds_examples`: whether the examples open on a click.
    """
    definition = one_line(label.definition) or "No definition yet."
    muted = "" if label.definition else ";opacity:.72"
    examples = "".join(
        f'<li style="margin:.1rem 0">{escape(one_line(example))}</li>' for example in label.examples
    )
    listed = (
        '<ul style="margin:.45rem 0 0;padding-left:1.1rem;font-size:.88rem;line-height:1.4;'
        f'opacity:.85">{examples}</ul>'
        if examples
        else ""
    )
    if listed and folds_examples:
        n_examples = counted(len(label.examples), "example")
        listed = (
            '<details style="margin:.35rem 0 0"><summary style="cursor:pointer;font-size:.86rem;'
            f'opacity:.85">{n_examples}</summary>{listed}</details>'
        )
    return (
        f'<article style="border:1px solid {_LINE};border-radius:8px;padding:.7rem .9rem;'
        'overflow-wrap:anywhere">'
        '<div style="display:flex;align-items:center;gap:.55em;margin-bottom:.3rem">'
        '<span aria-hidden="true" style="width:.85em;height:.85em;border-radius:3px;'
        f'background:{escape(colour)};flex:none"></span>'
        f'<strong style="font-weight:600">{escape(one_line(label.name))}</strong>'
        f'<span style="margin-left:auto">{key_cap(label.key)}</span></div>'
        f'<div style="font-size:.92rem;line-height:1.45{muted}">{escape(definition)}</div>'
        f"{listed}</article>"
    )


def label_cards(
    labels: Sequence[Label],
    colours: dict[str, str],
    *,
    n_columns: int = 2,
    folds_examples: bool = False,
) -> None:
    """Draw the labels side by side, in codebook order from the upper left."""
    cards = "".join(
        label_html(label, colours[label.name], folds_examples=folds_examples) for label in labels
    )
    width = f"max(20rem, 100% / {n_columns} - 1rem)"
    columns = f"repeat(auto-fill, minmax({width}, 1fr))" if n_columns > 1 else "minmax(0, 1fr)"
    st.html(
        '<div style="display:grid;gap:.8rem;align-items:stretch;'
        f'grid-template-columns:{columns}">{cards}</div>'
    )
