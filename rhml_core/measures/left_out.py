"""What is known of a message without the expert who is measured by it."""

import polars as pl

from rhml_core.domain import MACHINE_RATER


def references_of_others(labels: pl.DataFrame, adjudicated: pl.DataFrame) -> pl.DataFrame:
    """
    For each expert and message that they judged: the best label known without their own.

    The others' votes are counted, in one pass for all experts. To weigh them, as the reference
    that teaches the machine does, how people err would have to be learnt anew without each.

    Args:
        labels: `message_id, expert_id, label` (String); one row per message and rater. The
            machine has no vote.
        adjudicated: `message_id, label` (String); one row per adjudicated message. It outdoes
            any majority.

    Returns:
        `message_id, expert_id, reference` (String), `source` (String, `adjudicated` or
        `consensus`), sorted by the first two. A row is absent where the others' votes tie or
        there is none. The same columns and no rows if nothing is known.
    """
    votes = labels.filter(pl.col("expert_id") != MACHINE_RATER)
    decided = votes.select("message_id", "expert_id").join(
        adjudicated.select("message_id", reference="label", source=pl.lit("adjudicated")),
        on="message_id",
    )
    left = votes.join(adjudicated, on="message_id", how="anti")
    counts = left.group_by("message_id", "label").agg(n=pl.len().cast(pl.Int64))
    agreed = (
        left.rename({"label": "own"})
        .join(counts, on="message_id")
        .with_columns(n=pl.col("n") - (pl.col("own") == pl.col("label")).cast(pl.Int64))
        .filter(pl.col("n") > 0)
        .filter(pl.col("n") == pl.col("n").max().over("message_id", "expert_id"))
        .filter(pl.len().over("message_id", "expert_id") == 1)
        .select("message_id", "expert_id", reference="label", source=pl.lit("consensus"))
    )
    return pl.concat([decided, agreed]).sort("message_id", "expert_id")
