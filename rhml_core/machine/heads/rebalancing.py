"""How readily a head proposes each label, set right by what it says of messages it never saw."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped] # ships no types

from rhml_core.machine.heads.linear_head import LinearHead, softmax
from rhml_core.machine.protocol import Floats

RARITY_REMOVED = 0.3
"""
How much of the labels' frequency is taken out of the answer: 0 is right most often, 1 treats
all labels alike. In between lies the best F1 of a rare label, whose messages are worth more
than a few false alarms.
"""
_LEAST_PROBABILITY = 1e-6
_BIAS_PRIOR = 0.01
_SCALE_PRIOR = 1.0
"""Both pull towards leaving the head as it is, as so many messages would."""


def rebalanced(
    head: LinearHead, out_of_fold: Floats, labels: Sequence[str], weights: Floats
) -> tuple[LinearHead, Floats]:
    """
    A head that proposes each label as readily as it should, and its out-of-fold answers.

    A head taught by few messages of a rare label remembers them, and scores new ones lower.
    Scale and bias are fitted to answers that were formed without the message; then part of the
    labels' frequency is taken out of them.

    Args:
        head: fitted to all messages.
        out_of_fold: shape (n, n_labels), what heads of its kind say that never saw the message.
        labels: of the messages, aligned.
        weights: how much each message counts, above 0.

    Returns:
        The head with its scores scaled and shifted, and the answers changed alike.

    Source:
        Platt: Probabilistic outputs for support vector machines. Menon et al.: Long-tail
        learning via logit adjustment. Lipton et al.: Optimal thresholding of classifiers to
        maximize F1 (the best threshold lies below one half).
    """
    names = sorted(set(labels), key=head.labels.index)
    columns = np.array([head.labels.index(name) for name in names])
    classes = np.array([names.index(label) for label in labels])
    scores = np.log(np.maximum(out_of_fold[:, columns], _LEAST_PROBABILITY))
    counts = np.asarray(weights, np.float64) / np.mean(weights)
    scale, biases = _fit(scores, classes, counts)
    shares = np.bincount(classes, weights=counts) / counts.sum()
    biases = biases - RARITY_REMOVED * np.log(shares)
    scaled = head.at_temperature(1 / scale)
    intercepts = scaled.intercepts.copy()
    intercepts[columns] += biases
    answers = np.zeros_like(out_of_fold)
    answers[:, columns] = softmax(scale * scores + biases)
    return replace(scaled, intercepts=intercepts), answers


def _fit(scores: Floats, classes: NDArray[np.int64], weights: Floats) -> tuple[float, Floats]:
    """Scale (above 0) and biases, shape (n_classes,), with the least log loss."""
    at = np.arange(len(classes))

    def loss_and_gradient(point: Floats) -> tuple[float, Floats]:
        scale, biases = np.exp(point[0]), point[1:]
        raised = scale * scores + biases
        probabilities = softmax(raised)
        loss = -weights @ np.log(np.maximum(probabilities[at, classes], 1e-300))
        loss += _SCALE_PRIOR * point[0] ** 2 + _BIAS_PRIOR * biases @ biases
        errors = probabilities.copy()
        errors[at, classes] -= 1.0
        errors *= weights[:, None]
        of_scale = scale * np.vdot(errors, scores) + 2 * _SCALE_PRIOR * point[0]
        of_biases = errors.sum(axis=0) + 2 * _BIAS_PRIOR * biases
        return float(loss), np.append(of_scale, of_biases)

    start = np.zeros(1 + scores.shape[1])
    found = minimize(loss_and_gradient, start, jac=True, method="L-BFGS-B").x
    return float(np.exp(found[0])), found[1:]
