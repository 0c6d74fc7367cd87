"""Heads taken out of fitted scikit-learn classifiers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rhml_core.machine.heads.head import LinearHead

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression


def as_linear_head(
    model: "LogisticRegression", names: Sequence[str], all_labels: Sequence[str]
) -> LinearHead:
    """
    A head over every label of the codebook that predicts what a fitted classifier does.

    Args:
        model: fitted on two labels or more.
        names: the label of each of its classes, in the order of its `classes_`.
        all_labels: every label of the codebook, in its order; those that the classifier does
            not know get probability 0.
    """
    coefficients, intercepts = model.coef_, model.intercept_
    if len(intercepts) == 1:  # two labels: one score, the second label's log-odds
        coefficients = np.vstack([-coefficients / 2, coefficients / 2])
        intercepts = np.concatenate([-intercepts / 2, intercepts / 2])
    places = [list(all_labels).index(name) for name in names]
    everywhere = np.zeros((len(all_labels), coefficients.shape[1]))
    everywhere[places] = coefficients
    lows = np.full(len(all_labels), -np.inf)
    lows[places] = intercepts
    return LinearHead(tuple(all_labels), everywhere, lows)
