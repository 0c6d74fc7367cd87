"""Calibration against hand counts, scikit-learn and machines of known calibration."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from rhml_core.errors import MeasureUndefinedError
from rhml_core.measures.bootstrap import resampled_counts
from rhml_core.measures.calibration import (
    MAX_BINS,
    MESSAGES_PER_BIN,
    brier_scores,
    calibration_errors,
    calibration_interval,
    coverage_points,
    equal_bins,
    errors_by_chance,
    overconfidence_by_bin,
    reliability_bins,
)

answered = st.lists(st.tuples(st.integers(1, 100), st.booleans()), min_size=1, max_size=120)


def split(rows):
    """Confidences and whether right, as arrays."""
    return np.array([sure / 100 for sure, _ in rows]), np.array([right for _, right in rows])


def test_brier_scores_of_hand_counted_answers():
    """Sure and right 0, sure and wrong 2, undecided between two 1/2."""
    probabilities = np.array([[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0]])

    scores = brier_scores(probabilities, np.array([0, 0, 0]))

    assert scores.tolist() == [0, 2, 0.5]


@given(st.integers(0, 2**32 - 1))
def test_mean_brier_score_is_scikit_learns(seed):
    random = np.random.default_rng(seed)
    probabilities = random.dirichlet(np.ones(4), size=12)
    truth = random.integers(0, 4, size=12)

    mean = brier_scores(probabilities, truth).mean()

    oracle = brier_score_loss(truth, probabilities, labels=range(4), scale_by_half=False)
    assert mean == pytest.approx(oracle)


@given(answered)
def test_bins_hold_every_message_once_and_part_no_equal_ones(rows):
    confidence, _ = split(rows)

    bins = equal_bins(confidence)

    assert sorted(set(bins.tolist())) == list(range(bins.max() + 1))
    assert bins.max() < MAX_BINS
    order = confidence.argsort(kind="stable")
    assert (np.diff(bins[order]) >= 0).all()
    for sure in set(confidence.tolist()):
        assert len(set(bins[confidence == sure])) == 1


def test_bins_of_different_confidences_are_of_equal_size():
    bins = equal_bins(np.linspace(0.1, 1, 5 * MESSAGES_PER_BIN))

    assert np.bincount(bins).tolist() == [MESSAGES_PER_BIN] * 5


def test_few_messages_share_one_bin():
    assert set(equal_bins(np.linspace(0.1, 1, 2 * MESSAGES_PER_BIN - 1)).tolist()) == {0}


def test_reliability_bins_are_scikit_learns():
    """Oracle: its quantile strategy, where no two confidences are equal."""
    random = np.random.default_rng(0)
    confidence = random.random(200)
    is_right = random.random(200) < confidence

    bins = reliability_bins(confidence, is_right)

    accuracy, sure = calibration_curve(is_right, confidence, n_bins=10, strategy="quantile")
    assert [one.confidence for one in bins] == pytest.approx(sure, abs=1e-9)
    assert [one.accuracy.value for one in bins] == pytest.approx(accuracy, abs=1e-9)
    assert sum(one.accuracy.n for one in bins) == 200


def test_calibration_error_of_hand_counted_answers():
    """Two bins of 20: says 0.6 and is right in 12; says 0.9 and is right in 10."""
    confidence = np.repeat([0.6, 0.9], 20)
    is_right = np.concatenate([np.arange(20) < 12, np.arange(20) < 10])

    totals = overconfidence_by_bin(confidence, is_right).sum(axis=0)

    assert calibration_errors(totals, 40) == pytest.approx((0 + 0.4) / 2)


@given(answered)
def test_calibration_error_sums_up_the_reliability_bins(rows):
    confidence, is_right = split(rows)

    totals = overconfidence_by_bin(confidence, is_right).sum(axis=0)

    by_bin = sum(
        one.accuracy.n / len(rows) * abs(one.confidence - one.accuracy.value)
        for one in reliability_bins(confidence, is_right)
    )
    assert calibration_errors(totals, len(rows)) == pytest.approx(by_bin)


def test_errors_by_chance_are_those_of_drawn_answers():
    """Oracle: right and wrong answers drawn one series at a time."""
    random = np.random.default_rng(1)
    confidence = random.random(60)
    plain = [
        calibration_errors(
            overconfidence_by_bin(confidence, random.random(60) < confidence).sum(axis=0), 60
        )
        for _ in range(2000)
    ]

    drawn = errors_by_chance(confidence, n_replicates=2000, seed=2)

    assert drawn.shape == (2000,)
    assert np.quantile(drawn, [0.05, 0.5, 0.95]) == pytest.approx(
        np.quantile(plain, [0.05, 0.5, 0.95]), abs=0.01
    )


def test_interval_reaches_zero_where_chance_explains_the_error():
    replicates = np.linspace(0.05, 0.15, 101)

    likely = calibration_interval(0.08, replicates, np.linspace(0, 0.2, 101), n=60)
    unlikely = calibration_interval(0.08, replicates, np.linspace(0, 0.05, 101), n=60)

    assert likely.low == 0
    assert unlikely.low == pytest.approx(2 * 0.08 - 0.1475)
    assert likely.high == unlikely.high == pytest.approx(0.1475)


@pytest.mark.slow
@pytest.mark.parametrize("excess", [0.0, 0.1])
def test_interval_holds_the_true_error(excess):
    """A machine that says too much by `excess` everywhere; honest if 19 in 20 hold it."""
    random = np.random.default_rng(3)
    n, n_trials, held = 150, 300, 0

    for seed in range(n_trials):
        confidence = random.uniform(0.4, 1, size=n)
        is_right = random.random(n) < confidence - excess
        parts = overconfidence_by_bin(confidence, is_right)
        resampled = [
            calibration_errors(counts.T @ parts, n)
            for counts in resampled_counts(n, n_replicates=300, seed=seed)
        ]
        by_chance = errors_by_chance(confidence, n_replicates=300, seed=seed)
        value = float(calibration_errors(parts.sum(axis=0), n))
        interval = calibration_interval(value, np.concatenate(resampled), by_chance, n=n)
        held += interval.low <= excess <= interval.high

    assert held / n_trials >= 0.92


def test_coverage_of_hand_counted_answers():
    """Two sure and right, one less sure and wrong, one unsure and right."""
    points = coverage_points(np.array([0.5, 0.9, 0.7, 0.9]), np.array([True, True, False, True]))

    assert [(one.coverage, one.threshold) for one in points] == [(0.5, 0.9), (0.75, 0.7), (1, 0.5)]
    assert [one.accuracy.value for one in points] == pytest.approx([1, 2 / 3, 3 / 4])
    assert [one.accuracy.n for one in points] == [2, 3, 4]


@given(answered)
def test_answering_all_is_plain_accuracy(rows):
    confidence, is_right = split(rows)

    points = coverage_points(confidence, is_right)

    assert points[-1].coverage == 1
    assert points[-1].accuracy.value == pytest.approx(is_right.mean())
    assert len(points) <= 20
    for point in points:
        answered_here = confidence >= point.threshold
        assert point.accuracy.n == answered_here.sum()
        assert point.accuracy.value == pytest.approx(is_right[answered_here].mean())


@pytest.mark.parametrize("measure", [reliability_bins, coverage_points])
def test_nothing_answered_is_undefined(measure):
    with pytest.raises(MeasureUndefinedError, match="no messages"):
        measure(np.array([]), np.array([], dtype=bool))
