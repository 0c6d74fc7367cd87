"""
The best label known for a message: what was adjudicated, else what people's votes come to.

Votes are weighed by how each rater errs where the data can tell, else counted.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rhml_core.domain import MACHINE_RATER
from rhml_core.measures.consensus_data import people_ratings, why_too_thin
from rhml_core.measures.dawid_skene import DawidSkene, fit_dawid_skene
from rhml_core.measures.ratings import Ratings

Method = Literal["dawid-skene", "majority"]

EVENNESS = 0.5
"""
How far raters' matrices lean on that of an average rater.

Free matrices follow the votes' quirks: on crowds with rare labels they can do worse than
counting. Half-way they kept what is to be gained, on real crowds and on simulated ones.
"""
_POSTERIOR_SCHEMA = {"message_id": pl.String, "label": pl.String, "probability": pl.Float64}
_MAX_ROUNDS = 100
_TOLERANCE = 1e-6
_TIED = 1e-9


@dataclass(frozen=True)
class Reference:
    """
    The best label known for each message, and how it was found.

    Attributes:
        labels: as from `reference_labels`.
        method: how votes on messages that are not adjudicated came to one label:
            `dawid-skene` weighs them by how each rater errs, `majority` counts them.
        reason: why this method, in a sentence for people.
        posterior: as from `posterior_labels`; no rows where votes are counted.
    """

    labels: pl.DataFrame
    method: Method
    reason: str
    posterior: pl.DataFrame


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
            outdoes any consensus.
        without: an expert whose own labels have no vote, so that nobody is measured
            against themselves; what was adjudicated stays.

    Returns:
        `message_id`, `label` (String), `weight` (Float64, above 0 to 1: 1 where adjudicated,
        else how likely the label is where votes are weighed, or the majority's share of them
        where they are counted), `source` (String, `adjudicated` or `consensus`), sorted by
        `message_id`. A message is absent where the first place is tied or no vote is left.
        The same columns and no rows if nothing is known.
    """
    return find_reference(labels, adjudicated, without=without).labels


def find_reference(
    labels: pl.DataFrame, adjudicated: pl.DataFrame, *, without: str | None = None
) -> Reference:
    """
    The best label known for each message, with how it was found.

    Args:
        labels: as for `reference_labels`.
        adjudicated: as for `reference_labels`; it also shows how raters err.
        without: as for `reference_labels`.
    """
    votes = labels if without is None else labels.filter(pl.col("expert_id") != without)
    ratings, known = people_ratings(votes, adjudicated)
    too_thin = why_too_thin(ratings)
    method: Method = "majority" if too_thin else "dawid-skene"
    if too_thin is None:
        fitted = weigh_votes(ratings, known)
        agreed = likeliest_labels(fitted)
        posterior = posterior_labels(fitted)
        reason = (
            f"Votes are weighed by how each of {len(ratings.raters)} people errs, "
            f"learnt from {ratings.n_judgements:,} labels."
        )
    else:
        agreed = (
            majority_labels(votes)
            .filter(~pl.col("is_tied"))
            .select("message_id", "label", weight="share")
        )
        posterior = pl.DataFrame(schema=_POSTERIOR_SCHEMA)
        reason = f"{too_thin} Votes are counted: the majority's label is taken."
    decided = adjudicated.select(
        "message_id", "label", weight=pl.lit(1.0), source=pl.lit("adjudicated")
    )
    by_vote = agreed.join(decided, on="message_id", how="anti").with_columns(
        source=pl.lit("consensus")
    )
    known_labels = pl.concat([decided, by_vote]).sort("message_id")
    return Reference(known_labels, method, reason, posterior)


def weigh_votes(ratings: Ratings, known: NDArray[np.int32]) -> DawidSkene:
    """The model by which votes are weighed, where `why_too_thin` has nothing against it."""
    return fit_dawid_skene(
        ratings, known, evenness=EVENNESS, max_rounds=_MAX_ROUNDS, tolerance=_TOLERANCE
    )


def likeliest_codes(scores: NDArray[np.float64] | NDArray[np.int64]) -> NDArray[np.int64]:
    """
    The label with the highest score of each message.

    Args:
        scores: shape (messages, labels): how likely each label is, or how many votes it has.

    Returns:
        Shape (messages,): codes of labels, -1 where the first place is tied.
    """
    if scores.shape[1] < 2:  # noqa: PLR2004 - two make a tie
        return np.zeros(scores.shape[0], dtype=np.int64)
    ranked = np.partition(scores, -2, axis=1)
    return np.where(ranked[:, -1] - ranked[:, -2] > _TIED, scores.argmax(axis=1), -1)


def likeliest_labels(fitted: DawidSkene) -> pl.DataFrame:
    """
    The label that is most likely true of each message.

    Returns:
        `message_id`, `label` (String), `weight` (Float64, above 0 to 1: how likely), sorted by
        `message_id`. A message is absent where two labels are equally likely.
    """
    best = likeliest_codes(fitted.posterior)
    names = pl.Series(fitted.ratings.labels, dtype=pl.String)
    return pl.DataFrame(
        {
            "message_id": fitted.ratings.messages,
            "label": names.gather(np.maximum(best, 0)),
            "weight": fitted.posterior.max(axis=1),
        }
    ).filter(best >= 0)


def posterior_labels(fitted: DawidSkene) -> pl.DataFrame:
    """
    How likely each label is true of each message.

    Returns:
        `message_id`, `label` (String), `probability` (Float64, 0 to 1; those of a message add
        up to 1); a row for each message and label, sorted by `message_id`, then as the labels
        are.
    """
    n_messages, n_labels = fitted.posterior.shape
    names = pl.Series(fitted.ratings.labels, dtype=pl.String)
    return pl.DataFrame(
        {
            "message_id": fitted.ratings.messages.gather(
                np.repeat(np.arange(n_messages), n_labels)
            ),
            "label": names.gather(np.tile(np.arange(n_labels), n_messages)),
            "probability": fitted.posterior.ravel(),
        }
    )
