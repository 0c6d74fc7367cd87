"""Messages to choose from, each with who says what; hostile text stays text."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from app.components.assets_folder import asset
from app.components.marks import MACHINE_TONE, initials, person_tone
from rhml_core.domain import Person
from rhml_core.safe_text import excerpt, one_line

_component = st.components.v2.component(
    "rhml_message_list",
    html=asset("message_list.html"),
    css=asset("message_list.css"),
    js=asset("message_list.js"),
)

_N_CHARACTERS = 220


@dataclass(frozen=True)
class Mark:
    """A small sign of someone: `kind` is `person` or `machine`."""

    kind: str
    who: str
    tone: str
    initials: str = ""


@dataclass(frozen=True)
class Side:
    """One label that someone holds about a message, and who."""

    label: str
    colour: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class ListedMessage:
    """One row: the message, the sides that are taken, and a short note at its end."""

    message_id: str
    text: str
    sides: tuple[Side, ...]
    note: str = ""


def mark_of_person(person: Person) -> Mark:
    """The person's warm circle."""
    return Mark(
        "person", one_line(person.full_name), person_tone(person.person_id), initials(person.name)
    )


def mark_of_machine(note: str = "") -> Mark:
    """The machine's cool diamond."""
    return Mark("machine", f"machine {note}".strip(), MACHINE_TONE)


def list_data(messages: Sequence[ListedMessage], chosen: str, title: str) -> dict[str, Any]:
    """What the browser needs to draw the list; texts are one visible line each."""
    return {
        "title": one_line(title),
        "items": [
            {
                "id": message.message_id,
                "text": excerpt(message.text, _N_CHARACTERS),
                "note": one_line(message.note),
                "isChosen": message.message_id == chosen,
                "sides": [
                    {**asdict(side), "label": one_line(side.label)} for side in message.sides
                ],
            }
            for message in messages
        ],
    }


def message_list(
    messages: Sequence[ListedMessage], *, chosen: str, key: str, title: str
) -> str | None:
    """Draw the list; identifier of the message clicked in this run of the page, if any."""
    result = _component(
        key=key,
        data=list_data(messages, chosen, title),
        on_chosen_change=lambda: None,
    )
    chosen_now = str(result.chosen or "")
    return chosen_now if any(one.message_id == chosen_now for one in messages) else None
