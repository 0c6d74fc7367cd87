"""All figures of a classifier together, against scikit-learn and a plain bootstrap."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
)

from rhml_core.errors import InvalidInputError, MeasureUndefinedError
from rhml_core.measures import bootstrap
from rhml_core.measures.classification import measure_classification
from rhml_core.measures.evaluation import Answers, measure_answers

LABELS = ["ham", "spam", "threat"]
NOTHING = Answers([], np.zeros((0, 3)))


def answers(n, seed=0, labels=LABELS, skill=1.5):
    """Answers of a machine that knows something."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, len(labels), size=n)
    heights = random.normal(size=(n, len(labels)))
    heights[np.arange(n), truth] += skill
    probabilities = np.exp(heights)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return Answers([labels[column] for column in truth], probabilities)


def measured(told, training=NOTHING, *, labels=LABELS, measured_on="hold-out", **options):
    """The metrics."""
    return measure_answers(told, labels, measured_on=measured_on, training=training, **options)


@settings(max_examples=40)
@given(st.integers(1, 40), st.integers(0, 1000))
def test_figures_are_scikit_learns(n, seed):
    told = answers(n, seed)
    columns = np.array([LABELS.index(label) for label in told.truth])

    metrics = measured(told, n_replicates=20)

    said = [LABELS[column] for column in told.probabilities.argmax(axis=1)]
    areas = {
        label: average_precision_score(columns == place, told.probabilities[:, place])
        for place, label in enumerate(LABELS)
        if label in told.truth
    }
    assert {one.label: one.pr_auc.value for one in metrics.per_label if one.n} == pytest.approx(
        areas, abs=1e-6
    )
    assert metrics.macro_pr_auc.value == pytest.approx(np.mean(list(areas.values())), abs=1e-6)
    assert metrics.accuracy.value == pytest.approx(accuracy_score(told.truth, said))
    if len(areas) > 1:
        balanced = balanced_accuracy_score(told.truth, said)
        assert metrics.balanced_accuracy.value == pytest.approx(balanced)
    brier = brier_score_loss(columns, told.probabilities, labels=range(3), scale_by_half=False)
    assert metrics.brier.value == pytest.approx(brier)
    assert metrics.coverage[-1].accuracy.value == pytest.approx(metrics.accuracy.value)


@settings(max_examples=40)
@given(st.integers(1, 40), st.integers(0, 1000))
def test_every_interval_holds_its_value_within_the_figures_range(n, seed):
    metrics = measured(answers(n, seed), n_replicates=20)

    figures = [
        (metrics.macro_pr_auc, 1),
        (metrics.balanced_accuracy, 1),
        (metrics.brier, 2),
        (metrics.calibration_error, 1),
        *((one.pr_auc, 1) for one in metrics.per_label if one.pr_auc),
    ]
    for figure, most in figures:
        assert 0 <= figure.low <= figure.value <= figure.high <= most + 1e-9


def test_answers_are_measured_as_without_probabilities():
    told = answers(80)

    metrics = measured(told, seed=3)

    said = [LABELS[column] for column in told.probabilities.argmax(axis=1)]
    plain = measure_classification(told.truth, said, LABELS, measured_on="hold-out", seed=3)
    assert (metrics.macro_f1, metrics.accuracy) == (plain.macro_f1, plain.accuracy)
    assert metrics.confusion == plain.confusion


def test_intervals_are_those_of_drawing_messages_one_by_one():
    """Oracle: a plain bootstrap by index, measured with scikit-learn."""
    told = answers(90)
    columns = np.array([LABELS.index(label) for label in told.truth])
    chosen = np.random.default_rng(1).integers(0, 90, size=(300, 90))
    areas = [
        [average_precision_score(columns[rows] == k, told.probabilities[rows, k]) for k in range(3)]
        for rows in chosen
    ]
    brier = [
        brier_score_loss(columns[rows], told.probabilities[rows], scale_by_half=False)
        for rows in chosen
    ]

    metrics = measured(told, n_replicates=4000)

    spam = np.array(areas)[:, 1]
    for figure, plain in [
        (metrics.per_label[1].pr_auc, spam),
        (metrics.macro_pr_auc, np.mean(areas, axis=1)),
        (metrics.brier, brier),
    ]:
        assert (figure.low, figure.high) == pytest.approx(
            np.quantile(plain, [0.025, 0.975]), abs=0.025
        )


