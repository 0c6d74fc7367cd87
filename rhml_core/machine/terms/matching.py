"""Which messages contain which terms."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped] # ships no types

from rhml_core.lexicon import TermKind
from rhml_core.machine.terms.grammar import (
    MOST_WORDS_BETWEEN,
    Chain,
    ParsedTerm,
    Phrase,
    Step,
    parse_term,
)
from rhml_core.machine.terms.links import domains_above, links_of, rows_with_dots
from rhml_core.machine.terms.phrase_index import Ints, Occurrences, PhraseIndex, index_phrases

_CHUNK = 20_000
"""Texts that are taken apart at a time, so that memory stays bounded."""


def find_terms(texts: Sequence[str], expressions: Sequence[str]) -> csr_matrix:
    """
    Which texts contain which terms, word by word and in any letter case.

    Args:
        texts: any.
        expressions: in the notation of `rhml_core.machine.terms.grammar`; repeated ones have a
            column each.

    Returns:
        Shape (len(texts), len(expressions)), dtype bool; sorted indices, True alone is stored.

    Raises:
        InvalidInputError: an expression breaks the notation or is empty.

    >>> find_terms(["FREE entry!", "free re-entry"], ["entry", "free entry"]).toarray().tolist()
    [[True, True], [True, False]]
    """
    terms = prepare_terms(tuple(expressions))
    keys = [np.zeros(0, dtype=np.int64)]
    for start in range(0, len(texts), _CHUNK):
        rows, columns = terms.find(texts[start : start + _CHUNK])
        keys.append((rows + start) * terms.n_different + columns)
    # One sorted key for each cell: faster than sorting rows and columns, and none is twice.
    cells = _each_once(np.sort(np.concatenate(keys)))
    rows, columns = np.divmod(cells, max(terms.n_different, 1))
    starts = np.searchsorted(rows, np.arange(len(texts) + 1))
    found = csr_matrix(
        (np.ones(len(cells), dtype=np.bool_), columns, starts),
        shape=(len(texts), terms.n_different),
    )
    if terms.n_different == len(expressions):
        return found
    found = found[:, terms.columns]
    found.sort_indices()
    return found


def contain_any(texts: Sequence[str], expressions: Sequence[str]) -> NDArray[np.bool_]:
    """
    Which texts contain at least one of some terms: shape (len(texts),).

    Raises:
        InvalidInputError: an expression breaks the notation or is empty.

    >>> contain_any(["FREE entry!", "free lunch", "noon"], ["entry", "lunch"]).tolist()
    [True, True, False]
    """
    is_in: NDArray[np.bool_] = find_terms(texts, expressions).getnnz(axis=1) > 0
    return is_in


@dataclass(frozen=True)
class PreparedTerms:
    """
    Terms ready to be looked for.

    Attributes:
        parsed: what they say, each once.
        columns: shape (n_expressions,): which of these each expression says.
        index: of every phrase of words, phrases and patterns.
        numbers: of each of these phrases in the index.
        plain: shape (n_phrases,): the term that each phrase alone is; -1 where it is none.
        patterns: positions of the terms that a phrase alone does not decide.
        domains: positions of link terms by domain.
    """

    parsed: tuple[ParsedTerm, ...]
    columns: Ints
    index: PhraseIndex
    numbers: dict[Phrase, int]
    plain: Ints
    patterns: tuple[int, ...]
    domains: dict[str, int]

    @property
    def n_different(self) -> int:
        """Terms that do not say the same."""
        return len(self.parsed)

    def find(self, texts: Sequence[str]) -> tuple[Ints, Ints]:
        """Rows and columns of what is found, in no order, some of them several times."""
        found = self.index.find(texts)
        phrases = np.repeat(np.arange(self.index.n_phrases), np.diff(found.bounds))
        columns = self.plain[phrases]
        is_plain = columns >= 0
        parts = [(found.rows[is_plain], columns[is_plain])]
        for place in self.patterns:
            rows = self._rows_with(found, place)
            parts.append((rows, np.full(len(rows), place)))
        parts += self._links_in(texts)
        rows = np.concatenate([rows for rows, _ in parts])
        return rows, np.concatenate([columns for _, columns in parts])

    def step(self, found: Occurrences, step: Step) -> Ints:
        """Where any alternative of a step stands, as positions in `found`, sorted by start."""
        places = [self.numbers[phrase] for phrase in step]
        spans = [np.arange(found.bounds[at], found.bounds[at + 1]) for at in places]
        if len(spans) == 1:
            return spans[0]
        chosen = np.concatenate(spans)
        return chosen[np.argsort(found.starts[chosen], kind="stable")]

    def _rows_with(self, found: Occurrences, place: int) -> Ints:
        """The texts that have all chains of a pattern, each once, sorted."""
        rows: Ints | None = None
        for chain in self.parsed[place].chains:
            # Sorted: occurrences come by start, and texts lie one behind the other.
            own = _each_once(found.rows[self._last_of(found, chain)])
            rows = own if rows is None else own[_is_among(rows, own)]
            if not len(rows):
                break
        return np.zeros(0, dtype=np.int64) if rows is None else rows

    def _last_of(self, found: Occurrences, chain: Chain) -> Ints:
        """Where the last step of a chain stands, all others before it."""
        kept = self.step(found, chain[0])
        for step in chain[1:]:
            if not len(kept):
                break
            following = self.step(found, step)
            kept = following[follows(found.ends[kept], found.starts[following])]
        return kept

    def _links_in(self, texts: Sequence[str]) -> Iterator[tuple[Ints, Ints]]:
        if not self.domains:
            return
        cells = {
            (row, self.domains[domain])
            for row in rows_with_dots(texts)
            for link in links_of(texts[row])
            for domain in domains_above(link.domain)
            if domain in self.domains
        }
        pairs = np.array(sorted(cells), dtype=np.int64).reshape(-1, 2)
        yield pairs[:, 0], pairs[:, 1]


def follows(ends: Ints, starts: Ints) -> NDArray[np.bool_]:
    """Which starts come after one of the ends, with at most `MOST_WORDS_BETWEEN` words between."""
    ends = np.sort(ends)
    at = np.searchsorted(ends, starts - MOST_WORDS_BETWEEN)
    near: NDArray[np.bool_] = np.append(ends, np.iinfo(np.int64).max)[at] <= starts
    return near


def _each_once(numbers: Ints) -> Ints:
    """Sorted numbers without repeats; sorting is faster than NumPy's hashing."""
    once: Ints = (
        numbers[np.append([True], numbers[1:] != numbers[:-1])] if len(numbers) else numbers
    )
    return once


