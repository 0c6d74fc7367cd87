"""How frequent each label is among messages that nobody has judged."""

import numpy as np

from rhml_core.machine.protocol import Floats

PRIOR_SHARE = 0.06
"""Messages of each label taken as seen beforehand, as a share of the pool: steadies rare ones."""
_MOST_ROUNDS = 200
_SMALLEST_CHANGE = 1e-6


def pool_priors(probabilities: Floats) -> Floats:
    """
    Each label's share of a pool, told by a classifier to which all labels are equally frequent.

    The judged messages do not tell: a queue that searches rare labels, or so many of each
    label, makes them look alike.

    Args:
        probabilities: shape (n, n_labels), rows sum to 1; 0.0 throughout for a label that the
            classifier does not know.

    Returns:
        Shape (n_labels,), sums to 1; 0.0 for unknown labels. No messages: known labels alike.

    Source:
        Saerens, Latinne, Decaestecker: Adjusting the outputs of a classifier to new a priori
        probabilities (expectation maximisation), with a Dirichlet prior.

    >>> pool_priors(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])).round(2).tolist()
    [0.65, 0.35]
    """
    is_known = probabilities.any(axis=0) if len(probabilities) else np.ones(probabilities.shape[1])
    priors: Floats = is_known / max(is_known.sum(), 1)
    if not len(probabilities):
        return priors
    before = PRIOR_SHARE * len(probabilities) * is_known
    for _ in range(_MOST_ROUNDS):
        joint = probabilities * priors
        counts = (joint / joint.sum(axis=1, keepdims=True)).sum(axis=0) + before
        found = counts / counts.sum()
        change = np.abs(found - priors).max()
        priors = found
        if change < _SMALLEST_CHANGE:
            break
    return priors


def at_priors(probabilities: Floats, priors: Floats) -> Floats:
    """
    Probabilities given as if all labels were equally frequent, for labels as frequent as they are.

    Args:
        probabilities: shape (n, n_labels), rows sum to 1.
        priors: shape (n_labels,), of `pool_priors`.
    """
    joint = probabilities * priors
    totals = joint.sum(axis=1, keepdims=True)
    return np.where(totals > 0, joint / np.where(totals > 0, totals, 1.0), probabilities)
