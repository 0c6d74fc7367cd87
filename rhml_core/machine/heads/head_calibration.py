"""How sure a head may be: its scores divided by a temperature that held-back answers tell."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar  # type: ignore[import-untyped] # ships no types

from rhml_core.machine.protocol import Floats

_MOST_LOG_TEMPERATURE = 3.0
_PRIOR_MESSAGES = 1.0
"""Few answers that all are right would make a head boundless in its trust; this holds it back."""


def fit_temperature(
    scores: Floats, classes: NDArray[np.int64], weights: Floats | None = None
) -> float:
    """
    The temperature at which scores, given out of fold, are as sure as they are right.

    Args:
        scores: shape (n, n_classes), of messages that the head had not learnt; minus infinity
            for a class that it did not know.
        classes: shape (n,), the right columns.
        weights: how much each message counts; None counts all alike.

    Returns:
        Above 1 where the scores are too sure, below where they are too timid; 1.0 where
        there is no message to tell.

    Source:
        Guo et al.: On calibration of modern neural networks (temperature scaling), with a
        normal prior on the temperature's logarithm.
    """
    counts = np.ones(len(classes)) if weights is None else np.asarray(weights, dtype=np.float64)
    is_known = np.isfinite(scores[np.arange(len(classes)), classes])
    known, right, counted = scores[is_known], classes[is_known], counts[is_known]

    def doubt(log_temperature: float) -> float:
        losses = log_losses(known / np.exp(log_temperature), right)
        return float(counted @ losses) + _PRIOR_MESSAGES * log_temperature**2

    bounds = (-_MOST_LOG_TEMPERATURE, _MOST_LOG_TEMPERATURE)
    if not len(right):
        return 1.0
    found = minimize_scalar(doubt, bounds=bounds, method="bounded", options={"xatol": 1e-2})
    # The search ends near the least loss, not on it: where that is no gain, nothing is changed.
    return float(np.exp(found.x)) if found.fun < doubt(0.0) else 1.0


def log_losses(scores: Floats, classes: NDArray[np.int64]) -> Floats:
    """
    Minus the logarithm of each message's probability of the right class, 0 or more.

    >>> log_losses(np.array([[0.0, 0.0]]), np.array([1])).round(3).tolist()
    [0.693]
    """
    shifted = scores - scores.max(axis=1, keepdims=True)
    sums = np.exp(shifted).sum(axis=1)
    losses: Floats = np.log(sums) - shifted[np.arange(len(classes)), classes]
    return losses
