"""Judged messages move towards what is near them and seems to have their label."""

import numpy as np
import pytest

from rhml_core.machine.heads.head import Pool, train_head
from rhml_core.machine.heads.pool_smoothing import PoolSmoothing, prepare_smoothing
from rhml_core.machine.heads.wording import NO_WORDING

RARE, COMMON = "rare", "common"


def rare_label(seed, n_each=8, n_pool=300, dimension=24):
    """Judged messages of a rare and a common label that border on each other, and their pool."""
    rng = np.random.default_rng(seed)

    def points(of):
        centres = np.zeros((len(of), dimension))
        centres[:, 0] = np.where(of, 1.3, -0.7)
        return (centres + 0.6 * rng.normal(size=centres.shape)).astype(np.float32)

    judged = np.repeat([True, False], n_each)
    pool, asked = rng.random(n_pool) < 0.15, rng.random(600) < 0.15
    names = [RARE if one else COMMON for one in judged]
    return points(judged), names, points(pool), points(asked), asked


def smoothing_of(judged, pool, origins=()):
    return prepare_smoothing(
        judged, None, Pool(pool), NO_WORDING, seed=0, origins=np.array(origins, dtype=np.int64)
    )


def test_rare_labels_messages_stay_more_themselves_where_agreement_counts():
    """Nearness alone draws them into the midst of the common label."""
    drawn = {"nearness": [], "agreement": []}
    for seed in range(5):
        judged, names, pool, _, _ = rare_label(seed)
        smoothing = smoothing_of(judged, pool)
        is_rare = np.array(names) == RARE
        by_nearness = smoothing.by_nearness()
        by_agreement = smoothing.by_agreement(names, None, [COMMON, RARE])
        drawn["nearness"].append(by_nearness[is_rare, 0].mean() - by_nearness[~is_rare, 0].mean())
        drawn["agreement"].append(
            by_agreement[is_rare, 0].mean() - by_agreement[~is_rare, 0].mean()
        )

    assert np.mean(drawn["agreement"]) > np.mean(drawn["nearness"])


def test_labels_order_changes_nothing():
    judged, names, pool, _, _ = rare_label(7)
    smoothing = smoothing_of(judged, pool)

    one = smoothing.by_agreement(names, None, [COMMON, RARE])
    other = smoothing.by_agreement(names, None, [RARE, "nobody's", COMMON])

    assert one == pytest.approx(other, abs=1e-4)


def test_varied_copy_is_moved_as_its_origin_is():
    """What was varied must not be lost among the neighbours: the difference stays to the letter."""
    rng = np.random.default_rng(0)
    judged = rng.normal(size=(4, 4)).astype(np.float32)
    copy = judged[1] + np.array([0.0, 0.5, 0.0, 0.0], np.float32)
    pool = rng.normal(size=(60, 4)).astype(np.float32)
    names = ["a", "b", "a", "b", "b"]

    smoothing = smoothing_of(np.vstack([judged, copy]), pool, origins=[1])

    for moved in (smoothing.by_nearness(), smoothing.by_agreement(names, None, ["a", "b"])):
        assert not np.allclose(moved[:4], judged)
        assert moved[4] - moved[1] == pytest.approx(copy - judged[1], abs=1e-6)


def test_columns_that_the_pool_lacks_and_pools_too_small_stay():
    judged, names, pool, _, _ = rare_label(3)

    of_some = smoothing_of(judged, pool[:, :10]).by_agreement(names, None, [COMMON, RARE])
    of_few = smoothing_of(judged, pool[:5]).by_agreement(names, None, [COMMON, RARE])

    assert not np.allclose(of_some[:, :10], judged[:, :10])
    assert np.array_equal(of_some[:, 10:], judged[:, 10:])
    assert of_few == pytest.approx(judged)


def test_answers_out_of_fold_owe_nothing_to_agreement(monkeypatch):
    """It is found with all labels, a held-back message's too; the head alone may use it."""
    judged, names, pool, asked, _ = rare_label(4)

    def train():
        return train_head(judged, names, all_labels=[COMMON, RARE], seed=0, pool=Pool(pool))

    with_it = train()
    monkeypatch.setattr(PoolSmoothing, "by_agreement", lambda one, *_: one.by_nearness())
    without = train()

    assert np.array_equal(with_it.out_of_fold, without.out_of_fold)
    assert with_it.temperature == without.temperature
    assert not np.allclose(with_it.head.predict_proba(asked), without.head.predict_proba(asked))


def test_head_taught_by_agreement_answers_better_than_one_without_a_pool():
    gains = []
    for seed in range(8):
        judged, names, pool, asked, truth = rare_label(seed, n_each=6)
        right = []
        for beside in (None, Pool(pool)):
            head = train_head(judged, names, all_labels=[COMMON, RARE], seed=0, pool=beside).head
            said = head.predict_proba(asked)[:, 1] > 0.5
            right.append((said[truth].mean() + (~said[~truth]).mean()) / 2)
        gains.append(right[1] - right[0])

    assert np.mean(gains) > 0
