"""Judged messages stand for their neighbourhoods: where that helps, and what it must not touch."""

import numpy as np
import pytest

from rhml_core.machine.heads.head_lesson import Pool
from rhml_core.machine.heads.smoothing import (
    FEW,
    MOST_POOL,
    are_even,
    asks_for_priors,
    asks_for_smoothing,
    neighbourhoods,
)


def clusters(n, seed, spread=0.6):
    """Points around two centres in eight dimensions, and which centre each is of."""
    random = np.random.default_rng(seed)
    of = random.integers(0, 2, n)
    centres = np.zeros((2, 8))
    centres[0, 0], centres[1, 0] = -1, 1
    return centres[of] + spread * random.standard_normal((n, 8)), of


def test_smoothed_points_lie_nearer_to_their_own_centre():
    points, of = clusters(40, 1)
    pool, _ = clusters(600, 2)

    smoothed = neighbourhoods(pool).smooth(points)

    centres = np.where(of == 0, -1.0, 1.0)
    before = np.abs(points[:, 1:]).mean()  # noise alone lies in these directions
    after = np.abs(smoothed[:, 1:]).mean()
    assert after < 0.95 * before
    assert np.corrcoef(smoothed[:, 0], centres)[0, 1] > np.corrcoef(points[:, 0], centres)[0, 1]


def test_message_moves_the_farther_the_more_of_its_neighbourhood_agrees():
    pool, _ = clusters(240, 8)
    near, (points, _) = neighbourhoods(pool), clusters(6, 9)
    draw = np.random.default_rng(0).random((6, 240))

    steps = [
        np.linalg.norm(near.smooth(points, draw < share) - points, axis=1).mean()
        for share in (0.0, 0.3, 1.0)
    ]

    assert steps[0] == pytest.approx(0)
    assert steps[0] < steps[1] < steps[2]


def test_only_what_is_alike_draws():
    """Two heaps at the same distance, two places far off; by hand in two dimensions."""
    heaps = np.repeat([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]], 12, axis=0)
    near, point = neighbourhoods(heaps), np.array([[1.0, 0.0]])
    is_alike = np.zeros((1, 48), dtype=np.bool_)
    is_alike[0, :12] = True
    is_near = np.ones((1, 48), dtype=np.bool_)

    upwards, nowhere = near.smooth(np.array([[1.0, 0.1]]), is_alike), near.smooth(point, ~is_near)

    # All four neighbours are of the upper heap: 0.2 of itself, 0.8 of its direction.
    mixed = 0.2 * np.array([1.0, 0.1]) / 1.01**0.5 + 0.8 * np.array([0.5, 0.5]) ** 0.5
    assert upwards[0] == pytest.approx(mixed / np.linalg.norm(mixed) * 1.01**0.5)
    assert nowhere == pytest.approx(point)


def test_distance_from_the_centre_stays():
    points, _ = clusters(20, 3)
    near = neighbourhoods(clusters(200, 4)[0])

    smoothed = near.smooth(points)

    assert np.linalg.norm(smoothed - near.centre, axis=1) == pytest.approx(
        np.linalg.norm(points - near.centre, axis=1)
    )


@pytest.mark.parametrize("n_pool", [0, 1, 11])
def test_pool_too_small_for_neighbourhoods_changes_nothing(n_pool):
    points, _ = clusters(5, 5)

    smoothed = neighbourhoods(clusters(max(n_pool, 1), 6)[0][:n_pool]).smooth(points)

    assert smoothed == pytest.approx(points)


def test_large_pool_is_sampled_and_the_sample_is_fixed_by_the_seed():
    pool, _ = clusters(3 * MOST_POOL, 7)

    (first, _), (again, _) = Pool(pool).sample(1), Pool(pool).sample(1)

    assert len(first) == MOST_POOL
    assert np.array_equal(first, again)


def test_few_messages_of_each_label_ask_for_smoothing_and_many_for_priors():
    few, many = ["a"] * (FEW - 1) + ["b"] * FEW, ["a"] * FEW + ["b"] * 2 * FEW

    assert (asks_for_smoothing(few), asks_for_priors(few)) == (True, False)
    assert (asks_for_smoothing(many), asks_for_priors(many)) == (False, True)


def test_labels_that_came_unevenly_ask_for_neither():
    """Their numbers already tell how frequent each is."""
    labels = ["a"] * 30 + ["b"] * 10

    assert not are_even(labels)
    assert not asks_for_smoothing(labels)
    assert not asks_for_priors(labels)
