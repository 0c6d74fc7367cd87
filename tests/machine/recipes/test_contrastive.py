from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.machine.recipes.contrastive import TOGETHER, _rate, draw_batch, pair_loss

torch = pytest.importorskip("torch")


def loss_of(vectors, classes, weights=None):
    vectors = torch.tensor(vectors, dtype=torch.float32)
    weights = torch.ones(len(classes)) if weights is None else torch.tensor(weights)
    return float(pair_loss(vectors, torch.tensor(classes), weights))


def test_loss_is_half_from_pairs_alike_and_half_from_pairs_apart():
    """Alike: cosine 0 for 1, error 1. Apart: cosines 1 and 0 for 0, mean error a half."""
    loss = loss_of([[1, 0], [0, 1], [1, 0]], [0, 0, 1])

    assert loss == pytest.approx(0.5 * 1.0 + 0.5 * 0.5)


def test_labels_apart_on_axes_have_no_loss():
    assert loss_of([[1, 0], [1, 0], [0, 1], [0, 1]], [0, 0, 1, 1]) == pytest.approx(0.0)


def test_one_text_a_label_has_pairs_apart_alone():
    assert loss_of([[1, 0], [1, 0]], [0, 1]) == pytest.approx(0.5)


def test_heavier_text_counts_more():
    """Text 2 contradicts text 0 of its label; with little weight it hardly matters."""
    vectors, classes = [[1, 0], [1, 0], [0, 1], [0, -1]], [0, 0, 0, 1]

    assert loss_of(vectors, classes, [1.0, 1.0, 0.01, 1.0]) < loss_of(vectors, classes)


@given(st.integers(0, 99))
def test_loss_equals_a_loop_over_pairs(seed):
    """The same sum, written as the definition says."""
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(7, 4))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    classes, weights = [0, 0, 0, 1, 1, 2, 2], random.uniform(0.5, 2.0, size=7)
    share = [
        weights[i] / sum(weights[j] for j in range(7) if classes[j] == classes[i]) for i in range(7)
    ]
    sums = {True: [0.0, 0.0], False: [0.0, 0.0]}
    for i in range(7):
        for j in range(i + 1, 7):
            is_same = classes[i] == classes[j]
            sums[is_same][0] += share[i] * share[j] * (vectors[i] @ vectors[j] - is_same) ** 2
            sums[is_same][1] += share[i] * share[j]

    loss = loss_of(vectors.tolist(), classes, weights.astype(np.float32).tolist())

    expected = sum(0.5 * error / mass for error, mass in sums.values())
    assert loss == pytest.approx(expected, rel=1e-4)


def test_small_lesson_is_taken_whole():
    rows = draw_batch(np.array([0, 0, 1]), 96, np.random.default_rng(1))

    assert rows.tolist() == [0, 1, 2]


@given(st.lists(st.integers(0, 3), min_size=20, max_size=80), st.integers(0, 50))
def test_batch_gives_each_class_its_share(classes, seed):
    """A class is short of another by more than one turn only when it is used up."""
    _, known = np.unique(classes, return_inverse=True)

    rows = draw_batch(known, 12, np.random.default_rng(seed))

    taken, there = Counter(known[rows].tolist()), Counter(known.tolist())
    assert len(set(rows.tolist())) == 12
    for one in there:
        assert taken[one] >= min(there[one], max(taken.values()) - TOGETHER)


def test_class_of_a_step_has_company_where_classes_are_many():
    """A text alone in its class would only be pushed away."""
    classes = np.repeat(np.arange(30), 5)

    rows = draw_batch(classes, 24, np.random.default_rng(3))

    assert set(Counter(classes[rows].tolist()).values()) == {TOGETHER}


def test_rate_rises_then_stays():
    rate = _rate(10, 0.2)

    assert [rate(step) for step in range(4)] == pytest.approx([0.5, 1, 1, 1])
