"""Judged messages stand for their neighbourhoods: where that helps, and what it must not touch."""

import numpy as np
import pytest

from rhml_core.machine.heads.head_lesson import Pool, smoothed_features
from rhml_core.machine.heads.smoothing import (
    FEW,
    MOST_POOL,
    are_even,
    asks_for_priors,
    asks_for_smoothing,
    neighbourhoods,
)
from rhml_core.machine.heads.wording import NO_WORDING


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


def test_varied_copy_is_moved_as_its_origin_is():
    """What was varied must not be lost among the neighbours: the difference stays to the letter."""
    rng = np.random.default_rng(0)
    judged = rng.normal(size=(3, 4))
    copy = judged[1] + [0.0, 0.5, 0.0, 0.0]
    pool = Pool(rng.normal(size=(60, 4)).astype(np.float32))

    moved = smoothed_features(
        np.vstack([judged, copy]).astype(np.float32),
        None,
        pool,
        NO_WORDING,
        seed=0,
        origins=np.array([1]),
    )

    assert not np.allclose(moved[:3], judged)
    assert moved[3] - moved[1] == pytest.approx(copy - judged[1], abs=1e-6)
