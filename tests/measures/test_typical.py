"""Median and mean with their intervals: by hand, against SciPy, and never outside themselves."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from rhml_core.measures.typical import mean_of, median_of

numbers = st.lists(st.floats(0, 1e6), min_size=6, max_size=80)


def test_median_of_ten_lies_between_the_second_and_the_ninth():
    """P(fewer than 2 of 10 below the median) is 11 / 1,024: 2.1 % are left outside."""
    found = median_of(pl.Series([7.0, 1, 2, 3, 10, 4, 5, 6, 8, 9]), what="messages").interval

    assert (found.value, found.low, found.high, found.n) == (5.5, 2.0, 9.0, 10)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_median_of_too_few_says_how_many_are_missing(n):
    found = median_of(pl.Series([1.0] * n), what="messages")

    assert found.interval is None
    assert found.missing == f"A median with its interval needs 6 messages; there are {n}."


@given(numbers)
def test_interval_holds_the_median_and_the_order_does_not_matter(values):
    found = median_of(pl.Series(values), what="messages").interval

    assert found.low <= found.value <= found.high
    assert found.value == pytest.approx(float(np.median(values)))
    assert found == median_of(pl.Series(values[::-1]), what="messages").interval


@given(numbers)
def test_interval_of_the_median_is_that_of_the_sign_test(values):
    """SciPy's quantile test has the same bounds, found in another way."""
    test = stats.quantile_test(values, p=0.5, q=0.0).confidence_interval(0.95)

    found = median_of(pl.Series(values), what="messages").interval

    assert (found.low, found.high) == (test.low, test.high)


@given(st.lists(st.integers(0, 1_000), min_size=2, max_size=40))
def test_mean_is_that_of_students_test_cut_at_zero(counts):
    found = mean_of(pl.Series(counts), what="days").interval

    half = stats.sem(counts) * stats.t.ppf(0.975, len(counts) - 1)
    assert found.value == pytest.approx(np.mean(counts))
    assert found.low == pytest.approx(max(np.mean(counts) - half, 0), abs=1e-9)
    assert found.high == pytest.approx(np.mean(counts) + half)


def test_mean_of_one_day_says_what_is_missing():
    found = mean_of(pl.Series([7]), what="days")

    assert found.interval is None
    assert "needs 2 days; there are 1" in found.missing
