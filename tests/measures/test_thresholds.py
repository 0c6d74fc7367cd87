"""Thresholds for a recall: the promise, exactly, and what is found."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.errors import InvalidInputError
from rhml_core.measures.thresholds import choose_threshold, measure_threshold, messages_for_target


def test_threshold_of_hand_counted_scores():
    """For 0.8 of 9 messages and a tenth to come, 8 must be above: all but the last."""
    scores = np.array([0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.6, 0.4, 0.5])

    assert choose_threshold(scores, 0.8) == 0.2
    assert choose_threshold(scores, 0.9) == 0.1


@given(
    st.lists(st.floats(0, 1), min_size=2, max_size=25),
    st.sampled_from([0.5, 0.7, 0.8, 0.9, 0.95]),
)
def test_message_left_out_is_found_as_often_as_promised(scores, target):
    """Every message in turn is the new one; together they are found at the target's share."""
    values = np.array(scores)
    thresholds = [
        choose_threshold(np.delete(values, place), target) for place in range(values.size)
    ]

    found = [
        score >= threshold
        for score, threshold in zip(values, thresholds, strict=True)
        if threshold is not None
    ]

    assert len(found) in {0, values.size}
    assert not found or np.mean(found) >= target - 1e-9


@given(st.floats(0.05, 0.99))
def test_fewest_messages_are_just_enough(target):
    least = messages_for_target(target)

    assert choose_threshold(np.linspace(0, 1, least), target) is not None
    assert least == 1 or choose_threshold(np.linspace(0, 1, least - 1), target) is None


def test_a_recall_cannot_be_promised_from_a_handful():
    assert messages_for_target(0.9) == 9
    assert choose_threshold(np.linspace(0, 1, 8), 0.9) is None
    assert choose_threshold(np.array([]), 0.5) is None


def test_what_a_threshold_finds_is_counted_by_hand():
    """Flagged are 0.8, 0.5 and 0.5, of which two have the label; one more is missed."""
    found = measure_threshold(
        np.array([0.8, 0.5, 0.5, 0.4]),
        np.array([True, True, False, True]),
        threshold=0.5,
        target=0.9,
        n_chosen=30,
    )

    assert (found.recall.value, found.recall.n) == (pytest.approx(2 / 3), 3)
    assert (found.precision.value, found.precision.n) == (pytest.approx(2 / 3), 3)
    assert (found.threshold, found.target, found.n_chosen) == (0.5, 0.9, 30)


def test_unknown_recall_and_precision_are_none():
    none = measure_threshold(
        np.array([0.1]), np.array([False]), threshold=0.5, target=0.9, n_chosen=9
    )

    assert (none.recall, none.precision) == (None, None)


@pytest.mark.parametrize("target", [0, 1, 1.5])
def test_share_outside_its_range_is_refused(target):
    with pytest.raises(InvalidInputError, match="between 0 and 1"):
        choose_threshold(np.array([0.5]), target)
    with pytest.raises(InvalidInputError, match="between 0 and 1"):
        messages_for_target(target)
