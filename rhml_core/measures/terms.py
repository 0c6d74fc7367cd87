"""How well a word or phrase alone tells a label."""

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import InvalidInputError, MeasureUndefinedError
from rhml_core.figures import Interval
from rhml_core.measures.f1_intervals import f1_bounds


def term_f1(contains: NDArray[np.bool_], has_label: NDArray[np.bool_]) -> Interval:
    """
    F1 of "the message contains the term" as a prediction of a label.

    Args:
        contains: shape (messages,): whether each message contains the term.
        has_label: shape (messages,): whether each message has the label.

    Returns:
        F1, 0 (they never meet) to 1 (they always do), with its 95 % interval; `n` counts all
        messages given.

    Raises:
        MeasureUndefinedError: neither the term nor the label occurs in any message.
        InvalidInputError: the two arrays differ in length.

    Source:
        van Rijsbergen, Information Retrieval, 1979: F1 = 2 both / (with term + with label).
    """
    if contains.shape != has_label.shape:
        raise InvalidInputError(
            f"{contains.size} messages were searched for the term, but {has_label.size} have "
            "a label. Give the same messages in the same order."
        )
    n_both, n_label, n_term = (int(of.sum()) for of in (contains & has_label, has_label, contains))
    bounds = f1_bounds(n_both, n_label, n_term)
    if bounds is None:
        raise MeasureUndefinedError(
            "Neither the term nor the label occurs in these messages, so the term has no F1. "
            "Label messages that have one of them."
        )
    low, high = bounds
    return Interval(2 * n_both / (n_label + n_term), low=low, high=high, n=contains.size)
