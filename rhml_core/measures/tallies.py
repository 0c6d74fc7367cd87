"""
Counting answers by label, for one data set or many resamples at once.

Every figure on answers is a function of three sums by label, so messages that were answered
alike are counted together and a resample costs as much as there are kinds, not messages.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import InvalidInputError, MeasureUndefinedError


@dataclass(frozen=True)
class Tally:
    """
    Counts by label on the last axis, one data set or many resamples on those before.

    Attributes:
        n: messages that truly have the label.
        n_predicted: messages predicted to have it.
        n_right: messages of which both hold.
    """

    n: NDArray[np.float64]
    n_predicted: NDArray[np.float64]
    n_right: NDArray[np.float64]

    @property
    def has_f1(self) -> NDArray[np.bool_]:
        """Whether the label occurs at all, truly or predicted: shape (..., labels)."""
        return self.n + self.n_predicted > 0

    @property
    def f1(self) -> NDArray[np.float64]:
        """F1 by label, 0 also where `has_f1` does not hold: shape (..., labels)."""
        occurrences = np.where(self.has_f1, self.n + self.n_predicted, 1)
        return 2 * self.n_right / occurrences

    @property
    def macro_f1(self) -> NDArray[np.float64]:
        """Mean F1 over the labels that truly occur: shape (...)."""
        occurs = self.n > 0
        mean: NDArray[np.float64] = (self.f1 * occurs).sum(axis=-1) / occurs.sum(axis=-1)
        return mean

    @property
    def balanced_accuracy(self) -> NDArray[np.float64]:
        """Mean recall over the labels that truly occur: shape (...)."""
        occurs = self.n > 0
        recall = self.n_right / np.where(occurs, self.n, 1)
        mean: NDArray[np.float64] = recall.sum(axis=-1) / occurs.sum(axis=-1)
        return mean

    @property
    def accuracy(self) -> NDArray[np.float64]:
        """Share of right answers: shape (...)."""
        share: NDArray[np.float64] = self.n_right.sum(axis=-1) / self.n.sum(axis=-1)
        return share


def kinds_of_answers(
    labels: Sequence[str], *answers: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    The distinct rows of answers to a message, alike messages together.

    Returns:
        Shape (kinds, sequences): positions in `labels`, rows in ascending order; and shape
        (kinds,): how many messages are of the kind.

    Raises:
        MeasureUndefinedError: there is no message.
        InvalidInputError: the sequences differ in length, or hold a label not in `labels`.
    """
    if len({len(answer) for answer in answers}) > 1:
        lengths = ", ".join(str(len(answer)) for answer in answers)
        raise InvalidInputError(
            f"The answers to compare are for different numbers of messages ({lengths}). "
            "Give one answer for each message."
        )
    if len(answers[0]) == 0:
        raise MeasureUndefinedError(
            "No message has both a reference label and a prediction, so nothing can be "
            "measured. Label some messages first."
        )
    unknown = sorted(set().union(*answers).difference(labels))
    if unknown:
        raise InvalidInputError(
            f"Not in the codebook: {', '.join(unknown)}. Add the label to the codebook, or leave "
            "its messages out."
        )
    position = {label: number for number, label in enumerate(labels)}
    table = np.array([[position[label] for label in answer] for answer in answers]).T
    return np.unique(table, axis=0, return_counts=True)


def contributions(
    true: NDArray[np.int64], predicted: NDArray[np.int64], n_labels: int
) -> NDArray[np.float64]:
    """What one message of each kind adds to the counts of `Tally`: shape (kinds, 3 labels)."""
    identity = np.eye(n_labels)
    return np.hstack([identity[true], identity[predicted], identity[true] * identity[predicted]])


def tally(totals: NDArray[np.float64]) -> Tally:
    """Sums in the columns of `contributions`, by name: shape (..., 3 labels)."""
    return Tally(*np.split(totals, 3, axis=-1))
