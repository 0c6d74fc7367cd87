"""Krippendorff's alpha, overall and label by label, and what it permits."""

from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rhml_core.errors import AgreementUndefinedError, MeasureUndefinedError
from rhml_core.figures import Interval
from rhml_core.measures.bootstrap import resampled_totals
from rhml_core.measures.corrected_interval import corrected_interval, interval_of_drawn
from rhml_core.measures.ratings import Ratings, encoded

TENTATIVE_ALPHA = 2 / 3
RELIABLE_ALPHA = 0.8
SHARED_MESSAGES_TO_READ = 20
"""Below this many shared messages a resampled interval says more than the data know."""
_READINGS = {
    (2, 2): "Reliable, at or above 0.8 throughout",
    (1, 2): "Good for tentative conclusions and perhaps reliable, as the interval includes 0.8",
    (1, 1): "Good for tentative conclusions, between 0.667 and 0.8 throughout",
    (0, 2): "Not certain enough to read, anything from too low to reliable",
    (0, 1): "Not reliable and perhaps too low to build on, as the interval includes 0.667",
    (0, 0): "Too low to build on, below 0.667 throughout",
}
"""What to say, by the thresholds that the lower and the upper bound reach."""

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


def krippendorff_alpha(labels: pl.DataFrame | Ratings) -> float:
    """
    Agreement between any number of raters on nominal labels, corrected for chance.

    Args:
        labels: `message_id`, `expert_id`, `label` (String); one row per message and
            rater. A message that a rater skipped is an absent row. Or the same, encoded.

    Returns:
        Alpha, at most 1.0 (perfect); 0.0 is chance, below 0.0 systematic disagreement.

    Raises:
        AgreementUndefinedError: no message has two labels, or the messages that have two
            use one label only.

    Source:
        Krippendorff, Content Analysis, nominal data with missing values.
    """
    counts = encoded(labels).counts
    n_raters = _row_sums(counts)
    # A lone label cannot agree or disagree, nor can one that nobody gave.
    is_shared = n_raters > 1
    of_label = is_shared.astype(np.float64) @ counts
    _require_two_labels(of_label)
    disagreeing = np.zeros(len(counts))
    np.divide(
        n_raters**2 - np.einsum("ml,ml->m", counts, counts),
        n_raters - 1,
        out=disagreeing,
        where=is_shared,
    )
    return float(_alpha(np.concatenate([[disagreeing.sum()], of_label])))


def alpha_interval(
    labels: pl.DataFrame | Ratings, *, n_replicates: int = 1000, seed: int = 0
) -> Interval:
    """
    Krippendorff's alpha with a 95 % interval, by messages drawn with replacement.

    Args:
        labels: as for `krippendorff_alpha`.
        n_replicates: resamples to draw.
        seed: the same seed gives the same interval.

    Returns:
        The interval, corrected for bias and skew, or that of full agreement; its `n` counts
        the messages with at least two labels, the only ones that are drawn, as a lone label says
        nothing about agreement. Resamples in which one label only is left have no alpha and are
        dropped; this matters where a label is very rare.

    Raises:
        AgreementUndefinedError: as for `krippendorff_alpha`, or no resample has two labels.
    """
    kinds, n_alike = shared_kinds(encoded(labels))
    contributions = np.column_stack([_disagreeing(kinds), kinds])
    _require_two_labels(n_alike @ kinds)
    try:
        return corrected_interval(
            _alpha,
            contributions,
            n_alike,
            divided=np.concatenate([[_mean_raters(kinds, n_alike)], np.zeros(kinds.shape[1])]),
            n=int(n_alike.sum()),
            n_replicates=n_replicates,
            seed=seed,
        )
    except MeasureUndefinedError as error:
        raise AgreementUndefinedError(str(error)) from error


