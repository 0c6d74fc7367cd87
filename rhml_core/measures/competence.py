"""How good each rater is, and what they take for what, as the consensus has it."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rhml_core.errors import NotEnoughDataError
from rhml_core.measures.consensus_data import people_ratings, why_too_thin
from rhml_core.measures.dawid_skene import DawidSkene, fit_dawid_skene, refit
from rhml_core.measures.ratings import Ratings

_REPLICATES = 200
_ROUNDS_A_REPLICATE = 50
_REPLICATE_TOLERANCE = 1e-6
_NEARLY_NONE = 1e-6
"""Expected judgements of a truth at or below this are none."""
_CHANCES = (0.025, 0.975)
_Z = NormalDist().inv_cdf(_CHANCES[1])

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Competences:
    """
    How good the raters are.

    Attributes:
        by_rater: `expert_id` (String), `competence` (Float64, 0 to 1: chance of the right label
            on a message drawn from all), `low`, `high` (Float64, its 95 % interval), `n` (Int64,
            judgements); one row per rater, sorted by name.
        confusion: `expert_id`, `true_label`, `label` (String), `share` (Float64, 0 to 1: how
            often the rater gives `label` where `true_label` is true), `low`, `high` (Float64,
            its 95 % interval), `n` (Float64, judgements on messages of that truth, each counted
            as far as the truth is believed); sorted as the labels are. Truths that a rater
            never met have no rows.
    """

    by_rater: pl.DataFrame
    confusion: pl.DataFrame


def team_competences(
    labels: pl.DataFrame,
    adjudicated: pl.DataFrame,
    *,
    n_replicates: int = _REPLICATES,
    seed: int = 0,
) -> Competences:
    """
    Competence and confusion matrix of each person who labelled.

    Args:
        labels: `message_id`, `expert_id`, `label` (String); one row per message and rater.
            The machine's are left out.
        adjudicated: `message_id`, `label` (String); one row per adjudicated message. What is
            adjudicated counts as true.
        n_replicates: as for `competences`.
        seed: as for `competences`.

    Raises:
        NotEnoughDataError: the labels are too thin to tell who errs how; it says why.
    """
    ratings, known = people_ratings(labels, adjudicated)
    too_thin = why_too_thin(ratings)
    if too_thin is not None:
        raise NotEnoughDataError(too_thin)
    return competences(ratings, known, n_replicates=n_replicates, seed=seed)


def competences(
    ratings: Ratings,
    known: NDArray[np.int32] | None = None,
    *,
    n_replicates: int = _REPLICATES,
    seed: int = 0,
) -> Competences:
    """
    Each rater's competence and confusion matrix, with 95 % intervals.

    Competence weighs how often a rater is right on messages of each truth by how common that
    truth is, so it does not depend on which messages the rater happened to draw.

    Messages are drawn with replacement and the model is fitted again to each draw, because
    truth is itself a guess: intervals that took it for certain would be too narrow. Where a
    rater (nearly) always does the same, draws cannot vary, so no interval is narrower than
    Wilson's for as many judgements of known truth.

    The matrices are those of the published model, which takes them as the judgements have them.

    Args:
        ratings: one judgement at least, each message with one or more.
        known: shape (messages,): the label of messages whose truth is known, -1 of the others.
        n_replicates: draws; each costs up to 50 rounds of the model.
        seed: the same seed gives the same intervals.

    Raises:
        NotEnoughDataError: there is no judgement.

    Source:
        Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13 (percentile
        intervals); Dawid and Skene 1979 for the matrices.
    """
    fitted = fit_dawid_skene(ratings, known)
    competence, share = _figures(fitted)
    draws = list(_drawn_figures(fitted, n_replicates=n_replicates, seed=seed))
    n_judged = np.bincount(ratings.rater, minlength=len(ratings.raters))
    low, high = _bounds(competence, n_judged, np.array([drawn for drawn, _ in draws]))
    n_of_truth = fitted.expected.sum(axis=2, keepdims=True)
    cell_low, cell_high = _bounds(share, n_of_truth, np.array([drawn for _, drawn in draws]))
    return Competences(
        by_rater=pl.DataFrame(
            {
                "expert_id": pl.Series(ratings.raters, dtype=pl.String),
                "competence": competence,
                "low": low,
                "high": high,
                "n": n_judged.astype(np.int64),
            }
        ),
        confusion=_cells(fitted, share, cell_low, cell_high),
    )


def _figures(fitted: DawidSkene) -> tuple[Floats, Floats]:
    """Competence by rater, and each share of the matrices; NaN where a rater judged nothing."""
    of_truth = fitted.expected.sum(axis=2, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(of_truth > _NEARLY_NONE, fitted.expected / of_truth, np.nan)
        right = np.einsum("rtt->rt", share)
        weight = np.where(np.isnan(right), 0.0, fitted.prior)
        competence = np.nansum(right * weight, axis=1) / weight.sum(axis=1)
    return competence, share


def _drawn_figures(
    fitted: DawidSkene, *, n_replicates: int, seed: int
) -> Iterator[tuple[Floats, Floats]]:
    """The figures of each draw of messages."""
    random = np.random.default_rng(seed)
    n = len(fitted.ratings.messages)
    for _ in range(n_replicates):
        weights = np.bincount(random.integers(0, n, n), minlength=n)
        yield _figures(
            refit(
                fitted,
                weights,
                max_rounds=_ROUNDS_A_REPLICATE,
                tolerance=_REPLICATE_TOLERANCE,
            )
        )


def _bounds(value: Floats, n: Floats | NDArray[np.int64], draws: Floats) -> tuple[Floats, Floats]:
    """The middle 95 % of the draws (first axis), no narrower than Wilson's interval for `n`."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN", RuntimeWarning)
        low, high = np.nanquantile(draws, _CHANCES, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (value + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * np.sqrt(value * (1 - value) / n + (_Z / (2 * n)) ** 2)
    # Rounding may leave a share of none or all a hair outside its own interval.
    least = np.minimum(np.clip(centre - half, 0, 1), value)
    most = np.maximum(np.clip(centre + half, 0, 1), value)
    return np.fmin(low, least), np.fmax(high, most)


def _cells(fitted: DawidSkene, share: Floats, low: Floats, high: Floats) -> pl.DataFrame:
    """The matrices as a frame, one row per cell whose truth the rater met."""
    names = fitted.ratings
    rater, truth, given = np.nonzero(~np.isnan(share))
    cells = (rater, truth, given)
    labels = pl.Series(names.labels, dtype=pl.String)
    return pl.DataFrame(
        {
            "expert_id": pl.Series(names.raters, dtype=pl.String).gather(rater),
            "true_label": labels.gather(truth),
            "label": labels.gather(given),
            "share": share[cells],
            "low": low[cells],
            "high": high[cells],
            "n": fitted.expected.sum(axis=2)[rater, truth],
        }
    )
