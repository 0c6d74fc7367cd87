"""Which messages the machine would learn most from."""

import numpy as np

from rhml_core.machine.protocol import Floats


def uncertainty(probabilities: Floats) -> Floats:
    """
    How unsure the machine is of each message: 1 minus the margin of its two best labels.

    Args:
        probabilities: shape (n, n_labels), rows sum to 1.

    Returns:
        Shape (n,), 0 (certain) to 1 (the two best labels tie). With a single label there is
        nothing to be unsure of: all 0. No messages: empty.

    Source:
        Scheffer, Decomain, Wrobel: Active hidden Markov models for information extraction
        (margin sampling).

    >>> uncertainty(np.array([[0.75, 0.25, 0.0], [0.5, 0.5, 0.0]])).tolist()
    [0.5, 1.0]
    """
    n_labels = probabilities.shape[1]
    if n_labels < 2:  # noqa: PLR2004 - a margin needs two
        return np.zeros(len(probabilities))
    ordered = np.partition(probabilities, n_labels - 2, axis=1)
    margin: Floats = ordered[:, -1] - ordered[:, -2]
    return 1.0 - margin
