"""The card on which an expert judges a message: one component draws it, one act comes back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.components.assets_folder import asset
from app.components.turn_data import progress_data
from rhml_core.domain import Confidence, Span
from rhml_core.errors import InvalidInputError
from rhml_core.workflows.turn.queue import QueueProgress

ACTS = ("commit", "answer", "finish", "correct", "skip", "flag", "back", "forward", "talk")
_MAX_SECONDS = 24 * 3600.0
_MAX_SPANS = 500

_component = st.components.v2.component(
    "rhml_turn_card",
    html=asset("turn_card.html"),
    css=asset("turn_card.css"),
    js="\n".join(
        asset(name) for name in ("elements.js", "turn_words.js", "turn_panels.js", "turn_card.js")
    ),
)

_progress = st.components.v2.component("rhml_turn_progress", js=asset("turn_progress.js"))


@dataclass(frozen=True)
class Act:
    """
    One thing that the expert did on the card.

    Attributes:
        kind: one of `ACTS`.
        key: idempotency key, made in the browser.
        text: the reason or the note, where one was written.
        seconds: how long this step of the turn was looked at.
    """

    kind: str
    turn_id: str
    key: str
    label: str = ""
    confidence: Confidence | None = None
    rationale: tuple[Span, ...] = ()
    text: str = ""
    seconds: float = 0.0


def _spans(raw: object) -> tuple[Span, ...]:
    if not isinstance(raw, list) or len(raw) > _MAX_SPANS:
        return ()
    return tuple(Span(int(start), int(end)) for start, end in raw)


def read_act(raw: object) -> Act:
    """
    The act that the browser sent.

    Raises:
        InvalidInputError: it is not one that the card sends.
    """
    try:
        act = _act_from(raw) if isinstance(raw, Mapping) else None
    except (KeyError, TypeError, ValueError):
        act = None
    if act is None or act.kind not in ACTS or not act.key or not act.turn_id:
        raise InvalidInputError(
            "The browser sent something that this page does not know. Reload the page."
        )
    return act


def key_of(raw: object) -> str:
    """The key of whatever the browser sent, so that it can be answered; "" where it has none."""
    return str(raw.get("key") or "") if isinstance(raw, Mapping) else ""


def _act_from(raw: Mapping[str, Any]) -> Act:
    return Act(
        kind=str(raw["kind"]),
        turn_id=str(raw["turn"]),
        key=str(raw["key"]),
        label=str(raw.get("label") or ""),
        confidence=Confidence(raw["confidence"]) if raw.get("confidence") else None,
        rationale=_spans(raw.get("rationale")),
        text=str(raw.get("text") or "").strip(),
        seconds=min(max(float(raw.get("seconds") or 0.0), 0.0), _MAX_SECONDS),
    )


def turn_card(data: Mapping[str, Any], *, key: str, on_act: Callable[[], None]) -> None:
    """Draw the card; `on_act` runs for each act, before the page does; see `sent_act`."""
    _component(key=key, data=dict(data), on_act_change=on_act)


def turn_progress(progress: QueueProgress, *, key: str) -> None:
    """
    Tell the card how far the queue is.

    It is a part of its own, so that the card need not wait until the queue is counted.
    """
    _progress(key=key, data=progress_data(progress))


def sent_act(key: str) -> object:
    """What the card sent in this run of the page, for `read_act`; None where it sent nothing."""
    state = st.session_state.get(key)
    return state.get("act") if isinstance(state, Mapping) else None
