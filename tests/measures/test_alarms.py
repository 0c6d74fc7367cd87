"""Alarms: what they look at, that they stay silent by themselves, and that they hear a fall."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.measures.alarms import deskilling_alarm, misskilling_alarm
from rhml_core.measures.falls import LEVEL, first_fall
from tests.measures.simulated_experts import Truth, unaided

STEADY, FALLEN = Truth(skill=0.8), Truth(skill=0.5)

counts = st.integers(1, 20).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def answers(rows):
    """Unaided answers: label, the machine's, cycle, whether baseline; "a" is right."""
    return pl.DataFrame(
        [
            ("ana", f"m{number}", label, "a", machine, cycle, is_baseline)
            for number, (label, machine, cycle, is_baseline) in enumerate(rows)
        ],
        schema={
            **dict.fromkeys(
                ["expert_id", "message_id", "label", "reference", "machine"], pl.String
            ),
            "cycle": pl.Int64,
            "is_baseline": pl.Boolean,
        },
        orient="row",
    )


def test_fall_from_always_right_to_always_wrong_is_found_at_once():
    assert first_fall((20, 20), [(0, 20), (0, 20)]) == 0


def test_later_fall_is_found_where_it_shows():
    assert first_fall((20, 20), [(19, 20), (20, 20), (5, 20), (5, 20)]) == 2


def test_rise_is_no_fall():
    assert first_fall((10, 40), [(40, 40)] * 8) is None


def test_baseline_of_a_few_answers_tells_nothing():
    assert first_fall((4, 4), [(0, 50)] * 8) is None


def test_looks_without_an_answer_are_passed_over():
    assert first_fall((20, 20), [(0, 0), (0, 20)]) == 1
    assert first_fall((20, 20), [(0, 0)]) is None
    assert first_fall((20, 20), []) is None


@given(counts, st.lists(counts, min_size=1, max_size=4), counts)
def test_finding_stays_whatever_comes_later(before, looks, later):
    found = first_fall(before, looks)

    with_more = first_fall(before, [*looks, later])

    assert with_more == (len(looks) if found is None and with_more is not None else found)


def test_steady_share_raises_no_more_false_alarms_than_the_level_over_eight_looks():
    """300 projects; 600 looks more than one at 5 % would raise it in every third."""
    random = np.random.default_rng(5)
    n_found = sum(
        first_fall(
            (int(random.binomial(20, 0.8)), 20),
            [(int(x), 20) for x in random.binomial(20, 0.8, 8)],
        )
        is not None
        for _ in range(300)
    )

    assert n_found / 300 <= LEVEL


def test_fall_of_thirty_points_is_mostly_found():
    random = np.random.default_rng(6)
    n_found = sum(
        deskilling_alarm(
            pl.concat(
                [
                    unaided([STEADY], [], random, n_baseline=40),
                    unaided([FALLEN], [20] * 8, random),
                ]
            ),
            n_ended=8,
        ).is_raised
        for _ in range(30)
    )

    assert n_found >= 25


def test_deskilling_alarm_counts_by_hand():
    rows = [("a", None, 1, True)] * 9 + [("b", None, 1, True)]
    rows += [("a", None, 1, False)] * 2 + [("b", None, 1, False)] * 10
    rows += [("b", None, 2, False)] * 10

    alarm = deskilling_alarm(answers(rows), n_ended=1)

    assert (alarm.is_raised, alarm.since_cycle, alarm.n_looks) == (True, 1, 1)
    assert (alarm.before.value, alarm.before.n) == (0.9, 10)
    assert (alarm.after.value, alarm.after.n) == (pytest.approx(2 / 12), 12)
    assert alarm.sentence == (
        "Skill without the machine fell: 90 % of 10 answers without the machine were right at the "
        "baseline, 17 % of 12 since; first clear at the end of cycle 1."
    )


def test_cycle_under_way_is_not_looked_at():
    """Were it tested after every answer, noise would raise the alarm sooner or later."""
    rows = [("a", None, 1, True)] * 20 + [("b", None, 1, False)] * 20

    alarm = deskilling_alarm(answers(rows), n_ended=0)

    assert not alarm.is_raised
    assert "has ended" in alarm.missing
    assert alarm.sentence == alarm.missing


def test_missing_baseline_is_said():
    alarm = deskilling_alarm(answers([("a", None, 1, True)] * 4), n_ended=3)

    assert "needs 5 answers without the machine" in alarm.missing
    assert "there are 4" in alarm.missing
    assert (alarm.is_raised, alarm.n_looks) == (False, 0)


def test_errors_that_become_the_machines_raise_the_other_alarm():
    """Skill stands still: of every two answers one is wrong, but now as the machine's."""
    rows = [("a", "b", 1, True), ("c", "b", 1, True)] * 15
    rows += [("a", "b", 2, False), ("b", "b", 2, False)] * 15
    frame = answers(rows)

    copied = misskilling_alarm(frame, frame.filter("is_baseline"), n_ended=2)

    assert copied.since_cycle == 2
    assert (copied.before.value, copied.before.n) == (0.0, 15)
    assert (copied.after.value, copied.after.n) == (1.0, 15)
    assert "the own baseline" in copied.sentence
    assert not deskilling_alarm(frame, n_ended=2).is_raised


def test_team_stands_in_for_a_baseline_with_few_errors():
    own = answers([("a", "b", 1, True)] * 10 + [("b", "b", 1, False)] * 12)
    team = answers([("c", "b", 1, True)] * 20)

    alarm = misskilling_alarm(own, team, n_ended=1)

    assert alarm.is_raised
    assert "the team's baseline" in alarm.sentence
    assert alarm.before.n == 20


def test_answers_without_the_machines_are_no_copies():
    own = answers([("b", None, 1, True)] * 10 + [("b", None, 1, False)] * 12)

    alarm = misskilling_alarm(own, own.filter("is_baseline"), n_ended=1)

    assert "needs 5 errors" in alarm.missing


def test_errors_shared_with_the_machine_from_the_start_are_no_alarm():
    """Hard messages are hard for both; that alone is no mis-skilling."""
    random = np.random.default_rng(7)
    n_raised = 0
    for _ in range(40):
        frame = unaided([STEADY], [30] * 6, random, n_baseline=40, repeats=0.9)
        before = frame.filter("is_baseline")
        n_raised += misskilling_alarm(frame, before, n_ended=6).is_raised

    assert n_raised <= 4
