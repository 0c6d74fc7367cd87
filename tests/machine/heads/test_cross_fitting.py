import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.machine.heads.cross_fitting import cross_fit, teachable_folds

LABELS = ["ham"] * 4 + ["spam"] * 4


def test_nobody_answers_for_a_message_that_taught_it():
    asked = []

    def ask(seen, held, fold):
        asked.append((set(seen.tolist()), set(held.tolist()), fold))
        return np.tile([0.25, 0.75], (len(held), 1))

    found = cross_fit(LABELS, ask, all_labels=["ham", "spam"], n_folds=2, seed=1)

    assert found.tolist() == [[0.25, 0.75]] * 8
    assert [fold for _, _, fold in asked] == [0, 1]
    assert all(not seen & held and len(seen | held) == 8 for seen, held, _ in asked)
    assert set.union(*(held for _, held, _ in asked)) == set(range(8))


def test_message_whose_rest_has_one_label_is_answered_with_equal_shares():
    """Nothing was learnt, so nothing may be claimed."""

    def ask(seen, held, fold):
        return np.tile([1.0, 0.0, 0.0], (len(held), 1))

    found = cross_fit(["a", "b"], ask, all_labels=["a", "b", "c"], n_folds=2, seed=1)

    assert found == pytest.approx(np.array([[0.5, 0.5, 0.0]] * 2))


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=30), st.integers(2, 5))
def test_every_message_is_held_back_at_most_once(labels, n_folds):
    held = [row for _, rows in teachable_folds(labels, n_folds, seed=0) for row in rows.tolist()]

    assert len(held) == len(set(held))
