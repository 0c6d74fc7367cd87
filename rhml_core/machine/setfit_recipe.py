"""A SetFit run: the encoder fine-tuned on the judged messages, then a head on top of it."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import InvalidInputError
from rhml_core.machine.contrastive import SetFitParameters, fine_tune
from rhml_core.machine.encoder import OnnxEncoder
from rhml_core.machine.export import BODY, export_body
from rhml_core.machine.folds import assign_folds
from rhml_core.machine.head import (
    MIN_LABELS,
    LinearHead,
    as_logistic_regression,
    equal_shares,
    fit_head,
)
from rhml_core.machine.model_files import file_sha256
from rhml_core.machine.protocol import Floats, TrainingProgress, Vectors, ignore_progress
from rhml_core.machine.run_folder import MODEL

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

MIN_FOLDS = 2
MIN_TOKENS = 8
SEED_STRIDE = 1000
"""Keeps the seeds of a run's several trainings apart."""


@dataclass(frozen=True)
class TrainedBody:
    """
    What a SetFit training made.

    Attributes:
        encoder: the tuned body, read by onnxruntime.
        head: fitted on the tuned body's embeddings of all training texts.
        out_of_fold: shape (n_training, n_labels): what bodies and heads that never saw a
            text say about it.
        losses: of each step of the final body, in order.
    """

    encoder: OnnxEncoder
    head: LinearHead
    out_of_fold: Floats
    losses: tuple[float, ...]


def train_setfit(
    texts: Sequence[str],
    labels: Sequence[str],
    weights: Floats,
    *,
    all_labels: Sequence[str],
    model_folder: Path,
    output: Path,
    parameters: SetFitParameters,
    seed: int,
    on_progress: TrainingProgress = ignore_progress,
) -> TrainedBody:
    """
    Fine-tune a sentence encoder contrastively, fit a head, and write both to `output`.

    `output` gets `model/` (SetFit's own files: `SetFitModel.from_pretrained` predicts the
    same) and `body.onnx`, `tokenizer.json`, `encoder.json`, which need no torch. The same
    training is repeated on each fold's complement for the out-of-fold probabilities.

    Args:
        texts: judged messages.
        labels: theirs, aligned.
        weights: how much each message counts, above 0.
        all_labels: every label of the codebook, in its order.
        model_folder: a sentence-transformers model to start from.
        output: an existing folder.
        parameters: how long and how strongly to train.
        seed: the same seed on the same machine makes the same run.
        on_progress: told each of `n_training_steps(parameters)` steps with its loss; what it
            raises stops the training.

    Raises:
        NotEnoughDataError: fewer than two labels have a message.
        InvalidInputError: a parameter is out of its range.
    """
    _require_sound(parameters)
    lesson = _Lesson(tuple(texts), tuple(labels), np.asarray(weights, dtype=np.float64))
    teacher = _Teacher(model_folder, tuple(all_labels), parameters, seed, on_progress)
    body, head, losses = teacher.teach(lesson, part=0)
    _save(body, head, output)
    out_of_fold = np.tile(equal_shares(labels, all_labels), (len(texts), 1))
    folds = assign_folds(labels, parameters.cross_fit_folds, seed=seed)
    for fold in np.unique(folds):
        held, seen = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        if len(set(lesson.only(seen).labels)) < MIN_LABELS:
            continue
        body, fold_head, _ = teacher.teach(lesson.only(seen), part=int(fold) + 1)
        out_of_fold[held] = fold_head.predict_proba(_encode(body, lesson.only(held).texts))
    encoder = OnnxEncoder(output, f"run-{file_sha256(output / BODY)[:12]}")
    return TrainedBody(encoder, head, out_of_fold, losses)


def n_training_steps(parameters: SetFitParameters) -> int:
    """Steps of a whole run: the final training and one for each part held back."""
    return parameters.n_steps * (1 + parameters.cross_fit_folds)


@dataclass(frozen=True)
class _Lesson:
    """Texts with their labels and weights, aligned."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    weights: Floats

    def only(self, rows: NDArray[np.int64]) -> "_Lesson":
        return _Lesson(
            tuple(self.texts[row] for row in rows),
            tuple(self.labels[row] for row in rows),
            self.weights[rows],
        )


@dataclass(frozen=True)
class _Teacher:
    """How every part of one run is trained."""

    model_folder: Path
    all_labels: tuple[str, ...]
    parameters: SetFitParameters
    seed: int
    on_progress: TrainingProgress

    def teach(
        self, lesson: _Lesson, *, part: int
    ) -> tuple["SentenceTransformer", LinearHead, tuple[float, ...]]:
        """A body tuned from the start on a lesson, its head, and the loss of each step."""
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - imports torch

        body = SentenceTransformer(str(self.model_folder), device="cpu", local_files_only=True)
        steps = itertools.count(part * self.parameters.n_steps + 1)
        n_steps = n_training_steps(self.parameters)
        losses = fine_tune(
            body,
            lesson.texts,
            lesson.labels,
            lesson.weights,
            parameters=self.parameters,
            seed=self.seed * SEED_STRIDE + part,
            on_step=lambda loss: self.on_progress(next(steps), n_steps, loss),
        )
        head = fit_head(
            _encode(body, lesson.texts),
            lesson.labels,
            lesson.weights,
            all_labels=self.all_labels,
            seed=self.seed,
        )
        return body, head, losses


def _encode(body: "SentenceTransformer", texts: Sequence[str]) -> Vectors:
    vectors: Vectors = body.encode(
        list(texts), normalize_embeddings=True, show_progress_bar=False, batch_size=16
    )
    return vectors


def _save(body: "SentenceTransformer", head: LinearHead, output: Path) -> None:
    """Write SetFit's own files and the body that needs no torch."""
    from setfit import SetFitModel  # noqa: PLC0415 - imports torch

    classifier = as_logistic_regression(head)
    model = SetFitModel(
        model_body=body,
        model_head=classifier,
        normalize_embeddings=True,
        labels=[str(name) for name in classifier.classes_],
    )
    model.save_pretrained(str(output / MODEL))
    export_body(body, output)


def _require_sound(parameters: SetFitParameters) -> None:
    for name in ("n_steps", "batch_size", "micro_batch_size", "learning_rate", "max_gradient_norm"):
        if getattr(parameters, name) <= 0:
            raise InvalidInputError(f"{name} must be above 0; it is {getattr(parameters, name)}.")
    if parameters.cross_fit_folds < MIN_FOLDS:
        raise InvalidInputError(
            f"cross_fit_folds must be at least {MIN_FOLDS}; it is {parameters.cross_fit_folds}."
        )
    if parameters.max_tokens < MIN_TOKENS:
        raise InvalidInputError(
            f"max_tokens must be at least {MIN_TOKENS}; it is {parameters.max_tokens}."
        )
    if not 0 <= parameters.warmup_share <= 1:
        raise InvalidInputError(
            f"warmup_share must lie between 0 and 1; it is {parameters.warmup_share}."
        )
