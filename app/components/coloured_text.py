"""A message with the lexicon's terms coloured by label; hostile text stays text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from rhml_core.domain import Span
from rhml_core.safe_text import mark_hidden

_BEFORE = 60


@dataclass(frozen=True)
class ColouredSpan:
    """A stretch of a text, its colour as `#RRGGBB`, and what it is, shown on hover."""

    span: Span
    colour: str
    title: str


def around_first(
    text: str, spans: Sequence[ColouredSpan], n_characters: int
) -> tuple[str, list[ColouredSpan]]:
    """
    As much of a text as fits, so that its first coloured stretch can be seen.

    Returns:
        At most `n_characters` of the text with … where it was cut, and the stretches in it.
    """
    first = min((one.span.start for one in spans), default=0)
    start = max(0, first - _BEFORE) if first > n_characters - _BEFORE else 0
    end = min(len(text), start + n_characters)
    lead = "…" if start else ""
    kept = [
        replace(one, span=Span(one.span.start - start + len(lead), end_of - start + len(lead)))
        for one in spans
        if one.span.start >= start and (end_of := min(one.span.end, end)) > one.span.start
    ]
    return lead + text[start:end] + ("…" if end < len(text) else ""), kept


def coloured_pieces(text: str, spans: Sequence[ColouredSpan]) -> list[dict[str, Any]]:
    """
    A text cut where coloured stretches start and end and where hidden characters stand.

    Returns:
        One dict a piece, in order: `text`; `hidden` (True for the mark of a hidden character);
        `colour` and `title` of the stretch that covers it ("" for none; of overlapping ones the
        first given counts).
    """
    cuts = {0, len(text)}
    for one in spans:
        cuts |= {min(max(one.span.start, 0), len(text)), min(max(one.span.end, 0), len(text))}
    pieces: list[dict[str, Any]] = []
    for start, end in pairwise(sorted(cuts)):
        over = next((s for s in spans if s.span.start <= start and end <= s.span.end), None)
        pieces.extend(
            {
                "text": piece,
                "hidden": is_mark,
                "colour": over.colour if over else "",
                "title": over.title if over else "",
            }
            for piece, is_mark in mark_hidden(text[start:end])
        )
    return pieces
