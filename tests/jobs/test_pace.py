import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.jobs.pace import WINDOW, Pace


def test_nothing_is_said_before_two_reports():
    assert Pace().seconds_left(0, 10, at=5.0) is None


def test_rate_of_two_reports_is_carried_on():
    """Four steps in two seconds leave three seconds for six."""
    pace = Pace()
    pace.seconds_left(0, 10, at=5.0)

    assert pace.seconds_left(4, 10, at=7.0) == pytest.approx(3.0)


def test_standing_still_says_nothing():
    pace = Pace()
    pace.seconds_left(2, 10, at=1.0)

    assert pace.seconds_left(2, 10, at=9.0) is None


def test_old_pace_is_forgotten():
    """A slow start no longer counts once enough quick steps were seen."""
    pace = Pace()
    pace.seconds_left(0, 1000, at=0.0)
    for step in range(1, WINDOW + 1):
        left = pace.seconds_left(step, 1000, at=500.0 + step)

    assert left == pytest.approx(1000 - WINDOW)


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0.0, 9.0)), min_size=1))
def test_time_left_is_never_negative(moves):
    pace, step, at = Pace(), 0, 0.0
    for more, seconds in moves:
        step, at = step + more, at + seconds

        left = pace.seconds_left(step, 20, at=at)

        assert left is None or left >= 0.0
