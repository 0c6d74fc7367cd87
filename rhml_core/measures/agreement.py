"""
How far raters agree, and on which messages they do not.

Every function takes the same frame: `message_id`, `expert_id`, `label` (String); one row per
message and rater. A message that a rater skipped is an absent row.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rhml_core.domain import MACHINE_RATER
from rhml_core.errors import AgreementUndefinedError, InvalidInputError, MeasureUndefinedError
from rhml_core.figures import Interval
from rhml_core.measures.bootstrap import percentile_interval, resampled_totals

TENTATIVE_ALPHA = 2 / 3
RELIABLE_ALPHA = 0.8
SHARED_MESSAGES_TO_READ = 20
"""Below this many shared messages a resampled interval says more than the data know."""
SHARED_MESSAGES_FOR_KAPPA = 10
"""Below this many shared messages kappa gets no interval."""
_READINGS = {
    (2, 2): "Reliable, at or above 0.8 throughout",
    (1, 2): "Good for tentative conclusions and perhaps reliable, as the interval includes 0.8",
    (1, 1): "Good for tentative conclusions, between 0.667 and 0.8 throughout",
    (0, 2): "Not certain enough to read, anything from too low to reliable",
    (0, 1): "Not reliable and perhaps too low to build on, as the interval includes 0.667",
    (0, 0): "Too low to build on, below 0.667 throughout",
}
"""What to say, by the thresholds that the lower and the upper bound reach."""


def krippendorff_alpha(labels: pl.DataFrame) -> float:
    """
    Agreement between any number of raters on nominal labels, corrected for chance.

    Args:
        labels: `message_id`, `expert_id`, `label` (String); one row per message and
            rater. A message that a rater skipped is an absent row.

    Returns:
        Alpha, at most 1.0 (perfect); 0.0 is chance, below 0.0 systematic disagreement.

    Raises:
        AgreementUndefinedError: no message has two labels, or the messages that have two
            use one label only.

    Source:
        Krippendorff, Content Analysis, nominal data with missing values.
    """
    contributions, n_alike = _kinds_of_messages(labels)
    return float(_alpha(n_alike @ contributions))


def alpha_interval(labels: pl.DataFrame, *, n_replicates: int = 1000, seed: int = 0) -> Interval:
    """
    Krippendorff's alpha with a 95 % percentile interval, messages drawn with replacement.

    Resamples in which one label only is left have no alpha and are dropped, so the interval
    speaks of the samples that could be measured; this matters where a label is very rare.
    Where everyone always agrees, every resample does too: the interval has no width, however
    few the messages.

    Args:
        labels: as for `krippendorff_alpha`.
        n_replicates: resamples to draw.
        seed: the same seed gives the same interval.

    Returns:
        The interval; its `n` counts the messages with at least two labels, the only ones
        that are drawn, as a lone label says nothing about agreement.

    Raises:
        AgreementUndefinedError: as for `krippendorff_alpha`.
    """
    contributions, n_alike = _kinds_of_messages(labels)
    totals = resampled_totals(contributions, n_alike, n_replicates=n_replicates, seed=seed)
    n_labels_in_use = (totals[:, 1:] > 0).sum(axis=1)
    defined = totals[n_labels_in_use > 1]
    if not len(defined):
        raise AgreementUndefinedError(
            "The second label is too rare to say how certain alpha is. "
            "Label more messages together first."
        )
    value = float(_alpha(n_alike @ contributions))
    return percentile_interval(value, _alpha(defined), n=int(n_alike.sum()))


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


def _standing(alpha: float) -> int:
    """How many of Krippendorff's two thresholds an alpha reaches."""
    return (alpha >= TENTATIVE_ALPHA) + (alpha >= RELIABLE_ALPHA)


def cohen_kappa(labels: pl.DataFrame, a: str, b: str) -> float:
    """
    Agreement of two raters on the messages both labelled, corrected for chance.

    Args:
        labels: as for `krippendorff_alpha`.
        a: one rater.
        b: the other; kappa is the same either way round.

    Returns:
        Kappa, -1.0 to 1.0 (perfect); 0.0 is what chance gives raters with these habits.

    Raises:
        MeasureUndefinedError: the two share no message, or both gave one and the same
            label throughout.

    Source:
        Cohen, A coefficient of agreement for nominal scales, 1960.
    """
    row = pairwise_kappa(labels.filter(pl.col("expert_id").is_in([a, b])))
    if row.is_empty():
        raise MeasureUndefinedError(
            f"{a} and {b} have no message in common. Let both label some of the same messages."
        )
    kappa: float | None = row.item(0, "kappa")
    if kappa is None:
        raise MeasureUndefinedError(
            f"{a} and {b} both gave one and the same label to every message they share, "
            "so agreement cannot be told from chance. Let them share messages of other labels."
        )
    return kappa


