"""Which judged messages look mislabelled: the machine, not told the label, is sure of another."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from rhml_core.errors import InvalidInputError
from rhml_core.machine.protocol import Floats

MIN_OF_A_LABEL = 5
"""Messages that a label needs before the machine may question it or propose it instead."""

LEAST_RATIO = 2.0
"""How many times likelier the machine must hold its own label than the one that was given."""

_ROUNDING = 1e-6

_SCHEMA = {
    "row": pl.Int64,
    "machine_label": pl.String,
    "machine_probability": pl.Float64,
    "label_probability": pl.Float64,
}


def contradicted_labels(
    probabilities: Floats,
    labels: Sequence[str],
    all_labels: Sequence[str],
    *,
    least_ratio: float = LEAST_RATIO,
    min_of_a_label: int = MIN_OF_A_LABEL,
) -> pl.DataFrame:
    """
    The labels that the machine strongly contradicts, most suspicious first.

    A label is contradicted where the machine prefers another one, is at least as sure of it
    as it is on average of the messages that bear it (confident learning's threshold, which
    allows for labels of which it is never sure), and holds it at least `least_ratio` times
    as likely as the label given. Labels with few messages are neither questioned nor
    proposed.

    Args:
        probabilities: shape (n, n_labels), rows sum to 1; each row by a machine that did not
            learn that message's label, else it only repeats it.
        labels: the label given to each message, aligned.
        all_labels: the names of the columns.
        least_ratio: at least 1; 1 is confident learning alone.
        min_of_a_label: at least 1.

    Returns:
        `row` (Int64, place in `labels`), `machine_label` (String), `machine_probability`,
        `label_probability` (Float64, 0 to 1; the lower, the more suspicious), ordered by
        `label_probability`, then `row`. The same columns and no rows if nothing is.

    Raises:
        InvalidInputError: the parts are not aligned, or a label is not among `all_labels`.

    Source:
        Northcutt, Jiang, Chuang: Confident learning: estimating uncertainty in dataset labels.
        Order: self-confidence, which ranked best of those tried (docs/decisions/0010).
    """
    if probabilities.shape != (len(labels), len(all_labels)):
        raise InvalidInputError("Probabilities need a row for each message, a column a label.")
    if not set(labels) <= set(all_labels):
        raise InvalidInputError("A message bears a label that the machine does not know.")
    if not labels:
        return pl.DataFrame(schema=_SCHEMA)
    column = {name: place for place, name in enumerate(all_labels)}
    given = np.array([column[name] for name in labels])
    rows = np.arange(len(given))
    counts = np.bincount(given, minlength=len(all_labels))
    sums = np.bincount(given, weights=probabilities[rows, given], minlength=len(all_labels))
    usual = sums / np.maximum(counts, 1)
    preferred = probabilities.argmax(axis=1)
    strongest, own = probabilities[rows, preferred], probabilities[rows, given]
    is_contradicted = (
        (strongest > own)
        & ~np.isclose(strongest, own)
        & (counts[given] >= min_of_a_label)
        & (counts[preferred] >= min_of_a_label)
        & (strongest >= usual[preferred] - _ROUNDING)
        & (strongest >= least_ratio * own)
    )
    found = rows[is_contradicted]
    return pl.DataFrame(
        {
            "row": found,
            "machine_label": [all_labels[place] for place in preferred[found]],
            "machine_probability": strongest[found],
            "label_probability": own[found],
        },
        schema=_SCHEMA,
    ).sort("label_probability", "row")
