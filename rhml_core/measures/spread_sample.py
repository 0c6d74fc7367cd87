"""Which of very many points to draw, so that rare places of the picture are not lost."""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

_CELLS = 10
"""On each axis."""


def spread_sample(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    kinds: Sequence[Hashable],
    *,
    most: int,
    seed: int,
) -> NDArray[np.int64]:
    """
    The points to draw: all where they are few enough, else as even a share of each place as can be.

    The unit square is cut into 10 by 10 cells, each cell's points by their kind. Groups are
    filled from the smallest up: whoever has fewer points than an even share keeps all of them
    and leaves the rest to the others. In a crowded group the points are drawn at random.

    Args:
        x: shape (n,), 0 to 1.
        y: shape (n,), 0 to 1.
        kinds: of each point, such as its colour.
        most: points to draw, at least 1.
        seed: fixes the draw.

    Returns:
        Their places, ascending; at most `most`, and no fewer where there are as many.
    """
    n = len(kinds)
    if n <= most:
        return np.arange(n, dtype=np.int64)
    names = {kind: place for place, kind in enumerate(dict.fromkeys(kinds))}
    columns, rows = (np.clip((axis * _CELLS).astype(np.int64), 0, _CELLS - 1) for axis in (x, y))
    group_of = (columns * _CELLS + rows) * len(names) + np.array([names[kind] for kind in kinds])
    shuffled = np.random.default_rng(seed).permutation(n)
    ordered = shuffled[np.argsort(group_of[shuffled], kind="stable")]
    _, counts = np.unique(group_of, return_counts=True)
    groups = sorted(np.split(ordered, np.cumsum(counts)[:-1]), key=len)
    kept: list[int] = []
    for place, group in enumerate(groups):
        share = (most - len(kept)) // (len(groups) - place)
        kept.extend(group[:share].tolist())
    return np.sort(np.array(kept, dtype=np.int64))
