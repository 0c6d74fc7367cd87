"""Whether a machine is right as often as it says to be."""

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import MeasureUndefinedError
from rhml_core.figures import CoveragePoint, Interval, ReliabilityBin
from rhml_core.measures.proportions import wilson_interval

MAX_BINS = 15
MESSAGES_PER_BIN = 20
"""Fewer in a bin, and the share of right answers in it says more of chance than of skill."""

_COVERAGE_STEPS = 20

_CELLS_AT_ONCE = 8_000_000
"""Imagined answers held in memory at a time: 32 MB."""


def brier_scores(
    probabilities: NDArray[np.float64], truth: NDArray[np.int64]
) -> NDArray[np.float64]:
    """
    Squared distance of each message's probabilities from the truth.

    Args:
        probabilities: shape (n, labels), each row sums to 1.
        truth: shape (n,): the column of each message's reference label.

    Returns:
        Shape (n,): 0 (sure and right) to 2 (sure and wrong); their mean is the Brier score.

    Source:
        Brier, Verification of forecasts expressed in terms of probability, 1950.
    """
    missed = probabilities.copy()
    missed[np.arange(len(truth)), truth] -= 1
    scores: NDArray[np.float64] = (missed**2).sum(axis=1)
    return scores


def equal_bins(confidence: NDArray[np.float64]) -> NDArray[np.int64]:
    """
    The bin of each message, each bin with about as many messages.

    Bins of equal width leave most of them nearly empty, since most answers are sure. Here each
    holds about as many messages, at least `MESSAGES_PER_BIN` where there are so many, and
    there are at most `MAX_BINS`. Messages of equal confidence are never parted.

    Args:
        confidence: shape (n,): probability of each message's answer.

    Returns:
        Shape (n,): 0 (least sure) to the number of bins less 1; no bin is empty.

    Raises:
        MeasureUndefinedError: there is no message.

    Source:
        Nguyen and O'Connor, Posterior calibration and exploratory analysis for natural
        language processing models, 2015, on adaptive bins; Guo et al., On calibration of
        modern neural networks, 2017, on 15 of them.
    """
    n = confidence.size
    if n == 0:
        raise MeasureUndefinedError(
            "There are no messages to put into bins. Judge some hold-out messages first."
        )
    n_bins = min(max(n // MESSAGES_PER_BIN, 1), MAX_BINS)
    ordered = np.sort(confidence)
    starts = ordered[np.arange(1, n_bins) * n // n_bins]
    bins = np.searchsorted(starts, confidence, side="right")
    return np.unique(bins, return_inverse=True)[1].astype(np.int64)


def reliability_bins(
    confidence: NDArray[np.float64], is_right: NDArray[np.bool_]
) -> tuple[ReliabilityBin, ...]:
    """
    How sure the machine is and how often it is right, by bins of `equal_bins`.

    Args:
        confidence: shape (n,): probability of each message's answer.
        is_right: shape (n,): whether the answer is right.

    Returns:
        The least sure first.

    Raises:
        MeasureUndefinedError: there is no message.
    """
    bins = equal_bins(confidence)
    return tuple(
        ReliabilityBin(
            confidence=float(confidence[bins == number].mean()),
            accuracy=wilson_interval(
                int(is_right[bins == number].sum()), int((bins == number).sum())
            ),
        )
        for number in range(int(bins.max()) + 1)
    )


def overconfidence_by_bin(
    confidence: NDArray[np.float64], is_right: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """
    What each message adds to its bin's excess of confidence over right answers.

    Returns:
        Shape (n, bins of `equal_bins`): confidence less 1 where right, less 0 where wrong, in
        the message's own bin; 0 in the others.

    Raises:
        MeasureUndefinedError: there is no message.
    """
    bins = equal_bins(confidence)
    excess = np.zeros((confidence.size, int(bins.max()) + 1))
    excess[np.arange(confidence.size), bins] = confidence - is_right
    return excess


def calibration_errors(totals: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """
    Expected calibration error: mean distance of confidence and accuracy over the bins.

    Each bin weighs as its messages do.

    Args:
        totals: shape (..., bins): sums over messages of `overconfidence_by_bin`.
        n: messages.

    Returns:
        Shape (...): 0 (as often right as it says) to 1. Chance alone makes it positive: where
        20 messages are in a bin, about 0.08 for a machine that is right half of the time.

    Source:
        Naeini, Cooper and Hauskrecht, Obtaining well calibrated probabilities using Bayesian
        binning, 2015.
    """
    error: NDArray[np.float64] = np.abs(totals).sum(axis=-1) / n
    return error


def errors_by_chance(
    confidence: NDArray[np.float64], *, n_replicates: int, seed: int
) -> NDArray[np.float64]:
    """
    Calibration errors of a machine that is exactly as often right as it says.

    Args:
        confidence: shape (n,): probability of each message's answer.
        n_replicates: imagined series of right and wrong answers.
        seed: the same seed gives the same series.

    Returns:
        Shape (n_replicates,).

    Source:
        Brocker and Smith, Increasing the reliability of reliability diagrams, 2007:
        consistency resampling.
    """
    random = np.random.default_rng(seed)
    n = confidence.size
    bins = equal_bins(confidence)
    in_bin = (bins == np.arange(bins.max() + 1)[:, np.newaxis]).astype(np.float32)
    said = in_bin @ confidence.astype(np.float32)
    n_at_once = max(1, _CELLS_AT_ONCE // n)
    blocks = []
    for done in range(0, n_replicates, n_at_once):
        size = (n, min(n_at_once, n_replicates - done))
        is_right = random.random(size, dtype=np.float32) < confidence[:, np.newaxis]
        blocks.append(calibration_errors(said - (in_bin @ is_right.astype(np.float32)).T, n))
    return np.concatenate(blocks)


def calibration_interval(
    value: float, replicates: NDArray[np.float64], by_chance: NDArray[np.float64], *, n: int
) -> Interval:
    """
    The calibration error with a 95 % interval that allows for what chance adds to it.

    A resample has the data's chance deviations and its own on top, so resampled errors lie too
    high. Their lower end is therefore mirrored at the value, and is 0 wherever a perfectly
    calibrated machine would seem as bad in more than 5 of 100 series; their upper end stands,
    on the safe side. In simulation 91 to 98 of 100 such intervals hold the true error, where
    the plain percentile interval never holds 0.

    Args:
        value: the error on the data as they are.
        replicates: shape (resamples,): the error on each resample.
        by_chance: shape (series,): as by `errors_by_chance`.
        n: messages.

    Source:
        Davison and Hinkley, Bootstrap Methods and their Application, 1997, 5.2, on mirrored
        (basic) limits.
    """
    high = float(np.quantile(replicates, 0.975))
    low = 0.0 if value <= np.quantile(by_chance, 0.95) else max(2 * value - high, 0.0)
    return Interval(value=value, low=min(low, value), high=max(high, value), n=n)


def coverage_points(
    confidence: NDArray[np.float64], is_right: NDArray[np.bool_]
) -> tuple[CoveragePoint, ...]:
    """
    How often the machine is right where it answers only its surest messages.

    Args:
        confidence: shape (n,): probability of each message's answer.
        is_right: shape (n,): whether the answer is right.

    Returns:
        About every twentieth of the messages, the surest first, up to all of them. Messages of
        equal confidence are answered together, so a step may be left out.

    Raises:
        MeasureUndefinedError: there is no message.

    Source:
        El-Yaniv and Wiener, On the foundations of noise-free selective classification, 2010.
    """
    n = confidence.size
    if n == 0:
        raise MeasureUndefinedError(
            "There are no messages to answer. Judge some hold-out messages first."
        )
    order = np.argsort(-confidence, kind="stable")
    falling, n_right = confidence[order], is_right[order].cumsum()
    wanted = np.ceil(n * np.arange(1, _COVERAGE_STEPS + 1) / _COVERAGE_STEPS).astype(np.int64)
    answered = np.unique(np.searchsorted(-falling, -falling[wanted - 1], side="right"))
    return tuple(
        CoveragePoint(
            coverage=int(count) / n,
            threshold=float(falling[count - 1]),
            accuracy=wilson_interval(int(n_right[count - 1]), int(count)),
        )
        for count in answered
    )
