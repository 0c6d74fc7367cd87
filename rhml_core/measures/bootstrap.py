"""
Resampling messages without touching them one by one.

Most measures depend on sums over messages, and messages that contribute the same are
interchangeable. So a resample is one draw of how often each *kind* of message occurs. Where
every message is a kind of its own, as with probabilities, it is how often each one occurs.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rhml_core.figures import Interval

_CELLS_AT_ONCE = 8_000_000
"""Resampled counts held in memory at a time: 64 MB."""


def resampled_totals(
    contributions: NDArray[np.float64],
    n_alike: NDArray[np.int64],
    *,
    n_replicates: int,
    seed: int,
) -> NDArray[np.float64]:
    """
    Sums over messages drawn with replacement, one row per resample.

    Args:
        contributions: shape (kinds, sums): what one message of each kind adds to each sum.
        n_alike: shape (kinds,): messages of each kind, all above 0.
        n_replicates: resamples to draw, each as large as the data.
        seed: the same seed gives the same resamples.

    Returns:
        Shape (n_replicates, sums).

    Source:
        Efron and Tibshirani, An Introduction to the Bootstrap, chapter 6; counts of kinds in
        a sample drawn with replacement are multinomial.
    """
    random = np.random.default_rng(seed)
    n = int(n_alike.sum())
    chances = n_alike / n
    n_at_once = max(1, _CELLS_AT_ONCE // n_alike.size)
    blocks = [
        random.multinomial(n, chances, size=min(n_at_once, n_replicates - done)) @ contributions
        for done in range(0, n_replicates, n_at_once)
    ]
    return np.concatenate(blocks)


def resampled_counts(n: int, *, n_replicates: int, seed: int) -> Iterator[NDArray[np.float32]]:
    """
    How often each message occurs in each resample, in blocks that fit into memory.

    Args:
        n: messages, at least 1.
        n_replicates: resamples to draw in all, each as large as the data.
        seed: the same seed gives the same resamples.

    Yields:
        Shape (n, resamples of the block): each column sums to `n`. Single precision, which
        holds whole numbers up to 16 million exactly and halves the memory to move.
    """
    random = np.random.default_rng(seed)
    n_at_once = max(1, _CELLS_AT_ONCE // n)
    for done in range(0, n_replicates, n_at_once):
        size = min(n_at_once, n_replicates - done)
        drawn = random.integers(0, n, size=(size, n)) * size + np.arange(size)[:, np.newaxis]
        counts = np.bincount(drawn.ravel(), minlength=n * size)
        yield counts.reshape(n, size).astype(np.float32)


def percentile_interval(value: float, replicates: NDArray[np.float64], *, n: int) -> Interval:
    """
    The middle 95 % of the resampled values around the measured one.

    Args:
        value: the measure on the data as they are.
        replicates: shape (n,), at least one: the measure on each resample that defines it.
        n: messages behind the value.

    Returns:
        The interval; where the resamples of a small skewed sample leave the value itself
        outside, the nearer bound is moved out to it, so the interval is never too narrow
        to hold its own value.
    """
    low, high = np.quantile(replicates, (0.025, 0.975))
    return Interval(value=value, low=min(float(low), value), high=max(float(high), value), n=n)
