"""What is known of a message without the expert who is measured by it."""

from collections.abc import Iterable

import polars as pl

from rhml_core.domain import MACHINE_RATER
from rhml_core.measures.consensus import reference_labels


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
            reference of its own, so that raters who are not measured are better left out.

    Returns:
        `message_id, expert_id, reference` (String), `source` (String, `adjudicated` or
        `consensus`), sorted by the first two. A row is absent where the others' votes tie or
        there is none. The same columns and no rows if nothing is known.
    """
    votes = labels.filter(pl.col("expert_id") != MACHINE_RATER)
    measured = sorted(set(votes["expert_id"] if experts is None else experts))
    names = ("message_id", "expert_id", "reference", "source")
    found = [pl.DataFrame(schema=dict.fromkeys(names, pl.String))]
    for expert_id in measured:
        known = reference_labels(votes, adjudicated, without=expert_id)
        found.append(
            votes.filter(pl.col("expert_id") == expert_id)
            .join(known, on="message_id", suffix="_known")
            .select("message_id", "expert_id", reference="label_known", source="source")
        )
    return pl.concat(found).sort("message_id", "expert_id")
