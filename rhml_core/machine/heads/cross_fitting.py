"""What models that never saw a message say about it, however they are trained."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from rhml_core.machine.heads.folds import assign_folds
from rhml_core.machine.heads.head import MIN_LABELS, equal_shares
from rhml_core.machine.protocol import Floats

Ask = Callable[[NDArray[np.int64], NDArray[np.int64], int], Floats]
"""
Told the rows to learn from, the rows held back and the fold's number from 0.

It gives the held rows' probabilities, shape (n_held, n_labels).
"""


def cross_fit(
    labels: Sequence[str], ask: Ask, *, all_labels: Sequence[str], n_folds: int, seed: int
) -> Floats:
    """
    Each training message's probabilities by a model that was trained without it.

    Args:
        labels: of the training messages.
        ask: trains on some rows and answers for others.
        all_labels: every label of the codebook, in its order.
        n_folds: parts held back in turn, at least 2.
        seed: fixes the parts.

    Returns:
        Shape (n, n_labels); rows sum to 1. Where the rest has one label alone, the labels in
        use share the row equally, since nothing was learnt.
    """
    probabilities = np.tile(equal_shares(labels, all_labels), (len(labels), 1))
    for fold, (seen, held) in enumerate(teachable_folds(labels, n_folds, seed=seed)):
        probabilities[held] = ask(seen, held, fold)
    return probabilities


def teachable_folds(
    labels: Sequence[str], n_folds: int, *, seed: int
) -> tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]:
    """
    The rows seen and the rows held back of each fold whose seen rows have two labels or more.

    Args:
        labels: of the training messages.
        n_folds: at least 2.
        seed: fixes the parts.
    """
    folds = assign_folds(labels, n_folds, seed=seed)
    splits = (
        (np.flatnonzero(folds != one), np.flatnonzero(folds == one)) for one in range(n_folds)
    )
    return tuple(
        (seen, held)
        for seen, held in splits
        if len(held) and len({labels[row] for row in seen.tolist()}) >= MIN_LABELS
    )
