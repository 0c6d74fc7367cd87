"""The small signs of people (circles), machine (diamond), reference (square) and labels."""

import zlib
from collections.abc import Mapping
from html import escape

import streamlit as st

from rhml_core.domain import LABEL_COLOURS, Codebook, Person
from rhml_core.safe_text import one_line

PERSON_TONES = ("#C2552D", "#B5473C", "#A85A17", "#9C4668", "#8F5B2E", "#B04A55")
"""Warm hues that bear white initials with a contrast above 4.5."""

MACHINE_TONE = "#2F6FB7"
REFERENCE_TONE = "#6E6A64"
NO_COLOUR = "#8A857D"


def initials(name: str) -> str:
    """
    One or two capitals that stand for a name.

    >>> initials("Ana Ruiz"), initials("expert-b"), initials("")
    ('AR', 'EB', '?')
    """
    words = [word for word in name.replace("-", " ").replace("_", " ").split() if word]
    letters = [next((c for c in word if c.isalnum()), "") for word in words]
    letters = [letter for letter in letters if letter]
    if not letters:
        return "?"
    chosen = letters if len(letters) == 1 else [letters[0], letters[-1]]
    return "".join(chosen).upper()


def person_tone(person_id: str) -> str:
    """The warm colour that a person keeps everywhere, as `#RRGGBB`."""
    return PERSON_TONES[zlib.adler32(person_id.encode()) % len(PERSON_TONES)]


def label_colours(codebook: Codebook) -> dict[str, str]:
    """Each label's colour as `#RRGGBB`; Okabe and Ito's, in codebook order, where none is set."""
    return {
        label.name: label.colour or LABEL_COLOURS[place % len(LABEL_COLOURS)]
        for place, label in enumerate(codebook.labels)
    }


def text_span(text: str, *, muted: bool = False, means: str = "") -> str:
    """The text as an HTML span, escaped; `means` is shown on hover."""
    style = ' style="opacity:.72"' if muted else ""
    title = f' title="{escape(one_line(means))}"' if means else ""
    return f"<span{style}{title}>{escape(one_line(text))}</span>"


def person_mark(person: Person, *, size: int = 24) -> str:
    """A warm circle with the person's initials; dashed around a simulated one. HTML."""
    tone = person_tone(person.person_id)
    name = escape(one_line(person.full_name))
    ring = f"outline:1.5px dashed {tone};outline-offset:2px;" if person.is_simulated else ""
    return (
        f'<span role="img" aria-label="{name}" title="{name}" style="flex:none;'
        "display:inline-grid;place-items:center;border-radius:50%;color:#fff;font-weight:600;"
        f"line-height:1;{ring}width:{size}px;height:{size}px;background:{tone};"
        f'font-size:{size * 0.4:.1f}px">{escape(initials(person.name))}</span>'
    )


def person_name(person: Person) -> str:
    """The person's circle and name, with the word simulated where it applies. HTML."""
    simulated = text_span("simulated", muted=True) if person.is_simulated else ""
    return (
        '<span style="display:inline-flex;align-items:center;gap:.4em">'
        f"{person_mark(person, size=22)}{text_span(person.name)}{simulated}</span>"
    )


def machine_mark(*, size: int = 24) -> str:
    """The machine's cool diamond. HTML."""
    return _plain_mark("machine", MACHINE_TONE, size, "transform:rotate(45deg);")


def reference_mark(*, size: int = 24) -> str:
    """The reference's neutral square. HTML."""
    return _plain_mark("reference", REFERENCE_TONE, size, "")


def _plain_mark(name: str, tone: str, size: int, turn: str) -> str:
    side = round(size * 0.62)
    room = (size - side) // 2
    return (
        f'<span role="img" aria-label="{name}" title="{name}" style="flex:none;{turn}'
        "display:inline-block;vertical-align:middle;"
        f'width:{side}px;height:{side}px;margin:{room}px;background:{tone}"></span>'
    )


def label_chip(
    name: str, colours: Mapping[str, str], *, note: str = "", note_means: str = ""
) -> str:
    """A label's colour square and name, with an optional note, explained on hover. HTML."""
    tone = escape(colours.get(name, NO_COLOUR))
    extra = text_span(note, muted=True, means=note_means) if note else ""
    return (
        '<span style="display:inline-flex;align-items:center;gap:.4em;'
        'font-variant-numeric:tabular-nums;white-space:nowrap">'
        f'<span aria-hidden="true" style="width:.72em;height:.72em;border-radius:3px;'
        f'background:{tone};flex:none"></span>{text_span(name)}{extra}</span>'
    )


def draw(*html: str, gap: bool = True) -> None:
    """Draw marks on one line that wraps; each argument was built by a function of this module."""
    space = ".6em" if gap else "0"
    st.html(
        f'<div style="display:flex;flex-wrap:wrap;align-items:center;gap:.3em {space}">'
        f"{''.join(html)}</div>"
    )
