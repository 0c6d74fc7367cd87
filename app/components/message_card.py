"""One message to read, with its author, time and thread; hostile text stays text."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app.components.assets_folder import asset
from app.components.times import reader_time
from rhml_core.domain import Message
from rhml_core.safe_text import mark_hidden, one_line

_component = st.components.v2.component(
    "rhml_message_card",
    html=asset("message_card.html"),
    css=asset("message_card.css"),
    js=asset("message_card.js"),
)


def about_message(message: Message) -> list[str]:
    """Author, time, thread and reply of a message, as far as known, each as one line of text."""
    parts = [message.author or "", reader_time(message.sent_at)]
    if message.thread:
        parts.append(f"thread {message.thread}")
    if message.reply_to:
        parts.append(f"reply to {message.reply_to}")
    return [one_line(part) for part in parts if part]


def text_pieces(text: str) -> list[dict[str, Any]]:
    """A text cut where hidden characters stand: `text`, and `hidden` for the mark of one."""
    return [{"text": piece, "hidden": is_mark} for piece, is_mark in mark_hidden(text)]


def message_card(message: Message, *, key: str, earlier: Sequence[Message] = ()) -> None:
    """Draw the message, below the earlier messages that it belongs to, oldest first."""
    _component(
        key=key,
        data={
            "about": about_message(message),
            "pieces": text_pieces(message.text),
            "earlier": [
                {"about": about_message(one), "pieces": text_pieces(one.text)} for one in earlier
            ],
        },
    )
