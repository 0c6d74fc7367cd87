"""
How certain an F1 is, one label's and the mean of several, also where next to nothing is wrong.

Drawing messages anew knows nothing of errors that did not happen: of 20 messages all answered
rightly every resample is right, and the interval has no width. What the bounds here hold instead is
in docs/decisions/0030.
"""

import math

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import InvalidInputError
from rhml_core.figures import Interval
from rhml_core.measures.proportions import wilson_interval


def f1_bounds(n_right: int, n_true: int, n_predicted: int) -> tuple[float, float] | None:
    """
    95 % bounds of one label's F1; None where the label is neither true nor predicted.

    Of the messages that have the label or were given it, the share with both is a plain share,
    J, whatever the others are; F1 = 2 J / (1 + J) rises with it, so that the Wilson bounds of J
    are carried over.

    Args:
        n_right: messages that have the label and were given it.
        n_true: messages that have it.
        n_predicted: messages that were given it.

    Raises:
        InvalidInputError: more are right than have the label, or were given it.
    """
    if not 0 <= n_right <= min(n_true, n_predicted):
        raise InvalidInputError("More answers are right than were given, or than could be.")
    n_either = n_true + n_predicted - n_right
    if not n_either:
        return None
    share = wilson_interval(n_right, n_either)
    return 2 * share.low / (1 + share.low), 2 * share.high / (1 + share.high)


def mean_bounds(
    values: NDArray[np.float64],
    lows: NDArray[np.float64],
    highs: NDArray[np.float64],
    replicates: NDArray[np.float64],
) -> tuple[float, float]:
    """
    95 % bounds of a mean, recovered from those of its parts.

    Args:
        values: shape (parts,).
        lows: shape (parts,), the lower 95 % bound of each.
        highs: shape (parts,), the upper one.
        replicates: shape (n, parts): resampled values, from which it is taken how the parts
            move together; a part that never moves is taken to move alone.

    Source:
        Zou and Donner, Construction of confidence limits about effect measures: a general
        approach, Statistics in Medicine 27, 2008 (MOVER), with correlated parts.
    """
    spread = replicates.std(axis=0)
    moves = spread > 0
    aside = np.where(moves, (replicates - replicates.mean(axis=0)) / np.where(moves, spread, 1), 0)
    together = aside.T @ aside / len(replicates)
    np.fill_diagonal(together, 1.0)

    mean = float(values.mean())
    below, above = (
        math.sqrt(max(float(margins @ together @ margins), 0.0)) / len(values)
        for margins in (values - lows, highs - values)
    )
    return max(mean - below, 0.0), min(mean + above, 1.0)


def no_narrower(interval: Interval, bounds: tuple[float, float]) -> Interval:
    """The interval, with bounds that lie further out where others do."""
    return Interval(
        value=interval.value,
        low=min(interval.low, bounds[0]),
        high=max(interval.high, bounds[1]),
        n=interval.n,
    )
