"""Curves of known shape come back, and their intervals are honest."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rhml_core.errors import InvalidInputError, NotEnoughDataError
from rhml_core.figures import Interval
from rhml_core.measures.learning_curve import CurvePoint, expected_gain

SIZES = (10, 20, 40, 80, 160)


def law(top, drop, exponent):
    """An inverse power law."""
    return lambda n_labels: top - drop * n_labels**-exponent


def point(n_labels, value, error=0.002, n=200):
    """A measurement with a standard error."""
    return CurvePoint(n_labels, Interval(value, value - 1.96 * error, value + 1.96 * error, n))


@pytest.mark.parametrize("curve", [(0.9, 1.5, 0.6), (0.85, 0.8, 0.3), (0.8, 3, 1.2)])
def test_exact_points_give_their_curve_back(curve):
    of = law(*curve)
    points = [point(n_labels, of(n_labels)) for n_labels in SIZES]

    gain = expected_gain(points, 80)

    assert gain.value == pytest.approx(of(240) - of(160), abs=0.004)
    assert gain.low <= of(240) - of(160) <= gain.high
    assert gain.n == 200


@pytest.mark.parametrize("shared", [0.0, 0.03])
@pytest.mark.parametrize("curve", [(0.9, 1.5, 0.6), (0.85, 0.8, 0.3), (0.95, 1, 0.2)])
def test_interval_holds_the_true_gain(curve, shared):
    """Also where all points share one hold-out, and so its luck."""
    of = law(*curve)
    random = np.random.default_rng(0)
    truth, n_trials, held = of(160) - of(80), 60, 0

    for _ in range(n_trials):
        luck = random.normal(scale=shared)
        points = [
            point(n_labels, of(n_labels) + luck + random.normal(scale=0.02), np.hypot(shared, 0.02))
            for n_labels in SIZES[:4]
        ]
        gain = expected_gain(points, 80)
        held += gain.low <= truth <= gain.high

    assert held / n_trials >= 0.9


@given(
    st.lists(
        st.tuples(st.integers(1, 500), st.floats(0, 1), st.floats(0.001, 0.2)),
        min_size=4,
        max_size=7,
        unique_by=lambda row: row[0],
    ),
    st.integers(1, 200),
)
@settings(max_examples=40)
def test_any_points_give_a_gain_that_can_be(rows, n_next):
    """Falling, level and noisy figures too: more labels add something from 0 to 1."""
    points = [point(n_labels, value, error) for n_labels, value, error in rows]

    gain = expected_gain(points, n_next)

    assert -1e-9 <= gain.low <= gain.value <= gain.high <= 1


@settings(max_examples=10)
@given(st.permutations(range(5)))
def test_order_of_points_does_not_matter(order):
    points = [point(n_labels, law(0.9, 1, 0.4)(n_labels), 0.02) for n_labels in SIZES]

    shuffled = expected_gain([points[place] for place in order], 40)

    assert shuffled.value == pytest.approx(expected_gain(points, 40).value)


def test_more_labels_add_more():
    points = [point(n_labels, law(0.9, 1, 0.4)(n_labels), 0.02) for n_labels in SIZES]

    assert expected_gain(points, 80).value > expected_gain(points, 20).value > 0


def test_scatter_beyond_the_points_own_errors_widens_the_interval():
    """Points that claim to be exact and lie about no curve are not believed."""
    of = law(0.9, 1, 0.4)
    smooth = [point(n_labels, of(n_labels), 0.006) for n_labels in SIZES]
    jagged = [
        point(n_labels, of(n_labels) + (-1) ** place * 0.04, 0.006)
        for place, n_labels in enumerate(SIZES)
    ]

    narrow, wide = expected_gain(smooth, 80), expected_gain(jagged, 80)

    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)


def test_falling_figures_promise_nothing():
    points = [point(n_labels, 0.9 - n_labels / 400) for n_labels in SIZES]

    assert expected_gain(points, 80).high == pytest.approx(0, abs=0.01)


def test_three_points_tell_nothing():
    points = [point(n_labels, 0.5) for n_labels in (10, 20, 40, 40)]

    with pytest.raises(NotEnoughDataError, match="so far there are 3"):
        expected_gain(points, 40)


def test_impossible_numbers_of_labels_are_refused():
    points = [point(n_labels, 0.5) for n_labels in (0, 20, 40, 80)]

    with pytest.raises(InvalidInputError, match="has no labels"):
        expected_gain(points, 40)
    with pytest.raises(InvalidInputError, match="at least one more label"):
        expected_gain(points, 0)
