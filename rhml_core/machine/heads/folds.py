"""Shares of the training messages that are held back in turn."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def assign_folds(labels: Sequence[str], n_folds: int, *, seed: int) -> NDArray[np.int64]:
    """
    The fold of each message, every label spread over the folds as evenly as it can be.

    A label with fewer messages than folds is absent from some; nothing is dropped or
    repeated, so a label's only message is held back once and cannot be recognised then.

    Args:
        labels: one per message.
        n_folds: at least 2.
        seed: fixes the shuffle.

    Returns:
        Shape (n,), 0 to `n_folds` - 1; fold sizes differ by at most 1.

    >>> sorted(assign_folds(["a", "a", "b", "b"], 2, seed=1).tolist())
    [0, 0, 1, 1]
    """
    shuffled = np.random.default_rng(seed).permutation(len(labels))
    by_label = sorted(shuffled, key=lambda row: labels[row])
    folds = np.empty(len(labels), dtype=np.int64)
    folds[by_label] = np.arange(len(labels)) % n_folds
    return folds
