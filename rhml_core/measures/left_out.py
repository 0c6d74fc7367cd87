"""What is known of a message without the expert who is measured by it."""

from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rhml_core.measures.consensus import likeliest_codes, weigh_votes
from rhml_core.measures.consensus_data import people_ratings, why_too_thin, without_rater
from rhml_core.measures.ratings import Ratings

_SOURCES = ("consensus", "adjudicated")


def references_of_others(
    labels: pl.DataFrame, adjudicated: pl.DataFrame, *, experts: Iterable[str] | None = None
) -> pl.DataFrame:
    """
    For each expert and message that they judged: the best label known without their own.

    It is the reference that teaches the machine (`reference_labels`), worked out anew without
    each expert: where the others' votes can be weighed by how they err, the expert's own labels
    do not tell that either.

    Args:
        labels: `message_id, expert_id, label` (String); one row per message and rater. The
            machine has no vote.
        adjudicated: `message_id, label` (String); one row per adjudicated message. It outdoes
            any consensus.
        experts: whose references are asked for; None: of everyone. Each costs as much as a
            consensus of its own, so that raters who are not measured are better left out.

    Returns:
        `message_id, expert_id, reference` (String), `source` (String, `adjudicated` or
        `consensus`), sorted by the first two. A row is absent where the others' votes tie or
        there is none. The same columns and no rows if nothing is known.
    """
    ratings, known = people_ratings(labels, adjudicated)
    wanted = set(ratings.raters if experts is None else experts)
    parts = [
        _of_one(ratings, known, rater)
        for rater, name in enumerate(ratings.raters)
        if name in wanted
    ]
    found = np.concatenate([np.empty((0, 4), dtype=np.int64), *parts])
    # Codes are in the order of the names.
    message, rater, label, is_decided = found[np.lexsort((found[:, 1], found[:, 0]))].T
    return pl.DataFrame(
        {
            "message_id": ratings.messages.gather(message),
            "expert_id": pl.Series(ratings.raters, dtype=pl.String).gather(rater),
            "reference": pl.Series(ratings.labels, dtype=pl.String).gather(label),
            "source": pl.Series(_SOURCES, dtype=pl.String).gather(is_decided),
        }
    )


def _of_one(ratings: Ratings, known: NDArray[np.int32], rater: int) -> NDArray[np.int64]:
    """The codes of message, rater, reference and source, a row for each reference of one rater."""
    others, told, kept = without_rater(ratings, known, rater)
    is_counted = why_too_thin(others) is not None
    best = likeliest_codes(others.counts if is_counted else weigh_votes(others, told).posterior)
    # The last place is for messages without a likeliest label, which have the code -1.
    places = np.array([*(ratings.labels.index(name) for name in others.labels), -1])
    reference = known.astype(np.int64)
    agreed = np.full(reference.size, -1)
    agreed[kept] = places[best]
    is_decided = reference >= 0
    reference = np.where(is_decided, reference, agreed)
    own = ratings.message[(ratings.rater == rater) & (reference >= 0)[ratings.message]]
    return np.column_stack([own, np.full(own.size, rater), reference[own], is_decided[own]])
