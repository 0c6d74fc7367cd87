"""Bounds of F1: those of a share, carried over, and means that move together or alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.errors import InvalidInputError
from rhml_core.figures import Interval
from rhml_core.measures.classification import measure_classification
from rhml_core.measures.f1_intervals import f1_bounds, mean_bounds, no_narrower
from rhml_core.measures.proportions import wilson_interval

COUNTS = st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))


def test_bounds_of_a_hand_computed_share():
    """Of 10 with the label or given it 8 are both: Wilson 0.490 to 0.943, so F1 0.658 to 0.971."""
    low, high = f1_bounds(8, 9, 9)

    assert (low, high) == pytest.approx((0.6577, 0.9708), abs=5e-4)


@given(COUNTS)
def test_f1_lies_within_its_bounds(counts):
    right, missed, false = counts

    bounds = f1_bounds(right, right + missed, right + false)

    n = right + missed + false
    assert (bounds is None) == (n == 0)
    if bounds:
        low, high = bounds
        assert 0 <= low <= 2 * right / (2 * right + missed + false) <= high <= 1
        assert low / (2 - low) == pytest.approx(wilson_interval(right, n).low, abs=1e-12)


@pytest.mark.parametrize("counts", [(3, 2, 5), (3, 5, 2), (-1, 2, 2)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(InvalidInputError):
        f1_bounds(*counts)


def test_parts_that_move_as_one_add_their_margins_and_lone_ones_their_squares():
    values, lows, highs = np.array([0.5, 0.7]), np.array([0.2, 0.3]), np.array([0.7, 0.9])
    as_one = np.array([[0.4, 0.6], [0.6, 0.8]])
    against = np.array([[0.4, 0.8], [0.6, 0.6]])
    still = np.array([[0.5, 0.7]])

    assert mean_bounds(values, lows, highs, as_one) == pytest.approx((0.6 - 0.35, 0.6 + 0.2))
    assert mean_bounds(values, lows, highs, still) == pytest.approx(
        (0.6 - 0.25, 0.6 + 0.08**0.5 / 2)
    )
    assert mean_bounds(values, lows, highs, against) == pytest.approx((0.6 - 0.05, 0.6))


def test_wider_bounds_win_on_each_side():
    interval = Interval(value=0.5, low=0.4, high=0.6, n=9)

    assert no_narrower(interval, (0.3, 0.55)) == Interval(value=0.5, low=0.3, high=0.6, n=9)


@pytest.mark.parametrize(("p_right", "least"), [(0.8, 0.92), (0.98, 0.92)])
def test_true_macro_f1_is_held_as_often_as_promised(p_right, least):
    """Three labels, 60 messages, 300 data sets; resampling alone holds some 0.6 of the latter."""
    random = np.random.default_rng(0)
    names, shares = ["a", "b", "c"], np.array([0.5, 0.3, 0.2])
    chances = np.full((3, 3), (1 - p_right) / 2)
    np.fill_diagonal(chances, p_right)
    joint = shares[:, None] * chances
    true = float(np.mean(2 * np.diag(joint) / (joint.sum(axis=0) + joint.sum(axis=1))))

    held = 0
    for seed in range(300):
        drawn = random.choice(9, size=60, p=joint.ravel())
        truth, said = [names[one // 3] for one in drawn], [names[one % 3] for one in drawn]
        macro = measure_classification(
            truth, said, names, measured_on="made", n_replicates=200, seed=seed
        ).macro_f1
        held += macro.low <= true <= macro.high

    assert held / 300 >= least