def _is_among(numbers: Ints, asked: Ints) -> NDArray[np.bool_]:
    """Which of the numbers asked about are among sorted others."""
    at = np.searchsorted(numbers, asked)
    is_there: NDArray[np.bool_] = np.append(numbers, -1)[at] == asked
    return is_there


@lru_cache(maxsize=16)
def prepare_terms(expressions: tuple[str, ...]) -> PreparedTerms:
    """
    Terms ready to be looked for; kept for the next call.

    Raises:
        InvalidInputError: an expression breaks the notation or is empty.
    """
    first: dict[ParsedTerm, int] = {}
    columns = [first.setdefault(parse_term(text), len(first)) for text in expressions]
    numbers: dict[Phrase, int] = {}
    for term in first:
        for phrase in term.phrases:
            numbers.setdefault(phrase, len(numbers))
    plain = np.full(len(numbers), -1, dtype=np.int64)
    for term, place in first.items():
        if term.phrase is not None:
            plain[numbers[term.phrase]] = place
    return PreparedTerms(
        parsed=tuple(first),
        columns=np.array(columns, dtype=np.int64),
        index=index_phrases(numbers),
        numbers=numbers,
        plain=plain,
        patterns=tuple(at for term, at in first.items() if term.kind is TermKind.PATTERN),
        domains={term.domain: place for term, place in first.items() if term.domain},
    )
