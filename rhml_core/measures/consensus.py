"""The best label known for a message: what was adjudicated, else what most people said."""

import polars as pl

from rhml_core.domain import MACHINE_RATER


def majority_labels(labels: pl.DataFrame) -> pl.DataFrame:
    """
    The label that most people gave each message; the machine has no vote.

    Args:
        labels: `message_id`, `expert_id`, `label` (String); one row per message and rater.

    Returns:
        `message_id`, `label` (String, null where the first place is tied), `share` (Float64,
        votes for a first-placed label of all votes, above 0 to 1), `n` (Int64, all votes),
        `is_tied` (Boolean); one row per message with a vote, sorted by `message_id`. The
        same columns and no rows if nothing is labelled.
    """
    return (
        labels.filter(pl.col("expert_id") != MACHINE_RATER)
        .group_by("message_id", "label")
        .agg(votes=pl.len().cast(pl.Int64))
        .with_columns(
            n=pl.col("votes").sum().over("message_id"),
            most=pl.col("votes").max().over("message_id"),
        )
        .filter(pl.col("votes") == pl.col("most"))
        .group_by("message_id")
        .agg(
            label=pl.col("label").first(),
            share=(pl.col("most") / pl.col("n")).first(),
            n=pl.col("n").first(),
            is_tied=pl.len() > 1,
        )
        .with_columns(label=pl.when(~pl.col("is_tied")).then("label"))
        .sort("message_id")
    )


def reference_labels(
    labels: pl.DataFrame, adjudicated: pl.DataFrame, *, without: str | None = None
) -> pl.DataFrame:
    """
    The best label known for each message, with how much it weighs.

    Args:
        labels: as for `majority_labels`.
        adjudicated: `message_id`, `label` (String); one row per adjudicated message. It
            outdoes any majority.
        without: an expert whose own labels have no vote, so that nobody is measured
            against themselves; what was adjudicated stays.

    Returns:
        `message_id`, `label` (String), `weight` (Float64, above 0 to 1: 1 where adjudicated,
        else the majority's share of the votes), `source` (String, `adjudicated` or
        `consensus`), sorted by `message_id`. A message is absent where votes tie or none
        is left. The same columns and no rows if nothing is known.
    """
    decided = adjudicated.select(
        "message_id", "label", weight=pl.lit(1.0), source=pl.lit("adjudicated")
    )
    votes = labels if without is None else labels.filter(pl.col("expert_id") != without)
    agreed = (
        majority_labels(votes)
        .filter(~pl.col("is_tied"))
        .join(decided, on="message_id", how="anti")
        .select("message_id", "label", weight="share", source=pl.lit("consensus"))
    )
    return pl.concat([decided, agreed]).sort("message_id")
