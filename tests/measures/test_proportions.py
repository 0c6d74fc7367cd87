"""Shares and their intervals against scipy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from rhml_core.errors import InvalidInputError, MeasureUndefinedError
from rhml_core.measures.proportions import wilson_interval

counts = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_interval_is_wilsons(pair):
    n_with, n = pair

    interval = wilson_interval(n_with, n)

    oracle = binomtest(n_with, n).proportion_ci(method="wilson")
    assert (interval.low, interval.high) == pytest.approx((oracle.low, oracle.high))
    assert 0 <= interval.low <= interval.value <= interval.high <= 1


def test_all_of_a_few_is_not_certain():
    """Three of three found do not promise that all will be."""
    interval = wilson_interval(3, 3)

    assert interval.value == 1
    assert interval.low == pytest.approx(0.4385, abs=1e-4)
    assert interval.n == 3


def test_share_of_nothing_is_undefined():
    with pytest.raises(MeasureUndefinedError, match="no messages"):
        wilson_interval(0, 0)


@pytest.mark.parametrize("n_with", [-1, 4])
def test_more_than_all_is_refused(n_with):
    with pytest.raises(InvalidInputError, match="of 3 messages"):
        wilson_interval(n_with, 3)
