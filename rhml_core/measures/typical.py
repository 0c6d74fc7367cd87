"""What is typical of a few numbers: their median and their mean, each with its interval."""

from math import sqrt

import numpy as np
import polars as pl
from scipy.stats import binom, t  # type: ignore[import-untyped] # ships no types

from rhml_core.figures import Interval
from rhml_core.measures.estimates import Estimate

LEAST_FOR_MEDIAN = 6
"""Numbers below which no two of them hold the median between them with 95 % certainty."""

LEAST_FOR_MEAN = 2

_OUTSIDE = 0.025


def median_of(values: pl.Series, *, what: str) -> Estimate:
    """
    The middle of some numbers, between two of them that hold the true one with 95 % certainty.

    Args:
        values: numbers, drawn independently, in any order; of any distribution.
        what: what they are, many, for the sentence that says how many are missing.

    Source:
        Conover, Practical Nonparametric Statistics, 1999: bounds of a quantile by order
        statistics, whose ranks are binomial.

    >>> print(median_of(pl.Series([5.0, 1, 2, 3, 4, 9]), what="messages").interval)
    3.50 [1.00, 9.00], n = 6
    """
    n = len(values)
    if n < LEAST_FOR_MEDIAN:
        return Estimate(
            None, f"A median with its interval needs {LEAST_FOR_MEDIAN} {what}; there are {n:,}."
        )
    ordered = np.sort(values.cast(pl.Float64).to_numpy())
    below = max(int(binom.ppf(_OUTSIDE, n, 0.5)), 1)  # that rank and its mirror image
    return Estimate(
        Interval(float(np.median(ordered)), float(ordered[below - 1]), float(ordered[n - below]), n)
    )


def mean_of(counts: pl.Series, *, what: str) -> Estimate:
    """
    The mean of some counts with Student's 95 % interval, never below 0.

    Args:
        counts: at least 0, drawn independently.
        what: what they are, many, for the sentence that says how many are missing.

    Source:
        Student, The probable error of a mean, 1908.

    >>> print(mean_of(pl.Series([4, 6]), what="days").interval)
    5.00 [0.00, 17.71], n = 2
    """
    n = len(counts)
    if n < LEAST_FOR_MEAN:
        return Estimate(
            None, f"A mean with its interval needs {LEAST_FOR_MEAN} {what}; there are {n:,}."
        )
    numbers = counts.cast(pl.Float64).to_numpy()
    mean = float(numbers.mean())
    half = float(t.ppf(1 - _OUTSIDE, n - 1)) * float(numbers.std(ddof=1)) / sqrt(n)
    return Estimate(Interval(mean, max(mean - half, 0.0), mean + half, n))