def pairwise_kappa(labels: pl.DataFrame, *, n_replicates: int = 500, seed: int = 0) -> pl.DataFrame:
    """
    Cohen's kappa and plain agreement of every two raters who share a message.

    Args:
        labels: as for `krippendorff_alpha`.
        n_replicates: resamples of the shared messages for the interval.
        seed: the same seed gives the same intervals.

    Returns:
        `a`, `b` (String), `kappa` (Float64, null where both gave one and the same label
        throughout), `low`, `high` (Float64, its 95 % percentile interval, null
        below ten shared messages, too few to resample), `agreement`
        (Float64, share of shared messages with the same label, 0 to 1), `n` (Int64, shared
        messages); one row per pair, sorted by `a`, `b`. `a` stands before `b` in the alphabet,
        but the machine is always `b`. The same columns and no
        rows if no two raters share a message.
    """
    is_human = pl.col("a") != MACHINE_RATER
    is_in_order = (pl.col("b") == MACHINE_RATER) | (pl.col("a") < pl.col("b"))
    pairs = _paired_labels(labels).filter(is_human & is_in_order)
    n_a = pairs.group_by("a", "b", label="label_a").agg(n_a=pl.len().cast(pl.Int64))
    n_b = pairs.group_by("a", "b", label="label_b").agg(n_b=pl.len().cast(pl.Int64))
    n_by_chance = (
        n_a.join(n_b, on=["a", "b", "label"])
        .group_by("a", "b")
        .agg(n_by_chance=(pl.col("n_a") * pl.col("n_b")).sum())
    )
    chance = pl.col("n_by_chance").fill_null(0) / pl.col("n").pow(2)
    agreement = pl.col("agreement")
    return (
        pairs.group_by("a", "b")
        .agg(
            agreement=(pl.col("label_a") == pl.col("label_b")).mean(),
            n=pl.len().cast(pl.Int64),
        )
        .join(n_by_chance, on=["a", "b"], how="left")
        .with_columns(kappa=pl.when(chance < 1).then((agreement - chance) / (1 - chance)))
        .sort("a", "b")
        .pipe(_with_kappa_intervals, pairs, n_replicates=n_replicates, seed=seed)
        .select("a", "b", "kappa", "low", "high", "agreement", "n")
    )


def _with_kappa_intervals(
    kappas: pl.DataFrame, pairs: pl.DataFrame, *, n_replicates: int, seed: int
) -> pl.DataFrame:
    """Add `low` and `high`: the middle 95 % of kappa over resampled messages, null without one."""
    in_use = pl.concat([pairs["label_a"], pairs["label_b"]]).unique().sort()
    codes = {label: code for code, label in enumerate(in_use)}
    tables = {
        (a, b): cells
        for (a, b), cells in pairs.group_by("a", "b", "label_a", "label_b")
        .agg(n=pl.len().cast(pl.Int64))
        .sort("a", "b", "label_a", "label_b")
        .partition_by("a", "b", as_dict=True)
        .items()
    }
    bounds: list[tuple[float | None, float | None]] = []
    for a, b, kappa, n in kappas.select("a", "b", "kappa", "n").iter_rows():
        cells = tables[a, b]
        if kappa is None or n < SHARED_MESSAGES_FOR_KAPPA:
            bounds.append((None, None))
            continue
        rows = np.array([codes[label] for label in cells["label_a"]])
        columns = np.array([codes[label] for label in cells["label_b"]])
        contributions = np.zeros((cells.height, 1 + 2 * len(codes)))
        contributions[:, 0] = rows == columns
        contributions[np.arange(cells.height), 1 + rows] = 1.0
        contributions[np.arange(cells.height), 1 + len(codes) + columns] = 1.0
        totals = resampled_totals(
            contributions, cells["n"].to_numpy(), n_replicates=n_replicates, seed=seed
        )
        by_chance = (totals[:, 1 : 1 + len(codes)] * totals[:, 1 + len(codes) :]).sum(1) / n**2
        defined = by_chance < 1
        if not defined.any():
            bounds.append((None, None))
            continue
        resampled = (totals[defined, 0] / n - by_chance[defined]) / (1 - by_chance[defined])
        interval = percentile_interval(kappa, resampled, n=n)
        bounds.append((interval.low, interval.high))
    return kappas.with_columns(
        low=pl.Series([low for low, _ in bounds], dtype=pl.Float64),
        high=pl.Series([high for _, high in bounds], dtype=pl.Float64),
    )


