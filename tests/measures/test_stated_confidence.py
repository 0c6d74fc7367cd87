"""Stated confidence: by hand, its rules, scikit-learn's Brier score, and known miscalibration."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from rhml_core.domain import Confidence
from rhml_core.errors import MeasureUndefinedError
from rhml_core.measures.proportions import wilson_interval
from rhml_core.measures.stated_confidence import (
    CONFIDENCE_VALUES,
    LEAST_STATED,
    stated_calibration,
)
from tests.measures.simulated_experts import Truth, stated

stated_answers = st.lists(
    st.tuples(st.sampled_from(list(CONFIDENCE_VALUES)), st.booleans()),
    min_size=LEAST_STATED,
    max_size=60,
)


def frame(rows):
    return pl.DataFrame(
        [("ana", f"m{number}", *row) for number, row in enumerate(rows)],
        schema={
            **dict.fromkeys(["expert_id", "message_id", "confidence"], pl.String),
            "is_right": pl.Boolean,
        },
        orient="row",
    )


def many(confidence, n_right, n):
    return [(confidence, number < n_right) for number in range(n)]


def test_every_confidence_has_a_value_and_surer_is_more():
    assert list(CONFIDENCE_VALUES) == [confidence.value for confidence in Confidence]
    assert list(CONFIDENCE_VALUES.values()) == [0.5, 0.75, 0.95]


def test_figures_of_hand_counted_answers():
    """Guesses right in 5 of 10, as said; sure ones too, which were to be right in 9.5."""
    found = stated_calibration(frame(many("sure", 5, 10) + many("guess", 5, 10)))

    assert found.overconfidence.value == pytest.approx((0.95 + 0.5) / 2 - 0.5)
    assert found.calibration_error.value == pytest.approx((0.45 + 0) / 2)
    assert found.brier.value == pytest.approx((0.25 + (0.05**2 + 0.95**2) / 2) / 2)
    assert [(one.confidence, one.accuracy) for one in found.reliability] == [
        (0.5, wilson_interval(5, 10)),
        (0.95, wilson_interval(5, 10)),
    ]
    assert (found.n_experts, found.brier.n) == (1, 20)


def test_sentence_reads_the_overconfidence():
    surer = stated_calibration(frame(many("sure", 20, 40)))
    humble = stated_calibration(frame(many("guess", 39, 40)))
    fitting = stated_calibration(frame(many("fairly", 30, 40)))

    assert surer.sentence == (
        "Surer than right: said 95 % sure on average, right in 50 % of 40 answers."
    )
    assert humble.sentence.startswith("Right more often than said")
    assert fitting.sentence.startswith("About as sure as right")
    assert fitting.calibration_error.low == 0


def test_answers_without_a_stated_confidence_are_left_out():
    found = stated_calibration(frame(many("sure", 10, 10) + [(None, False)] * 50))

    assert found.brier.n == 10


def test_few_stated_answers_are_not_measured():
    with pytest.raises(MeasureUndefinedError, match=r"needs 10 answers .* there are 9"):
        stated_calibration(frame([*many("sure", 9, 9), (None, True)]))


@given(stated_answers)
def test_brier_score_is_scikit_learns(rows):
    said = [CONFIDENCE_VALUES[confidence] for confidence, _ in rows]
    is_right = [right for _, right in rows]

    found = stated_calibration(frame(rows), n_replicates=20).brier

    oracle = brier_score_loss(is_right, said, labels=[False, True])
    assert found.value == pytest.approx(oracle)


@given(stated_answers)
def test_figures_lie_in_their_intervals_and_hang_together(rows):
    found = stated_calibration(frame(rows), n_replicates=50)

    for one in (found.calibration_error, found.overconfidence):
        assert one.low <= one.value <= one.high
        assert one.high > one.low
    # A guess misses by one half, right or wrong.
    assert found.brier.low <= found.brier.value <= found.brier.high
    assert abs(found.overconfidence.value) <= found.calibration_error.value + 1e-9
    by_level = sum(
        one.accuracy.n * abs(one.confidence - one.accuracy.value) for one in found.reliability
    )
    assert found.calibration_error.value == pytest.approx(by_level / len(rows))


def test_faultless_answers_leave_room_for_doubt():
    found = stated_calibration(frame(many("sure", 12, 12))).overconfidence

    assert found.value == pytest.approx(-0.05)
    assert found.high > 0.1


@pytest.mark.parametrize("bias", [0.0, 0.2])
def test_intervals_hold_the_truth_of_a_team_with_known_bias(bias):
    """60 projects, of which about 57 should."""
    said = np.array(list(CONFIDENCE_VALUES.values()))
    right = said - bias
    truth = {
        "overconfidence": bias,
        "brier": float((right * (1 - said) ** 2 + (1 - right) * said**2).mean()),
    }
    held = dict.fromkeys(truth, 0)
    for seed in range(60):
        answers = stated([Truth(bias=bias)] * 2, 60, np.random.default_rng([4, seed]))
        found = stated_calibration(answers, n_replicates=50)
        for name, value in truth.items():
            interval = getattr(found, name)
            held[name] += interval.low <= value <= interval.high

    assert min(held.values()) >= 52
