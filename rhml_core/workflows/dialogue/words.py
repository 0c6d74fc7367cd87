"""The words of a message that someone can point to as evidence."""

from collections.abc import Sequence

from rhml_core.domain import Span
from rhml_core.machine.evidence.deletion import WORD


def words_to_mark(text: str) -> dict[str, tuple[Span, ...]]:
    """
    Each word of a text, as it first stands there, with every place where it stands.

    >>> words_to_mark("Pay now, pay later")["Pay"]
    (Span(start=0, end=3), Span(start=9, end=12))
    """
    places: dict[str, tuple[str, list[Span]]] = {}
    for found in WORD.finditer(text):
        _, spans = places.setdefault(found.group().casefold(), (found.group(), []))
        spans.append(Span(found.start(), found.end()))
    return {word: tuple(spans) for word, spans in places.values()}


def marked_words(text: str, evidence: Sequence[Sequence[int]]) -> list[str]:
    """
    The stretches of a text that an entry points to, each once, in order.

    >>> marked_words("free money", [[0, 4], [5, 10], [0, 4]])
    ['free', 'money']
    """
    return list(dict.fromkeys(text[start:end] for start, end in sorted(map(tuple, evidence))))
