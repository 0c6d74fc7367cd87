"""What a head reads of a text beside its embedding: lexicon terms, and how it is spelt."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rhml_core.machine.heads.letters import LetterSpace
from rhml_core.machine.terms.matching import find_terms

Readings = NDArray[np.float16]
"""What a `Wording` found: one row per text, scaled for a head; half precision saves memory."""

TERM_SCALE = 0.2
"""
A term's presence against a text's whole embedding of length 1.

A head is penalised for long coefficients, so that the scale is how readily a few messages make
it rely on a term.
"""
LETTER_SCALE = 1.0
MOST_TERMS = 256
"""Terms that a head reads; more would only swell what is kept for each message."""


@dataclass(frozen=True)
class Wording:
    """
    Which terms are looked for, and the space of spellings.

    Attributes:
        terms: canonical expressions of `rhml_core.machine.terms.grammar`.
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
            rows, columns = find_terms(texts, self.terms).nonzero()
            readings[rows, n_letters + columns] = TERM_SCALE
        return readings


NO_WORDING = Wording()
"""The embedding alone."""


def commonest_terms(
    texts: Sequence[str], expressions: Sequence[str], *, most: int = MOST_TERMS
) -> tuple[str, ...]:
    """
    The terms that a head reads, of a lexicon that may have thousands.

    All of them up to `most`; of more, those that most texts contain. A term that few messages
    have can teach a head little, and each one costs a number for each message.

    Args:
        texts: messages that may be looked at; none of them hold-out.
        expressions: canonical ones.
        most: 1 or more.

    Returns:
        Sorted, each once. Where as many texts contain them, the first in the alphabet are kept.

    >>> commonest_terms(["free entry", "free"], ["entry", "free", "prize"], most=2)
    ('entry', 'free')
    """
    terms = sorted(set(expressions))
    if len(terms) > most:
        n_texts = find_terms(texts, terms).getnnz(axis=0)
        terms = [terms[place] for place in np.argsort(-n_texts, kind="stable")[:most]]
    return tuple(sorted(terms))
