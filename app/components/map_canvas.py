"""The concept map as people draw it: a picture, the same in words beside it, one act comes back."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from app.components.assets_folder import asset
from rhml_core.concept_map import LinkKind, NodeKind
from rhml_core.errors import InvalidInputError

ACTS = (
    "add",
    "rename",
    "kind",
    "move",
    "link",
    "state",
    "remove",
    "tie",
    "undo",
    "redo",
    "arrange",
    "accept",
    "take_over",
)
_MOST_IDENTIFIERS = 2_000
_MOST_ACTS = 200

_component = st.components.v2.component(
    "rhml_map_canvas",
    html=asset("map_canvas.html"),
    css=asset("map_canvas.css"),
    js="\n".join(
        asset(name)
        for name in (
            "elements.js",
            "map_drawing.js",
            "map_panel.js",
            "map_canvas.js",
            "map_hands.js",
            "map_keys.js",
        )
    ),
)


@dataclass(frozen=True)
class MapAct:
    """
    One thing that a person did on the map.

    Attributes:
        kind: one of `ACTS`.
        key: idempotency key, made in the browser.
        element_id: node that is renamed, changed or tied.
        name: of a new or renamed node; the subject of a stated proposition.
        other: the object of a stated proposition.
        node_kind: of a new or changed node.
        link_kind: of a drawn link or a stated proposition.
        source, target: nodes that are linked.
        place: of a new node; None where the program chooses.
        places: of moved nodes.
        ids: what is removed, tied, accepted or taken over; None for all that is proposed.
    """

    kind: str
    key: str
    element_id: str = ""
    name: str = ""
    other: str = ""
    node_kind: NodeKind = NodeKind.CONCEPT
    link_kind: LinkKind = LinkKind.INDICATES
    source: str = ""
    target: str = ""
    place: tuple[float, float] | None = None
    places: dict[str, tuple[float, float]] = field(default_factory=dict)
    ids: tuple[str, ...] | None = None


def sent_map_acts(key: str) -> list[object]:
    """
    What the map sent in this run of the page, each for `read_map_act`, in order.

    Acts that have no answer yet are sent again with each new one.
    """
    state = st.session_state.get(key)
    acts = state.get("acts") if isinstance(state, Mapping) else None
    return acts[:_MOST_ACTS] if isinstance(acts, list) else []


def read_map_act(raw: object) -> MapAct:
    """
    The act that the browser sent.

    Raises:
        InvalidInputError: it is not one that the map sends.
    """
    try:
        act = _act_from(raw) if isinstance(raw, Mapping) else None
    except (AttributeError, KeyError, TypeError, ValueError):
        act = None
    if act is None or act.kind not in ACTS or not act.key:
        raise InvalidInputError(
            "The browser sent something that this page does not know. Reload the page."
        )
    return act


def _act_from(raw: Mapping[str, Any]) -> MapAct:
    ids = raw.get("ids", raw.get("terms"))
    if ids is not None and (not isinstance(ids, list) or len(ids) > _MOST_IDENTIFIERS):
        raise ValueError
    return MapAct(
        kind=str(raw["kind"]),
        key=str(raw["key"]),
        element_id=str(raw.get("id") or ""),
        name=str(raw.get("name") or raw.get("subject") or ""),
        other=str(raw.get("other") or ""),
        node_kind=NodeKind(raw.get("node") or NodeKind.CONCEPT),
        link_kind=LinkKind(raw.get("type") or LinkKind.INDICATES),
        source=str(raw.get("source") or ""),
        target=str(raw.get("target") or ""),
        place=_place(raw["at"]) if raw.get("at") else None,
        places={str(name): _place(at) for name, at in (raw.get("places") or {}).items()},
        ids=None if ids is None else tuple(str(one) for one in ids),
    )


def _place(raw: object) -> tuple[float, float]:
    if not isinstance(raw, list):
        raise TypeError
    x, y = (float(one) for one in raw)
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError
    return x, y


def map_canvas(data: Mapping[str, Any], *, key: str, on_acts: Callable[[], None]) -> None:
    """Draw the map; `on_acts` runs when it sent some, before the page does: `sent_map_acts`."""
    _component(key=key, data=dict(data), on_acts_change=on_acts)
