"""How much each message would teach: doubt, contradiction, scarcity, 0 to 1 each."""

import numpy as np

from rhml_core.machine.choosing.coverage import Rows
from rhml_core.machine.protocol import Floats, Vectors

_N_NEIGHBOURS = 5
_N_DOUBTFUL = 100
_N_LIKE_DOUBTFUL = 2000


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


def conflict(probabilities: Floats, places: Rows) -> Floats:
    """
    How strongly the machine contradicts each judged message's label.

    Args:
        probabilities: shape (n, n_labels), said by a machine that never learnt the message.
        places: shape (n,), the column of the label that people gave.

    Returns:
        Shape (n,): how much more likely it holds another label to be, 0 (it agrees) to 1.

    >>> conflict(np.array([[0.75, 0.25], [0.75, 0.25]]), np.array([0, 1])).tolist()
    [0.0, 0.5]
    """
    of_people = np.take_along_axis(probabilities, places[:, None], axis=1)[:, 0]
    against: Floats = probabilities.max(axis=1, initial=0.0) - of_people
    return against


def scarcity(probabilities: Floats, counts: Rows) -> Floats:
    """
    How likely each message is of a label that has fewer judged messages than its share.

    Args:
        probabilities: shape (n, n_labels), rows sum to 1.
        counts: shape (n_labels,), judged messages of each label.

    Returns:
        Shape (n,), 0 to 1: the sum of the labels' probabilities, each weighted by what the
        label lacks of the mean count; all 0 where every label has the same number.

    >>> scarcity(np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([9, 3])).tolist()
    [0.25, 0.5]
    """
    if not counts.sum():
        return np.zeros(len(probabilities))
    lacking = np.maximum(0.0, 1.0 - counts / counts.mean())
    wanted: Floats = probabilities @ lacking
    return wanted


def spread(vectors: Vectors, judged: Vectors, doubts: Floats) -> Floats:
    """
    The doubts about judged messages, carried over to the messages like them.

    Args:
        vectors: shape (n, d), L2-normalised.
        judged: shape (n_judged, d), L2-normalised.
        doubts: shape (n_judged,), 0 (none) to 1.

    Returns:
        Shape (n,), 0 to 1: the mean, over the 5 nearest judged messages, of doubt times
        cosine. Only the 2,000 messages nearest to the 100 most doubtful ones have any.
    """
    carried = np.zeros(len(vectors))
    doubtful = np.argsort(-doubts, kind="stable")[:_N_DOUBTFUL]
    doubtful = doubtful[doubts[doubtful] > 0]
    if not len(doubtful) or not len(vectors):
        return carried
    strengths = doubts[doubtful].astype(vectors.dtype)
    reach = ((vectors @ judged[doubtful].T) * strengths).max(axis=1)
    near = np.argsort(-reach, kind="stable")[:_N_LIKE_DOUBTFUL]
    cosines = vectors[near] @ judged.T
    k = min(_N_NEIGHBOURS, len(judged))
    nearest = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
    likeness = np.maximum(np.take_along_axis(cosines, nearest, axis=1), 0.0)
    carried[near] = (likeness * doubts[nearest]).mean(axis=1)
    return carried
