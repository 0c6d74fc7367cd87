"""Judged messages made ready for a head, to be fitted to many times."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import NotEnoughDataError
from rhml_core.machine.heads.head_fitting import Rotation, Solution, fit_softmax, rotate
from rhml_core.machine.heads.linear_head import LinearHead
from rhml_core.machine.heads.smoothing import MOST_POOL
from rhml_core.machine.heads.wording import NO_WORDING, Readings, Wording
from rhml_core.machine.protocol import Floats, Vectors

MIN_LABELS = 2
NO_ORIGINS: NDArray[np.int64] = np.empty(0, dtype=np.int64)
"""Of a lesson without varied copies."""


@dataclass(frozen=True)
class Pool:
    """
    Messages that say how all messages lie to each other, whatever their labels; none hold-out.

    Attributes:
        embeddings: shape (n, d), or fewer columns: the first of the judged messages' alone are
            smoothed then.
        readings: shape (n, n_features), of the same wording as the judged messages'.
    """

    embeddings: Vectors
    readings: Readings | None = None

    def sample(self, seed: int) -> tuple[Vectors, Readings | None]:
        """Embeddings and readings of at most `MOST_POOL` of the messages, drawn at random."""
        # Drawn before anything is copied: the pool may hold a hundred thousand messages.
        rows = np.sort(np.random.default_rng(seed).permutation(len(self.embeddings))[:MOST_POOL])
        return self.embeddings[rows], None if self.readings is None else self.readings[rows]


@dataclass(frozen=True)
class Lesson:
    """
    Judged messages, ready to be fitted many times.

    Attributes:
        rotation: the features that are learnt from.
        asked: shape (n, r): the features as they are, in the rotation's directions.
        classes: shape (n,), positions in `places`.
        weights: shape (n,), as given.
        places: where each label in use stands among `all_labels`.
        own_weights: shape (n_judged,): what messages as they were judged count by themselves,
            whatever they give to varied copies, which follow them.
    """

    rotation: Rotation
    asked: Floats
    classes: NDArray[np.int64]
    weights: Floats
    places: NDArray[np.int64]
    all_labels: tuple[str, ...]
    own_weights: Floats

    @property
    def n_judged(self) -> int:
        """How many of the rows are messages as they were judged."""
        return len(self.own_weights)

    def balanced(self, rows: NDArray[np.int64] | slice = slice(None)) -> Floats:
        """Weights of some rows with the same sum for every label that they have, and mean 1."""
        return _balanced(self.classes[rows], self.weights[rows])

    def own_balanced(self) -> Floats:
        """The same of the judged messages' own weights, shape (n_judged,)."""
        return _balanced(self.classes[: self.n_judged], self.own_weights)

    def fit(
        self,
        inverse_regularisation: float,
        rows: NDArray[np.int64] | slice = slice(None),
        start: Solution | None = None,
    ) -> Solution:
        """The model of some rows, over the labels that they have, in the rotation's directions."""
        _, classes = np.unique(self.classes[rows], return_inverse=True)
        return fit_softmax(
            self.rotation.rows[rows],
            self.rotation.curvatures,
            classes,
            self.balanced(rows),
            n_classes=int(classes.max()) + 1,
            inverse_regularisation=inverse_regularisation,
            start=start,
        )

    def spread(self, scores: Floats) -> Floats:
        """Scores of the labels in use as columns of all labels; minus infinity for the others."""
        everywhere = np.full((len(scores), len(self.all_labels)), -np.inf)
        everywhere[:, self.places] = scores
        return everywhere

    def head(self, solution: Solution, n_embedding: int, wording: Wording) -> LinearHead:
        """A solution of all rows as a head over all labels."""
        found = self.rotation.to_features(solution)
        coefficients = np.zeros((len(self.all_labels), found.coefficients.shape[1]))
        coefficients[self.places] = found.coefficients
        intercepts = np.full(len(self.all_labels), -np.inf)
        intercepts[self.places] = found.intercepts
        return LinearHead(
            self.all_labels,
            coefficients[:, :n_embedding],
            intercepts,
            wording,
            coefficients[:, n_embedding:],
        )


def joined_features(
    embeddings: Vectors, readings: Readings | None = None, wording: Wording = NO_WORDING
) -> Floats:
    """
    Embeddings and readings side by side, shape (n, d + wording.n_features).

    Raises:
        ValueError: the readings are missing, or another wording's; a fault of the program.
    """
    if not wording.n_features:
        return np.asarray(embeddings, dtype=np.float64)
    if readings is None or readings.shape != (len(embeddings), wording.n_features):
        raise ValueError("the readings are not those of the wording")
    return np.hstack([embeddings, readings], dtype=np.float64)


def prepare_lesson(
    taught: Floats,
    features: Floats,
    labels: Sequence[str],
    weights: Floats | None,
    all_labels: Sequence[str],
    origins: NDArray[np.int64] = NO_ORIGINS,
    own_weights: Floats | None = None,
) -> Lesson:
    """
    Judged messages in the directions in which they vary.

    Args:
        taught: shape (n, d), what is learnt from.
        features: shape (n, d), what the same messages are asked about by.
        labels: theirs, aligned.
        weights: how much each message counts, above 0; None counts all alike.
        all_labels: every label of the codebook, in its order.
        origins: of the last rows, where those are varied copies of others.
        own_weights: what each judged message counts by itself; None is `weights`.

    Raises:
        NotEnoughDataError: fewer than two labels have a message, or one is not in the codebook.
    """
    require_two_labels(labels, all_labels)
    order = {name: place for place, name in enumerate(all_labels)}
    places, classes = np.unique([order[name] for name in labels], return_inverse=True)
    row_weights = np.ones(len(labels)) if weights is None else np.asarray(weights, np.float64)
    totals = np.bincount(classes, weights=row_weights)
    names = tuple(str(name) for name in all_labels)
    rotation = rotate(taught, row_weights / totals[classes])
    asked = (features - rotation.centre) @ rotation.basis
    own = row_weights[: len(labels) - len(origins)] if own_weights is None else own_weights
    return Lesson(rotation, asked, classes, row_weights, places, names, own)


def _balanced(classes: NDArray[np.int64], weights: Floats) -> Floats:
    totals = np.bincount(classes, weights=weights)
    balanced: Floats = weights / totals[classes] * len(classes) / (totals > 0).sum()
    return balanced


def require_two_labels(labels: Sequence[str], all_labels: Sequence[str]) -> None:
    """
    Check that there is something to tell apart.

    Raises:
        NotEnoughDataError: fewer than two labels have a message, or one is not in the codebook.
    """
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
