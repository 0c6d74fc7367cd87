"""The advice to stop or keep on labelling, in figures and in words."""

import re

import pytest

from rhml_core.figures import Interval
from rhml_core.measures.learning_curve import CurvePoint, expected_gain
from rhml_core.measures.stopping import advise_stopping


def points(figures, half=0.02):
    """Measurements, each with an interval of so much to either side."""
    return [
        CurvePoint(n_labels, Interval(value, value - half, value + half, 200))
        for n_labels, value in figures.items()
    ]


FLAT = {40: 0.78, 80: 0.83, 160: 0.85, 240: 0.855, 300: 0.857}
STEEP = {10: 0.3, 20: 0.42, 40: 0.55, 80: 0.68}


def test_flat_curve_says_to_consider_stopping():
    advice = advise_stopping(points(FLAT), n_next=40)

    assert advice.should_stop is True
    assert (advice.n_points, advice.n_last, advice.n_next) == (5, 60, 40)
    assert advice.next_gain == expected_gain(points(FLAT), 40)
    assert re.fullmatch(
        r"The last 60 labels changed macro-F1 by \+0\.00 \[-0\.03, \+0\.03\]; "
        r"40 more would likely add 0\.00 to 0\.0[012]: consider stopping\.",
        advice.sentence,
    )


def test_steep_curve_says_to_keep_on():
    advice = advise_stopping(points(STEEP), n_next=40)

    assert advice.should_stop is False
    assert advice.last_gain.value == pytest.approx(0.13)
    assert advice.sentence.endswith(": keep on.")


def test_curve_that_leaves_both_open_says_so():
    """Little is expected, but much cannot be ruled out."""
    advice = advise_stopping(points(FLAT, half=0.1), n_next=300)

    assert advice.should_stop is None
    assert advice.next_gain.value < 0.01
    assert advice.next_gain.high > 0.02
    assert advice.sentence.endswith(": too uncertain to stop, so keep on.")


@pytest.mark.parametrize("n_known", [2, 3])
def test_below_four_points_it_cannot_be_told(n_known):
    advice = advise_stopping(points(dict(list(STEEP.items())[:n_known])), n_next=40)

    assert (advice.next_gain, advice.should_stop) == (None, None)
    assert "what more would add cannot be told yet" in advice.sentence
    assert advice.sentence.endswith(f"4 different numbers of labels, and {n_known} are known.")


def test_one_point_and_none_tell_no_change_either():
    one, none = advise_stopping(points({10: 0.5})), advise_stopping([])

    assert (one.n_last, one.last_gain, none.n_points) == (None, None, 0)
    assert one.sentence.startswith("What more would add cannot be told yet")
    assert one.sentence.endswith("and 1 is known.")


def test_a_change_measured_on_the_same_messages_is_preferred():
    paired = Interval(0.01, 0.0, 0.02, 200)

    advice = advise_stopping(points(FLAT), last_change=paired)

    assert advice.last_gain == paired
    assert advice.sentence.startswith("The last 60 labels changed macro-F1 by +0.01 [+0.00, +0.02]")


def test_repetitions_at_one_number_of_labels_are_averaged():
    """Two lucky and unlucky runs of the same size cancel, and are surer than one."""
    figures = points({40: 0.6}) + points({80: 0.7}) + points({80: 0.8})

    last = advise_stopping(figures).last_gain

    assert last.value == pytest.approx(0.15)
    assert last.high - last.value == pytest.approx(0.02 * (1 + 1 / 2) ** 0.5)


@pytest.mark.parametrize(("largest", "n_next"), [(30, 20), (80, 20), (200, 50), (1000, 250)])
def test_outlook_grows_with_the_labels(largest, n_next):
    """A fixed few labels would never pay where there are many, and always advise to stop."""
    assert advise_stopping(points({10: 0.5, largest: 0.6})).n_next == n_next
