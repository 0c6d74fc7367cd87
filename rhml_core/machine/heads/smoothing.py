"""What unjudged messages tell about the judged ones: each stands for its whole neighbourhood."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rhml_core.machine.protocol import Floats

N_NEIGHBOURS = 30
SHARE = 0.5
AGREEING_SHARE = 0.8
"""Of the way, where a first head read all of a message's neighbourhood as its own label."""
MOST_POOL = 1000
"""Unjudged messages looked at; more take time and change little."""
_POOL_PER_NEIGHBOUR = 12
"""A neighbourhood is a small part of the pool, or it would say nothing of its own."""

FEW = 16
"""Messages of each label from which they tell more by themselves than their neighbourhoods do."""
_EVEN = 2
"""As many times the messages of another label make the labels' numbers uneven."""


def are_even(labels: Sequence[str]) -> bool:
    """
    Whether judged messages are about as many of one label as of another.

    >>> are_even(["a", "a", "b"]), are_even(["a", "a", "a", "b"])
    (True, False)
    """
    counts = Counter(labels).values()
    return bool(counts) and max(counts) <= _EVEN * min(counts)


def asks_for_smoothing(labels: Sequence[str]) -> bool:
    """
    Whether judged messages are few of each label, and about as many of one as of another.

    Many messages mark where labels border on each other, the more so where a queue chose them
    for that; a rare label's few would be drawn among another's.
    """
    return are_even(labels) and min(Counter(labels).values()) < FEW


def asks_for_priors(labels: Sequence[str]) -> bool:
    """Whether judged messages are many of each label, and do not tell how frequent each is."""
    return are_even(labels) and not asks_for_smoothing(labels)


@dataclass(frozen=True)
class Neighbourhoods:
    """
    Unjudged messages, ready to be compared with.

    Attributes:
        centre: shape (d,), their mean: what all messages have in common tells none apart.
        directions: shape (n, d), from the centre to each, of length 1; no rows where the pool
            is too small to have neighbourhoods.
    """

    centre: Floats
    directions: Floats

    def smooth(self, features: Floats, is_alike: NDArray[np.bool_] | None = None) -> Floats:
        """
        Judged messages moved some of the way to the middle of their nearest unjudged ones.

        A few judged messages are a noisy sample of what their label means; what lies around
        them has most likely the same meaning. Where something tells which of it has, the rest
        is passed over, and a message in the midst of others' moves less. Only what a head
        learns from is moved, never what it is asked about. Their distance from the centre
        stays as it is.

        Args:
            features: shape (n, d).
            is_alike: shape (n, n_pool): which unjudged messages seem to have the label of the
                judged one; None is not known, and all count alike.

        Returns:
            Shape (n, d); the features themselves where there are no neighbourhoods.

        Source:
            Chapelle, Zien: Semi-supervised classification by low density separation (the
            cluster assumption). Wu et al.: Simplifying graph convolutional networks
            (averaging over nearest neighbours). Mu, Viswanath: All-but-the-top (centring).
        """
        n_neighbours = min(N_NEIGHBOURS, len(self.directions) // _POOL_PER_NEIGHBOUR)
        if n_neighbours < 1:
            return features
        from_centre = features - self.centre
        lengths = np.linalg.norm(from_centre, axis=1, keepdims=True)
        nearness = from_centre @ self.directions.T
        nearest = np.argpartition(-nearness, n_neighbours - 1, axis=1)[:, :n_neighbours]
        if is_alike is None:
            share, middles = np.full((len(features), 1), SHARE), self.directions[nearest].mean(1)
        else:
            counts = np.take_along_axis(is_alike, nearest, axis=1)
            share = AGREEING_SHARE * counts.mean(axis=1, keepdims=True)
            middles = np.einsum("ij,ijk->ik", counts.astype(np.float64), self.directions[nearest])
        moved = (1 - share) * _unit(from_centre) + share * _unit(middles)
        smoothed: Floats = self.centre + lengths * _unit(moved)
        return smoothed


def neighbourhoods(pool: Floats) -> Neighbourhoods:
    """
    The neighbourhoods of a pool.

    Args:
        pool: shape (n, d), features of messages of which no label is known or used; every one
            is held against every judged one, so a sample of a large pool.
    """
    centre = pool.mean(axis=0) if len(pool) else np.zeros(pool.shape[1])
    return Neighbourhoods(centre, _unit(pool - centre))


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Floats = rows / np.maximum(lengths, 1e-12)
    return scaled