def label_confusion(
    labels: pl.DataFrame, a: str | None = None, b: str | None = None
) -> pl.DataFrame:
    """
    Which labels meet on the same message.

    Args:
        labels: as for `krippendorff_alpha`.
        a: a rater, whose labels become `label_a`.
        b: the rater to compare with; None for both takes every pair of people, without
            the machine.

    Returns:
        `label_a`, `label_b` (String), `n` (Int64, above 0), sorted by the first two. For two
        raters `n` counts messages. For all people it counts pairs of raters on a message,
        each pair in both directions, so that the table is symmetric and adds up to twice the
        number of pairs. The same columns and no rows if no message is shared.

    Raises:
        InvalidInputError: one rater alone is named.
    """
    if (a is None) != (b is None):
        raise InvalidInputError("Name two raters to compare, or none to compare all people.")
    is_rater, is_counted = pl.col("expert_id") != MACHINE_RATER, pl.lit(value=True)
    if a is not None:
        is_rater, is_counted = pl.col("expert_id").is_in([a, b]), pl.col("a") == a
    return (
        _paired_labels(labels.filter(is_rater))
        .filter(is_counted)
        .group_by("label_a", "label_b")
        .agg(n=pl.len().cast(pl.Int64))
        .sort("label_a", "label_b")
    )


def contested_messages(labels: pl.DataFrame) -> pl.DataFrame:
    """
    The messages that got more than one label, those with the most divided votes first.

    Returns:
        `message_id` (String), `n_raters`, `n_labels` (Int64, distinct, at least 2),
        `entropy` (Float64, in bits, above 0; 1.0 is an even split between two labels),
        `labels` (List[String], distinct, sorted); one row per message, sorted by falling
        entropy, then by `message_id`. The same columns and no rows if nobody disagrees.
    """
    return (
        labels.group_by("message_id", "label")
        .agg(n=pl.len().cast(pl.Int64))
        .group_by("message_id")
        .agg(
            n_raters=pl.col("n").sum(),
            n_labels=pl.len().cast(pl.Int64),
            # Rounded, as equal splits summed in another order must stay equal when sorted.
            entropy=pl.col("n").entropy(base=2, normalize=True).round(12),
            labels=pl.col("label").sort(),
        )
        .filter(pl.col("n_labels") > 1)
        .sort("entropy", "message_id", descending=[True, False])
    )


def _paired_labels(labels: pl.DataFrame) -> pl.DataFrame:
    """Each message's labels of each two raters, both ways round: `a`, `b`, `label_a`, `label_b`."""
    return (
        labels.select("message_id", a="expert_id", label_a="label")
        .join(labels.select("message_id", b="expert_id", label_b="label"), on="message_id")
        .filter(pl.col("a") != pl.col("b"))
        .select("a", "b", "label_a", "label_b")
    )


def _kinds_of_messages(labels: pl.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """
    What alpha needs to know of the messages with two labels or more, alike ones together.

    Returns:
        Shape (kinds, 1 + labels): a message's disagreeing pairs of labels, each message
        weighing as many as it has labels, then how often it got each label; and shape
        (kinds,): how many messages are of the kind.

    Raises:
        AgreementUndefinedError: as for `krippendorff_alpha`.
    """
    counts = (
        labels.group_by("message_id", "label")
        .agg(n=pl.len().cast(pl.Int64))
        .with_columns(raters=pl.col("n").sum().over("message_id"))
        .filter(pl.col("raters") > 1)  # a lone label cannot agree or disagree
        .sort("message_id")
        .select("n", row=pl.col("message_id").rle_id(), label=pl.col("label").rank("dense") - 1)
    )
    if counts.is_empty():
        raise AgreementUndefinedError(
            "No message has labels from two raters yet. "
            "Let two experts label some of the same messages."
        )
    rows, columns = counts["row"].to_numpy(), counts["label"].to_numpy()
    if columns.max() == 0:
        raise AgreementUndefinedError(
            "The messages with two labels use one label only, so agreement cannot be told "
            "from chance. Label messages of other kinds together."
        )
    table = np.zeros((rows.max() + 1, columns.max() + 1), dtype=np.int64)
    table[rows, columns] = counts["n"].to_numpy()
    kinds, n_alike = np.unique(table, axis=0, return_counts=True)
    n_raters = kinds.sum(axis=1)
    disagreeing = (n_raters**2 - (kinds**2).sum(axis=1)) / (n_raters - 1)
    return np.column_stack([disagreeing, kinds]), n_alike


def _alpha(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Alpha from sums in the columns of `_kinds_of_messages`: shape (..., sums) to (...)."""
    observed, of_label = totals[..., 0], totals[..., 1:]
    n = of_label.sum(axis=-1)
    expected = (n**2 - (of_label**2).sum(axis=-1)) / (n - 1)
    alpha: NDArray[np.float64] = 1 - observed / expected
    return alpha
