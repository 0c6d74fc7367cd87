"""Thinning a plot: never too many, never twice, and rare places stay whole."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.measures.spread_sample import spread_sample


def test_rare_places_of_the_plot_are_all_kept():
    rng = np.random.default_rng(1)
    x = np.concatenate([rng.uniform(0.9, 1, 5_000), [0.05, 0.15]])
    y = np.concatenate([rng.uniform(0.9, 1, 5_000), [0.95, 0.95]])
    kinds = ["spam"] * 4_990 + ["ham"] * 12

    kept = spread_sample(x, y, kinds, most=300, seed=0)

    assert len(kept) == len(set(kept.tolist())) == 300
    assert set(range(4_990, 5_002)) <= set(kept.tolist())
    assert spread_sample(x, y, kinds, most=6_000, seed=0).tolist() == list(range(5_002))


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.floats(0, 1), st.sampled_from("ab")), min_size=1, max_size=80
    ),
    st.integers(1, 90),
)
def test_as_many_as_wanted_each_once(points, most):
    x, y = (np.array([point[axis] for point in points]) for axis in (0, 1))

    kept = spread_sample(x, y, [point[2] for point in points], most=most, seed=3).tolist()

    assert kept == sorted(set(kept))
    assert len(kept) == min(most, len(points))
