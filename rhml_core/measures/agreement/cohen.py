"""Cohen's kappa of every two raters."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rhml_core.domain import MACHINE_RATER
from rhml_core.errors import MeasureUndefinedError
from rhml_core.measures.corrected_interval import corrected_interval
from rhml_core.measures.ratings import Ratings, encoded

SHARED_MESSAGES_FOR_KAPPA = 10
"""Below this many shared messages kappa gets no interval."""

Floats = NDArray[np.float64]
KAPPA_SCHEMA = {
    "a": pl.String,
    "b": pl.String,
    "kappa": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "agreement": pl.Float64,
    "n": pl.Int64,
}


def pairwise_kappa(
    labels: pl.DataFrame | Ratings, *, n_replicates: int = 500, seed: int = 0
) -> pl.DataFrame:
    """
    Cohen's kappa and plain agreement of every two raters who share a message.

    Kappa is -1.0 to 1.0 (perfect); 0.0 is what chance gives raters with these habits.

    Args:
        labels: `message_id`, `expert_id`, `label` (String); one row per message and rater.
            A message that a rater skipped is an absent row. Or the same, encoded.
        n_replicates: resamples of the shared messages for the interval; none, no interval.
        seed: the same seed gives the same intervals.

    Returns:
        `a`, `b` (String), `kappa` (Float64, null where both gave one and the same label
        throughout), `low`, `high` (Float64, its 95 % interval, corrected for bias and skew, or
        that of full agreement; null below ten shared messages, too few for either), `agreement`
        (Float64, share of shared messages with the same label, 0 to 1), `n` (Int64, shared
        messages); one row per pair, sorted by `a`, `b`. `a` stands before `b` in the alphabet,
        but the machine is always `b`. The same columns and no
        rows if no two raters share a message.

    Source:
        Cohen, A coefficient of agreement for nominal scales, 1960.
    """
    ratings = encoded(labels)
    rows = []
    for a, b, table in _paired_tables(ratings):
        n = int(table.sum())
        contributions, n_alike = _contributions(table)
        kappa = float(_kappa(n_alike @ contributions))
        low, high = None, None
        if n_replicates and n >= SHARED_MESSAGES_FOR_KAPPA and not np.isnan(kappa):
            low, high = _bounds(contributions, n_alike, n_replicates, seed)
        known = None if np.isnan(kappa) else kappa
        rows.append((a, b, known, low, high, float(np.trace(table) / n), n))
    return pl.DataFrame(rows, schema=KAPPA_SCHEMA, orient="row").sort("a", "b")


def _paired_tables(ratings: Ratings) -> list[tuple[str, str, NDArray[np.int64]]]:
    """Of each two raters who share a message, which labels met: rows of `a`, columns of `b`."""
    n_labels = len(ratings.labels)
    met = (ratings.votes.T @ ratings.votes).tocoo()
    first, second = np.divmod(met.coords[0], n_labels), np.divmod(met.coords[1], n_labels)
    machine = ratings.raters.index(MACHINE_RATER) if MACHINE_RATER in ratings.raters else -1
    is_in_order = (second[0] == machine) | (first[0] < second[0])
    kept = is_in_order & (first[0] != second[0]) & (first[0] != machine)
    pair = first[0][kept] * len(ratings.raters) + second[0][kept]
    cell = first[1][kept] * n_labels + second[1][kept]
    n_met = np.rint(met.data[kept]).astype(np.int64)
    pairs, place = np.unique(pair, return_inverse=True)
    tables = np.zeros((pairs.size, n_labels * n_labels), dtype=np.int64)
    tables[place, cell] = n_met
    return [
        (
            ratings.raters[pair // len(ratings.raters)],
            ratings.raters[pair % len(ratings.raters)],
            table.reshape(n_labels, n_labels),
        )
        for pair, table in zip(pairs.tolist(), tables, strict=True)
    ]


def _contributions(table: NDArray[np.int64]) -> tuple[Floats, NDArray[np.int64]]:
    """What a message of each cell adds: one, whether both agree, and the label of either."""
    rows, columns = np.nonzero(table)
    labels = np.eye(len(table))
    parts = [np.ones(rows.size), rows == columns, labels[rows], labels[columns]]
    return np.column_stack(parts), table[rows, columns]


def _kappa(totals: Floats) -> Floats:
    """Kappa from the sums of `_contributions`: shape (..., sums) to (...), NaN if undefined."""
    n_labels = (totals.shape[-1] - 2) // 2
    n, agreeing = totals[..., 0], totals[..., 1]
    of_a, of_b = totals[..., 2 : 2 + n_labels], totals[..., 2 + n_labels :]
    by_chance = (of_a * of_b).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        kappa: Floats = np.where(
            by_chance < n**2, (agreeing * n - by_chance) / (n**2 - by_chance), np.nan
        )
    return kappa


def _bounds(
    contributions: Floats, n_alike: NDArray[np.int64], n_replicates: int, seed: int
) -> tuple[float | None, float | None]:
    divided = np.zeros(contributions.shape[1])
    divided[1] = -1
    try:
        found = corrected_interval(
            _kappa,
            contributions,
            n_alike,
            divided=divided,
            n=int(n_alike.sum()),
            n_replicates=n_replicates,
            seed=seed,
        )
    except MeasureUndefinedError:
        return None, None
    return found.low, found.high
