"""Messages to open, each with the lexicon's terms coloured and who says what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.components.assets_folder import asset
from app.components.coloured_text import ColouredSpan, around_first, coloured_pieces
from rhml_core.safe_text import one_line

_component = st.components.v2.component(
    "rhml_coloured_list",
    html=asset("coloured_list.html"),
    css=asset("coloured_text.css") + asset("coloured_list.css"),
    js="\n".join(asset(name) for name in ("elements.js", "coloured_text.js", "coloured_list.js")),
)

_N_CHARACTERS = 320


@dataclass(frozen=True)
class LabelSide:
    """A label that a message has or gets, from whom, and its colour."""

    role: str
    label: str
    colour: str


@dataclass(frozen=True)
class ColouredMessage:
    """One row: the message with its coloured stretches, what is said of it, and a short note."""

    message_id: str
    text: str
    spans: tuple[ColouredSpan, ...]
    sides: tuple[LabelSide, ...]
    note: str = ""


def coloured_data(messages: Sequence[ColouredMessage], title: str) -> dict[str, Any]:
    """What the browser needs to draw the list."""
    return {
        "title": one_line(title),
        "items": [
            {
                "id": one.message_id,
                "pieces": coloured_pieces(*around_first(one.text, one.spans, _N_CHARACTERS)),
                "sides": [
                    {"role": side.role, "label": one_line(side.label), "colour": side.colour}
                    for side in one.sides
                ],
                "note": one_line(one.note),
            }
            for one in messages
        ],
    }


def coloured_list(messages: Sequence[ColouredMessage], *, key: str, title: str) -> str | None:
    """Draw the list; identifier of the message clicked in this run of the page, if any."""
    result = _component(key=key, data=coloured_data(messages, title), on_chosen_change=lambda: None)
    chosen = str(result.chosen or "")
    return chosen if any(one.message_id == chosen for one in messages) else None
