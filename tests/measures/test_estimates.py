"""Shares where experts answer the same messages, and differences of two figures."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap

from rhml_core.figures import Interval
from rhml_core.measures.estimates import Estimate, design_effect, difference_of, share_of
from rhml_core.measures.proportions import wilson_interval


def share(rows, missing="nothing"):
    return share_of(
        pl.Series([has for has, _ in rows], dtype=pl.Boolean),
        pl.Series([message for _, message in rows], dtype=pl.String),
        missing=missing,
    )


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_one_answer_a_message_gives_wilsons_interval(answers):
    found = share([(has, f"m{number}") for number, has in enumerate(answers)]).interval

    assert found == wilson_interval(sum(answers), len(answers))


@given(st.lists(st.booleans(), min_size=2, max_size=40))
def test_answers_that_repeat_each_other_tell_no_more_than_one(answers):
    """Three experts who always agree are one expert, but for the small-sample factor."""
    rows = [(has, f"m{number}") for number, has in enumerate(answers)]

    one, three = share(rows).interval, share(rows * 3).interval

    assert three.n == 3 * one.n
    assert three.value == one.value
    assert three.low <= one.low + 1e-9
    assert three.high >= one.high - 1e-9
    assert three.high - three.low < (one.high - one.low) * 1.5


def test_interval_of_a_team_is_about_the_bootstraps_over_messages():
    """Oracle: resample whole messages, each with the three answers to it."""
    random = np.random.default_rng(0)
    chance = random.choice([0.4, 0.9], 300)
    answers = random.random((300, 3)) < chance[:, np.newaxis]
    rows = [(bool(has), f"m{number}") for number, of in enumerate(answers) for has in of]

    found = share(rows).interval

    oracle = bootstrap((answers.mean(axis=1),), np.mean, method="percentile", rng=0)
    assert found.low == pytest.approx(oracle.confidence_interval.low, abs=0.006)
    assert found.high == pytest.approx(oracle.confidence_interval.high, abs=0.006)


def test_share_of_nothing_says_why():
    assert share([], missing="Judge some.") == Estimate(None, "Judge some.")


def test_design_effect_of_hand_counted_answers():
    """Two messages, each answered twice alike: 2 of 2 and 0 of 2 deviate together."""
    deviations = np.array([0.5, 0.5, -0.5, -0.5])

    assert design_effect(deviations, pl.Series(["a", "a", "b", "b"])) == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("second", "first", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_difference_of_shares_is_newcombes(second, first, low, high):
    """Newcombe, 1998, table II, method 10."""
    found = difference_of(wilson_interval(*first), wilson_interval(*second), n=1)

    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


@given(st.integers(0, 30), st.integers(31, 60), st.integers(0, 30), st.integers(31, 60))
def test_difference_the_other_way_round_is_its_mirror(x_first, n_first, x_second, n_second):
    first, second = wilson_interval(x_first, n_first), wilson_interval(x_second, n_second)

    one, other = difference_of(first, second, n=1), difference_of(second, first, n=1)

    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))


def test_difference_lies_in_its_own_interval():
    found = difference_of(Interval(0.2, 0.1, 0.5, 9), Interval(0.6, 0.4, 0.7, 9), n=18)

    assert found.low < found.value < found.high
    assert found.value == pytest.approx(0.4)
