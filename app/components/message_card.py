"""One message to read, with its author, time and thread; hostile text stays text."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import streamlit as st

from app.components.assets_folder import asset
from app.components.safe_text import mark_hidden, one_line
from app.components.times import reader_time
from rhml_core.domain import Message, Span
from rhml_core.evidence import WordInfluence

_component = st.components.v2.component(
    "rhml_message_card",
    html=asset("message_card.html"),
    css=asset("message_card.css"),
    js=asset("message_card.js"),
)


@dataclass(frozen=True)
class Highlight:
    """A stretch of the text that stands out: `influence` above 0 is for, below 0 against."""

    span: Span
    influence: float
    title: str = ""


def highlights_of(words: Sequence[WordInfluence], n: int = 8) -> list[Highlight]:
    """The `n` words that moved the machine most, in text order."""
    strongest = sorted(words, key=lambda word: -abs(word.influence))[:n]
    return [
        Highlight(word.span, word.influence, f"{word.influence:+.2f}")
        for word in sorted(strongest, key=lambda word: word.span.start)
        if word.influence
    ]


def about_message(message: Message) -> list[str]:
    """Author, time, thread and reply of a message, as far as known, each as one line of text."""
    parts = [message.author or "", reader_time(message.sent_at)]
    if message.thread:
        parts.append(f"thread {message.thread}")
    if message.reply_to:
        parts.append(f"reply to {message.reply_to}")
    return [one_line(part) for part in parts if part]


def text_pieces(text: str, highlights: Sequence[Highlight] = ()) -> list[dict[str, Any]]:
    """
    A text cut where highlights start and end and where hidden characters stand.

    Returns:
        One dict a piece, in order: `text`; `hidden` (True for the mark of a hidden
        character); `influence` and `title` of the highlight that covers it (0.0 and "" for
        none; of overlapping highlights the first given counts).
    """
    cuts = {0, len(text)}
    for mark in highlights:
        cuts |= {min(max(mark.span.start, 0), len(text)), min(max(mark.span.end, 0), len(text))}
    edges = sorted(cuts)
    pieces: list[dict[str, Any]] = []
    for start, end in pairwise(edges):
        over = next((h for h in highlights if h.span.start <= start and end <= h.span.end), None)
        pieces.extend(
            {
                "text": piece,
                "hidden": is_mark,
                "influence": over.influence if over else 0.0,
                "title": over.title if over else "",
            }
            for piece, is_mark in mark_hidden(text[start:end])
        )
    return pieces


def message_card(
    message: Message,
    *,
    key: str,
    earlier: Sequence[Message] = (),
    highlights: Sequence[Highlight] = (),
) -> None:
    """Draw the message, below the earlier messages that it belongs to, oldest first."""
    _component(
        key=key,
        data={
            "about": about_message(message),
            "pieces": text_pieces(message.text, highlights),
            "earlier": [
                {"about": about_message(one), "pieces": text_pieces(one.text)} for one in earlier
            ],
        },
    )
