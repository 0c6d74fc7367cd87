"""The corrected bootstrap against SciPy's own, on data whose messages are kinds of their own."""

import numpy as np
import pytest
from scipy import stats

from rhml_core.errors import MeasureUndefinedError
from rhml_core.measures.corrected_interval import (
    corrected_bounds,
    corrected_interval,
    full_agreement_bounds,
)

NONE_DIVIDED = np.zeros(2)


def ratio(totals):
    """A measure of two sums."""
    return totals[..., 0] / totals[..., 1]


def test_interval_of_a_skewed_mean_is_that_of_scipy():
    """A third of the correction is skew here; the plain interval lies visibly lower."""
    values = np.random.default_rng(1).exponential(size=40)
    contributions = np.column_stack([values, np.ones(40)])
    alike = np.ones(40, dtype=np.int64)
    oracle = stats.bootstrap(
        (values,), np.mean, method="BCa", n_resamples=20_000, rng=np.random.default_rng(2)
    ).confidence_interval
    plain = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=20_000, rng=np.random.default_rng(2)
    ).confidence_interval

    found = corrected_interval(
        ratio, contributions, alike, divided=NONE_DIVIDED, n=40, n_replicates=20_000, seed=3
    )

    assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high), abs=0.02)
    assert found.high > plain.high + 0.03
    assert found.n == 40


def test_messages_alike_count_as_often_as_there_are():
    """Three kinds with weights are the same as their messages one by one."""
    n_alike = np.array([30, 15, 5])
    kinds = np.array([[0.0, 1.0], [1.0, 1.0], [4.0, 1.0]])
    one_by_one = np.repeat(kinds, n_alike, axis=0)
    given = {"divided": NONE_DIVIDED, "n": 50, "n_replicates": 20_000}

    together = corrected_interval(ratio, kinds, n_alike, seed=1, **given)
    apart = corrected_interval(ratio, one_by_one, np.ones(50, dtype=np.int64), seed=2, **given)

    assert together.value == apart.value
    assert (together.low, together.high) == pytest.approx((apart.low, apart.high), abs=0.03)


def test_full_agreement_is_as_sure_as_it_has_messages():
    """Of 10 in agreement Wilson's share is 0.722 at least, and so is a plain share of pairs."""
    contributions, divided = np.array([[1.0, 1.0]]), np.array([-1.0, 0.0])
    given = {"divided": divided, "n_replicates": 10, "seed": 0}

    few, many = (
        corrected_interval(ratio, contributions, np.array([n]), n=n, **given) for n in (10, 1000)
    )

    assert (few.low, few.high) == pytest.approx((0.722, 1.0), abs=1e-3)
    assert (many.low, many.high) == pytest.approx((0.996, 1.0), abs=1e-3)


def test_full_agreement_is_no_worse_than_chance():
    """One message proves nothing, but not that people disagree by system."""
    low, high = full_agreement_bounds(
        lambda totals: 1 - 4 * (1 - totals[..., 0] / totals[..., 1]),
        np.array([1.0, 1.0]),
        divided=np.array([-1.0, 0.0]),
        n=1,
    )

    assert (low, high) == (0.0, 1.0)


def test_undefined_resamples_are_dropped_and_none_left_is_an_error():
    some = np.array([np.nan, 0.4, 0.6])
    none = np.full(3, np.nan)

    low, high = corrected_bounds(0.5, some, none, np.array([1, 1, 1]))

    assert 0.4 <= low <= 0.5 <= high <= 0.6
    with pytest.raises(MeasureUndefinedError, match="too rare"):
        corrected_bounds(0.5, none, none, np.array([1, 1, 1]))


def test_a_measure_that_is_undefined_on_the_data_is_an_error():
    nothing = np.zeros((1, 2))

    with np.errstate(invalid="ignore"), pytest.raises(MeasureUndefinedError, match="no value"):
        corrected_interval(
            ratio, nothing, np.array([1]), divided=NONE_DIVIDED, n=1, n_replicates=10, seed=0
        )
