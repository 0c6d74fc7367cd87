"""How good a classifier is, and whether another one is better."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rhml_core.domain import Interval, LabelMetrics, Metrics
from rhml_core.errors import InvalidInputError, MeasureUndefinedError
from rhml_core.measures.bootstrap import percentile_interval, resampled_totals

MESSAGES_TO_COMPARE = 20
"""Below this many messages no run is called better: a few lucky ones would decide."""


@dataclass(frozen=True)
class RunComparison:
    """
    What changes when one run replaces another, on the same messages.

    Attributes:
        difference: macro-F1 of the second run minus that of the first, -1 to 1.
        n_changed: messages that the two runs answer differently.
        n_fixed: messages that only the second run answers rightly.
        n_broken: messages that only the first run answers rightly.
        sentence: the same in plain words.
    """

    difference: Interval
    n_changed: int
    n_fixed: int
    n_broken: int
    sentence: str


@dataclass(frozen=True)
class _Tally:
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
    def accuracy(self) -> NDArray[np.float64]:
        """Share of right answers: shape (...)."""
        share: NDArray[np.float64] = self.n_right.sum(axis=-1) / self.n.sum(axis=-1)
        return share


def measure_classification(
    truth: Sequence[str],
    predicted: Sequence[str],
    labels: Sequence[str],
    *,
    measured_on: str,
    n_replicates: int = 1000,
    seed: int = 0,
) -> Metrics:
    """
    How well predictions meet the reference, with 95 % percentile intervals over messages.

    Each resample is measured exactly as the data are: macro-F1 is the mean over the labels
    that occur in the resample's own reference, and a resample in which a label is neither
    true nor predicted says nothing about that label's F1 and is dropped for it.

    Args:
        truth: each message's reference label.
        predicted: each message's predicted label, in the same order.
        labels: every label that may occur, in codebook order, without repetition.
        measured_on: what the messages are, as in `Metrics.measured_on`.
        n_replicates: resamples to draw.
        seed: the same seed gives the same intervals.

    Returns:
        The metrics; precision is None where a label was never predicted, recall None where
        it never occurs, F1 and its bounds None where neither.

    Raises:
        MeasureUndefinedError: there is no message.
        InvalidInputError: the sequences differ in length, or hold a label not in `labels`.

    Source:
        Opitz and Burst, Macro F1 and Macro F1, 2019: the mean of the labels' F1.
    """
    answers, n_alike = _kinds_of_answers(labels, truth, predicted)
    contributions = _contributions(answers[:, 0], answers[:, 1], len(labels))
    measured = _tally(n_alike @ contributions)
    resampled = _tally(
        resampled_totals(contributions, n_alike, n_replicates=n_replicates, seed=seed)
    )
    n = len(truth)
    return Metrics(
        measured_on=measured_on,
        macro_f1=percentile_interval(float(measured.macro_f1), resampled.macro_f1, n=n),
        accuracy=percentile_interval(float(measured.accuracy), resampled.accuracy, n=n),
        per_label=tuple(
            _label_metrics(label, position, measured, resampled)
            for position, label in enumerate(labels)
        ),
        confusion=tuple(
            (labels[true], labels[answer], int(count))
            for (true, answer), count in zip(answers, n_alike, strict=True)
        ),
        n=n,
    )


def compare_runs(
    truth: Sequence[str],
    first: Sequence[str],
    second: Sequence[str],
    labels: Sequence[str],
    *,
    n_replicates: int = 1000,
    seed: int = 0,
) -> RunComparison:
    """
    Whether a second run does better than a first, both resampled on the same messages.

    Args:
        truth: each message's reference label.
        first: the first run's answers, in the same order.
        second: the second run's answers, in the same order.
        labels: every label that may occur, in codebook order, without repetition.
        n_replicates: resamples to draw for the 95 % percentile interval.
        seed: the same seed gives the same interval.

    Returns:
        The comparison; its sentence calls a run better or worse only where the interval of
        the difference lies wholly on one side of zero and there are at least
        `MESSAGES_TO_COMPARE` messages.

    Raises:
        MeasureUndefinedError: there is no message.
        InvalidInputError: the sequences differ in length, or hold a label not in `labels`.
    """
    answers, n_alike = _kinds_of_answers(labels, truth, first, second)
    true, one, two = answers.T
    of_both = np.hstack(
        [_contributions(true, one, len(labels)), _contributions(true, two, len(labels))]
    )
    difference = percentile_interval(
        float(_difference(n_alike @ of_both)),
        _difference(resampled_totals(of_both, n_alike, n_replicates=n_replicates, seed=seed)),
        n=len(truth),
    )
    n_changed = int(n_alike[one != two].sum())
    n_fixed = int(n_alike[(one != true) & (two == true)].sum())
    n_broken = int(n_alike[(one == true) & (two != true)].sum())
    return RunComparison(
        difference=difference,
        n_changed=n_changed,
        n_fixed=n_fixed,
        n_broken=n_broken,
        sentence=_sentence(difference, n_changed, n_fixed, n_broken),
    )


def _sentence(difference: Interval, n_changed: int, n_fixed: int, n_broken: int) -> str:
    """What a comparison shows, in one sentence for people."""
    n = difference.n
    on = f"on {n:,} {'message' if n == 1 else 'messages'}"
    if n_changed == 0:
        return f"Both runs give the same answers {on}."
    figures = (
        f"macro-F1 changes by {difference.value:+z.3f} "
        f"({difference.low:+z.3f} to {difference.high:+z.3f}) {on}, "
        f"{n_fixed:,} fixed and {n_broken:,} broken"
    )
    if n < MESSAGES_TO_COMPARE:
        return f"Too few messages to compare the two runs: {figures}."
    if difference.low > 0:
        return f"The second run is better: {figures}."
    if difference.high < 0:
        return f"The second run is worse: {figures}."
    return f"No difference between the two runs can be shown: {figures}."


def _kinds_of_answers(
    labels: Sequence[str], *answers: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    The distinct rows of answers to a message, alike messages together.

    Returns:
        Shape (kinds, sequences): positions in `labels`, rows in ascending order; and shape
        (kinds,): how many messages are of the kind.
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


def _contributions(
    true: NDArray[np.int64], predicted: NDArray[np.int64], n_labels: int
) -> NDArray[np.float64]:
    """What one message of each kind adds to the counts of `_Tally`: shape (kinds, 3 labels)."""
    identity = np.eye(n_labels)
    return np.hstack([identity[true], identity[predicted], identity[true] * identity[predicted]])


def _tally(totals: NDArray[np.float64]) -> _Tally:
    """Sums in the columns of `_contributions`, by name: shape (..., 3 labels)."""
    return _Tally(*np.split(totals, 3, axis=-1))


def _difference(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Second macro-F1 minus first, from both runs' sums side by side: shape (...)."""
    first, second = np.split(totals, 2, axis=-1)
    return _tally(second).macro_f1 - _tally(first).macro_f1


def _label_metrics(label: str, position: int, measured: _Tally, resampled: _Tally) -> LabelMetrics:
    """One label's figures; its bounds come from the resamples in which it occurs."""
    n, n_predicted, n_right = (
        int(counts[position]) for counts in (measured.n, measured.n_predicted, measured.n_right)
    )
    has_f1 = bool(measured.has_f1[position])
    f1 = float(measured.f1[position])
    replicates = resampled.f1[resampled.has_f1[:, position], position]
    interval = percentile_interval(f1, replicates, n=n) if len(replicates) else None
    return LabelMetrics(
        label=label,
        precision=n_right / n_predicted if n_predicted else None,
        recall=n_right / n if n else None,
        f1=f1 if has_f1 else None,
        f1_low=interval.low if interval else None,
        f1_high=interval.high if interval else None,
        n=n,
        n_predicted=n_predicted,
    )
