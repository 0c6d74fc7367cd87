"""McNemar's test and its sample size against scipy and simulated runs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2

from rhml_core.errors import InvalidInputError, MeasureUndefinedError
from rhml_core.measures.paired import (
    EXACT_BELOW,
    mcnemar_p,
    messages_to_tell,
    smallest_difference,
)

counts = st.integers(0, 200)
shares = st.floats(0.02, 1).flatmap(
    lambda discordant: st.tuples(st.floats(0.01, discordant), st.just(discordant))
)


@given(counts, counts)
def test_p_value_is_scipys(n_fixed, n_broken):
    n = n_fixed + n_broken
    if n == 0:
        return

    p = mcnemar_p(n_fixed, n_broken)

    if n < EXACT_BELOW:
        oracle = binomtest(n_fixed, n).pvalue
    else:
        oracle = chi2.sf(max(abs(n_fixed - n_broken) - 1, 0) ** 2 / n, 1)
    assert p == pytest.approx(oracle)
    assert mcnemar_p(n_broken, n_fixed) == p


@pytest.mark.parametrize(
    ("n_fixed", "n_broken", "p"), [(1, 0, 1), (5, 0, 2 / 32), (6, 0, 2 / 64), (1, 4, 12 / 32)]
)
def test_p_value_of_a_few_is_counted_by_hand(n_fixed, n_broken, p):
    assert mcnemar_p(n_fixed, n_broken) == pytest.approx(p)


def test_runs_right_on_the_same_messages_cannot_be_tested():
    with pytest.raises(MeasureUndefinedError, match="very same messages"):
        mcnemar_p(0, 0)


def test_sample_size_worked_by_hand():
    """(1.95996 sqrt 0.2 + 0.84162 sqrt 0.19)^2 / 0.01 = 154.5 for 0.1 of 0.2."""
    assert messages_to_tell(0.1, 0.2) == 155


@given(shares)
def test_smaller_differences_take_more_messages(pair):
    difference, discordant = pair

    assert messages_to_tell(difference / 2, discordant) > messages_to_tell(difference, discordant)


@given(shares)
def test_smallest_difference_is_the_sample_size_turned_round(pair):
    difference, discordant = pair
    n = messages_to_tell(difference, discordant)

    smallest = smallest_difference(n, discordant)

    assert smallest <= difference * (1 + 1e-6)
    assert messages_to_tell(smallest, discordant) <= n


def test_too_few_messages_tell_no_difference_at_all():
    assert smallest_difference(4, 0.5) is None


@pytest.mark.parametrize(("difference", "discordant"), [(0, 0.2), (0.3, 0.2), (0.1, 1.2)])
def test_impossible_shares_are_refused(difference, discordant):
    with pytest.raises(InvalidInputError, match="cannot differ"):
        messages_to_tell(difference, discordant)


@pytest.mark.parametrize(("difference", "discordant"), [(0.1, 0.2), (0.05, 0.1), (0.15, 0.5)])
def test_so_many_messages_tell_four_times_in_five(difference, discordant):
    """Simulated at the number given; the corrected test is a little less powerful."""
    n = messages_to_tell(difference, discordant)
    better, worse = (discordant + difference) / 2, (discordant - difference) / 2
    drawn = np.random.default_rng(0).multinomial(n, [better, worse, 1 - discordant], size=2000)

    told = [mcnemar_p(int(fixed), int(broken)) <= 0.05 for fixed, broken, _ in drawn]

    assert 0.72 <= np.mean(told) <= 0.85
