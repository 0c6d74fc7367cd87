"""A trained head: one linear map from what is known of a message to its labels' probabilities."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import InvalidInputError, MachineError
from rhml_core.machine.heads.letters import LetterSpace
from rhml_core.machine.heads.wording import NO_WORDING, Readings, Wording
from rhml_core.machine.one_thread import one_thread
from rhml_core.machine.protocol import Floats, Vectors

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

_BLOCK = 4096
"""Rows at a time: what is worked on stays in the processor's cache."""
_N_LABELS_OF_ONE_SCORE = 2


def _no_coefficients() -> Floats:
    return np.zeros((0, 0))


@dataclass(frozen=True)
class LinearHead:
    """
    A softmax over linear scores of an embedding and of the readings beside it.

    Attributes:
        labels: in codebook order.
        coefficients: shape (n_labels, d), of the embedding.
        intercepts: shape (n_labels,); minus infinity for a label that was never judged.
        wording: what the head reads of a text beside its embedding.
        wording_coefficients: shape (n_labels, wording.n_features).
    """

    labels: tuple[str, ...]
    coefficients: Floats
    intercepts: Floats
    wording: Wording = NO_WORDING
    wording_coefficients: Floats = field(default_factory=_no_coefficients)

    def predict_proba(self, embeddings: Vectors, readings: Readings | None = None) -> Floats:
        """
        Each label's probability for each message.

        `head.predict_proba(embeddings, head.wording.read(texts))` is right for every head.

        Args:
            embeddings: shape (n, d).
            readings: shape (n, wording.n_features), what `wording` read of the same messages;
                not needed where it reads nothing.

        Returns:
            Shape (n, n_labels); rows sum to 1. A label without a training message has 0.0:
            the machine cannot propose what it was never shown.

        Raises:
            InvalidInputError: the head needs readings, and these are none, or another head's.
        """
        self._require_fitting(embeddings, readings)
        of_embedding = self.coefficients.T.astype(np.float32)
        of_wording = self.wording_coefficients.T.astype(np.float32)
        intercepts = self.intercepts.astype(np.float32)
        probabilities = np.empty((len(embeddings), len(self.labels)))
        with one_thread():
            for start in range(0, len(embeddings), _BLOCK):
                block = slice(start, start + _BLOCK)
                scores = np.asarray(embeddings[block], dtype=np.float32) @ of_embedding
                if readings is not None and self.wording.n_features:
                    scores += readings[block].astype(np.float32) @ of_wording
                scores += intercepts
                probabilities[block] = softmax(scores)
        return probabilities

    def at_temperature(self, temperature: float) -> "LinearHead":
        """The head whose scores are this one's divided by a temperature above 0."""
        return replace(
            self,
            coefficients=self.coefficients / temperature,
            intercepts=self.intercepts / temperature,
            wording_coefficients=self.wording_coefficients / temperature,
        )

    def at_priors(self, priors: Floats) -> "LinearHead":
        """
        The head, fitted as if all labels were equally frequent, for labels as frequent as told.

        Args:
            priors: shape (n_labels,), above 0 for each label that the head knows.
        """
        is_known = np.isfinite(self.intercepts)
        intercepts = self.intercepts.copy()
        intercepts[is_known] += np.log(priors[is_known] * is_known.sum())
        return replace(self, intercepts=intercepts)

    def _require_fitting(self, embeddings: Vectors, readings: Readings | None) -> None:
        n_features = self.wording.n_features
        if not n_features:
            return
        if readings is None:
            raise InvalidInputError(
                "This head also reads the messages' words; embeddings alone are not enough. "
                "Give it what its wording reads of the texts."
            )
        if readings.shape != (len(embeddings), n_features):
            raise InvalidInputError(
                f"The head reads {n_features} features of {len(embeddings)} messages' words; "
                f"it was given {readings.shape[1]} of {readings.shape[0]}."
            )


def softmax(scores: NDArray[np.floating[Any]]) -> Floats:
    """Shape (n, n_labels): shares that sum to 1 in each row; 0.0 where a score is -infinity."""
    if not len(scores):
        return np.zeros(scores.shape)
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=1, keepdims=True, dtype=np.float64)
    return shares


def save_head(head: LinearHead, file: Path) -> None:
    """Write a head as plain arrays, without pickled objects."""
    arrays: dict[str, NDArray[Any]] = {
        "labels": np.array(head.labels, dtype=np.str_),
        "coefficients": head.coefficients,
        "intercepts": head.intercepts,
        "terms": np.array(head.wording.terms, dtype=np.str_),
        "wording_coefficients": head.wording_coefficients,
    }
    if letters := head.wording.letters:
        arrays |= {
            "rarity": letters.rarity,
            "directions": letters.directions.astype(np.float16),
        }
    with file.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)


def load_head(file: Path) -> LinearHead:
    """
    A head as it was saved; one of before there was wording reads embeddings alone.

    Raises:
        MachineError: the file is missing or not a saved head.
    """
    try:
        with np.load(file, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
            letters = (
                LetterSpace(found["rarity"], found["directions"].astype(np.float32))
                if "directions" in found
                else None
            )
            head = LinearHead(
                _strings(found["labels"]),
                found["coefficients"],
                found["intercepts"],
                Wording(_strings(found.get("terms", ())), letters),
                found.get("wording_coefficients", _no_coefficients()),
            )
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise MachineError(
            f"{file.name} cannot be read as a trained head. Train again or restore a backup."
        ) from error
    n_labels = len(head.labels)
    shapes_fit = (
        head.coefficients.shape[:1] == head.intercepts.shape == (n_labels,)
        and head.wording_coefficients.size == n_labels * head.wording.n_features
    )
    if not shapes_fit:
        raise MachineError(f"{file.name} holds arrays that do not fit together. Train again.")
    return head


def as_logistic_regression(head: LinearHead) -> "LogisticRegression":
    """
    A fitted scikit-learn classifier that predicts what the head does, on labels in use.

    Raises:
        InvalidInputError: the head reads more than the embedding, which the classifier cannot.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - slow to import

    if head.wording.n_features:
        raise InvalidInputError(
            "This head also reads the messages' words, which scikit-learn's classifier would "
            "leave out. Train a head on the embeddings alone to export it."
        )
    used = np.isfinite(head.intercepts)
    coefficients, intercepts = head.coefficients[used], head.intercepts[used]
    if used.sum() == _N_LABELS_OF_ONE_SCORE:  # scikit-learn keeps the second label's score alone
        coefficients = coefficients[1:] - coefficients[:1]
        intercepts = intercepts[1:] - intercepts[:1]
    model = LogisticRegression()
    model.classes_ = np.array(head.labels, dtype=np.str_)[used]
    model.coef_ = coefficients
    model.intercept_ = intercepts
    model.n_features_in_ = coefficients.shape[1]
    model.n_iter_ = np.zeros(1, dtype=np.int32)
    return model


def _strings(names: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(name) for name in names)
