"""Training messages varied, so that a term which people called a wrong reason tells nothing."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from rhml_core.domain import Span
from rhml_core.machine.protocol import Floats
from rhml_core.machine.terms.matching import find_terms
from rhml_core.machine.terms.places import term_spans

Rejected = tuple[str, str]
"""An expression in the lexicon's notation, and the label that it is no reason for."""

MOST_COUNTEREXAMPLES = 400
"""Of one training: more would make people wait, and tell the machine nothing new."""
MOST_SOURCES = 40
"""Messages from which the term's ways of standing in a text are taken."""
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Counterexamples:
    """
    Varied copies of training messages; each keeps the label of its origin.

    Attributes:
        texts: of the copies.
        origins: shape (n_copies,): the training message that each was made from.
        weights: shape (n_training + n_copies,): how much every training message counts beside
            its copies, then how much each copy does; a label's sum is what it was.
    """

    texts: tuple[str, ...]
    origins: NDArray[np.int64]
    weights: Floats

    def __len__(self) -> int:
        """How many copies."""
        return len(self.texts)

    @property
    def n_training(self) -> int:
        """How many messages they were made beside."""
        return len(self.weights) - len(self.texts)

    def copies_of(self, rows: Sequence[int]) -> list[int]:
        """Where the copies of some messages stand, the messages counted first."""
        return (self.n_training + np.flatnonzero(np.isin(self.origins, rows))).tolist()

    def extended(self, values: Sequence[str]) -> list[str]:
        """What belongs to each training message, for the messages and then the copies."""
        return [*values, *(values[row] for row in self.origins)]


@dataclass(frozen=True)
class _Piece:
    """What stood where: its text, and the share of the message's other words before it."""

    text: str
    before: float


@dataclass
class _Making:
    """Counterexamples as they are made."""

    weights: Floats
    texts: list[str] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)
    given: list[float] = field(default_factory=list)

    def add(self, variants: Mapping[int, str], rows: Sequence[int], moved: float) -> None:
        """
        Add copies, and take their weight from their origins.

        Where the copies are a sample, the rest is taken from the other rows that they stand for.
        """
        shares = {row: float(self.weights[row]) for row in variants}
        total = sum(shares.values())
        from_origins = min(moved, total / 2)
        others = [row for row in rows if row not in variants]
        beside = float(self.weights[others].sum())
        from_others = min(moved - from_origins, beside / 2)
        for row, text in variants.items():
            self.texts.append(text)
            self.origins.append(row)
            self.given.append((from_origins + from_others) * shares[row] / total)
            self.weights[row] -= from_origins * shares[row] / total
        if from_others > 0:
            self.weights[others] *= 1 - from_others / beside


