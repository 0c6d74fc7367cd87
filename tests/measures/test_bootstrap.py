"""Drawing kinds of messages must be the same as drawing messages."""

import numpy as np
import pytest

from rhml_core.figures import Interval
from rhml_core.measures import bootstrap
from rhml_core.measures.bootstrap import percentile_interval, resampled_counts, resampled_totals


def test_every_resample_has_as_many_messages_as_the_data():
    """A constant contribution of one message adds up to the number of messages."""
    ones = np.ones((3, 1))

    totals = resampled_totals(ones, np.array([5, 1, 14]), n_replicates=50, seed=1)

    assert totals.shape == (50, 1)
    assert (totals == 20).all()


def test_drawing_kinds_spreads_like_drawing_messages_one_by_one():
    """Oracle: the mean and spread of a plain bootstrap that indexes messages."""
    kinds = np.array([[0.0], [1.0], [5.0]])
    n_alike = np.array([30, 15, 5])
    messages = np.repeat(kinds[:, 0], n_alike)
    random = np.random.default_rng(2)
    plain = random.choice(messages, size=(20_000, messages.size)).sum(axis=1)

    totals = resampled_totals(kinds, n_alike, n_replicates=20_000, seed=3)[:, 0]

    assert totals.mean() == pytest.approx(plain.mean(), rel=0.01)
    assert totals.std() == pytest.approx(plain.std(), rel=0.03)


def test_same_seed_draws_the_same_and_another_seed_does_not():
    kinds, n_alike = np.eye(2), np.array([40, 60])

    first = resampled_totals(kinds, n_alike, n_replicates=20, seed=7)
    again = resampled_totals(kinds, n_alike, n_replicates=20, seed=7)
    other = resampled_totals(kinds, n_alike, n_replicates=20, seed=8)

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_small_blocks_of_memory_give_every_resample(monkeypatch):
    """A large table is drawn in parts; none may be lost at the seams."""
    kinds, n_alike = np.eye(2), np.array([40, 60])
    at_once = resampled_totals(kinds, n_alike, n_replicates=11, seed=7)
    monkeypatch.setattr(bootstrap, "_CELLS_AT_ONCE", 8)

    in_parts = resampled_totals(kinds, n_alike, n_replicates=11, seed=7)

    assert np.array_equal(in_parts, at_once)


def test_counts_of_messages_spread_like_counts_of_kinds():
    """Each resample is as large as the data; a message's count has mean and variance near 1."""
    (counts,) = resampled_counts(40, n_replicates=2000, seed=1)

    assert counts.shape == (40, 2000)
    assert (counts.sum(axis=0) == 40).all()
    assert counts.mean() == pytest.approx(1)
    assert counts.var() == pytest.approx(1 - 1 / 40, rel=0.03)


def test_counts_come_in_blocks_that_fit_into_memory(monkeypatch):
    monkeypatch.setattr(bootstrap, "_CELLS_AT_ONCE", 20)

    blocks = list(resampled_counts(5, n_replicates=11, seed=7))

    assert [block.shape for block in blocks] == [(5, 4), (5, 4), (5, 3)]
    assert all((block.sum(axis=0) == 5).all() for block in blocks)


def test_interval_is_the_middle_of_the_replicates():
    replicates = np.arange(1001) / 1000

    interval = percentile_interval(0.5, replicates, n=12)

    assert interval == Interval(value=0.5, low=0.025, high=0.975, n=12)


@pytest.mark.parametrize(("value", "low", "high"), [(0.1, 0.1, 0.4), (0.9, 0.4, 0.9)])
def test_interval_is_stretched_to_hold_its_own_value(value, low, high):
    """A figure drawn outside its own whisker would be read as an error."""
    replicates = np.full(10, 0.4)

    interval = percentile_interval(value, replicates, n=3)

    assert (interval.low, interval.high) == (low, high)
