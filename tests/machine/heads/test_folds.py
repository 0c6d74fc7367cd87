from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from rhml_core.machine.heads.folds import assign_folds


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=60), st.integers(2, 6))
def test_every_label_is_spread_evenly(labels, n_folds):
    folds = assign_folds(labels, n_folds, seed=4)

    for label in set(labels):
        counts = Counter(
            int(fold) for fold, name in zip(folds, labels, strict=True) if name == label
        )
        spread = [counts.get(fold, 0) for fold in range(n_folds)]
        assert max(spread) - min(spread) <= 1


def test_same_seed_makes_same_folds():
    labels = list("aabbccab")

    once, again = assign_folds(labels, 3, seed=5), assign_folds(labels, 3, seed=5)

    assert once.tolist() == again.tolist()
    assert once.tolist() != assign_folds(labels, 3, seed=6).tolist()
