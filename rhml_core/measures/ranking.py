"""How well a label's probabilities rank the messages that have it above the others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import InvalidInputError, MeasureUndefinedError


@dataclass(frozen=True)
class Ranking:
    """
    Messages by falling score, reduced to the places where the label's messages stand.

    Messages of equal score share a place, since nothing tells which of them comes first.
    Places without a message of the label end no segment: average precision skips them.

    Attributes:
        order: messages from the highest score down to the last place that holds the label.
        segments: where in `order` the messages begin that lead to each place.
        true_order: messages that have the label, by falling score.
        true_segments: where in `true_order` each place begins.
    """

    order: NDArray[np.int64]
    segments: NDArray[np.int64]
    true_order: NDArray[np.int64]
    true_segments: NDArray[np.int64]


def rank_messages(scores: NDArray[np.float64], has_label: NDArray[np.bool_]) -> Ranking:
    """
    The places of a label's messages when all are sorted by score.

    Args:
        scores: shape (n,): higher speaks for the label.
        has_label: shape (n,): whether each message has it.

    Raises:
        InvalidInputError: the two differ in length.
        MeasureUndefinedError: no message has the label.
    """
    if scores.shape != has_label.shape:
        raise InvalidInputError(
            f"There are {scores.size} scores for {has_label.size} messages. "
            "Give one score for each message."
        )
    if not has_label.any():
        raise MeasureUndefinedError(
            "No message has the label, so nothing tells how well it is ranked."
        )
    order = np.argsort(-scores, kind="stable")
    true_order = order[has_label[order]]
    places, true_segments = np.unique(-scores[true_order], return_index=True)
    ends = np.searchsorted(-scores[order], places, side="right")
    return Ranking(
        order=order[: ends[-1]],
        segments=np.concatenate([[0], ends[:-1]]),
        true_order=true_order,
        true_segments=true_segments,
    )


def average_precisions(
    ranking: Ranking, counts: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """
    Area under the precision-recall curve, of many resamples at once.

    The precision at each place is weighted by the recall gained there: no line is drawn
    between places, which would promise what no threshold gives.

    Args:
        ranking: of the label's messages.
        counts: shape (n, resamples): how often each message occurs, as by
            `resampled_counts`; a column of ones is the data as they are.

    Returns:
        Shape (resamples,): 0 to 1, and shape (resamples,): whether the label occurs in the
        resample at all; where not, the figure is 0 and means nothing.

    Source:
        Davis and Goadrich, The relationship between precision-recall and ROC curves, 2006,
        on interpolation; average precision as in Manning, Raghavan and Schuetze, 2008, 8.4.
    """
    reached = np.add.reduceat(counts[ranking.order], ranking.segments, axis=0).cumsum(axis=0)
    found_here = np.add.reduceat(counts[ranking.true_order], ranking.true_segments, axis=0)
    found = found_here.cumsum(axis=0)
    n_true = found[-1].astype(np.float64)
    precision = found / np.maximum(reached, 1)
    area = np.einsum("pr,pr->r", found_here, precision, dtype=np.float64)
    return area / np.maximum(n_true, 1), n_true > 0
