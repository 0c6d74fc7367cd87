"""Multinomial logistic regression on few rows, fitted many times over within a click's time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped] # ships no types

from rhml_core.machine.protocol import Floats

_SMALLEST_SHARE = 1e-10
"""Directions with less of the largest variance hold nothing but rounding."""
_MOST_ITERATIONS = 200
_GRADIENT_TOLERANCE = 1e-3
_DECREASE_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Rotation:
    """
    Rows in the directions in which they vary, where every fit to them is quick.

    The optimum of a ridge-penalised linear model lies in the span of its rows, and rotating it
    leaves its length as it is: a fit to `rows` is the fit to the features, with as few
    coefficients as there are rows, and with the curvature of each direction known.

    Attributes:
        rows: shape (n, r), uncorrelated columns with mean 0.
        curvatures: shape (r,), mean square of each column, above 0.
        centre: shape (d,), mean of the features.
        basis: shape (d, r), orthonormal columns.
    """

    rows: Floats
    curvatures: Floats
    centre: Floats
    basis: Floats

    def to_features(self, solution: "Solution") -> "Solution":
        """The same model on the features themselves."""
        coefficients = solution.coefficients @ self.basis.T
        return Solution(coefficients, solution.intercepts - coefficients @ self.centre)


@dataclass(frozen=True)
class Solution:
    """A softmax model: `coefficients` (n_classes, r) and `intercepts` (n_classes,)."""

    coefficients: Floats
    intercepts: Floats

    def scores(self, rows: Floats) -> Floats:
        """Shape (n, n_classes): what the softmax is taken of."""
        scores: Floats = rows @ self.coefficients.T + self.intercepts
        return scores


def rotate(features: Floats, weights: Floats) -> Rotation:
    """
    Features (n, d) turned into the directions in which they vary by weight.

    Args:
        features: shape (n, d), n at least 1.
        weights: shape (n,), above 0.
    """
    shares = weights / weights.sum()
    centre = shares @ features
    centred = features - centre
    weighted = np.sqrt(shares)[:, None] * centred
    if len(weighted) < weighted.shape[1]:
        curvatures, left = np.linalg.eigh(weighted @ weighted.T)
        kept = curvatures > _SMALLEST_SHARE * max(curvatures[-1], 1e-300)
        basis = weighted.T @ (left[:, kept] / np.sqrt(curvatures[kept]))
    else:
        curvatures, right = np.linalg.eigh(weighted.T @ weighted)
        kept = curvatures > _SMALLEST_SHARE * max(curvatures[-1], 1e-300)
        basis = right[:, kept]
    return Rotation(centred @ basis, curvatures[kept], centre, basis)


def fit_softmax(
    rows: Floats,
    curvatures: Floats,
    classes: NDArray[np.int64],
    weights: Floats,
    *,
    n_classes: int,
    inverse_regularisation: float,
    start: Solution | None = None,
) -> Solution:
    """
    The softmax model with the least ridge-penalised log loss.

    It minimises C * sum_i w_i * -log p(class_i | row_i) + |coefficients|^2 / 2; intercepts are
    free.

    Args:
        rows: shape (n, r), from a `Rotation`; any of its rows.
        curvatures: shape (r,), the rotation's.
        classes: shape (n,), 0 to `n_classes` - 1.
        weights: shape (n,), above 0.
        n_classes: at least 2.
        inverse_regularisation: C; more lets the model follow its rows more closely.
        start: a solution nearby, such as that of the C before.

    Source:
        Liu, Nocedal: On the limited memory BFGS method; scaling by Boehning's fixed curvature
        (Multinomial logistic regression algorithm, 1992).
    """
    n_rows, n_directions = rows.shape
    total = weights.sum()
    penalty = 1.0 / (inverse_regularisation * total)
    typical = (1.0 - 1.0 / n_classes) / n_classes  # p (1 - p) where nothing is known
    scales = 1.0 / np.sqrt(typical * curvatures + penalty)
    free_scale = 1.0 / np.sqrt(typical)
    scaled = np.empty((n_rows, n_directions + 1))
    scaled[:, :-1] = rows * scales
    scaled[:, -1] = free_scale
    ridge = np.append(penalty * scales**2, 0.0)[:, None]
    shares = weights / total
    at = np.arange(n_rows)

    def loss_and_gradient(flat: Floats) -> tuple[float, Floats]:
        point = flat.reshape(-1, n_classes)
        scores = scaled @ point
        scores -= scores.max(axis=1, keepdims=True)
        right = scores[at, classes]
        np.exp(scores, out=scores)
        sums = scores.sum(axis=1)
        loss = float(shares @ (np.log(sums) - right))
        scores /= sums[:, None]
        scores[at, classes] -= 1.0
        scores *= shares[:, None]
        penalised = ridge * point
        gradient = scaled.T @ scores + penalised
        return loss + 0.5 * float(np.vdot(penalised, point)), gradient.ravel()

    first = np.zeros((n_directions + 1, n_classes))
    if start is not None:
        first[:-1] = start.coefficients.T / scales[:, None]
        first[-1] = start.intercepts / free_scale
    found = minimize(
        loss_and_gradient,
        first.ravel(),
        jac=True,
        method="L-BFGS-B",
        options={
            "maxiter": _MOST_ITERATIONS,
            "gtol": _GRADIENT_TOLERANCE,
            "ftol": _DECREASE_TOLERANCE,
            "maxcor": 10,
        },
    )
    point = found.x.reshape(-1, n_classes)
    return Solution((point[:-1] * scales[:, None]).T, point[-1] * free_scale)
