"""Figures that may be undefined, and their intervals where answers share messages."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rhml_core.figures import Interval
from rhml_core.measures.proportions import wilson_bounds


@dataclass(frozen=True)
class Estimate:
    """
    A figure with its interval, or the reason why there is none.

    Attributes:
        interval: None where `missing` says why the figure is undefined.
        missing: a whole sentence for people; "" where there is a figure.
    """

    interval: Interval | None
    missing: str = ""


def share_of(is_with: pl.Series, message_ids: pl.Series, *, missing: str) -> Estimate:
    """
    The share of answers that have a property.

    Answers of several experts to one message are alike, for a hard message is hard for all of
    them. They count as fewer by `design_effect`; what is found holds for these experts on other
    messages. Where every message has one answer the interval is Wilson's.

    Args:
        is_with: Boolean, one for each answer.
        message_ids: String, aligned: what was answered.
        missing: what to say where there is no answer.

    Source:
        Korn and Graubard, Confidence intervals for proportions with small expected number of
        positive counts estimated from survey data, 1998: bounds at the effective sample size.
    """
    n = len(is_with)
    if n == 0:
        return Estimate(None, missing)
    answers = is_with.cast(pl.Float64).to_numpy()
    share = float(answers.mean())
    n_messages = message_ids.n_unique()
    n_effective = float(n_messages)
    if 0 < share < 1:
        n_effective = n / design_effect(answers - share, message_ids)
    low, high = wilson_bounds(share, n_effective)
    return Estimate(Interval(share, low, high, n))


def design_effect(deviations: NDArray[np.float64], message_ids: pl.Series) -> float:
    """
    How many answers are worth one, since answers to one message are alike.

    Args:
        deviations: shape (n,), of each answer from the mean; their sum is 0.
        message_ids: aligned.

    Returns:
        Variance of the mean with messages drawn, over that with answers drawn: at least 1, and
        exactly 1 where every message has one answer.

    Source:
        Kish, Survey Sampling, 1965; the variance of a ratio over clusters, Cochran, Sampling
        Techniques, 1977.
    """
    n_messages = message_ids.n_unique()
    independent = float((deviations**2).sum())
    if n_messages in {1, len(deviations)} or independent <= 0:
        return 1.0 if n_messages == len(deviations) else float(len(deviations) / n_messages)
    by_message = (
        pl.DataFrame({"message_id": message_ids, "deviation": deviations})
        .group_by("message_id")
        .agg(pl.col("deviation").sum())["deviation"]
        .to_numpy()
    )
    clustered = float((by_message**2).sum()) * n_messages / (n_messages - 1)
    return max(clustered / independent, 1.0)


def difference_of(first: Interval, second: Interval, *, n: int) -> Interval:
    """
    The second figure less the first, both measured apart.

    Where both are from the same messages the interval is wider than it need be.

    Args:
        first: the earlier figure.
        second: the later one.
        n: messages or answers behind the difference.

    Source:
        Newcombe, Interval estimation for the difference between independent proportions, 1998,
        method 10; for other figures Zou and Donner, Construction of confidence limits about
        effect measures: a general approach, 2008.

    >>> print(difference_of(Interval(0.5, 0.4, 0.6, 90), Interval(0.7, 0.6, 0.8, 90), n=180))
    0.20 [0.06, 0.34], n = 180
    """
    value = second.value - first.value
    below = sqrt((second.value - second.low) ** 2 + (first.high - first.value) ** 2)
    above = sqrt((second.high - second.value) ** 2 + (first.value - first.low) ** 2)
    return Interval(value, value - below, value + above, n)
