"""Two runs' right and wrong answers to the same messages: tests, and how many tell."""

from math import ceil, comb, erfc, sqrt
from statistics import NormalDist

from rhml_core.errors import InvalidInputError, MeasureUndefinedError

EXACT_BELOW = 25
"""Fewer messages than this on which only one run is right are tested exactly."""

_Z_LEVEL = NormalDist().inv_cdf(0.975)
"""For a two-sided test at 5 %."""

_Z_POWER = NormalDist().inv_cdf(0.8)
"""For telling four times in five."""


def mcnemar_p(n_fixed: int, n_broken: int) -> float:
    """
    Chance of at least such an imbalance if both runs were equally often right.

    Messages on which both are right or both wrong say nothing about which is better.

    Args:
        n_fixed: messages that only the second run answers rightly.
        n_broken: messages that only the first run answers rightly.

    Returns:
        Two-sided p-value, above 0 to 1: exact binomial below `EXACT_BELOW` such messages,
        else by chi-squared with continuity correction.

    Raises:
        MeasureUndefinedError: both runs are right on the very same messages.

    Source:
        McNemar, Note on the sampling error of the difference between correlated proportions
        or percentages, 1947; the correction is Edwards', 1948. Dietterich, Approximate
        statistical tests for comparing supervised classification learning algorithms, 1998.

    >>> mcnemar_p(5, 0)
    0.0625
    """
    n = n_fixed + n_broken
    if n == 0:
        raise MeasureUndefinedError(
            "Both runs are right on the very same messages, so nothing tells them apart. "
            "Judge more hold-out messages."
        )
    if n < EXACT_BELOW:
        n_as_uneven = sum(comb(n, k) for k in range(min(n_fixed, n_broken) + 1))
        return min(n_as_uneven / float(2 ** (n - 1)), 1.0)
    distance = max(abs(n_fixed - n_broken) - 1, 0)
    return erfc(sqrt(distance**2 / n / 2))


def messages_to_tell(difference: float, discordant: float) -> int:
    """
    Messages on which McNemar's test tells two runs apart, four times in five.

    Planned with an observed difference, the number is as uncertain as that difference is:
    an order of magnitude for how much more to judge, no promise.

    Args:
        difference: true difference in accuracy, above 0.
        discordant: share of messages on which just one of the two runs is right, at least
            `difference` and at most 1.

    Returns:
        At least 1, for a two-sided test at 5 % with a power of 80 %.

    Raises:
        InvalidInputError: such shares cannot be.

    Source:
        Connor, Sample size for testing differences in proportions for the paired-sample
        design, 1987.

    >>> messages_to_tell(0.05, 0.2)
    626
    """
    if not 0 < difference <= discordant <= 1:
        raise InvalidInputError(
            f"Accuracies cannot differ by {difference} where {discordant} of the messages are "
            "answered rightly by just one run. Give a difference above 0 and at most that share."
        )
    spread = _Z_LEVEL * sqrt(discordant) + _Z_POWER * sqrt(discordant - difference**2)
    return max(ceil((spread / difference) ** 2), 1)


def smallest_difference(n: int, discordant: float) -> float | None:
    """
    Difference in accuracy that McNemar's test tells, four times in five, on so many messages.

    Args:
        n: messages that both runs answered.
        discordant: share of them on which just one run is right, above 0 to 1.

    Returns:
        Above 0 to `discordant`; None where so few messages tell not even the largest
        difference, all of them answered rightly by the same run.

    Raises:
        InvalidInputError: such a share cannot be.
    """
    if messages_to_tell(discordant, discordant) > n:
        return None
    low, high = 0.0, discordant
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if messages_to_tell(middle, discordant) > n else (low, middle)
    return high
