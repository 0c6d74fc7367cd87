"""A line to type a term into: what it would do is shown at each pause, an act comes back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.components.assets_folder import asset
from app.components.coloured_text import ColouredSpan, around_first, coloured_pieces
from app.components.marks import NO_COLOUR
from app.components.meanings import meaning_of
from rhml_core.errors import InvalidInputError
from rhml_core.safe_text import one_line
from rhml_core.workflows.lexicon.preview import TermPreview

_component = st.components.v2.component(
    "rhml_term_bar",
    html=asset("term_bar.html"),
    css=asset("coloured_text.css") + asset("term_bar.css"),
    js="\n".join(asset(name) for name in ("elements.js", "coloured_text.js", "term_bar.js")),
)

HINT = (
    "A word, a phrase side by side, alternatives (exploit | 0day), sell; access for one after the "
    "other within 5 words, AND for both anywhere, link:example.com for a site."
)
_N_CHARACTERS = 150
_N_EXAMPLES = 4


@dataclass(frozen=True)
class NewTerm:
    """A term that someone wants to add; `key` tells a repeated click from a new act."""

    key: str
    text: str
    label: str
    category: str = ""
    sub_category: str = ""
    reason: str = ""


@dataclass(frozen=True)
class BarAnswer:
    """What the line is told of the term that it sent: why it failed, or what was done."""

    key: str
    problem: str = ""
    notice: str = ""


def read_new_term(raw: object) -> NewTerm:
    """
    The term that the browser sent.

    Raises:
        InvalidInputError: it is not one that the line sends.
    """
    if not isinstance(raw, Mapping) or not raw.get("key") or not raw.get("label"):
        raise InvalidInputError(
            "The browser sent something that this page does not know. Reload the page."
        )
    return NewTerm(
        key=str(raw["key"]),
        text=str(raw.get("text") or ""),
        label=str(raw["label"]),
        category=str(raw.get("category") or ""),
        sub_category=str(raw.get("sub") or ""),
        reason=str(raw.get("reason") or ""),
    )


def sent_term(key: str) -> object:
    """What the line sent in this run of the page, for `read_new_term`; None where it did not."""
    state = st.session_state.get(key)
    return state.get("add") if isinstance(state, Mapping) else None


def typed_term(key: str) -> tuple[str, str]:
    """The text and the label as they stand in the line; two "" before anything is typed."""
    state = st.session_state.get(key)
    typed = state.get("typed") if isinstance(state, Mapping) else None
    if not isinstance(typed, Mapping):
        return "", ""
    return str(typed.get("text") or ""), str(typed.get("label") or "")


def preview_data(
    text: str, label: str, preview: TermPreview, reading: str, colours: Mapping[str, str]
) -> dict[str, Any]:
    """A preview for drawing; `text` and `label` as they were typed."""
    tone = colours.get(preview.label, NO_COLOUR)
    having = [one for one in preview.examples if one.label == preview.label]
    others = [one for one in preview.examples if one.label != preview.label]
    half = _N_EXAMPLES // 2
    shown = [*having[: max(half, _N_EXAMPLES - len(others))], *others][:_N_EXAMPLES]
    return {
        "text": text,
        "label": label,
        "fault": "",
        "reading": reading,
        "figures": preview_figures(preview),
        "warnings": [one_line(warning.text) for warning in preview.warnings],
        "examples": [
            {
                "pieces": coloured_pieces(
                    *around_first(
                        one.text,
                        [ColouredSpan(span, tone, preview.expression) for span in one.spans],
                        _N_CHARACTERS,
                    )
                ),
                "label": one_line(one.label) if one.label else "not judged",
                "colour": colours.get(one.label, NO_COLOUR) if one.label else "",
            }
            for one in shown
        ],
    }


def preview_figures(preview: TermPreview) -> list[tuple[str, str]]:
    """
    How often a term occurs and how well it tells its label, each with its n.

    Returns:
        The figure, and what it means where the figure does not say it.
    """
    found = f"in {preview.n_messages:,} of {preview.n_pool:,} messages"
    if preview.term_f1 is None:
        return [(found, ""), (one_line(preview.missing), "")]
    return [
        (found, ""),
        (f"term F1 {preview.term_f1} judged", meaning_of("Term F1")),
        (f"{preview.n_for:,} for, {preview.n_against:,} against {one_line(preview.label)}", ""),
    ]


def fault_data(text: str, label: str, fault: str) -> dict[str, Any]:
    """What is shown of a term that cannot be read."""
    return {"text": text, "label": label, "fault": one_line(fault)}


def bar_data(
    labels: Sequence[str],
    label: str,
    categories: Mapping[str, Sequence[str]],
    preview: Mapping[str, Any] | None,
    answer: BarAnswer | None,
) -> dict[str, Any]:
    """What the browser needs to draw the line; `label` is chosen at first."""
    return {
        "labels": list(labels),
        "label": label,
        "categories": {name: list(subs) for name, subs in categories.items()},
        "preview": preview,
        "hint": HINT,
        "answer": None
        if answer is None
        else {"key": answer.key, "problem": answer.problem, "notice": answer.notice},
    }


def term_bar(data: Mapping[str, Any], *, key: str, on_add: Callable[[], None]) -> None:
    """Draw the line; `on_add` runs when a term was sent, before the page does: `sent_term`."""
    _component(
        key=key,
        data=dict(data),
        on_add_change=on_add,
        on_typed_change=lambda: None,
    )
