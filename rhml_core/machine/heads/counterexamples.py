"""Training messages varied, so that a term which people called a wrong reason tells nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from rhml_core.machine.heads.varied_texts import Piece, cut, pieces_of, places_of, put
from rhml_core.machine.protocol import Floats
from rhml_core.machine.terms.matching import contain_any

Rejected = tuple[str, str]
"""An expression in the lexicon's notation, and the label that it is no reason for."""

MOST_COUNTEREXAMPLES = 400
"""Of one training: more would make people wait, and tell the machine nothing new."""
MOST_SOURCES = 40
"""Messages from which the term's ways of standing in a text are taken."""
MOST_GIVEN = 0.5
"""Share of its own weight that a message gives to copies, however much is rejected."""


@dataclass(frozen=True)
class Counterexamples:
    """
    Varied copies of training messages; each keeps the label of its origin.

    Attributes:
        texts: of the copies.
        origins: shape (n_copies,): the training message that each was made from.
        weights: shape (n_training + n_copies,): how much every training message counts beside
            its copies, then how much each copy does; a label's sum is what it was. A message
            keeps half of its own weight or more, and no copy counts more than its origin.
        own_weights: shape (n_training,): how much every training message counts by itself.
    """

    texts: tuple[str, ...]
    origins: NDArray[np.int64]
    weights: Floats
    own_weights: Floats

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
class _Request:
    """
    Copies that are to take weight over from messages of one label.

    Attributes:
        rows: the messages that the copies stand for.
        origins: those of them that are copied, most wanted first.
        moved: weight that the copies should have.
        vary: the text of a message's copy.
    """

    rows: list[int]
    origins: list[int]
    moved: float
    vary: Callable[[int], str]


