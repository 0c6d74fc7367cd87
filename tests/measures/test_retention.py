import math
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from rhml_core.measures.retention import AGES, retention

SCHEMA = {"label": pl.String, "reference": pl.String, "days_since": pl.Float64}
reviewed = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("ab"), st.floats(0, 400)), min_size=1
)


def _frame(rows):
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def test_share_right_by_age():
    """Two of three within a day, none of one after a week."""
    rows = [("a", "a", 0.0), ("a", "a", 0.9), ("a", "b", 0.5), ("a", "b", 7.0)]

    found = retention(_frame(rows))

    assert (found.overall.value, found.overall.n) == (0.5, 4)
    assert [(words, share.value, share.n) for words, share in found.by_age] == [
        ("within a day", pytest.approx(2 / 3), 3),
        ("after 7 to 29 days", 0.0, 1),
    ]


def test_no_review_is_no_figure():
    assert retention(_frame([])).overall is None


@given(reviewed)
def test_ages_share_out_all_reviews(rows):
    found = retention(_frame(rows))

    assert sum(share.n for _, share in found.by_age) == found.overall.n == len(rows)
    right = sum(share.value * share.n for _, share in found.by_age)
    assert math.isclose(right, found.overall.value * found.overall.n)


@given(reviewed)
def test_interval_is_that_of_scipy(rows):
    found = retention(_frame(rows)).overall

    n_right = sum(label == reference for label, reference, _ in rows)
    oracle = binomtest(n_right, len(rows)).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high), abs=1e-9)


def test_ages_leave_no_gap():
    assert AGES[0][1] == 0.0
    assert AGES[-1][2] == math.inf
    assert all(high == low for (*_, high), (_, low, _) in pairwise(AGES))
