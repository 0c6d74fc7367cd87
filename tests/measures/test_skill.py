"""Unaided skill by cycle: by hand, against NumPy's least squares, and on experts of known rate."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.measures.proportions import wilson_interval
from rhml_core.measures.skill import skill
from tests.measures.simulated_experts import Truth, unaided


def answers(rows):
    """Unaided answers: expert, cycle, whether right, whether baseline."""
    return pl.DataFrame(
        [
            (who, f"m{number}", "a" if is_right else "b", "a", cycle, is_baseline)
            for number, (who, cycle, is_right, is_baseline) in enumerate(rows)
        ],
        schema={
            **dict.fromkeys(["expert_id", "message_id", "label", "reference"], pl.String),
            "cycle": pl.Int64,
            "is_baseline": pl.Boolean,
        },
        orient="row",
    )


def many(who, cycle, n_right, n, *, is_baseline=False):
    return [(who, cycle, number < n_right, is_baseline) for number in range(n)]


def test_figures_of_hand_counted_answers():
    rows = many("ana", 1, 3, 6, is_baseline=True) + many("ana", 1, 1, 4) + many("ana", 3, 8, 10)

    found = skill(answers(rows))

    assert found.baseline.interval == wilson_interval(3, 6)
    assert found.overall.interval == wilson_interval(12, 20)
    assert [(one.cycle, one.accuracy) for one in found.by_cycle] == [
        (1, wilson_interval(4, 10)),
        (3, wilson_interval(8, 10)),
    ]
    assert found.lift.interval.value == pytest.approx(0.4)
    assert found.lift.interval.n == 20
    assert found.slope.interval.value == pytest.approx(0.2)


def test_nothing_judged_says_so_everywhere():
    found = skill(answers([]))

    assert found.by_cycle == ()
    missing = [found.baseline, found.overall, found.slope, found.lift]
    assert all(one.interval is None and one.missing.endswith(".") for one in missing)


def test_one_cycle_has_no_slope_and_no_lift():
    found = skill(answers(many("ana", 2, 5, 9)))

    assert "two cycles" in found.slope.missing
    assert "so far there is 1" in found.lift.missing


def test_cycles_with_few_answers_do_not_bear_the_lift():
    """One lucky answer in the newest cycle is no lift of 50 points."""
    rows = many("ana", 1, 5, 10) + many("ana", 2, 6, 10) + many("ana", 3, 1, 1)

    assert skill(answers(rows)).lift.interval.value == pytest.approx(0.1)


@given(st.lists(st.tuples(st.integers(1, 6), st.booleans()), min_size=2, max_size=40))
def test_slope_of_one_expert_is_that_of_least_squares(rows):
    """Oracle: NumPy's straight line through the same answers."""
    cycles = [cycle for cycle, _ in rows]

    found = skill(answers([("ana", cycle, is_right, False) for cycle, is_right in rows])).slope

    if len(set(cycles)) == 1:
        assert found.interval is None
    else:
        oracle = np.polyfit(cycles, [is_right for _, is_right in rows], 1)[0]
        assert found.interval.value == pytest.approx(oracle, abs=1e-9)
        assert found.interval.low < found.interval.value < found.interval.high


def test_newcomers_weak_start_does_not_bend_the_teams_slope():
    """Ana stays at 80 % and Ben, who joins later, at 40 %: nobody gets worse."""
    rows = [row for cycle in (1, 2, 3) for row in many("ana", cycle, 8, 10)]
    rows += [row for cycle in (2, 3) for row in many("ben", cycle, 4, 10)]

    found = skill(answers(rows))

    assert found.slope.interval.value == pytest.approx(0)
    assert found.by_cycle[0].accuracy.value > found.by_cycle[-1].accuracy.value


def test_slope_of_faultless_answers_has_a_width():
    found = skill(answers(many("ana", 1, 5, 5) + many("ana", 2, 5, 5))).slope

    assert found.interval.value == 0
    assert found.interval.high - found.interval.low > 0.2


def test_intervals_hold_the_true_slope_and_lift_of_a_learning_team():
    """60 projects, of which about 57 should; fewer than 52 would be too few by far."""
    team = [Truth(skill=0.6, rate=0.03), Truth(skill=0.7, rate=0.01)]
    n_slope = n_lift = 0
    for seed in range(60):
        found = skill(unaided(team, [12] * 6, np.random.default_rng([3, seed])))
        slope, lift = found.slope.interval, found.lift.interval
        n_slope += slope.low <= 0.02 <= slope.high
        n_lift += lift.low <= 0.1 <= lift.high

    assert n_slope >= 52
    assert n_lift >= 52
