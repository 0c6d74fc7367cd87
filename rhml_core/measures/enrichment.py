"""Whether messages of a kind show something more often than others, where many kinds are asked."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import hypergeom  # type: ignore[import-untyped] # ships no types

from rhml_core.errors import InvalidInputError


def chance_of_as_many(n_both: int, n_kind: int, n_showing: int, n: int) -> float:
    """
    How often chance alone would give a kind of message at least so many that show something.

    Args:
        n_both: messages of the kind that show it.
        n_kind: messages of the kind.
        n_showing: all messages that show it.
        n: all messages.

    Returns:
        One-sided p-value, 0 to 1: that of drawing `n_kind` of `n` messages without looking.

    Raises:
        InvalidInputError: the counts do not fit together.

    Source:
        Fisher's exact test, one-sided: the upper tail of the hypergeometric distribution.

    >>> round(chance_of_as_many(4, 4, 4, 28), 6)
    4.9e-05
    """
    if not 0 <= n_both <= min(n_kind, n_showing) <= max(n_kind, n_showing) <= n:
        raise InvalidInputError(
            f"{n_both} of {n_kind} and {n_showing} among {n} messages do not fit together. "
            "Count them again."
        )
    return float(min(hypergeom.sf(n_both - 1, n, n_showing, n_kind), 1.0))


def told_apart(p_values: Sequence[float], n_tests: int, *, share: float = 0.05) -> list[bool]:
    """
    Which findings stand although many were looked for.

    Args:
        p_values: one for each finding; those not given count as 1.
        n_tests: how many were looked for, at least as many as `p_values`.
        share: of false ones among those that stand, at most, on average.

    Returns:
        Aligned with `p_values`.

    Raises:
        InvalidInputError: fewer tests than p-values.

    Source:
        Benjamini and Hochberg, Controlling the false discovery rate, 1995; it holds for tests
        that are positively dependent too (Benjamini and Yekutieli, 2001).

    >>> told_apart([0.001, 0.02, 0.04], 3)
    [True, True, True]
    >>> told_apart([0.001, 0.02, 0.04], 100)
    [False, False, False]
    """
    if n_tests < len(p_values):
        raise InvalidInputError(
            f"{len(p_values)} findings cannot come from {n_tests} tests. Count them again."
        )
    if not len(p_values):
        return []
    ranked = np.sort(np.asarray(p_values, dtype=np.float64))
    bounds = share * np.arange(1, len(ranked) + 1) / n_tests
    standing = np.flatnonzero(ranked <= bounds)
    limit = ranked[standing[-1]] if len(standing) else -1.0
    return [bool(value <= limit) for value in p_values]