def make_counterexamples(
    texts: Sequence[str],
    labels: Sequence[str],
    weights: Floats | None,
    rejected: Iterable[Rejected],
    *,
    seed: int,
    most: int = MOST_COUNTEREXAMPLES,
) -> Counterexamples:
    """
    Copies of training messages that unteach wrong reasons.

    A message of the label that contains a rejected term gets a copy without it; messages of the
    other labels get copies into which it is put, as it stands in those messages, until it is as
    frequent there as in the label. Message and copy share the message's weight. So the term
    tells nothing of the label any more, while all that it stood beside still does.

    Args:
        texts: training messages.
        labels: theirs, aligned.
        weights: how much each message counts, above 0; None counts all alike.
        rejected: terms, each with the label that it is no reason for.
        seed: fixes which messages are varied and how; a message that joins later leaves most
            copies of the others as they are.
        most: most copies; where more are asked for, those that are made count for the others.

    Returns:
        No copies where no training message of a label contains a term rejected for it.

    Source:
        Teso, Kersting: Explanatory interactive machine learning (CAIPI), 2019: the part that is
        no reason is varied, the label kept. Putting it elsewhere in equal shares is ours.
    """
    making = _Making(np.ones(len(texts)) if weights is None else np.array(weights, np.float64))
    pairs = sorted({(label, term) for term, label in rejected if label in set(labels)})
    groups = [
        (label, [term for _, term in grouped])
        for label, grouped in groupby(pairs, key=lambda pair: pair[0])
    ]
    for label, terms in groups:
        _unteach(making, texts, labels, label, terms, seed=seed, most=most // len(groups))
    return Counterexamples(
        tuple(making.texts),
        np.array(making.origins, dtype=np.int64),
        np.append(making.weights, making.given),
    )


def no_counterexamples(weights: Floats) -> Counterexamples:
    """None at all, beside messages that count so much."""
    return Counterexamples((), np.empty(0, dtype=np.int64), np.asarray(weights, np.float64))


def without_terms(text: str, terms: Sequence[str]) -> str:
    """
    A text without the places at which it has one of the terms; itself where it has none.

    >>> without_terms("Pay by escrow, friend", ["escrow"])
    'Pay by , friend'
    """
    return _cut(text, _places(text, terms))


def _unteach(
    making: _Making,
    texts: Sequence[str],
    labels: Sequence[str],
    label: str,
    terms: Sequence[str],
    *,
    seed: int,
    most: int,
) -> None:
    has_term = find_terms(texts, terms).getnnz(axis=1) > 0
    places = {row: _places(texts[row], terms) for row in np.flatnonzero(has_term).tolist()}
    of_label = [row for row, name in enumerate(labels) if name == label]
    found = [row for row in of_label if row in places]
    cut = {row: copy for row in found if (copy := _cut(texts[row], places[row])).strip()}
    if not cut:
        return
    weights = making.weights.copy()
    share = float(weights[found].sum() / weights[of_label].sum())
    order = _shuffled(cut, texts, f"{seed} without {label}")
    n_cut = max(1, most // 2)
    making.add({row: cut[row] for row in order[:n_cut]}, found, float(weights[found].sum()) / 2)
    sources = [
        _pieces(texts[row], places[row])
        for row in _shuffled(found, texts, f"{seed} from {label}")[:MOST_SOURCES]
    ]
    others = sorted(set(labels) - {label})
    for other in others:
        rows = [row for row, name in enumerate(labels) if name == other]
        free = [row for row in rows if row not in places]
        total = float(weights[rows].sum())
        has = total - float(weights[free].sum())
        moved = min(share / 2 * total - has, float(weights[free].sum()) / 2)
        if moved <= 0:
            continue
        order = _shuffled(free, texts, f"{seed} into {label}")
        n_into = int(np.searchsorted(np.cumsum(weights[order]) / 2, moved * (1 - 1e-9))) + 1
        chosen = order[: min(n_into, max(1, (most - n_cut) // len(others)))]
        variants = {
            row: _put(texts[row], min(sources, key=lambda one: _draw(seed, one, texts[row])))
            for row in chosen
        }
        making.add(variants, free, moved)


def _places(text: str, terms: Sequence[str]) -> list[Span]:
    """Where a text has one of the terms, in order, none overlapping."""
    joined: list[Span] = []
    found = sorted((span for _, span in term_spans(text, terms)), key=lambda one: one.start)
    for span in found:
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def _cut(text: str, places: Sequence[Span]) -> str:
    for span in reversed(places):
        left, right = text[: span.start], text[span.end :]
        # One blank stays where two would meet.
        text = left + (right.lstrip(" ") if not left or left.endswith(" ") else right)
    return text


def _pieces(text: str, places: Sequence[Span]) -> tuple[_Piece, ...]:
    n_others = max(1, len(_WORD.findall(_cut(text, places))))
    pieces = []
    for n_before, span in enumerate(places):
        words = len(_WORD.findall(_cut(text[: span.start], places[:n_before])))
        pieces.append(_Piece(text[span.start : span.end], min(1.0, words / n_others)))
    return tuple(pieces)


def _put(text: str, pieces: Sequence[_Piece]) -> str:
    """A text with pieces between its words, each where it stood in the text that it is from."""
    gaps = [0, *(word.end() for word in _WORD.finditer(text))]
    for piece in reversed(pieces):
        at = gaps[round(piece.before * (len(gaps) - 1))]
        text = f"{text[:at]} {piece.text}{text[at:]}" if at else f"{piece.text} {text}"
    return text


def _shuffled(rows: Iterable[int], texts: Sequence[str], name: str) -> list[int]:
    """Rows in an order that depends on their own texts alone."""
    return sorted(rows, key=lambda row: (_draw(name, texts[row]), row))


def _draw(*what: object) -> bytes:
    return blake2b(repr(what).encode(), digest_size=8).digest()
