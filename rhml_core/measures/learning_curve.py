"""What more labels would still bring: a curve through what they brought so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import InvalidInputError, NotEnoughDataError
from rhml_core.figures import Interval

POINTS_TO_FIT = 4
"""A curve of three parameters goes through any three points, and would tell nothing."""

_HEIGHTS = 31
_EXPONENTS = np.geomspace(0.05, 3, 24)
_Z = NormalDist().inv_cdf(0.975)
_LEAST_ERROR = 0.005
"""Standard error assumed at least: a bootstrap of a nearly perfect machine sees none."""


@dataclass(frozen=True)
class CurvePoint:
    """How good the machine was when taught by so many labels."""

    n_labels: int
    macro_f1: Interval


@dataclass(frozen=True)
class _Curves:
    """
    Curves that the points do not rule out, the one that meets them best first.

    Attributes:
        first, last: shape (curves,): macro-F1 at the least and the largest number of labels.
        exponent: shape (curves,): how soon the curve flattens.
        n_first, n_last: those numbers of labels.
        n_measured: messages that the newest point was measured on.
    """

    first: NDArray[np.float64]
    last: NDArray[np.float64]
    exponent: NDArray[np.float64]
    n_first: int
    n_last: int
    n_measured: int

    def at(self, n_labels: float) -> NDArray[np.float64]:
        """Macro-F1 of each curve at a number of labels: shape (curves,)."""
        return self.first + (self.last - self.first) * _rise(
            n_labels, self.n_first, self.n_last, self.exponent
        )

    def interval(self, figures: NDArray[np.float64]) -> Interval:
        """A figure of the best curve, and its range over all of them."""
        return Interval(
            float(figures[0]), float(figures.min()), float(figures.max()), self.n_measured
        )


def expected_gain(points: Sequence[CurvePoint], n_next: int) -> Interval:
    """
    Macro-F1 that the next labels would likely add, by an inverse power law.

    The law is macro-F1 = a - b n^-c, with b at least 0 and a at most 1. The interval is the
    range of the gain over every such curve that the points do not rule out: few or scattered
    points leave many curves open, and the interval wide. Where the points scatter more than
    their intervals say, as by the luck of which messages were labelled, the errors are widened
    to what is seen. A mean over curves would be smoother, but favours those that flatten soon,
    and would advise to stop too early.

    Args:
        points: in any order, measured alike.
        n_next: labels to come, above 0.

    Returns:
        0 to 1 with its 95 % interval; `n` as of the newest point.

    Raises:
        NotEnoughDataError: fewer than `POINTS_TO_FIT` different numbers of labels.
        InvalidInputError: `n_next` or a number of labels is not above 0.

    Source:
        Figueroa et al., Predicting sample size required for classification performance, 2012;
        the law after Cortes et al., Learning curves: asymptotic values and rate of
        convergence, 1993. The range is a profile likelihood interval, Venzon and Moolgavkar,
        1988; errors widened as by Birge, 1932.
    """
    if n_next < 1:
        raise InvalidInputError("The outlook is for at least one more label.")
    curves = _fitted(points)
    gain = curves.at(curves.n_last + n_next) - curves.at(curves.n_last)
    return curves.interval(gain)


def _fitted(points: Sequence[CurvePoint]) -> _Curves:
    """Every curve on a grid that the points do not rule out."""
    sizes = sorted({point.n_labels for point in points})
    if sizes and sizes[0] < 1:
        raise InvalidInputError("A point of the curve has no labels. Give numbers above 0.")
    if len(sizes) < POINTS_TO_FIT:
        raise NotEnoughDataError(
            f"A learning curve takes figures at {POINTS_TO_FIT} different numbers of labels; "
            f"so far there are {len(sizes)}. Train again after some more labels."
        )
    n_labels = np.array([point.n_labels for point in points], dtype=np.float64)
    seen = np.array([point.macro_f1.value for point in points])
    errors = np.array([standard_error(point.macro_f1) for point in points])
    heights = [
        np.linspace(*_reach(seen[n_labels == size], errors[n_labels == size]), _HEIGHTS)
        for size in (sizes[0], sizes[-1])
    ]
    first, last, exponent = (
        grid.ravel() for grid in np.meshgrid(*heights, _EXPONENTS, indexing="ij")
    )
    top = first + (last - first) * _rise(np.inf, sizes[0], sizes[-1], exponent)
    is_possible = (last >= first) & (top <= 1)
    if not is_possible.any():  # figures that fall from the first to the last: level at best
        level = np.linspace(max(seen.min(), 0), min(seen.max(), 1), _HEIGHTS)
        first, last, exponent = level, level, np.ones(_HEIGHTS)
        is_possible = np.ones(_HEIGHTS, dtype=np.bool_)
    first, last, exponent = first[is_possible], last[is_possible], exponent[is_possible]
    rise = _rise(n_labels[:, np.newaxis], sizes[0], sizes[-1], exponent)
    missed = (first + (last - first) * rise - seen[:, np.newaxis]) / errors[:, np.newaxis]
    misfit = (missed**2).sum(axis=0)
    best_first = misfit.argsort(kind="stable")
    freedom = max(len(points) - 3, 1)
    widened = max(float(misfit.min()) / freedom, 1.0)
    kept = best_first[misfit[best_first] <= misfit.min() + _Z**2 * widened]
    return _Curves(
        first=first[kept],
        last=last[kept],
        exponent=exponent[kept],
        n_first=sizes[0],
        n_last=sizes[-1],
        n_measured=max(points, key=lambda point: point.n_labels).macro_f1.n,
    )


def _rise(
    n_labels: NDArray[np.float64] | float,
    n_first: int,
    n_last: int,
    exponent: NDArray[np.float64],
) -> NDArray[np.float64]:
    """How far the law has come from its first figure (0) to its last (1)."""
    start = float(n_first) ** -exponent
    rise: NDArray[np.float64] = (start - np.asarray(n_labels, dtype=np.float64) ** -exponent) / (
        start - float(n_last) ** -exponent
    )
    return rise


def _reach(seen: NDArray[np.float64], errors: NDArray[np.float64]) -> tuple[float, float]:
    """Figures worth a try where these were seen: five standard errors about them, in 0 to 1."""
    spread = 5 * float(errors.max()) + float(np.ptp(seen))
    return max(float(seen.mean()) - spread, 0.0), min(float(seen.mean()) + spread, 1.0)


def standard_error(figure: Interval) -> float:
    """Standard error behind a 95 % interval, above 0."""
    return max((figure.high - figure.low) / (2 * _Z), _LEAST_ERROR)
