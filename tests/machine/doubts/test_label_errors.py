import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rhml_core.errors import InvalidInputError
from rhml_core.machine.doubts.label_errors import contradicted_labels

LABELS = ["ham", "spam"]


def _shares(*of_spam):
    return np.array([[1 - share, share] for share in of_spam])


@st.composite
def judged(draw, n_labels=None):
    """Probabilities of some messages, and the labels that they were given."""
    k = n_labels or draw(st.integers(2, 4))
    n = draw(st.integers(1, 40))
    raw = draw(arrays(np.float64, (n, k), elements=st.floats(0.01, 1.0)))
    given = draw(st.lists(st.integers(0, k - 1), min_size=n, max_size=n))
    return raw / raw.sum(axis=1, keepdims=True), [f"l{g}" for g in given], k


def _names(k):
    return [f"l{column}" for column in range(k)]


def test_sure_contradiction_is_found_and_a_doubtful_one_is_not():
    """
    Worked out by hand: messages called spam get 0.8 on average, those called ham 0.6.

    Of those called ham, the last gets 0.9 for spam (at least 0.8, nine times its 0.1); the one
    before gets 0.7, which is less than spam usually gets.
    """
    probabilities = _shares(0.8, 0.8, 0.8, 0.1, 0.1, 0.2, 0.7, 0.9)
    given = ["spam"] * 3 + ["ham"] * 5

    found = contradicted_labels(probabilities, given, LABELS, min_of_a_label=1)

    assert found.rows() == [(7, "spam", 0.9, pytest.approx(0.1))]


def test_label_that_is_never_sure_needs_less_to_be_proposed():
    """Spam gets 0.6 at best, so 0.7 is much for it, though ham often gets more."""
    probabilities = _shares(0.6, 0.6, 0.6, 0.0, 0.0, 0.7)
    given = ["spam"] * 3 + ["ham"] * 3

    found = contradicted_labels(probabilities, given, LABELS, min_of_a_label=1)

    assert found["row"].to_list() == [5]


def test_ratio_says_how_strong_a_contradiction_must_be():
    probabilities = _shares(0.6, 0.6, 0.6, 0.0, 0.0, 0.7)
    given = ["spam"] * 3 + ["ham"] * 3

    found = contradicted_labels(probabilities, given, LABELS, least_ratio=2.5, min_of_a_label=1)

    assert found.is_empty()


def test_most_suspicious_comes_first():
    probabilities = _shares(0.9, 0.9, 0.9, 0.05, 0.95, 0.99)
    given = ["spam"] * 3 + ["ham"] * 3

    found = contradicted_labels(probabilities, given, LABELS, min_of_a_label=1)

    assert found["row"].to_list() == [5, 4]


@pytest.mark.parametrize(("n_ham", "n_spam"), [(4, 6), (6, 4)])
def test_label_with_few_messages_is_neither_questioned_nor_proposed(n_ham, n_spam):
    """The machine had almost nothing to learn it from."""
    given = ["ham"] * n_ham + ["spam"] * n_spam
    probabilities = _shares(*[0.1] * n_ham, *[0.9] * n_spam)
    probabilities[0] = [0.01, 0.99]
    probabilities[-1] = [0.99, 0.01]

    assert contradicted_labels(probabilities, given, LABELS).is_empty()
    assert contradicted_labels(probabilities, given, LABELS, min_of_a_label=4).height == 2


def test_nothing_judged_is_nothing_contradicted():
    found = contradicted_labels(np.zeros((0, 2)), [], LABELS)

    assert found.columns == ["row", "machine_label", "machine_probability", "label_probability"]
    assert found.is_empty()


def test_parts_that_do_not_fit_are_refused():
    with pytest.raises(InvalidInputError):
        contradicted_labels(_shares(0.5), ["ham", "spam"], LABELS)
    with pytest.raises(InvalidInputError):
        contradicted_labels(_shares(0.5), ["eggs"], LABELS)


def test_tie_within_rounding_is_no_contradiction():
    probabilities = np.array([[0.5 - 1e-9, 0.5 + 1e-9], [0.5, 0.5]])

    found = contradicted_labels(
        probabilities, ["l0", "l1"], _names(2), least_ratio=1.0, min_of_a_label=1
    )

    assert found.is_empty()


@given(judged())
def test_found_labels_are_never_the_machines_own(case):
    probabilities, given_labels, k = case

    found = contradicted_labels(probabilities, given_labels, _names(k), min_of_a_label=1)

    for row, machine_label, machine, label in found.iter_rows():
        assert machine_label != given_labels[row]
        assert machine == probabilities[row].max()
        assert label <= machine / 2


@given(judged(n_labels=2))
def test_with_two_labels_it_is_the_rule_of_cleanlab(case):
    """Confident learning as its authors programmed it is the oracle; ours may only be stricter."""
    filters = pytest.importorskip("cleanlab.filter")
    probabilities, given_labels, _ = case
    numbers = np.array([int(name[1:]) for name in given_labels])
    if len(set(given_labels)) < 2:
        return

    ours = contradicted_labels(
        probabilities, given_labels, _names(2), least_ratio=1.0, min_of_a_label=1
    )
    theirs = filters.find_label_issues(
        numbers, probabilities, filter_by="confident_learning", n_jobs=1
    )

    assert sorted(ours["row"]) == np.flatnonzero(theirs).tolist()


@given(judged())
def test_with_more_labels_it_finds_nothing_that_cleanlab_does_not(case):
    filters = pytest.importorskip("cleanlab.filter")
    probabilities, given_labels, k = case
    numbers = np.array([int(name[1:]) for name in given_labels])
    if len(set(given_labels)) < k:
        return

    ours = contradicted_labels(
        probabilities, given_labels, _names(k), least_ratio=1.0, min_of_a_label=1
    )
    theirs = filters.find_label_issues(
        numbers, probabilities, filter_by="confident_learning", n_jobs=1
    )

    assert set(ours["row"]) <= set(np.flatnonzero(theirs).tolist())
