import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from rhml_core.errors import InvalidInputError
from rhml_core.measures.association import association


def test_log_odds_are_those_computed_by_hand():
    """8 of 10 with the term and 2 of 10 without have the label; the prior is half and half."""
    found = association(np.array([8.0]), np.array([10.0]), 10.0, 20)

    log_odds = 2 * np.log(8.5 / 2.5)
    error = np.sqrt(2 * (1 / 8.5 + 1 / 2.5))
    assert found[0] == pytest.approx(log_odds / error)


def test_rarer_term_of_the_same_purity_is_less_sure():
    """Two of two messages are less evidence than twenty of twenty."""
    found = association(np.array([2.0, 20.0]), np.array([2.0, 20.0]), 50.0, 100)

    assert 0 < found[0] < found[1]


def test_label_that_all_messages_have_is_told_by_nothing():
    assert association(np.array([3.0]), np.array([3.0]), 9.0, 9).tolist() == [0.0]


def test_no_messages_are_refused():
    with pytest.raises(InvalidInputError, match="No messages"):
        association(np.array([0.0]), np.array([0.0]), 0.0, 0)


@given(st.integers(1, 40), st.integers(0, 40), st.integers(1, 40), st.integers(1, 40))
def test_term_for_a_label_is_as_much_against_all_others(both, with_alone, label_alone, neither):
    """The two sides of one question."""
    n = both + with_alone + label_alone + neither
    n_with, n_label = both + with_alone, both + label_alone

    towards = association(np.array([float(both)]), np.array([float(n_with)]), n_label, n)
    away = association(np.array([float(with_alone)]), np.array([float(n_with)]), n - n_label, n)

    assert towards[0] == pytest.approx(-away[0])


def test_squared_it_is_near_chi_squared_in_large_tables():
    """Where the prior hardly counts and the link is weak, the two tests agree."""
    table = np.array([[1100, 900], [900, 1100]])

    found = association(np.array([1100.0]), np.array([2000.0]), 2000.0, 4000)

    assert found[0] ** 2 == pytest.approx(
        chi2_contingency(table, correction=False).statistic, rel=0.03
    )
