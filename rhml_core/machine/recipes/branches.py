"""Two heads, one taught by the messages as they come and one by all labels alike, made one."""

from collections.abc import Sequence

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped] # ships no types

from rhml_core.machine.heads.head import LinearHead
from rhml_core.machine.heads.logistic import as_linear_head
from rhml_core.machine.protocol import Floats, Vectors

INVERSE_REGULARISATION = 10.0
"""Of both branches: unit-length embeddings of few messages want a loose one."""


def fit_branches(
    natural: Vectors,
    balanced: Vectors,
    labels: Sequence[str],
    weights: Floats,
    *,
    all_labels: Sequence[str],
    natural_share: float,
) -> LinearHead:
    """
    A head fused from a natural and a balanced branch: the weighted mean of their scores.

    The natural branch counts every message alike; how frequent a label is among them is then
    taken out of its intercepts, since it would hardly ever propose a rare one. In the balanced
    branch every label counts alike.

    Args:
        natural: shape (n, d), what the natural branch reads of the judged messages.
        balanced: shape (n, e), what the balanced one reads.
        labels: of the messages, aligned; two at least.
        weights: how much each message counts, above 0.
        all_labels: every label of the codebook, in its order.
        natural_share: how much the natural branch weighs, 0 to 1.

    Returns:
        One head on `np.hstack([natural, balanced])`, since a mean of linear scores is linear; a
        label that no message has gets probability 0.

    Source:
        Zhou et al.: BBN, bilateral-branch network with cumulative learning. Menon et al.:
        Long-tail learning via logit adjustment.
    """
    names = np.asarray(labels, np.str_)
    _, classes = np.unique(names, return_inverse=True)
    as_they_come = np.asarray(weights, np.float64) / np.mean(weights)
    totals = np.bincount(classes, weights=as_they_come)
    alike = as_they_come / totals[classes] * len(names) / len(totals)
    one = _fit(natural, names, as_they_come, all_labels)
    other = _fit(balanced, names, alike, all_labels)
    used = np.isfinite(one.intercepts)
    places = np.array([list(all_labels).index(name) for name in np.unique(names)])
    adjusted = one.intercepts.copy()
    adjusted[places] -= np.log(totals / totals.sum())
    intercepts = np.full(len(all_labels), -np.inf)
    intercepts[used] = natural_share * adjusted[used] + (1 - natural_share) * other.intercepts[used]
    coefficients = np.hstack(
        [natural_share * one.coefficients, (1 - natural_share) * other.coefficients]
    )
    return LinearHead(tuple(all_labels), coefficients, intercepts)


def _fit(
    embeddings: Vectors,
    names: np.ndarray[tuple[int], np.dtype[np.str_]],
    weights: Floats,
    all_labels: Sequence[str],
) -> LinearHead:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - slow to import

    model = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=1000, tol=1e-4)
    with threadpool_limits(limits=1, user_api="blas"):  # a matrix this small wants one thread
        model.fit(np.asarray(embeddings, np.float64), names, sample_weight=weights)
    return as_linear_head(model, [str(name) for name in model.classes_], all_labels)
