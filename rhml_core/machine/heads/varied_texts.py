"""Texts without a term that they have, and with one that they have not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rhml_core.domain import Span
from rhml_core.machine.terms.links import links_of
from rhml_core.machine.terms.places import term_spans

_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Piece:
    """What stood where: its text, and the share of the message's other words before it."""

    text: str
    before: float


def without_terms(text: str, terms: Sequence[str]) -> str:
    """
    A text without the places at which it has one of the terms; itself where it has none.

    >>> without_terms("Pay by escrow, friend", ["escrow"])
    'Pay by , friend'
    >>> without_terms("see https://evil.example/x?y now", ["link:evil.example"])
    'see now'
    """
    return cut(text, places_of(text, terms))


def places_of(text: str, terms: Sequence[str]) -> list[Span]:
    """Where a text has one of the terms, in order, none overlapping; of a link its address."""
    addresses = {link.span: link.address for link in links_of(text)}
    found = [addresses.get(span, span) for _, span in term_spans(text, terms)]
    joined: list[Span] = []
    for span in sorted(found, key=lambda one: one.start):
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def cut(text: str, places: Sequence[Span]) -> str:
    """A text without what stands at some places, given in order and not overlapping."""
    for span in reversed(places):
        left, right = text[: span.start], text[span.end :]
        # One blank stays where two would meet.
        text = left + (right.lstrip(" ") if not left or left.endswith(" ") else right)
    return text


def pieces_of(text: str, places: Sequence[Span]) -> tuple[Piece, ...]:
    """What stands at some places of a text, in order, ready to be put into another."""
    n_others = max(1, len(_WORD.findall(cut(text, places))))
    pieces = []
    for n_before, span in enumerate(places):
        words = len(_WORD.findall(cut(text[: span.start], places[:n_before])))
        pieces.append(Piece(text[span.start : span.end], min(1.0, words / n_others)))
    return tuple(pieces)


def put(text: str, pieces: Sequence[Piece]) -> str:
    """A text with pieces between its words, each where it stood in the text that it is from."""
    gaps = [0, *(word.end() for word in _WORD.finditer(text))]
    for piece in reversed(pieces):
        at = gaps[round(piece.before * (len(gaps) - 1))]
        text = f"{text[:at]} {piece.text}{text[at:]}" if at else f"{piece.text} {text}"
    return text
