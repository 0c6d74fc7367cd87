"""Every place at which any of many phrases stands, found in one walk over all texts."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rhml_core.machine.evidence.phrases import words_of
from rhml_core.machine.terms.grammar import MOST_WORDS_BETWEEN, Phrase

Ints = NDArray[np.int64]

_PIECE = re.compile(r"\w+")

_UNKNOWN = 0
"""Number of a word that no phrase has, and of the end of each text; no phrase crosses it."""
_APART = MOST_WORDS_BETWEEN + 1
"""Added between texts, so that what follows in another text is never near."""


@dataclass(frozen=True)
class Occurrences:
    """
    Where phrases stand, sorted by phrase, then by place.

    Attributes:
        rows: the text.
        starts, ends: the first word and the one after the last; words are counted through all
            texts, with a gap between texts that no term reaches across.
        bounds: shape (n_phrases + 1,): those of phrase p are `bounds[p]` to `bounds[p + 1]`.
    """

    rows: Ints
    starts: Ints
    ends: Ints
    bounds: Ints


@dataclass(frozen=True)
class PhraseIndex:
    """
    Phrases as a tree of words, ready to be looked for in any texts.

    Attributes:
        numbers: of each word that a phrase has, from 1.
        edges: sorted keys of `node * n_words + word`, nodes numbered from 0, the root.
        nodes: the node that each edge leads to.
        phrase_at: the phrase that ends at each node; -1 where none does.
        pieces: of each phrase its longest run of letters, which every text with the phrase has.
        n_phrases: how many there are.
    """

    numbers: dict[str, int]
    edges: Ints
    nodes: Ints
    phrase_at: Ints
    pieces: tuple[str, ...]
    n_phrases: int

    def find(self, texts: Sequence[str]) -> Occurrences:
        """
        Where the phrases stand in some texts; a phrase may stand within another.

        Words are taken apart as `words_of` does, in any letter case.
        """
        if not self.n_phrases or not len(texts):
            return _nothing(self.n_phrases)
        words, rows, places = self._read(texts)
        known = np.flatnonzero(words != _UNKNOWN)
        nodes = np.zeros(len(known), dtype=np.int64)
        found: list[tuple[Ints, Ints, Ints]] = []
        starts, length = known, 0
        while len(starts):
            nodes, is_alive = self._follow(nodes, words[starts + length])
            starts, length = starts[is_alive], length + 1
            phrases = self.phrase_at[nodes]
            is_end = phrases >= 0
            ended = starts[is_end]
            found.append((phrases[is_end], ended, np.full(len(ended), length)))
        if not found:
            return _nothing(self.n_phrases)
        phrases, starts, lengths = (np.concatenate(parts) for parts in zip(*found, strict=True))
        order = np.lexsort((starts, phrases))
        phrases, starts, lengths = phrases[order], starts[order], lengths[order]
        return Occurrences(
            rows[starts],
            places[starts],
            places[starts] + lengths,
            np.searchsorted(phrases, np.arange(self.n_phrases + 1)),
        )

    def _follow(self, nodes: Ints, words: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        """The nodes that a word leads to from each node, and where it leads anywhere."""
        keys = nodes * (len(self.numbers) + 1) + words
        at = np.minimum(np.searchsorted(self.edges, keys), len(self.edges) - 1)
        is_alive = self.edges[at] == keys
        return self.nodes[at[is_alive]], is_alive

    def _read(self, texts: Sequence[str]) -> tuple[Ints, Ints, Ints]:
        """Number, text and place of each word, with an unknown one after each text."""
        number_of = self.numbers.get
        # Many texts hold none of the phrases' longest words: only the others are taken apart.
        lowered = pl.Series([text.lower() for text in texts], dtype=pl.String)
        kept = lowered.str.contains_any(list(self.pieces)).arg_true().to_numpy().astype(np.int64)
        parts = [words_of(texts[row]) for row in kept]
        lengths = np.array([len(part) + 1 for part in parts], dtype=np.int64)
        end = ("",)
        words = np.fromiter(
            (number_of(word, _UNKNOWN) for part in parts for word in chain(part, end)),
            dtype=np.int64,
            count=int(lengths.sum()),
        )
        rows = np.repeat(kept, lengths)
        return words, rows, np.arange(len(words)) + rows * _APART


def _nothing(n_phrases: int) -> Occurrences:
    none = np.zeros(0, dtype=np.int64)
    return Occurrences(none, none, none, np.zeros(n_phrases + 1, dtype=np.int64))


def index_phrases(phrases: Iterable[Phrase]) -> PhraseIndex:
    """An index of phrases, each of at least one word; they are numbered as they come."""
    numbers: dict[str, int] = {}
    pieces: set[str] = set()
    children: dict[tuple[int, int], int] = {}
    ends: dict[int, int] = {}
    n_phrases = 0
    for phrase in phrases:
        node = 0
        for word in phrase:
            number = numbers.setdefault(word, len(numbers) + 1)
            node = children.setdefault((node, number), len(children) + 1)
        ends[node] = n_phrases
        pieces.add(max(_PIECE.findall(" ".join(phrase)), key=len))
        n_phrases += 1
    keys = np.array([node * (len(numbers) + 1) + word for node, word in children], dtype=np.int64)
    order = np.argsort(keys)
    phrase_at = np.full(len(children) + 1, -1, dtype=np.int64)
    phrase_at[list(ends)] = list(ends.values())
    nodes = np.array(list(children.values()), dtype=np.int64)
    return PhraseIndex(
        numbers, keys[order], nodes[order], phrase_at, tuple(sorted(pieces)), n_phrases
    )
