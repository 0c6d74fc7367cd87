"""The fast head: a linear classifier on embeddings that retrains while an expert waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped] # ships no types

from rhml_core.errors import MachineError, NotEnoughDataError
from rhml_core.machine.folds import assign_folds
from rhml_core.machine.protocol import Floats, Vectors

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

MIN_LABELS = 2
DEFAULT_C = 10.0
"""Inverse regularisation for few labels: unit-length embeddings want a loose one."""
CANDIDATE_C = (1.0, 3.0, 10.0, 30.0)
N_CHOICE_FOLDS = 3
MIN_TO_CHOOSE_C = 8
"""Messages that every label needs before cross-validation can tell the candidates apart."""
MAX_TO_CHOOSE_C = 500
"""Messages looked at when choosing; more would take time and hardly change the choice."""

# Matrices this small are several times faster on one thread than on a pool of them.
_ONE_THREAD = {"limits": 1, "user_api": "blas"}


@dataclass(frozen=True)
class LinearHead:
    """
    A softmax over linear scores of an embedding.

    Attributes:
        labels: in codebook order.
        coefficients: shape (n_labels, d).
        intercepts: shape (n_labels,); minus infinity for a label that was never judged.
    """

    labels: tuple[str, ...]
    coefficients: Floats
    intercepts: Floats

    def predict_proba(self, embeddings: Vectors) -> Floats:
        """
        Each label's probability for each message.

        Args:
            embeddings: shape (n, d).

        Returns:
            Shape (n, n_labels); rows sum to 1. A label without a training message has 0.0:
            the machine cannot propose what it was never shown.
        """
        scores = np.asarray(embeddings, dtype=np.float64) @ self.coefficients.T + self.intercepts
        if not len(scores):
            return scores
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities: Floats = raised / raised.sum(axis=1, keepdims=True)
        return probabilities


def fit_head(
    embeddings: Vectors,
    labels: Sequence[str],
    weights: Floats | None = None,
    *,
    all_labels: Sequence[str],
    seed: int,
) -> LinearHead:
    """
    A head fitted to judged messages by multinomial logistic regression.

    Labels count alike however rare they are. The regularisation is chosen by stratified
    cross-validation on log loss once every label in use has 8 messages.

    Args:
        embeddings: shape (n, d), of the judged messages.
        labels: their labels, aligned.
        weights: how much each message counts, above 0; None counts all alike.
        all_labels: every label of the codebook, in its order.
        seed: fixes the folds.

    Returns:
        A head over `all_labels`; a label that no message has always gets probability 0.

    Raises:
        NotEnoughDataError: fewer than two labels have a message.

    Source:
        King, Zeng: Logistic regression in rare events data (weighting by inverse frequency).
    """
    _require_two_labels(labels, all_labels)
    row_weights = np.ones(len(labels)) if weights is None else np.asarray(weights, np.float64)
    balanced = _balanced(labels, row_weights)
    with threadpool_limits(**_ONE_THREAD):
        inverse_regularisation = _choose_c(embeddings, labels, balanced, seed=seed)
        return _fit(embeddings, labels, balanced, inverse_regularisation, all_labels)


def out_of_fold_proba(
    embeddings: Vectors,
    labels: Sequence[str],
    weights: Floats | None = None,
    *,
    all_labels: Sequence[str],
    n_folds: int = 5,
    seed: int,
) -> Floats:
    """
    What heads that never saw a message say about it.

    Args:
        embeddings: shape (n, d), of the judged messages.
        labels: their labels, aligned.
        weights: how much each message counts; None counts all alike.
        all_labels: every label of the codebook, in its order.
        n_folds: parts held back in turn; fewer where there are fewer messages.
        seed: fixes the folds.

    Returns:
        Shape (n, n_labels); rows sum to 1. A label whose only message is held back has 0.0
        there. Where the rest has one label alone, the labels in use share the row equally,
        since nothing was learnt.

    Raises:
        NotEnoughDataError: fewer than two labels have a message.
    """
    _require_two_labels(labels, all_labels)
    names = np.asarray(labels, dtype=object)
    row_weights = np.ones(len(labels)) if weights is None else np.asarray(weights, np.float64)
    with threadpool_limits(**_ONE_THREAD):
        inverse_regularisation = _choose_c(
            embeddings, labels, _balanced(labels, row_weights), seed=seed
        )
        folds = assign_folds(labels, min(n_folds, len(labels)), seed=seed)
        probabilities = np.tile(equal_shares(labels, all_labels), (len(labels), 1))
        for fold in np.unique(folds):
            held, rest = folds == fold, folds != fold
            known = list(names[rest])
            if len(set(known)) < MIN_LABELS:
                continue
            balanced = _balanced(known, row_weights[rest])
            head = _fit(embeddings[rest], known, balanced, inverse_regularisation, all_labels)
            probabilities[held] = head.predict_proba(embeddings[held])
    return probabilities


def save_head(head: LinearHead, file: Path) -> None:
    """Write a head as plain arrays, without pickled objects."""
    with file.open("wb") as stream:
        np.savez(
            stream,
            labels=np.array(head.labels, dtype=np.str_),
            coefficients=head.coefficients,
            intercepts=head.intercepts,
        )


def load_head(file: Path) -> LinearHead:
    """
    A head as it was saved.

    Raises:
        MachineError: the file is missing or not a saved head.
    """
    try:
        with np.load(file, allow_pickle=False) as arrays:
            labels = tuple(str(name) for name in arrays["labels"])
            coefficients = arrays["coefficients"]
            intercepts = arrays["intercepts"]
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise MachineError(
            f"{file.name} cannot be read as a trained head. Train again or restore a backup."
        ) from error
    if coefficients.shape[:1] != intercepts.shape or len(labels) != len(intercepts):
        raise MachineError(f"{file.name} holds arrays that do not fit together. Train again.")
    return LinearHead(labels, coefficients, intercepts)


def as_logistic_regression(head: LinearHead) -> "LogisticRegression":
    """A fitted scikit-learn classifier that predicts what the head does, on labels in use."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - slow to import

    used = np.isfinite(head.intercepts)
    coefficients, intercepts = head.coefficients[used], head.intercepts[used]
    if used.sum() == MIN_LABELS:  # scikit-learn keeps the second label's score alone
        coefficients = coefficients[1:] - coefficients[:1]
        intercepts = intercepts[1:] - intercepts[:1]
    model = LogisticRegression()
    model.classes_ = np.array(head.labels, dtype=np.str_)[used]
    model.coef_ = coefficients
    model.intercept_ = intercepts
    model.n_features_in_ = coefficients.shape[1]
    model.n_iter_ = np.zeros(1, dtype=np.int32)
    return model


