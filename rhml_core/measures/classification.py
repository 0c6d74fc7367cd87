"""How good a classifier's answers are."""

from collections.abc import Sequence

import numpy as np

from rhml_core.figures import Interval, LabelMetrics, Metrics
from rhml_core.measures.bootstrap import percentile_interval, resampled_totals
from rhml_core.measures.f1_intervals import f1_bounds, mean_bounds, no_narrower
from rhml_core.measures.proportions import wilson_interval
from rhml_core.measures.tallies import Tally, contributions, kinds_of_answers, tally


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
    How well predictions meet the reference, with 95 % intervals over messages.

    Accuracy and a label's F1 have the intervals of shares. Means over labels have percentile
    intervals of resamples, each measured exactly as the data are, over the labels that occur in
    its own reference; but none narrower than the labels' own intervals allow, since resamples
    know nothing of errors that did not happen.

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
        Opitz and Burst, Macro F1 and Macro F1, 2019: the mean of the labels' F1. Brodersen et
        al., The balanced accuracy and its posterior distribution, 2010.
    """
    answers, n_alike = kinds_of_answers(labels, truth, predicted)
    of_each = contributions(answers[:, 0], answers[:, 1], len(labels))
    measured = tally(n_alike @ of_each)
    resampled = tally(resampled_totals(of_each, n_alike, n_replicates=n_replicates, seed=seed))
    n = len(truth)
    return Metrics(
        measured_on=measured_on,
        macro_f1=_macro_f1(measured, resampled, n),
        accuracy=wilson_interval(int(measured.n_right.sum()), n),
        per_label=tuple(
            _label_metrics(label, position, measured) for position, label in enumerate(labels)
        ),
        confusion=tuple(
            (labels[true], labels[answer], int(count))
            for (true, answer), count in zip(answers, n_alike, strict=True)
        ),
        n=n,
        balanced_accuracy=_balanced_accuracy(measured, resampled, n),
    )


def _macro_f1(measured: Tally, resampled: Tally, n: int) -> Interval:
    drawn = percentile_interval(float(measured.macro_f1), resampled.macro_f1, n=n)
    found = np.flatnonzero(measured.n)
    counts = np.column_stack([measured.n_right, measured.n, measured.n_predicted])[found]
    lows, highs = np.array([f1_bounds(*one) for one in counts.astype(int).tolist()]).T
    bounds = mean_bounds(measured.f1[found], lows, highs, resampled.f1[:, found])
    return no_narrower(drawn, bounds)


def _balanced_accuracy(measured: Tally, resampled: Tally, n: int) -> Interval:
    drawn = percentile_interval(float(measured.balanced_accuracy), resampled.balanced_accuracy, n=n)
    found = np.flatnonzero(measured.n)
    counts = np.column_stack([measured.n_right, measured.n])[found]
    shares = [wilson_interval(*one) for one in counts.astype(int).tolist()]
    values, lows, highs = np.array([(one.value, one.low, one.high) for one in shares]).T
    # One label's messages are other messages than another's, so recalls do not move together.
    alone = np.zeros((1, len(found)))
    return no_narrower(drawn, mean_bounds(values, lows, highs, alone))


def _label_metrics(label: str, position: int, measured: Tally) -> LabelMetrics:
    n, n_predicted, n_right = (
        int(counts[position]) for counts in (measured.n, measured.n_predicted, measured.n_right)
    )
    bounds = f1_bounds(n_right, n, n_predicted)
    return LabelMetrics(
        label=label,
        precision=n_right / n_predicted if n_predicted else None,
        recall=n_right / n if n else None,
        f1=float(measured.f1[position]) if bounds else None,
        f1_low=bounds[0] if bounds else None,
        f1_high=bounds[1] if bounds else None,
        n=n,
        n_predicted=n_predicted,
    )


def precision_interval(one: LabelMetrics) -> Interval | None:
    """
    Precision with its 95 % Wilson interval, `n` the messages predicted to have the label.

    None where the label was never predicted.

    Source:
        As of `wilson_interval`: each predicted message is right or wrong.
    """
    if one.precision is None:
        return None
    return wilson_interval(round(one.precision * one.n_predicted), one.n_predicted)


def recall_interval(one: LabelMetrics) -> Interval | None:
    """
    Recall with its 95 % Wilson interval, `n` the messages that truly have the label.

    None where no message has it.

    Source:
        As of `wilson_interval`: each message that has the label is found or missed.
    """
    return None if one.recall is None else wilson_interval(round(one.recall * one.n), one.n)
