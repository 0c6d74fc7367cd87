"""How well a word or phrase alone tells a label."""

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import InvalidInputError, MeasureUndefinedError
from rhml_core.figures import Interval
from rhml_core.measures.bootstrap import percentile_interval, resampled_totals


def term_f1(
    contains: NDArray[np.bool_],
    has_label: NDArray[np.bool_],
    *,
    n_replicates: int = 500,
    seed: int = 0,
) -> Interval:
    """
    F1 of "the message contains the term" as a prediction of a label.

    Resamples in which neither the term nor the label occurs have no F1 and are dropped, so
    the interval of a term and a label that are both very rare is narrower than it should be.

    Args:
        contains: shape (messages,): whether each message contains the term.
        has_label: shape (messages,): whether each message has the label.
        n_replicates: resamples to draw for the 95 % percentile interval.
        seed: the same seed gives the same interval.

    Returns:
        F1, 0 (they never meet) to 1 (they always do), with its interval; `n` counts all
        messages given.

    Raises:
        MeasureUndefinedError: neither the term nor the label occurs in any message, or in any
            resample.
        InvalidInputError: the two arrays differ in length.

    Source:
        van Rijsbergen, Information Retrieval, 1979: F1 = 2 both / (with term + with label).
    """
    if contains.shape != has_label.shape:
        raise InvalidInputError(
            f"{contains.size} messages were searched for the term, but {has_label.size} have "
            "a label. Give the same messages in the same order."
        )
    kinds = 2 * contains.astype(np.int64) + has_label.astype(np.int64)
    n_of_kind = np.bincount(kinds, minlength=4)
    occurring = np.flatnonzero(n_of_kind)
    n_alike = n_of_kind[occurring]
    # What a message of each kind adds to twice the matches, and to occurrences of either.
    contributions = np.array([[0.0, 0.0], [0.0, 1.0], [0.0, 1.0], [2.0, 2.0]])[occurring]
    matches, occurrences = n_alike @ contributions
    if occurrences == 0:
        raise MeasureUndefinedError(
            "Neither the term nor the label occurs in these messages, so the term has no F1. "
            "Label messages that have one of them."
        )
    totals = resampled_totals(contributions, n_alike, n_replicates=n_replicates, seed=seed)
    defined = totals[totals[:, 1] > 0]
    if not len(defined):
        raise MeasureUndefinedError(
            "The term and the label are too rare to say how certain the term's F1 is. "
            "Label more messages that have one of them."
        )
    return percentile_interval(
        float(matches / occurrences), defined[:, 0] / defined[:, 1], n=contains.size
    )