def test_large_data_are_measured_in_parts_alike(monkeypatch):
    """Memory is bounded by blocks; each block adds its resamples and loses none."""
    told = answers(50)
    monkeypatch.setattr(bootstrap, "_CELLS_AT_ONCE", 50 * 7)

    in_parts = measured(told, n_replicates=400)

    monkeypatch.undo()
    at_once = measured(told, n_replicates=400)
    assert in_parts.brier.value == at_once.brier.value
    assert (in_parts.brier.low, in_parts.brier.high) == pytest.approx(
        (at_once.brier.low, at_once.brier.high), abs=0.03
    )


def test_sure_and_right_answers_are_perfect():
    probabilities = np.eye(3)[[0, 1, 2] * 10]

    metrics = measured(Answers(LABELS * 10, probabilities))

    assert metrics.brier.high == 0
    assert metrics.calibration_error.high == 0
    assert metrics.macro_pr_auc.low == 1
    assert metrics.balanced_accuracy.value == 1
    (sentence,) = metrics.unmeasured
    assert sentence == (
        "A decision threshold that finds 90 % of a label takes at least 9 training messages of "
        "it; too few so far: ham (0), spam (0), threat (0)."
    )


def test_threshold_does_not_know_the_holdout():
    """Any hold-out gives the same thresholds: they are chosen on training messages."""
    training = answers(100, seed=5)
    wrong_way_round = replace(answers(60), truth=answers(60).truth[::-1])

    one = measured(answers(60), training)
    other = measured(wrong_way_round, training)

    thresholds = [label.threshold.threshold for label in one.per_label]
    assert thresholds == [label.threshold.threshold for label in other.per_label]
    assert [label.threshold.recall for label in one.per_label] != [
        label.threshold.recall for label in other.per_label
    ]


def test_threshold_is_measured_on_the_holdout_by_counting():
    told, training = answers(60), answers(100, seed=5)

    spam = measured(told, training).per_label[1].threshold

    has_label = np.array([label == "spam" for label in told.truth])
    flagged = told.probabilities[:, 1] >= spam.threshold
    assert spam.recall.value == pytest.approx((flagged & has_label).sum() / has_label.sum())
    assert spam.precision.value == pytest.approx((flagged & has_label).sum() / flagged.sum())
    assert spam.n_chosen == training.truth.count("spam")


def test_thresholds_find_what_they_promise_on_new_messages():
    """On average over projects, a recall of 0.9 is reached and not by far exceeded."""
    reached = [
        one.threshold.recall.value
        for seed in range(40)
        for one in measured(answers(200, seed), answers(60, seed + 1000), n_replicates=2).per_label
        if one.threshold
    ]

    assert len(reached) > 100
    assert 0.9 <= np.mean(reached) <= 0.94


def test_without_a_holdout_a_threshold_is_given_but_not_measured():
    training = answers(100)

    metrics = measured(training, training, measured_on="cross-validation")

    threshold = metrics.per_label[0].threshold
    assert 0 < threshold.threshold < 1
    assert (threshold.recall, threshold.precision) == (None, None)
    assert "hold-out" in metrics.unmeasured[-1]


def test_label_without_a_message_is_none_and_said():
    told = answers(30)
    told = Answers(["spam" if one == "threat" else one for one in told.truth], told.probabilities)

    metrics = measured(told, answers(100))

    assert metrics.per_label[2].pr_auc is None
    assert metrics.per_label[2].threshold.recall is None
    (sentence,) = metrics.unmeasured
    assert sentence == (
        "No message measured has the label threat, so nothing tells how well it is recognised; "
        "the means leave it out."
    )


def test_nothing_to_measure_is_undefined():
    with pytest.raises(MeasureUndefinedError, match="nothing can be measured"):
        measured(NOTHING)


@pytest.mark.parametrize(
    ("truth", "probabilities", "reason"),
    [
        (["ham"], np.ones((1, 2)) / 2, "do not fit 1 messages and 3 labels"),
        (["ham"], np.ones((2, 3)) / 3, "do not fit 1 messages and 3 labels"),
        (["ham"], np.ones((1, 3)), "do not sum to 1"),
        (["ham"], np.array([[1.5, -0.5, 0]]), "below 0"),
        (["ham"], np.array([[np.nan, 0.5, 0.5]]), "missing"),
        (["eggs"], np.ones((1, 3)) / 3, "Not in the codebook: eggs"),
    ],
)
def test_answers_that_cannot_be_measured_are_refused(truth, probabilities, reason):
    with pytest.raises(InvalidInputError, match=reason):
        measured(Answers(truth, probabilities))


def test_many_messages_and_labels_are_measured_in_two_seconds():
    """The figures are worked out while a person waits for a run to be registered."""
    labels = [f"label {number}" for number in range(20)]
    told = answers(2000, labels=labels)
    started = time.process_time()

    measured(told, told, labels=labels)

    assert time.process_time() - started < 2
