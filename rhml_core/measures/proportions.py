"""How certain a share of messages is."""

from math import sqrt
from statistics import NormalDist

from rhml_core.errors import InvalidInputError, MeasureUndefinedError
from rhml_core.figures import Interval

_Z = NormalDist().inv_cdf(0.975)
"""Leaves 2.5 % on either side."""


def wilson_interval(n_with: int, n: int) -> Interval:
    """
    The share of messages that have a property, with its 95 % Wilson score interval.

    Unlike the normal interval it stays within 0 to 1 and says something sensible where all
    or none of a few messages have the property.

    Args:
        n_with: messages that have it, 0 to `n`.
        n: all messages.

    Raises:
        MeasureUndefinedError: there is no message.
        InvalidInputError: `n_with` is not within 0 to `n`.

    Source:
        Wilson, Probable inference, the law of succession, and statistical inference, 1927;
        recommended for few messages by Brown, Cai and DasGupta, Interval estimation for a
        binomial proportion, 2001.

    >>> print(wilson_interval(9, 10))
    0.90 [0.60, 0.98], n = 10
    """
    if n == 0:
        raise MeasureUndefinedError("A share of no messages is not known. Judge some first.")
    if not 0 <= n_with <= n:
        raise InvalidInputError(f"{n_with} of {n} messages is not a share. Count them again.")
    share = n_with / n
    low, high = wilson_bounds(share, n)
    return Interval(value=share, low=low, high=high, n=n)


def wilson_bounds(share: float, n: float) -> tuple[float, float]:
    """
    The bounds of `wilson_interval` around a share of `n` messages, which may be a fraction.

    >>> low, high = wilson_bounds(0.0, 3.5)
    >>> low, round(high, 2)
    (0.0, 0.52)
    """
    centre = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    # Rounding may leave the share of none or all a hair outside its own interval.
    return min(max(centre - half, 0), share), max(min(centre + half, 1), share)
