"""Everything that is measured of a classifier's probabilities, with intervals over messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import InvalidInputError
from rhml_core.figures import Interval, LabelThreshold, Metrics, percent
from rhml_core.measures.bootstrap import percentile_interval, resampled_counts
from rhml_core.measures.calibration import (
    brier_scores,
    calibration_errors,
    calibration_interval,
    coverage_points,
    errors_by_chance,
    overconfidence_by_bin,
    reliability_bins,
)
from rhml_core.measures.classification import measure_classification
from rhml_core.measures.ranking import Ranking, average_precisions, rank_messages
from rhml_core.measures.thresholds import (
    RECALL_TARGET,
    choose_threshold,
    measure_threshold,
    messages_for_target,
)

_ROUNDING = 1e-3
"""Probabilities kept in single precision do not sum to 1 more closely than this."""


@dataclass(frozen=True)
class Answers:
    """
    What a classifier says about messages whose reference is known.

    Attributes:
        truth: each message's reference label.
        probabilities: shape (messages, labels), each row sums to 1, in codebook order.
    """

    truth: Sequence[str]
    probabilities: NDArray[np.float64]


@dataclass(frozen=True)
class _Resampled:
    """
    One figure a resample.

    Attributes:
        brier: shape (resamples,).
        calibration_error: shape (resamples,).
        pr_auc: shape (labels that occur, resamples).
        has_pr_auc: shape (labels that occur, resamples): whether the label is in the resample.
    """

    brier: NDArray[np.float64]
    calibration_error: NDArray[np.float64]
    pr_auc: NDArray[np.float64]
    has_pr_auc: NDArray[np.bool_]


def measure_answers(
    answers: Answers,
    labels: Sequence[str],
    *,
    measured_on: str,
    training: Answers,
    recall_target: float = RECALL_TARGET,
    n_replicates: int = 1000,
    seed: int = 0,
) -> Metrics:
    """
    How good a classifier's probabilities are, and the answers that follow from them.

    The answer to a message is its most probable label, its confidence that probability. All
    intervals are at 95 %, by resampling messages; those of shares are Wilson's.

    Args:
        answers: about the messages to measure on.
        labels: in the order of the probabilities, without repetition.
        measured_on: what the messages are, as in `Metrics.measured_on`.
        training: about the messages that taught the classifier, each by a model that never
            saw it; thresholds are chosen on them. They are measured only where `measured_on`
            is `hold-out`: on the messages that they were chosen on, they would flatter.
        recall_target: share of a label's messages that its threshold shall find.
        n_replicates: resamples to draw.
        seed: the same seed gives the same intervals.

    Returns:
        The metrics, with a sentence in `unmeasured` for each figure that is missing.

    Raises:
        MeasureUndefinedError: there is no message to measure on.
        InvalidInputError: the probabilities do not fit messages and labels, or a label is not
            in `labels`.
    """
    probabilities = _checked(answers, labels)
    _checked(training, labels)
    predicted = probabilities.argmax(axis=1) if len(probabilities) else np.array([], dtype=int)
    metrics = measure_classification(
        answers.truth,
        [labels[column] for column in predicted],
        labels,
        measured_on=measured_on,
        n_replicates=n_replicates,
        seed=seed,
    )
    column = {label: number for number, label in enumerate(labels)}
    truth = np.array([column[label] for label in answers.truth])
    thresholds = _thresholds(answers, training, labels, metrics, recall_target)
    measured = _with_probabilities(
        metrics, probabilities, truth, labels, n_replicates=n_replicates, seed=seed
    )
    return replace(
        measured,
        per_label=tuple(
            replace(one, threshold=thresholds.get(one.label)) for one in measured.per_label
        ),
        unmeasured=tuple(_missing(metrics, thresholds, training, recall_target)),
    )


def _with_probabilities(
    metrics: Metrics,
    probabilities: NDArray[np.float64],
    truth: NDArray[np.int64],
    labels: Sequence[str],
    *,
    n_replicates: int,
    seed: int,
) -> Metrics:
    """
    The metrics of the answers with those of the probabilities behind them.

    Args:
        metrics: of the most probable labels.
        probabilities: shape (messages, labels).
        truth: shape (messages,): the column of each message's reference label.
        labels: of the columns.
        n_replicates: resamples to draw.
        seed: of the draws.
    """
    confidence, is_right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    rankings = {
        label: rank_messages(probabilities[:, number], truth == number)
        for number, label in enumerate(labels)
        if (truth == number).any()
    }
    brier, excess = brier_scores(probabilities, truth), overconfidence_by_bin(confidence, is_right)
    everything = _figures(rankings, brier, excess, np.ones((len(truth), 1), dtype=np.float32))
    resampled = _joined(
        [
            _figures(rankings, brier, excess, counts)
            for counts in resampled_counts(len(truth), n_replicates=n_replicates, seed=seed)
        ]
    )
    pr_auc = _pr_aucs(metrics, list(rankings), everything, resampled)
    n = len(truth)
    return replace(
        metrics,
        per_label=tuple(replace(one, pr_auc=pr_auc.get(one.label)) for one in metrics.per_label),
        macro_pr_auc=percentile_interval(float(_macro(everything)[0]), _macro(resampled), n=n),
        brier=percentile_interval(float(brier.mean()), resampled.brier, n=n),
        calibration_error=calibration_interval(
            float(everything.calibration_error[0]),
            resampled.calibration_error,
            errors_by_chance(confidence, n_replicates=n_replicates, seed=seed),
            n=n,
        ),
        reliability=reliability_bins(confidence, is_right),
        coverage=coverage_points(confidence, is_right),
    )


def _checked(answers: Answers, labels: Sequence[str]) -> NDArray[np.float64]:
    """The probabilities, found fit to be measured."""
    given = answers.probabilities
    if given.shape != (len(answers.truth), len(labels)):
        raise InvalidInputError(
            f"Probabilities of shape {given.shape} do not fit {len(answers.truth)} messages and "
            f"{len(labels)} labels. Give one row a message and one column a label."
        )
    is_sound = np.isfinite(given).all() and (given >= 0).all()
    if not is_sound or (np.abs(given.sum(axis=1) - 1) > _ROUNDING).any():
        raise InvalidInputError(
            "Some probabilities are below 0, missing, or do not sum to 1. Train the run again."
        )
    return given


def _figures(
    rankings: Mapping[str, Ranking],
    brier: NDArray[np.float64],
    excess: NDArray[np.float64],
    counts: NDArray[np.float32],
) -> _Resampled:
    """Every figure on resamples given as counts of messages: shape (messages, resamples)."""
    n = len(brier)
    areas = [average_precisions(ranking, counts) for ranking in rankings.values()]
    return _Resampled(
        brier=brier @ counts / n,
        calibration_error=calibration_errors(counts.T @ excess, n),
        pr_auc=np.array([area for area, _ in areas]),
        has_pr_auc=np.array([occurs for _, occurs in areas]),
    )


def _joined(blocks: Sequence[_Resampled]) -> _Resampled:
    return _Resampled(
        brier=np.concatenate([block.brier for block in blocks]),
        calibration_error=np.concatenate([block.calibration_error for block in blocks]),
        pr_auc=np.concatenate([block.pr_auc for block in blocks], axis=1),
        has_pr_auc=np.concatenate([block.has_pr_auc for block in blocks], axis=1),
    )


def _macro(figures: _Resampled) -> NDArray[np.float64]:
    """Mean PR-AUC over the labels that occur in a resample: shape (resamples,)."""
    occurs = figures.has_pr_auc
    mean: NDArray[np.float64] = (figures.pr_auc * occurs).sum(axis=0) / occurs.sum(axis=0)
    return mean


def _pr_aucs(
    metrics: Metrics, occurring: Sequence[str], everything: _Resampled, resampled: _Resampled
) -> dict[str, Interval]:
    """PR-AUC of each label that occurs, as far as a resample holds it."""
    n_true = {one.label: one.n for one in metrics.per_label}
    return {
        label: percentile_interval(float(value), replicates[held], n=n_true[label])
        for label, value, replicates, held in zip(
            occurring,
            everything.pr_auc[:, 0],
            resampled.pr_auc,
            resampled.has_pr_auc,
            strict=True,
        )
        if held.any()
    }


def _thresholds(
    answers: Answers,
    training: Answers,
    labels: Sequence[str],
    metrics: Metrics,
    target: float,
) -> dict[str, LabelThreshold]:
    """A threshold for each label with enough training messages."""
    is_new = metrics.measured_on == "hold-out"
    truth = np.array(answers.truth if is_new else [], dtype=object)
    taught = np.array(training.truth, dtype=object)
    found = {}
    for number, label in enumerate(labels):
        own = training.probabilities[taught == label, number]
        threshold = choose_threshold(own, target)
        if threshold is not None:
            found[label] = measure_threshold(
                answers.probabilities[: truth.size, number],
                truth == label,
                threshold=threshold,
                target=target,
                n_chosen=own.size,
            )
    return found


def _missing(
    metrics: Metrics,
    thresholds: Mapping[str, LabelThreshold],
    training: Answers,
    target: float,
) -> list[str]:
    """Why figures are missing, in sentences for people."""
    told = []
    absent = [one.label for one in metrics.per_label if one.n == 0]
    if absent:
        told.append(
            f"No message measured has the label {', '.join(absent)}, so nothing tells how well "
            "it is recognised; the means leave it out."
        )
    least = messages_for_target(target)
    without = [one.label for one in metrics.per_label if one.label not in thresholds]
    if without:
        counts = ", ".join(
            f"{label} ({sum(one == label for one in training.truth)})" for label in without
        )
        told.append(
            f"A decision threshold that finds {percent(target)} of a label takes at least {least} "
            f"training messages of it; too few so far: {counts}."
        )
    if thresholds and metrics.measured_on != "hold-out":
        told.append(
            "What the decision thresholds find is measured from enough judged hold-out messages "
            "on; on the messages that they were chosen on they would look better than they are."
        )
    return told
