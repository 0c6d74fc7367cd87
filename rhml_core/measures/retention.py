"""How much of what was reviewed is remembered, by how long ago it was last seen."""

from dataclasses import dataclass

import polars as pl

from rhml_core.figures import Interval
from rhml_core.measures.proportions import wilson_interval

AGES = (
    ("within a day", 0.0, 1.0),
    ("after 1 to 6 days", 1.0, 7.0),
    ("after 7 to 29 days", 7.0, 30.0),
    ("after 30 days or more", 30.0, float("inf")),
)
"""Ages in words, from (included) and to (excluded) how many days."""


@dataclass(frozen=True)
class Retention:
    """
    How much is remembered.

    Attributes:
        overall: share of all reviews answered rightly, Wilson interval; `n` reviews. None where
            there was none.
        by_age: age in words and the same for reviews of cards last seen that long ago,
            youngest first; ages without a review are left out.
    """

    overall: Interval | None
    by_age: tuple[tuple[str, Interval], ...]


def retention(reviews: pl.DataFrame) -> Retention:
    """
    The share of reviews answered rightly, in all and by age.

    Args:
        reviews: `label`, `reference` (String), `days_since` (Float64, at least 0), one row per
            review; a card may be reviewed several times.
    """
    if reviews.is_empty():
        return Retention(None, ())
    is_right = pl.col("label") == pl.col("reference")
    by_age = []
    for words, low, high in AGES:
        found = reviews.filter((pl.col("days_since") >= low) & (pl.col("days_since") < high))
        if not found.is_empty():
            by_age.append((words, wilson_interval(found.filter(is_right).height, found.height)))
    return Retention(
        wilson_interval(reviews.filter(is_right).height, reviews.height), tuple(by_age)
    )
