"""A term as the only predictor of a label."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from rhml_core.errors import InvalidInputError, MeasureUndefinedError
from rhml_core.measures.terms import term_f1

messages = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40)


def columns(pairs):
    """Pairs of contains and has-label as two arrays."""
    contains, has_label = np.array(pairs, dtype=bool).T
    return contains, has_label


def drawn(n, random):
    """Messages with the label at 0.3 and the term at 0.7 with it, 0.1 without: F1 = 0.724."""
    has_label = random.random(n) < 0.3
    contains = random.random(n) < np.where(has_label, 0.7, 0.1)
    return contains, has_label


def test_f1_of_hand_counted_messages():
    """Both in 2, the term alone in 1, the label alone in 1: 4 / (3 + 3)."""
    contains = np.array([True, True, True, False, False])
    has_label = np.array([True, True, False, True, False])

    interval = term_f1(contains, has_label)

    assert interval.value == pytest.approx(2 / 3)
    assert 0 <= interval.low < 2 / 3 < interval.high <= 1
    assert interval.n == 5


def test_term_that_never_meets_the_label_has_f1_zero():
    interval = term_f1(np.array([True, False]), np.array([False, True]))

    assert (interval.value, interval.low) == (0, 0)
    assert interval.high > 0.5, "two messages prove next to nothing"


def test_term_that_is_the_label_has_f1_one():
    same = np.array([True, False, True, False])

    interval = term_f1(same, same)

    assert (interval.value, interval.high) == (1, 1)
    assert interval.low < 0.6, "two messages prove next to nothing"


@given(messages)
def test_f1_equals_scikit_learn(pairs):
    contains, has_label = columns(pairs)
    assume(contains.any() or has_label.any())

    interval = term_f1(contains, has_label)

    assert interval.value == pytest.approx(f1_score(has_label, contains, zero_division=0))
    assert 0 <= interval.low <= interval.value <= interval.high <= 1


@given(messages)
def test_term_and_label_may_change_places(pairs):
    """F1 is symmetric, and so is its interval."""
    contains, has_label = columns(pairs)
    assume(contains.any() or has_label.any())

    assert term_f1(has_label, contains) == term_f1(contains, has_label)


@pytest.mark.parametrize("n", [0, 3])
def test_f1_is_undefined_where_neither_occurs(n):
    nothing = np.zeros(n, dtype=bool)

    with pytest.raises(MeasureUndefinedError, match="Neither the term nor the label"):
        term_f1(nothing, nothing)


def test_arrays_of_different_messages_are_refused():
    with pytest.raises(InvalidInputError, match=r"2 messages .* 3"):
        term_f1(np.ones(2, dtype=bool), np.ones(3, dtype=bool))


@pytest.mark.parametrize("n", [20, 150])
def test_interval_holds_the_true_f1_about_as_often_as_it_says(n):
    """95 % intervals must neither boast nor dither."""
    true_f1 = 2 * 0.21 / (0.21 + 0.07 + 0.3)
    random = np.random.default_rng(1)
    n_trials = 2000

    intervals = [term_f1(*drawn(n, random)) for _ in range(n_trials)]

    held = sum(interval.low <= true_f1 <= interval.high for interval in intervals)
    assert 0.93 <= held / n_trials <= 0.98
