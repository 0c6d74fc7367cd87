"""Texts that one term after the other is looked for in, as while somebody types."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from rhml_core.lexicon import TermKind
from rhml_core.machine.evidence.phrases import words_of
from rhml_core.machine.terms.grammar import parse_term
from rhml_core.machine.terms.matching import find_terms

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class WordIndex:
    """
    Which texts have which words.

    Taking texts apart is what costs when a term is looked for; here it is done once.

    Attributes:
        texts: in order.
        numbers: of each word that a text has.
        rows: the texts with word 0, then those with word 1 and so on, each once, sorted.
        bounds: shape (n_words + 1,): those of word w are `rows[bounds[w] : bounds[w + 1]]`.
    """

    texts: Sequence[str]
    numbers: dict[str, int]
    rows: Rows
    bounds: Rows

    def find(self, expression: str) -> Rows:
        """
        The texts that contain a term, as `find_terms` finds them; sorted.

        Raises:
            InvalidInputError: the expression breaks the notation or is empty.
        """
        term = parse_term(expression)
        if term.kind is TermKind.LINK:
            return _rows_of(find_terms(self.texts, [expression]).nonzero()[0])
        steps = (step for chain in term.chains for step in chain)
        likely = _all_of(
            np.unique(np.concatenate([_all_of(map(self._rows_with, phrase)) for phrase in step]))
            for step in steps
        )
        if term.kind is TermKind.WORD:
            return likely
        # Its words are there; whether they stand as the term says is looked up in few texts.
        found = find_terms([self.texts[row] for row in likely.tolist()], [expression])
        return likely[_rows_of(found.nonzero()[0])]

    def _rows_with(self, word: str) -> Rows:
        number = self.numbers.get(word)
        if number is None:
            return np.zeros(0, dtype=np.int64)
        return self.rows[self.bounds[number] : self.bounds[number + 1]]


def index_words(texts: Sequence[str]) -> WordIndex:
    """
    An index of the words of some texts.

    >>> index_words(["Free entry", "free re-entry"]).find("free entry").tolist()
    [0]
    """
    numbers: dict[str, int] = {}
    words: list[int] = []
    lengths = np.zeros(len(texts), dtype=np.int64)
    for row, text in enumerate(texts):
        own = words_of(text)
        words.extend(numbers.setdefault(word, len(numbers)) for word in own)
        lengths[row] = len(own)
    rows = np.repeat(np.arange(len(texts)), lengths)
    n_texts = max(len(texts), 1)
    keys = np.unique(np.array(words, dtype=np.int64) * n_texts + rows)
    bounds = np.searchsorted(keys // n_texts, np.arange(len(numbers) + 1))
    return WordIndex(texts, numbers, keys % n_texts, bounds)


def _all_of(parts: Iterable[Rows]) -> Rows:
    """What is in each of some sorted rows."""
    return reduce(lambda one, other: np.intersect1d(one, other, assume_unique=True), parts)


def _rows_of(found: NDArray[np.int32]) -> Rows:
    return found.astype(np.int64)
