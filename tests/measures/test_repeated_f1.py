"""The mean macro-F1 of classifiers that were taught several times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.errors import MeasureUndefinedError
from rhml_core.measures.classification import measure_classification
from rhml_core.measures.repeated_f1 import mean_macro_f1

LABELS = ["a", "b"]
ANSWERS = st.lists(st.sampled_from(LABELS), min_size=6, max_size=6)


def test_mean_is_that_of_each_classifiers_macro_f1():
    """All right is 1; always `a` on half `a` is (2/3 + 0) / 2; their mean is 2/3."""
    truth = ["a", "a", "b", "b"]

    found = mean_macro_f1(truth, [truth, ["a"] * 4], LABELS)

    assert found.value == pytest.approx((1 + 1 / 3) / 2)
    assert found.n == 4


@given(truth=ANSWERS, said=ANSWERS)
def test_one_classifier_is_measured_as_any_run_is(truth, said):
    expected = measure_classification(truth, said, LABELS, measured_on="hold-out").macro_f1

    found = mean_macro_f1(truth, [said], LABELS)

    assert found.value == pytest.approx(expected.value)


@given(truth=ANSWERS, said=st.lists(ANSWERS, min_size=1, max_size=3))
def test_interval_holds_its_value_within_the_possible(truth, said):
    found = mean_macro_f1(truth, said, LABELS, n_replicates=50)

    assert 0 <= found.low <= found.value <= found.high <= 1


def test_classifiers_that_differ_widen_the_interval():
    """Which part of the labels was drawn is chance as well."""
    truth = ["a", "b"] * 50
    wrong_on_half = [one if n % 4 else "b" for n, one in enumerate(truth)]

    alike = mean_macro_f1(truth, [wrong_on_half] * 3, LABELS)
    unlike = mean_macro_f1(truth, [truth, wrong_on_half, wrong_on_half], LABELS)

    assert unlike.high - unlike.low > alike.high - alike.low


def test_nothing_answered_is_undefined():
    with pytest.raises(MeasureUndefinedError):
        mean_macro_f1(["a"], [], LABELS)
