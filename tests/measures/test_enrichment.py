from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, fisher_exact

from rhml_core.errors import InvalidInputError
from rhml_core.measures.enrichment import chance_of_as_many, told_apart


def test_chance_by_hand():
    """All 4 of a kind among the 4 of 28 that show it: one of all choices of 4."""
    assert chance_of_as_many(4, 4, 4, 28) == pytest.approx(1 / comb(28, 4))
    assert chance_of_as_many(0, 4, 4, 28) == 1.0


@given(st.data())
def test_chance_is_that_of_fishers_test(data):
    n = data.draw(st.integers(1, 60))
    n_kind, n_showing = data.draw(st.integers(0, n)), data.draw(st.integers(0, n))
    least = max(0, n_kind + n_showing - n)
    n_both = data.draw(st.integers(least, min(n_kind, n_showing)))
    table = [
        [n_both, n_kind - n_both],
        [n_showing - n_both, n - n_kind - n_showing + n_both],
    ]

    expected = fisher_exact(table, alternative="greater").pvalue

    assert chance_of_as_many(n_both, n_kind, n_showing, n) == pytest.approx(expected)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(0, 200))
def test_findings_stand_where_benjamini_and_hochberg_let_them(p_values, n_more):
    """The oracle is given the tests that found nothing as p-values of 1."""
    everything = np.array([*p_values, *np.ones(n_more)])

    adjusted = false_discovery_control(everything)[: len(p_values)]

    decided = np.abs(adjusted - 0.05) > 1e-9
    found = np.array(told_apart(p_values, len(everything)))
    assert (found == (adjusted <= 0.05))[decided].all()


def test_no_finding_is_no_discovery():
    assert told_apart([], 10) == []


def test_counts_that_do_not_fit_are_refused():
    with pytest.raises(InvalidInputError):
        chance_of_as_many(5, 4, 9, 28)
    with pytest.raises(InvalidInputError):
        told_apart([0.1, 0.2], 1)


def test_many_kinds_without_any_effect_rarely_yield_a_finding():
    """Of 40 draws with 200 kinds each and nothing to find, few name one: the share is 5 %."""
    chances = np.random.default_rng(3)
    named = 0
    for _ in range(40):
        shows = np.zeros(400, dtype=bool)
        shows[:40] = True
        p_values = []
        for _ in range(200):
            kind = chances.choice(400, size=20, replace=False)
            p_values.append(chance_of_as_many(int(shows[kind].sum()), 20, 40, 400))
        named += any(told_apart(p_values, 200))

    assert named <= 6