def alpha_by_label(
    labels: pl.DataFrame | Ratings, *, n_replicates: int = 1000, seed: int = 0
) -> pl.DataFrame:
    """
    Krippendorff's alpha of each label against all others taken as one.

    A low one names the label whose definition raters read differently.

    Args:
        labels: as for `krippendorff_alpha`.
        n_replicates: resamples to draw; the same ones for all labels.
        seed: the same seed gives the same intervals.

    Returns:
        `label` (String), `alpha`, `low`, `high` (Float64, with its 95 % interval; null where
        undefined), `n` (Int64, messages with at least two labels), `n_with` (Int64, those of
        them that got this label from somebody), `undefined` (String, why; null where alpha is
        defined); one row per label, in the order of the encoded labels.

    Raises:
        AgreementUndefinedError: no message has two labels.
    """
    ratings = encoded(labels)
    kinds, n_alike = shared_kinds(ratings)
    n_raters = kinds.sum(axis=1)
    apart = 2 * kinds * (n_raters[:, np.newaxis] - kinds) / (n_raters - 1)[:, np.newaxis]
    contributions = np.column_stack([apart, kinds, n_raters])
    totals = n_alike @ contributions
    drawn = resampled_totals(contributions, n_alike, n_replicates=n_replicates, seed=seed)
    n = int(n_alike.sum())
    divided = np.zeros(len(totals))
    divided[: len(ratings.labels)] = _most_apart(n_raters, n_alike)
    rows = []
    for place, name in enumerate(ratings.labels):
        one = partial(_alpha_of_one, place=place, n_labels=len(ratings.labels))
        n_with = int(n_alike[kinds[:, place] > 0].sum())
        figures: tuple[float | None, ...] = (None, None, None)
        reason: str | None = None
        try:
            found = interval_of_drawn(one, contributions, n_alike, drawn, divided=divided, n=n)
            figures = (found.value, found.low, found.high)
        except MeasureUndefinedError as error:
            has_value = not np.isnan(one(totals))
            reason = str(error) if has_value else _why_undefined(name, n_with)
        rows.append((name, *figures, n, n_with, reason))
    schema = {"label": pl.String, "alpha": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    schema |= {"n": pl.Int64, "n_with": pl.Int64, "undefined": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def reading_of_alpha(interval: Interval) -> str:
    """
    One plain sentence on what an alpha with this interval permits.

    The bounds decide, not the value: 0.8 and above is reliable, two thirds and above permits
    tentative conclusions, below is too low to build on.

    Source:
        Krippendorff, Content Analysis, on the reliability of data.
    """
    low, high, n = interval.low, interval.high, interval.n
    if n < SHARED_MESSAGES_TO_READ:
        messages = "message has" if n == 1 else "messages have"
        return (
            f"Too few to read: only {n} {messages} two labels, "
            f"and alpha ({interval.value:.2f}) means little below {SHARED_MESSAGES_TO_READ}."
        )
    reading = _READINGS[_standing(low), _standing(high)]
    if low <= 0 and high < TENTATIVE_ALPHA:
        reading += ", and no better than chance cannot be ruled out"
    return f"{reading}: alpha lies between {low:.3f} and {high:.3f} on {n:,} messages."


def shared_kinds(ratings: Ratings) -> tuple[Counts, Counts]:
    """
    The kinds of messages with two labels or more, and how many messages are of each.

    Raises:
        AgreementUndefinedError: no message has two labels.
    """
    kinds, n_alike = ratings.kinds
    is_shared = kinds.sum(axis=1) > 1
    if not is_shared.any():
        raise AgreementUndefinedError(_NOTHING_SHARED)
    return kinds[is_shared], n_alike[is_shared]


_NOTHING_SHARED = (
    "No message has labels from two people yet. Let two experts label some of the same messages."
)


def _require_two_labels(of_label: Floats | Counts) -> None:
    if not of_label.sum():
        raise AgreementUndefinedError(_NOTHING_SHARED)
    if np.count_nonzero(of_label) == 1:
        raise AgreementUndefinedError(
            "The messages with two labels use one label only, so agreement cannot be told "
            "from chance. Label messages of other kinds together."
        )


def _why_undefined(label: str, n_with: int) -> str:
    if n_with:
        return (
            f"Every label on the shared messages is {label}, so there is nothing to tell it from."
        )
    return f"Nobody gave {label} to a message that has two labels."


def _standing(alpha: float) -> int:
    """How many of Krippendorff's two thresholds an alpha reaches."""
    return (alpha >= TENTATIVE_ALPHA) + (alpha >= RELIABLE_ALPHA)


def _row_sums(counts: Counts) -> Counts:
    # A product is several times as quick as a sum along short rows.
    sums: Counts = counts @ np.ones(counts.shape[1], dtype=np.int64)
    return sums


def _disagreeing(kinds: Counts) -> Floats:
    """Disagreeing pairs of labels on a message of each kind, weighing as many as its labels."""
    n_raters = kinds.sum(axis=1)
    pairs: Floats = (n_raters**2 - (kinds**2).sum(axis=1)) / (n_raters - 1)
    return pairs


def _mean_raters(kinds: Counts, n_alike: Counts) -> float:
    """Labels of a message on average: its weight in disagreeing pairs where no two are alike."""
    return float(np.average(kinds.sum(axis=1), weights=n_alike))


def _most_apart(n_raters: Counts, n_alike: Counts) -> float:
    """Disagreeing pairs of a message on average where half of its raters give one label."""
    with_it = n_raters // 2
    return float(np.average(2 * with_it * (n_raters - with_it) / (n_raters - 1), weights=n_alike))


def _alpha(totals: Floats) -> Floats:
    """Alpha from disagreeing pairs and counts by label: shape (..., sums) to (...)."""
    observed, of_label = totals[..., 0], totals[..., 1:]
    n = of_label.sum(axis=-1)
    return _from_sums(observed, n**2 - (of_label**2).sum(axis=-1), n)


def _alpha_of_one(totals: Floats, *, place: int, n_labels: int) -> Floats:
    """Alpha of one label against the rest, from the sums of `alpha_by_label`."""
    n_of, n = totals[..., n_labels + place], totals[..., -1]
    return _from_sums(totals[..., place], 2 * n_of * (n - n_of), n)


def _from_sums(observed: Floats, by_chance: Floats, n: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha: Floats = np.where(by_chance > 0, 1 - observed * (n - 1) / by_chance, np.nan)
    return alpha
