"""Which labels meet on the same message."""

import numpy as np
import polars as pl

from rhml_core.domain import MACHINE_RATER
from rhml_core.errors import InvalidInputError
from rhml_core.measures.ratings import Ratings, encoded


def label_confusion(
    labels: pl.DataFrame | Ratings, a: str | None = None, b: str | None = None
) -> pl.DataFrame:
    """
    Which labels meet on the same message.

    Args:
        labels: `message_id`, `expert_id`, `label` (String); one row per message and rater.
            A message that a rater skipped is an absent row. Or the same, encoded.
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
        raise InvalidInputError("Name two people to compare, or none to compare all people.")
    ratings = encoded(labels)
    if a is not None and b is not None:
        first, second = (ratings.of_raters([name]).counts for name in (a, b))
        met = first.T @ second
    else:
        people = [name for name in ratings.raters if name != MACHINE_RATER]
        counts = ratings.of_raters(people).counts
        met = counts.T @ counts - np.diag(counts.sum(axis=0))  # nobody meets themselves
    rows, columns = np.nonzero(met)
    names = pl.Series(ratings.labels, dtype=pl.String)
    return pl.DataFrame(
        {"label_a": names.gather(rows), "label_b": names.gather(columns), "n": met[rows, columns]},
        schema_overrides={"n": pl.Int64},
    ).sort("label_a", "label_b")
