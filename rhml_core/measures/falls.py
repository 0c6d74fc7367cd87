"""Whether a share has fallen since a baseline, tested again and again as more comes in."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.05
"""Chance of ever finding a fall where there is none, however often one looks."""

LEAST_BEFORE = 5
"""Answers that a baseline needs; fewer tell nothing from noise."""

_SPENT_AT_A_LOOK = 0.2
_LONGEST_WINDOW = 8
_N_SERIES = 5_000


def first_fall(before: tuple[int, int], after: Sequence[tuple[int, int]]) -> int | None:
    """
    The first look at which a share lies below its baseline by more than noise.

    At each look the newest answers, those of one look or of up to eight together, are held
    against the baseline by a test of two shares, and the window that fell most counts. What
    such a greatest fall may be by chance is drawn: series of answers as numerous as these, all
    with the one share that baseline and later answers have together. Each look spends a fifth
    of the chance of a false finding that is left, so that all looks together, however many,
    spend no more than `LEVEL`. A look is decided by what was known at it, and so a finding
    stays.

    Args:
        before: answers with the property and all answers, of the baseline.
        after: the same for each look, oldest first; looks without an answer decide nothing.

    Returns:
        The position in `after`; None where there is none.

    Source:
        Lan and DeMets, Discrete sequential boundaries for clinical trials, 1983: spending the
        level over looks whose number is not fixed.
    """
    with_before, n_before = before
    looks = [(place, x, n) for place, (x, n) in enumerate(after) if n]
    if n_before < LEAST_BEFORE or not looks:
        return None
    counts = tuple(n for _, _, n in looks)
    series = np.array([[x for _, x, _ in looks]], dtype=np.float64)
    falls = _greatest_falls(np.array([float(with_before)]), n_before, series, counts)[0]
    with_so_far, n_so_far = with_before, n_before
    for position, (place, x, n) in enumerate(looks):
        with_so_far, n_so_far = with_so_far + x, n_so_far + n
        # A hundredth is finer than what the answers tell; the bounds of each are kept.
        share = round((with_so_far + 1) / (n_so_far + 2), 2)
        if falls[position] > _bounds(share, n_before, counts)[position]:
            return place
    return None


@lru_cache(maxsize=512)
def _bounds(share: float, n_before: int, counts: tuple[int, ...]) -> tuple[float, ...]:
    """What a fall must exceed at each look; that of a look depends on no later one."""
    random = np.random.default_rng(0)
    before = random.binomial(n_before, share, _N_SERIES).astype(np.float64)
    after = np.stack([random.binomial(n, share, _N_SERIES) for n in counts], axis=1)
    falls = _greatest_falls(before, n_before, after.astype(np.float64), counts)
    is_left = np.ones(_N_SERIES, dtype=np.bool_)
    bounds = []
    for look in range(len(counts)):
        spent = LEVEL * (1 - (1 - _SPENT_AT_A_LOOK) ** (look + 1))
        n_may_go = int(spent * _N_SERIES) - int((~is_left).sum())
        bound = float(np.sort(falls[is_left, look])[::-1][n_may_go])
        is_left &= falls[:, look] <= bound
        bounds.append(bound)
    return tuple(bounds)


def _greatest_falls(
    before: NDArray[np.float64],
    n_before: int,
    after: NDArray[np.float64],
    counts: tuple[int, ...],
) -> NDArray[np.float64]:
    """
    The greatest fall, in standard errors, over the windows that end at each look.

    Args:
        before: shape (series,): baseline answers with the property.
        n_before: baseline answers.
        after: shape (series, looks): answers with it at each look.
        counts: answers at each look, all above 0.

    Returns:
        Shape (series, looks).
    """
    greatest = np.full(after.shape, -np.inf)
    for look in range(len(counts)):
        has, n = np.zeros(len(before)), 0
        for start in range(look, max(look - _LONGEST_WINDOW, -1), -1):
            has, n = has + after[:, start], n + counts[start]
            share = (before + has) / (n_before + n)
            error = np.sqrt(share * (1 - share) * (1 / n_before + 1 / n))
            fall = (before / n_before - has / n) / np.where(error > 0, error, 1.0)
            greatest[:, look] = np.maximum(greatest[:, look], fall)
    return greatest
