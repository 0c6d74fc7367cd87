import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.machine.choosing import coverage
from rhml_core.machine.choosing.coverage import NEAR_DUPLICATE, cover


def at_angles(*degrees):
    """Unit vectors in the plane."""
    radians = np.radians(degrees)
    return np.column_stack([np.cos(radians), np.sin(radians)]).astype(np.float32)


def random_vectors(n, seed, *, d=6):
    vectors = np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def rows(*places):
    return np.array(places, dtype=np.int64)


def test_middle_of_the_larger_group_comes_first_then_the_other_group():
    vectors = at_angles(0, 20, 40, 110, 130)

    chosen = cover(vectors, np.ones(5), free=np.arange(5), known=rows(), n=2, seed=0)

    assert chosen[0] == 1
    assert chosen[1] in {3, 4}


def test_what_lies_near_a_judged_message_waits():
    vectors = at_angles(0, 20, 40, 110, 130)

    chosen = cover(vectors, np.ones(5), free=rows(0, 2, 3, 4), known=rows(1), n=1, seed=0)

    assert chosen[0] in {3, 4}


def test_heavy_message_comes_before_a_dense_group():
    vectors = at_angles(0, 20, 40, 130)

    chosen = cover(vectors, np.array([1, 1, 1, 9.0]), free=np.arange(4), known=rows(), n=1, seed=0)

    assert chosen == [3]


def test_near_duplicates_are_left_out():
    """A hundred copies of one text are one message to judge."""
    vectors = np.vstack([np.repeat(at_angles(0), 100, axis=0), at_angles(90), at_angles(1)])

    chosen = cover(vectors, np.ones(102), free=np.arange(102), known=rows(), n=50, seed=0)

    assert len(chosen) == 2
    assert 100 in chosen


def test_copy_of_a_judged_message_is_not_judged_again():
    vectors = at_angles(0, 0, 90)

    chosen = cover(vectors, np.ones(3), free=rows(1, 2), known=rows(0), n=5, seed=0)

    assert chosen == [2]


def test_messages_without_weight_are_never_chosen():
    vectors = at_angles(0, 60, 120)

    chosen = cover(vectors, np.array([0, 1.0, 0]), free=np.arange(3), known=rows(), n=3, seed=0)

    assert chosen == [1]


def test_nothing_to_choose_from_is_an_empty_list():
    vectors = at_angles(0, 60)

    assert cover(vectors, np.ones(2), free=rows(), known=rows(0), n=3, seed=0) == []
    assert cover(vectors, np.zeros(2), free=rows(0, 1), known=rows(), n=3, seed=0) == []


@given(st.integers(0, 1000), st.integers(1, 40), st.integers(1, 12))
def test_list_holds_free_messages_once_and_no_near_duplicates(seed, n_messages, n):
    vectors = random_vectors(n_messages, seed, d=3)
    rng = np.random.default_rng(seed)
    known = np.flatnonzero(rng.random(n_messages) < 0.2)
    free = np.setdiff1d(np.arange(n_messages), known)

    chosen = cover(vectors, rng.random(n_messages), free=free, known=known, n=n, seed=seed)

    assert len(chosen) == len(set(chosen)) <= n
    assert set(chosen) <= set(free.tolist())
    together = vectors[[*chosen, *known]]
    alike = (together @ together.T)[: len(chosen)] - 2 * np.eye(len(chosen), len(together))
    assert alike.size == 0 or alike.max() < NEAR_DUPLICATE


@given(st.integers(0, 1000))
def test_order_is_that_of_the_plain_greedy_rule(seed):
    """The short cut must not change what is chosen; compared with trying every candidate."""
    vectors = random_vectors(30, seed)
    weights = np.random.default_rng(seed).random(30)
    nearness = np.maximum(vectors @ vectors.T, 0).astype(np.float64) ** 3

    chosen = cover(vectors, weights, free=np.arange(30), known=rows(), n=6, seed=0)

    covered = np.zeros(30)
    for row in chosen:
        gains = np.maximum(nearness - covered, 0) @ weights
        is_near = (vectors @ vectors[chosen[: chosen.index(row)]].T).max(axis=1, initial=-1)
        best = gains[is_near < NEAR_DUPLICATE].max()
        assert gains[row] == pytest.approx(best, rel=1e-4)
        covered = np.maximum(covered, nearness[row])


def test_large_pools_are_sampled_by_weight(monkeypatch):
    """Where the sample is small, messages that matter must still be found."""
    monkeypatch.setattr(coverage, "_N_CANDIDATES", 20)
    monkeypatch.setattr(coverage, "_N_REFERENCES", 20)
    vectors = random_vectors(2000, 1)
    weights = np.full(2000, 1e-9)
    weights[[5, 700, 1900]] = 1.0

    chosen = cover(vectors, weights, free=np.arange(2000), known=rows(), n=3, seed=0)

    assert sorted(chosen) == [5, 700, 1900]
