"""From which probability on to flag a message, so that most of a label's messages are found."""

from math import ceil

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import InvalidInputError
from rhml_core.figures import LabelThreshold
from rhml_core.measures.proportions import wilson_interval

RECALL_TARGET = 0.9


def messages_for_target(target: float) -> int:
    """
    Fewest messages of a label from which a threshold for a recall can be chosen.

    >>> messages_for_target(0.9)
    9
    """
    _require_share(target)
    n = 1
    while _rank(target, n) > n:
        n += 1
    return n


def choose_threshold(scores: NDArray[np.float64], target: float) -> float | None:
    """
    The highest probability from which on a share of a label's messages is expected to be found.

    The lowest probability that covers the share among `n` messages would find a little less
    of new ones. So the share is taken of `n + 1`: a new message, like the others, is then
    found with a chance of at least `target`.

    Args:
        scores: shape (n,): the label's probability for messages that have it, each from a
            model that never saw the message.
        target: share to be found, between 0 and 1.

    Returns:
        The threshold, itself to be flagged; None where there are too few messages to promise
        the share (see `messages_for_target`).

    Raises:
        InvalidInputError: `target` is not between 0 and 1.

    Source:
        Sadinle, Lei and Wasserman, Least ambiguous set-valued classifiers with bounded error
        levels, 2019; the quantile of split conformal prediction, Vovk, Gammerman and Shafer,
        2005.

    >>> choose_threshold(np.array([0.9, 0.8, 0.3]), 0.5)
    0.8
    """
    _require_share(target)
    rank = _rank(target, scores.size)
    return float(np.sort(scores)[::-1][rank - 1]) if rank <= scores.size else None


def measure_threshold(
    scores: NDArray[np.float64],
    has_label: NDArray[np.bool_],
    *,
    threshold: float,
    target: float,
    n_chosen: int,
) -> LabelThreshold:
    """
    What a threshold finds among messages that it was not chosen on.

    Args:
        scores: shape (n,): the label's probability for each message; may be empty.
        has_label: shape (n,): whether each has it.
        threshold: as chosen.
        target: share of the label's messages that it shall find.
        n_chosen: messages that it was chosen on.
    """
    flagged = scores >= threshold
    n_found = int((flagged & has_label).sum())
    n_true, n_flagged = int(has_label.sum()), int(flagged.sum())
    return LabelThreshold(
        target=target,
        threshold=threshold,
        n_chosen=n_chosen,
        recall=wilson_interval(n_found, n_true) if n_true else None,
        precision=wilson_interval(n_found, n_flagged) if n_flagged else None,
    )


def _rank(target: float, n: int) -> int:
    """Place from the top that a threshold takes; above `n` where there is none."""
    return ceil(round(target * (n + 1), 9))  # 0.7 * 10 is a hair above 7


def _require_share(target: float) -> None:
    if not 0 < target < 1:
        raise InvalidInputError(
            f"The share to be found is {target}. Give one between 0 and 1, such as 0.9."
        )
