"""What a head reads of a text beside its embedding: lexicon terms, and how it is spelt."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rhml_core.machine.evidence.phrases import words_of
from rhml_core.machine.heads.letters import LetterSpace

_PIECE = re.compile(r"\w+")

Readings = NDArray[np.float16]
"""What a `Wording` found: one row per text, scaled for a head; half precision saves memory."""

TERM_SCALE = 0.2
"""
A term's presence against a text's whole embedding of length 1.

A head is penalised for long coefficients, so that the scale is how readily a few messages make
it rely on a term.
"""
LETTER_SCALE = 1.0


@dataclass(frozen=True)
class Wording:
    """
    Which terms are looked for, and the space of spellings.

    Attributes:
        terms: words and phrases in lower case, single spaces between the words.
        letters: None where spelling is not looked at.
    """

    terms: tuple[str, ...] = ()
    letters: LetterSpace | None = None

    @property
    def n_features(self) -> int:
        """Columns of the readings; 0 where the texts are not looked at."""
        return len(self.terms) + (self.letters.n_directions if self.letters else 0)

    def read(self, texts: Sequence[str]) -> Readings:
        """Shape (len(texts), n_features): spelling first, then the terms."""
        readings = np.zeros((len(texts), self.n_features), dtype=np.float16)
        n_letters = self.n_features - len(self.terms)
        if self.letters:
            readings[:, :n_letters] = LETTER_SCALE * self.letters.read(texts)
        if self.terms:
            readings[:, n_letters:] = TERM_SCALE * find_terms(texts, self.terms)
        return readings


NO_WORDING = Wording()
"""The embedding alone."""


def normal_terms(terms: Iterable[str]) -> tuple[str, ...]:
    """
    Terms as a `Wording` keeps them: sorted, each once, none empty.

    >>> normal_terms(["Free  entry", "free entry", "--"])
    ('free entry',)
    """
    return tuple(sorted({" ".join(words_of(term)) for term in terms} - {""}))


def find_terms(texts: Sequence[str], terms: Sequence[str]) -> NDArray[np.bool_]:
    """
    Which texts contain which terms, word by word and in any letter case.

    Args:
        texts: any.
        terms: as `normal_terms` gives them.

    Returns:
        Shape (len(texts), len(terms)).

    >>> find_terms(["FREE entry!", "free re-entry"], ["entry", "free entry"]).tolist()
    [[True, True], [True, False]]
    """
    found = np.zeros((len(texts), len(terms)), dtype=np.bool_)
    if not len(texts) or not terms:
        return found
    # Most texts hold none of the terms' longest words: only the others are taken apart.
    longest = sorted({max(_PIECE.findall(term), key=len) for term in terms})
    lowered = pl.Series([text.lower() for text in texts], dtype=pl.String)
    rows = lowered.str.contains_any(longest).arg_true().to_numpy()
    words = pl.Series([f" {' '.join(words_of(texts[row]))} " for row in rows], dtype=pl.String)
    for column, term in enumerate(terms):
        found[rows, column] = words.str.contains(f" {term} ", literal=True).to_numpy()
    return found
