"""
Intervals whose ends are moved for bias and skew.

Measures of agreement pile up towards 1, so the middle 95 % of the resampled values lies a
little too low and too short. Both can be read off the data, and the ends are moved for them.
Where nobody ever disagreed every resample has the value 1, and a share of disagreement that may
have gone unseen takes their place.
"""

from collections.abc import Callable
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import MeasureUndefinedError
from rhml_core.figures import Interval
from rhml_core.measures.bootstrap import resampled_totals
from rhml_core.measures.proportions import wilson_interval

Floats = NDArray[np.float64]
_NORMAL = NormalDist()
_CHANCES = (0.025, 0.975)


def corrected_interval(
    measure: Callable[[Floats], Floats],
    contributions: Floats,
    n_alike: NDArray[np.int64],
    *,
    divided: Floats,
    n: int,
    n_replicates: int,
    seed: int,
) -> Interval:
    """
    A measure of agreement with its 95 % interval, by messages drawn with replacement.

    Resamples that leave the measure undefined are dropped, so the interval speaks of the samples
    that could be measured. Where everyone always agrees the ends are `full_agreement_bounds`.

    Args:
        measure: from sums, shape (..., sums), to values, shape (...), NaN where undefined.
        contributions: shape (kinds, sums): what one message of each kind adds to each sum.
        n_alike: shape (kinds,): messages of each kind, all above 0.
        divided: as for `full_agreement_bounds`.
        n: messages on which people could agree; the interval counts them.
        n_replicates: resamples to draw.
        seed: the same seed gives the same interval.

    Returns:
        The interval; it always holds its own value.

    Raises:
        MeasureUndefinedError: the measure is undefined on the data, or on every resample.

    Source:
        Efron, Better bootstrap confidence intervals, 1987 (bias-corrected and accelerated).
    """
    drawn = resampled_totals(contributions, n_alike, n_replicates=n_replicates, seed=seed)
    return interval_of_drawn(measure, contributions, n_alike, drawn, divided=divided, n=n)


def interval_of_drawn(
    measure: Callable[[Floats], Floats],
    contributions: Floats,
    n_alike: NDArray[np.int64],
    drawn: Floats,
    *,
    divided: Floats,
    n: int,
) -> Interval:
    """
    As `corrected_interval`, by resamples that several measures share.

    These are `drawn`, shape (resamples, sums), as from `resampled_totals`.

    Raises:
        MeasureUndefinedError: as for `corrected_interval`.
    """
    totals = n_alike @ contributions
    value = float(measure(totals))
    if np.isnan(value):
        raise MeasureUndefinedError("The measure has no value on these messages.")
    if value == 1:
        low, high = full_agreement_bounds(measure, totals, divided=divided, n=n)
    else:
        left_out = measure(totals - contributions)
        low, high = corrected_bounds(value, measure(drawn), left_out, n_alike)
    return Interval(value=value, low=low, high=high, n=n)


def full_agreement_bounds(
    measure: Callable[[Floats], Floats], totals: Floats, *, divided: Floats, n: int
) -> tuple[float, float]:
    """
    The ends of a 95 % interval around an agreement of 1.

    So many messages may be divided without one having been seen; the lower end is the measure
    with so many, chance as it was measured, and not below 0: agreement as chance gives it would
    have shown. More than two raters are seldom divided wholly, so with them the interval is wider
    than it need be.

    Args:
        measure: from sums, shape (..., sums), to values, shape (...).
        totals: shape (sums,), of all messages.
        divided: shape (sums,): what a message adds more where its raters are divided.
        n: messages on which people could agree.

    Source:
        Wilson, Probable inference, 1927, for the share; how often the interval holds the truth
        is in docs/decisions/0031.
    """
    unseen = 1 - wilson_interval(n, n).low
    return max(float(measure(totals + unseen * n * divided)), 0.0), 1.0


def corrected_bounds(
    value: float, resampled: Floats, left_out: Floats, n_alike: NDArray[np.int64]
) -> tuple[float, float]:
    """
    The ends of a 95 % interval around a measured value.

    Args:
        value: the measure on the data as they are.
        resampled: shape (resamples,): on each resample, NaN where undefined.
        left_out: shape (kinds,): without one message of each kind, NaN where undefined.
        n_alike: shape (kinds,): messages of each kind.

    Raises:
        MeasureUndefinedError: every resample leaves the measure undefined.
    """
    defined = resampled[~np.isnan(resampled)]
    if not defined.size:
        raise MeasureUndefinedError(
            "The second label is too rare to say how certain the figure is. "
            "Label more messages together first."
        )
    bias = _bias(value, defined)
    skew = _skew(left_out, n_alike)
    chances = [_moved(chance, bias, skew) for chance in _CHANCES]
    low, high = np.quantile(defined, chances)
    return min(float(low), value), max(float(high), value)


def _bias(value: float, resampled: Floats) -> float:
    """How far the resampled values lie below the measured one, in standard deviations."""
    is_same = np.isclose(resampled, value, rtol=0, atol=1e-12)
    below = ((resampled < value) & ~is_same).mean() + is_same.mean() / 2
    least = 1 / (resampled.size + 1)
    return _NORMAL.inv_cdf(float(np.clip(below, least, 1 - least)))


def _skew(left_out: Floats, n_alike: NDArray[np.int64]) -> float:
    """The acceleration: how much single messages pull one way, from leaving each out."""
    is_defined = ~np.isnan(left_out)
    values, weights = left_out[is_defined], n_alike[is_defined]
    if not values.size:
        return 0.0
    apart = np.average(values, weights=weights) - values
    spread = float(weights @ apart**2)
    return float(weights @ apart**3) / (6 * spread**1.5) if spread > 0 else 0.0


def _moved(chance: float, bias: float, skew: float) -> float:
    """The share of resampled values below the end that is wanted below with this chance."""
    wanted = bias + _NORMAL.inv_cdf(chance)
    stretch = 1 - skew * wanted
    if stretch <= 0:  # skew beyond what the correction can mend
        return chance
    return _NORMAL.cdf(bias + wanted / stretch)
