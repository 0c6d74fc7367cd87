"""The messages on which people are divided."""

import polars as pl


def contested_messages(labels: pl.DataFrame) -> pl.DataFrame:
    """
    The messages that got more than one label, those with the most divided votes first.

    Args:
        labels: `message_id`, `expert_id`, `label` (String); one row per message and rater.

    Returns:
        `message_id` (String), `n_raters`, `n_labels` (Int64, distinct, at least 2),
        `entropy` (Float64, in bits, above 0; 1.0 is an even split between two labels),
        `labels` (List[String], distinct, sorted); one row per message, sorted by falling
        entropy, then by `message_id`. The same columns and no rows if nobody disagrees.
    """
    counted = labels.group_by("message_id", "label").agg(n=pl.len().cast(pl.Int64))
    n_log_n = pl.col("n") * pl.col("n").log(base=2)
    divided = (
        counted.group_by("message_id")
        .agg(
            n_raters=pl.col("n").sum(),
            n_labels=pl.len().cast(pl.Int64),
            n_log_n=n_log_n.sum(),
        )
        .filter(pl.col("n_labels") > 1)
        .select(
            "message_id",
            "n_raters",
            "n_labels",
            # Log of the sum less the mean log: sums alone, which are quick over many groups.
            # Rounded, as equal splits summed in another order must stay equal when sorted.
            entropy=(pl.col("n_raters").log(base=2) - pl.col("n_log_n") / pl.col("n_raters")).round(
                12
            ),
        )
    )
    named = (
        counted.join(divided, on="message_id", how="semi")
        .sort("label")  # a group keeps the order of its rows
        .group_by("message_id")
        .agg(labels="label")
    )
    return divided.join(named, on="message_id").sort(
        "entropy", "message_id", descending=[True, False]
    )
