"""
Percent agreement, Fleiss' kappa and Gwet's AC1: any number of raters, with skipped messages.

All three begin with how often two raters of a message agree. Fleiss and Gwet set it against
chance, and differ in what they take chance to be: Fleiss' falls where one label is common,
however well people agree; Gwet's does not.
"""

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rhml_core.errors import AgreementUndefinedError, MeasureUndefinedError
from rhml_core.figures import Interval
from rhml_core.measures.agreement.alpha import shared_kinds
from rhml_core.measures.corrected_interval import corrected_interval
from rhml_core.measures.ratings import Ratings, encoded

Floats = NDArray[np.float64]


def percent_agreement(
    labels: pl.DataFrame | Ratings, *, n_replicates: int = 1000, seed: int = 0
) -> Interval:
    """
    How often two raters of a message gave it the same label, 0 to 1, with its 95 % interval.

    Args:
        labels: `message_id`, `expert_id`, `label` (String); one row per message and rater.
            A message that a rater skipped is an absent row. Or the same, encoded.
        n_replicates: resamples of the messages to draw.
        seed: the same seed gives the same interval.

    Returns:
        The mean over messages, each weighing the same; `n` counts those with at least two
        labels. Chance is not allowed for.

    Raises:
        AgreementUndefinedError: no message has two labels.
    """
    return _measured(labels, _agreement, n_replicates=n_replicates, seed=seed)


def fleiss_kappa(
    labels: pl.DataFrame | Ratings, *, n_replicates: int = 1000, seed: int = 0
) -> Interval:
    """
    Agreement of any number of raters, corrected for what the labels' shares give by chance.

    Args:
        labels: as for `percent_agreement`.
        n_replicates: resamples of the messages to draw.
        seed: the same seed gives the same interval.

    Returns:
        Kappa, at most 1.0 (perfect), 0.0 is chance; `n` counts the messages with at least two
        labels. Lone labels count for how common a label is.

    Raises:
        AgreementUndefinedError: no message has two labels, or one label only is in use.

    Source:
        Fleiss, Measuring nominal scale agreement among many raters, 1971; with skipped
        messages as in Gwet, Handbook of Inter-Rater Reliability, 2014, chapter 2.
    """
    return _measured(labels, _fleiss, n_replicates=n_replicates, seed=seed)


def gwet_ac1(
    labels: pl.DataFrame | Ratings, *, n_replicates: int = 1000, seed: int = 0
) -> Interval:
    """
    Agreement of any number of raters, corrected for guesses on messages that are hard to tell.

    Args:
        labels: as for `percent_agreement`. Where they come encoded, all labels of the code
            count as possible; else those in use.
        n_replicates: resamples of the messages to draw.
        seed: the same seed gives the same interval.

    Returns:
        AC1, at most 1.0 (perfect), 0.0 is chance; `n` counts the messages with at least two
        labels. Lone labels count for how common a label is.

    Raises:
        AgreementUndefinedError: no message has two labels, or one label only is possible.

    Source:
        Gwet, Computing inter-rater reliability and its variance in the presence of high
        agreement, 2008.
    """
    return _measured(labels, _ac1, n_replicates=n_replicates, seed=seed)


def _measured(
    labels: pl.DataFrame | Ratings,
    measure: Callable[[Floats], Floats],
    *,
    n_replicates: int,
    seed: int,
) -> Interval:
    ratings = encoded(labels)
    kinds, n_alike = shared_kinds(ratings)
    n_shared = int(n_alike.sum())
    if measure is not _agreement:
        kinds, n_alike = ratings.kinds
        n_labels = int(np.count_nonzero(n_alike @ kinds))
        if (len(ratings.labels) if measure is _ac1 else n_labels) == 1:
            raise AgreementUndefinedError(
                "One label only is in use, so agreement cannot be told from chance. "
                "Label messages of other kinds together."
            )
    contributions = _contributions(kinds)
    divided = np.zeros(contributions.shape[1])
    divided[0] = -1
    try:
        return corrected_interval(
            measure,
            contributions,
            n_alike,
            divided=divided,
            n=n_shared,
            n_replicates=n_replicates,
            seed=seed,
        )
    except MeasureUndefinedError as error:
        raise AgreementUndefinedError(str(error)) from error


def _contributions(kinds: NDArray[np.int64]) -> Floats:
    """
    What one message of each kind adds, shape (kinds, 3 + labels).

    The share of agreeing pairs, whether it has a pair, whether it is a message at all, and the
    share of each label.
    """
    n_raters = kinds.sum(axis=1)
    is_shared = n_raters > 1
    pairs = np.where(is_shared, n_raters * (n_raters - 1), 1)
    agreeing = (kinds * (kinds - 1)).sum(axis=1) / pairs
    is_any = n_raters > 0
    shares = kinds / np.where(is_any, n_raters, 1)[:, np.newaxis]
    return np.column_stack([agreeing, is_shared, is_any, shares])


def _agreement(totals: Floats) -> Floats:
    agreeing, n_shared = totals[..., 0], totals[..., 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        share: Floats = np.where(n_shared > 0, agreeing / n_shared, np.nan)
    return share


def _shares(totals: Floats) -> Floats:
    """How common each label is, shape (..., labels); NaN where no message is left."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shares: Floats = totals[..., 3:] / totals[..., 2:3]
    return shares


def _fleiss(totals: Floats) -> Floats:
    shares = _shares(totals)
    return _beyond_chance(_agreement(totals), (shares**2).sum(axis=-1))


def _ac1(totals: Floats) -> Floats:
    shares = _shares(totals)
    by_chance = (shares * (1 - shares)).sum(axis=-1) / (shares.shape[-1] - 1)
    return _beyond_chance(_agreement(totals), by_chance)


def _beyond_chance(agreement: Floats, by_chance: Floats) -> Floats:
    """The part of what chance leaves open in which raters agree; NaN where it leaves nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        kappa = (agreement - by_chance) / (1 - by_chance)
        defined: Floats = np.where(by_chance < 1 - _ROUNDING, kappa, np.nan)
    return defined


_ROUNDING = 1e-12
"""Shares of labels add up to 1 within this."""
