"""Messages that got the same votes from the same raters are one kind, worked on once."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array  # type: ignore[import-untyped] # ships no types

from rhml_core.measures.ratings import Ratings

_MOST_KINDS = 0.5
"""Share of the messages; with more kinds, telling them apart would cost more than it saves."""
_LARGEST_CODE = 2**62


@dataclass(frozen=True, eq=False)
class VoteKinds:
    """
    The kinds of messages there are.

    Attributes:
        votes: shape (kinds, raters * labels): as `Ratings.votes`, a row for each kind.
        known: shape (kinds,): the label that is known, -1 of the others; None where none is.
        first: shape (kinds,): the first message of each kind.
        of_message: shape (messages,): the kind of each message.
    """

    votes: csr_array
    known: NDArray[np.int32] | None
    first: NDArray[np.int64]
    of_message: NDArray[np.int64]

    @classmethod
    def of(cls, ratings: Ratings, known: NDArray[np.int32] | None) -> Self:
        """
        The kinds of messages by who said what of them and what is known of them.

        Where few messages are alike, each is a kind of its own.
        """
        n_messages = len(ratings.messages)
        of_message = _codes(ratings.votes, known)
        if of_message is None:
            every = np.arange(n_messages)
            return cls(ratings.votes, known, every, every)
        first = np.empty(int(of_message.max()) + 1, dtype=np.int64)
        first[of_message[::-1]] = np.arange(n_messages)[::-1]
        told = None if known is None else known[first]
        return cls(ratings.votes[first], told, first, of_message)

    def weights(self, of_messages: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """Shape (kinds,): how much the messages of each kind count together, one each if None."""
        return np.bincount(self.of_message, of_messages, minlength=self.first.size).astype(
            np.float64
        )


def _codes(votes: csr_array, known: NDArray[np.int32] | None) -> NDArray[np.int64] | None:
    """
    The same whole number for messages that are alike, from 0; None where few are.

    Messages are told apart by what is known, then by their first vote, their second, and so on.
    """
    n_messages, n_columns = votes.shape
    n_votes = np.diff(votes.indptr)
    base = n_columns + 1
    codes = np.zeros(n_messages, dtype=np.int64) if known is None else known.astype(np.int64) + 1
    n_codes = int(codes.max(initial=0)) + 1
    for nth in range(int(n_votes.max(initial=0))):
        if n_codes > _LARGEST_CODE // base:
            codes, n_codes = _renumbered(codes)
            if n_codes > _MOST_KINDS * n_messages:  # further votes make it only more
                return None
        has_it = n_votes > nth
        codes *= base
        codes[has_it] += votes.indices[votes.indptr[:-1][has_it] + nth] + 1
        n_codes *= base
    codes, n_codes = _renumbered(codes)
    return None if n_codes > _MOST_KINDS * n_messages else codes


def _renumbered(codes: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """The codes numbered from 0 without gaps, and how many there are."""
    distinct, numbered = np.unique(codes, return_inverse=True)
    return numbered.astype(np.int64), distinct.size