def equal_shares(labels: Sequence[str], all_labels: Sequence[str]) -> Floats:
    """What to say where nothing was learnt: shape (n_labels,), the labels in use alike."""
    used = set(labels)
    return np.array([1.0 / len(used) if name in used else 0.0 for name in all_labels])


def _require_two_labels(labels: Sequence[str], all_labels: Sequence[str]) -> None:
    unknown = sorted(set(labels) - set(all_labels))
    if unknown:
        raise NotEnoughDataError(
            f"Messages are judged as {', '.join(unknown)}, which the codebook does not have. "
            "Add the label or judge them again."
        )
    n_used = len(set(labels))
    if n_used < MIN_LABELS:
        raise NotEnoughDataError(
            f"Training needs messages of at least {MIN_LABELS} labels; {len(labels)} judged "
            f"messages have {n_used}. Judge a message of {MIN_LABELS - n_used} more."
        )


def _balanced(labels: Sequence[str], weights: Floats) -> Floats:
    """Weights with the same sum for every label, and mean 1."""
    _, positions = np.unique(np.asarray(labels, dtype=np.str_), return_inverse=True)
    totals = np.bincount(positions, weights=weights)
    balanced: Floats = weights / totals[positions] * len(labels) / len(totals)
    return balanced


def _choose_c(embeddings: Vectors, labels: Sequence[str], weights: Floats, *, seed: int) -> float:
    names = np.asarray(labels, dtype=np.str_)
    known, positions, counts = np.unique(names, return_inverse=True, return_counts=True)
    if counts.min() < MIN_TO_CHOOSE_C:
        return DEFAULT_C
    folds = assign_folds(labels, N_CHOICE_FOLDS, seed=seed)
    rows = np.random.default_rng(seed).permutation(len(labels))[:MAX_TO_CHOOSE_C]
    losses = dict.fromkeys(CANDIDATE_C, 0.0)
    for fold in range(N_CHOICE_FOLDS):
        seen, held = rows[folds[rows] != fold], rows[folds[rows] == fold]
        if len(np.unique(names[seen])) < len(known):
            return DEFAULT_C
        for candidate in CANDIDATE_C:
            head = _fit(
                embeddings[seen], names[seen].tolist(), weights[seen], candidate, known.tolist()
            )
            right = head.predict_proba(embeddings[held])[np.arange(len(held)), positions[held]]
            losses[candidate] -= float(weights[held] @ np.log(np.maximum(right, 1e-12)))
    return min(CANDIDATE_C, key=lambda candidate: losses[candidate])


def _fit(
    embeddings: Vectors,
    labels: Sequence[str],
    weights: Floats,
    inverse_regularisation: float,
    all_labels: Sequence[str],
) -> LinearHead:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - slow to import

    model = LogisticRegression(C=inverse_regularisation, max_iter=1000, tol=1e-3)
    model.fit(
        np.asarray(embeddings, np.float64), np.asarray(labels, np.str_), sample_weight=weights
    )
    coefficients, intercepts = model.coef_, model.intercept_
    if len(intercepts) == 1:  # two labels: one score, the second label's log-odds
        coefficients = np.vstack([-coefficients / 2, coefficients / 2])
        intercepts = np.concatenate([-intercepts / 2, intercepts / 2])
    places = [list(all_labels).index(name) for name in model.classes_]
    everywhere = np.zeros((len(all_labels), embeddings.shape[1]))
    everywhere[places] = coefficients
    lows = np.full(len(all_labels), -np.inf)
    lows[places] = intercepts
    return LinearHead(tuple(str(name) for name in all_labels), everywhere, lows)
