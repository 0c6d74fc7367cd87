"""By how much two terms together tell a label better than either of them alone."""

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import InvalidInputError, MeasureUndefinedError
from rhml_core.figures import Interval
from rhml_core.measures.bootstrap import percentile_interval, resampled_totals


def f1_gain(
    both: NDArray[np.bool_],
    one: NDArray[np.bool_],
    other: NDArray[np.bool_],
    has_label: NDArray[np.bool_],
    *,
    n_replicates: int = 1000,
    seed: int = 0,
) -> Interval:
    """
    Term F1 of two terms together minus that of the better one alone, on the same messages.

    Args:
        both: shape (messages,): whether a message has the two in the way that is looked for.
        one: whether it has the first term.
        other: whether it has the second.
        has_label: whether it has the label.
        n_replicates: resamples to draw for the 95 % percentile interval.
        seed: the same seed gives the same interval.

    Returns:
        -1 to 1; above 0 where together they tell more.

    Raises:
        MeasureUndefinedError: no message has the label.
        InvalidInputError: the arrays differ in length.
    """
    columns = (both, one, other, has_label)
    if len({column.shape for column in columns}) > 1:
        raise InvalidInputError("Terms and labels must be given for the same messages.")
    if not has_label.any():
        raise MeasureUndefinedError(
            "No message has the label, so no term tells it. Label messages that have it."
        )
    kinds, n_alike = np.unique(
        np.column_stack(columns).astype(np.float64), axis=0, return_counts=True
    )
    label = kinds[:, 3]
    contributions = np.column_stack(
        [part for column in range(3) for part in (2 * kinds[:, column] * label, kinds[:, column])]
        + [label]
    )
    measured = _gain((n_alike @ contributions)[None, :])
    drawn = resampled_totals(contributions, n_alike, n_replicates=n_replicates, seed=seed)
    return percentile_interval(float(measured[0]), _gain(drawn[drawn[:, -1] > 0]), n=both.size)


def _gain(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    n_label = totals[:, -1]
    f1 = [totals[:, 2 * term] / (totals[:, 2 * term + 1] + n_label) for term in range(3)]
    gain: NDArray[np.float64] = f1[0] - np.maximum(f1[1], f1[2])
    return gain