@dataclass(frozen=True)
class _Wrong:
    """
    A label, and where its messages have what is no reason for it.

    Attributes:
        sources: how the terms stand in messages of the label.
        has_term: shape (n,), of all messages.
        cut: message of the label -> its text without the terms, where anything is left.
    """

    label: str
    sources: list[tuple[Piece, ...]]
    has_term: NDArray[np.bool_]
    cut: dict[int, str]


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
    frequent there as in the label. The copies take their weight from the messages that they
    stand for, from each the same share. So the term tells nothing of the label any more, while
    all that it stood beside still does. Where much is rejected, or few copies are made for many
    messages, the term tells less than before, but not nothing: what people judged counts first.

    Args:
        texts: training messages.
        labels: theirs, aligned.
        weights: how much each message counts, above 0; None counts all alike.
        rejected: terms, each with the label that it is no reason for.
        seed: fixes which messages are varied and how; a message that joins later leaves most
            copies of the others as they are.
        most: most copies, of all terms together; each label's get the same number where they
            ask for as many.

    Returns:
        No copies where no training message of a label contains a term rejected for it.

    Source:
        Teso, Kersting: Explanatory interactive machine learning (CAIPI), 2019: the part that is
        no reason is varied, the label kept. Putting it elsewhere in equal shares is ours.
    """
    own = np.ones(len(texts)) if weights is None else np.array(weights, np.float64)
    terms_of: dict[str, list[str]] = {}
    for label, term in sorted({(label, term) for term, label in rejected}):
        terms_of.setdefault(label, []).append(term)
    found = [
        _find_wrong(texts, labels, label, terms_of[label], seed=seed)
        for label in sorted(set(labels) & set(terms_of))
    ]
    # What is put into a message is put beside no wrong reason of its own label.
    bare = list(texts)
    for wrong in found:
        for row, text in wrong.cut.items():
            bare[row] = text
    requests = [_requests(wrong, texts, bare, labels, own, seed=seed) for wrong in found]
    granted = _grant(requests, most)
    return Counterexamples(
        tuple(request.vary(row) for request in granted for row in request.origins),
        np.array([row for request in granted for row in request.origins], dtype=np.int64),
        _weigh(own, granted),
        own,
    )


def no_counterexamples(weights: Floats) -> Counterexamples:
    """None at all, beside messages that count so much."""
    own = np.asarray(weights, np.float64)
    return Counterexamples((), np.empty(0, dtype=np.int64), own, own)


def _find_wrong(
    texts: Sequence[str], labels: Sequence[str], label: str, terms: Sequence[str], *, seed: int
) -> _Wrong:
    has_term = contain_any(texts, terms)
    places = {
        row: places_of(texts[row], terms)
        for row in np.flatnonzero(has_term).tolist()
        if labels[row] == label
    }
    bare = {row: cut(texts[row], spans) for row, spans in places.items()}
    chosen = _shuffled(places, texts, f"{seed} from {label}")[:MOST_SOURCES]
    return _Wrong(
        label,
        [pieces_of(texts[row], places[row]) for row in chosen],
        has_term,
        {row: text for row, text in bare.items() if text.strip()},
    )


def _requests(
    wrong: _Wrong,
    texts: Sequence[str],
    bare: Sequence[str],
    labels: Sequence[str],
    weights: Floats,
    *,
    seed: int,
) -> list[_Request]:
    """First copies without the terms, then those with them, of each other label."""
    if not wrong.cut:
        return []
    is_label = np.array([name == wrong.label for name in labels])
    found = np.flatnonzero(is_label & wrong.has_term).tolist()
    share = float(weights[found].sum() / weights[is_label].sum())
    order = _shuffled(wrong.cut, texts, f"{seed} without {wrong.label}")
    moved = float(weights[found].sum()) / 2
    requests = [_Request(found, order, moved, wrong.cut.__getitem__)]

    def with_terms(row: int) -> str:
        source = min(wrong.sources, key=lambda one: _draw(seed, one, texts[row]))
        return put(bare[row], source)

    names = sorted(set(labels))
    place = names.index(wrong.label)
    # Where copies are too few for all labels, each rejected label begins with others.
    for other in (*names[place + 1 :], *names[:place]):
        rows = [row for row, name in enumerate(labels) if name == other]
        free = [row for row in rows if not wrong.has_term[row]]
        n_free = float(weights[free].sum())
        has = float(weights[rows].sum()) - n_free
        moved = min(share / 2 * (n_free + has) - has, n_free / 2)
        if moved <= 0:
            continue
        order = _shuffled(free, texts, f"{seed} into {wrong.label}")
        n_into = int(np.searchsorted(np.cumsum(weights[order]) / 2, moved * (1 - 1e-9))) + 1
        requests.append(_Request(free, order[:n_into], moved, with_terms))
    return requests


def _grant(requests: Sequence[Sequence[_Request]], most: int) -> list[_Request]:
    """What is asked for each label, with so many copies in all; no request without a copy."""
    granted = []
    asked = [sum(len(one.origins) for one in of_label) for of_label in requests]
    for of_label, n_label in zip(requests, _fair_shares(asked, most), strict=True):
        if not of_label:
            continue
        without, *into = of_label
        n_into = [len(one.origins) for one in into]
        n_without, n_elsewhere = _fair_shares([len(without.origins), sum(n_into)], n_label)
        numbers = [n_without, *_fair_shares(n_into, n_elsewhere)]
        granted += [
            replace(one, origins=one.origins[:n])
            for one, n in zip(of_label, numbers, strict=True)
            if n
        ]
    return granted


def _fair_shares(asked: Sequence[int], most: int) -> list[int]:
    """
    What each gets of a number: what it asks for, and where that is too much, as much as others.

    >>> _fair_shares([2, 9, 9], 11)
    [2, 5, 4]
    """
    shares, left = [0] * len(asked), most
    order = sorted(range(len(asked)), key=lambda place: (asked[place], -place))
    for n_before, place in enumerate(order):
        shares[place] = min(asked[place], left // (len(asked) - n_before))
        left -= shares[place]
    return shares


def _weigh(own: Floats, requests: Sequence[_Request]) -> Floats:
    """Weights of the messages and then of the copies, request by request; bounded for each."""
    shares, asked = [], np.zeros(len(own))
    for request in requests:
        of_rows, of_origins = own[request.rows].sum(), own[request.origins].sum()
        # More would make a copy count more than its origin, which gives this share as well.
        moved = min(request.moved, of_rows * of_origins / (of_rows + of_origins))
        shares.append(moved / of_rows)
        asked[request.rows] += moved / of_rows
    given = np.minimum(asked, MOST_GIVEN)
    part = np.divide(given, asked, out=np.ones(len(own)), where=asked > 0)
    messages, copies = own.copy(), [np.empty(0)]
    for request, share in zip(requests, shares, strict=True):
        origins = request.origins
        taken = share * part[request.rows] * own[request.rows]
        kept = 1 - given[origins].max()
        taken *= min(1.0, kept * own[origins].sum() / taken.sum())
        messages[request.rows] -= taken
        copies.append(taken.sum() * own[origins] / own[origins].sum())
    return np.concatenate([messages, *copies])


def _shuffled(rows: Iterable[int], texts: Sequence[str], name: str) -> list[int]:
    """Rows in an order that depends on their own texts alone."""
    return sorted(rows, key=lambda row: (_draw(name, texts[row]), row))


def _draw(*what: object) -> bytes:
    return blake2b(repr(what).encode(), digest_size=8).digest()
