"""A SetFit run: the encoder fine-tuned on the judged messages, then a head on top of it."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import InvalidInputError
from rhml_core.machine.encoding.encoder import OnnxEncoder
from rhml_core.machine.encoding.export import BODY
from rhml_core.machine.encoding.model_files import file_sha256
from rhml_core.machine.encoding.twin_body import TwinBody, side_by_side
from rhml_core.machine.heads.cross_fitting import teachable_folds
from rhml_core.machine.heads.head import (
    LinearHead,
    Pool,
    equal_shares,
    fit_head,
    require_two_labels,
    train_head,
)
from rhml_core.machine.heads.head_calibration import fit_temperature, log_losses
from rhml_core.machine.heads.priors import at_priors, pool_priors
from rhml_core.machine.heads.smoothing import asks_for_priors, asks_for_smoothing
from rhml_core.machine.heads.surroundings import Surroundings
from rhml_core.machine.protocol import Floats, TrainingProgress, Vectors, ignore_progress
from rhml_core.machine.recipes.contrastive import SetFitParameters, fine_tune, steps_a_round
from rhml_core.machine.recipes.device import torch_device
from rhml_core.machine.recipes.setfit_files import save_twin

MIN_FOLDS = 2
MIN_TOKENS = 8
SEED_STRIDE = 1000
"""Keeps the seeds of a run's several trainings apart."""
PUBLISHED_SHARES = (0.9, 0.5)
"""Weights of the published reading that cross-validation chooses from; the first by default."""
MOST_TO_TELL_PRIORS = 300
"""Texts that are read to learn how frequent each label is."""
_LEAST_PROBABILITY = 1e-6


@dataclass(frozen=True)
class Reading:
    """
    Judged messages in both readings.

    Attributes:
        texts: the messages.
        published: shape (n, d).
        tuned: shape (n, d).
    """

    texts: tuple[str, ...]
    published: Vectors
    tuned: Vectors

    def joined(self, published_share: float) -> Vectors:
        """Shape (n, 2 d), or (n, d) where the published reading has no share."""
        return side_by_side(self.published, self.tuned, published_share)


@dataclass(frozen=True)
class TunedBody:
    """
    What a tuning made, still in torch.

    Attributes:
        twin: the encoder.
        published_share: how much its published reading weighs in what the head reads.
        head: fitted to all training texts, calibrated where it was cross-fitted.
        tuned_head: on the tuned reading alone, for the SetFit library; `head` itself where that
            reads nothing else.
        out_of_fold: shape (n_training, n_labels): what bodies and heads that never saw a text
            say about it; no rows where it was not cross-fitted.
        losses: of each step of the final body, in order.
    """

    twin: TwinBody
    published_share: float
    head: LinearHead
    tuned_head: LinearHead
    out_of_fold: Floats
    losses: tuple[float, ...]

    @property
    def encoder_id(self) -> str:
        """It has no name while it has no file."""
        return "not kept"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self.twin.dimension * (2 if self.published_share else 1)

    def encode(self, texts: Sequence[str], on_progress: Any = None) -> Vectors:  # noqa: ARG002
        """One L2-normalised row per text."""
        return side_by_side(*self.twin.encode(texts), self.published_share)


@dataclass(frozen=True)
class TrainedBody:
    """
    What a training made.

    Attributes:
        encoder: the tuned body, read by onnxruntime.
        head: fitted on its embeddings of all training texts.
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
    surroundings: Surroundings | None = None,
    is_cross_fitted: bool = True,
    fit: "HeadFitting | None" = None,
) -> TrainedBody:
    """
    Tune an encoder as `tune_setfit` does, and write it and its head to `output`.

    `output` gets `model/` (the tuned reading and a head on it, as a SetFit model), `body.onnx`,
    `tokenizer.json` and `encoder.json` (both readings).

    Args:
        texts: judged messages.
        labels: theirs, aligned.
        weights: how much each message counts, above 0.
        all_labels: every label of the codebook, in its order.
        model_folder: a sentence-transformers model to start from.
        output: an existing folder.
        parameters: how to train.
        seed: the same seed on the same machine makes the same run.
        on_progress: told each step with its loss; what it raises stops the training.
        surroundings: what the head may know beside; None is nothing.
        is_cross_fitted: whether to train again for the out-of-fold probabilities.
        fit: makes the head; None is `fit_to_reading`.

    Raises:
        NotEnoughDataError: fewer than two labels have a message.
        InvalidInputError: a parameter is out of its range.
        MachineError: the encoder is not built like BERT.
    """
    tuned = tune_setfit(
        texts,
        labels,
        weights,
        all_labels=all_labels,
        model_folder=model_folder,
        parameters=parameters,
        seed=seed,
        on_progress=on_progress,
        surroundings=surroundings,
        is_cross_fitted=is_cross_fitted,
        fit=fit,
    )
    save_twin(tuned.twin, tuned.published_share, tuned.tuned_head, output)
    encoder = OnnxEncoder(output, f"run-{file_sha256(output / BODY)[:12]}")
    return TrainedBody(encoder, tuned.head, tuned.out_of_fold, tuned.losses)


def tune_setfit(
    texts: Sequence[str],
    labels: Sequence[str],
    weights: Floats,
    *,
    all_labels: Sequence[str],
    model_folder: Path,
    parameters: SetFitParameters,
    seed: int,
    on_progress: TrainingProgress = ignore_progress,
    surroundings: Surroundings | None = None,
    is_cross_fitted: bool = True,
    fit: "HeadFitting | None" = None,
) -> TunedBody:
    """
    Fine-tune a sentence encoder contrastively and fit a head to what it reads.

    The head reads a text as the encoder was published and as it was tuned, side by side, and
    its wording. Cross-fitting trains again without each part of the messages: for honest
    probabilities, for their calibration, and to tell how much the tuned reading is worth.

    Args:
        texts: judged messages.
        labels: theirs, aligned.
        weights: how much each message counts, above 0.
        all_labels: every label of the codebook, in its order.
        model_folder: a sentence-transformers model to start from.
        parameters: how to train.
        seed: the same seed on the same machine makes the same run.
        on_progress: told each of at most `n_training_steps` steps with its loss; what it raises
            stops the training.
        surroundings: what the head may know beside; None is nothing.
        is_cross_fitted: whether to train again for the out-of-fold probabilities; without,
            they have no row.
        fit: makes the head; None is `fit_to_reading`.

    Raises:
        NotEnoughDataError: fewer than two labels have a message.
        InvalidInputError: a parameter is out of its range.
    """
    require_sound(parameters)
    require_two_labels(labels, all_labels)
    lesson = Lesson(tuple(texts), tuple(labels), np.asarray(weights, dtype=np.float64))
    around = surroundings or Surroundings()
    teacher = _Teacher(
        model_folder,
        tuple(all_labels),
        parameters,
        seed,
        on_progress,
        len(texts),
        fit or fit_to_reading,
    )
    folds = teachable_folds(labels, parameters.cross_fit_folds, seed=seed)
    parts = [
        (seen, held, teacher.read_held_back(lesson, seen, part))
        for part, (seen, held) in enumerate(folds if is_cross_fitted else (), start=1)
    ]
    share = parameters.published_share
    shares = PUBLISHED_SHARES if share is None else (share,)
    answers = {one: teacher.answer(lesson, parts, one, around) for one in shares}
    best = shares[0]
    if parts:
        best = _best_share({one: _losses(answers[one], lesson, all_labels) for one in shares})
    twin, losses = teacher.tune(lesson, part=0)
    reading = Reading(lesson.texts, *twin.encode(lesson.texts))
    head = teacher.fit(reading, lesson, best, around, all_labels=all_labels, seed=seed)
    out_of_fold = np.empty((0, len(all_labels)))
    if parts:
        temperature, out_of_fold = _calibrated(answers[best], lesson, all_labels)
        head = head.at_temperature(temperature)
    # Uncalibrated answers would tell the wrong shares: without cross-fitting there are none.
    if parts and around.texts and around.is_random_draw and asks_for_priors(labels):
        texts = around.texts[:MOST_TO_TELL_PRIORS]
        vectors = side_by_side(*twin.encode(texts), best)
        priors = pool_priors(head.predict_proba(vectors, around.wording.read(texts)))
        head, out_of_fold = head.at_priors(priors), at_priors(out_of_fold, priors)
    tuned_head = head
    if best or head.wording.n_features:
        tuned_head = fit_head(
            reading.tuned, lesson.labels, lesson.weights, all_labels=all_labels, seed=seed
        )
    return TunedBody(twin, best, head, tuned_head, out_of_fold, losses)


def n_training_steps(n_texts: int, parameters: SetFitParameters) -> int:
    """Most steps of a whole run: the final training and one for each part held back."""
    n_seen = n_texts - n_texts // parameters.cross_fit_folds
    of_parts = parameters.cross_fit_folds * steps_a_round(n_seen, parameters)
    return parameters.n_rounds * (steps_a_round(n_texts, parameters) + of_parts)


@dataclass(frozen=True)
class Lesson:
    """Texts with their labels and weights, aligned."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    weights: Floats

    def only(self, rows: NDArray[np.int64]) -> "Lesson":
        """Some of them."""
        return Lesson(
            tuple(self.texts[row] for row in rows),
            tuple(self.labels[row] for row in rows),
            self.weights[rows],
        )


def fit_to_reading(
    reading: Reading,
    lesson: Lesson,
    published_share: float,
    around: Surroundings,
    *,
    all_labels: Sequence[str],
    seed: int,
) -> LinearHead:
    """
    A head on both readings, smoothed towards the pool in the published one, not calibrated.

    The tuned reading knows the labels of these very messages, so that nothing which a head says
    of them, however it is cross-fitted, tells how sure it may be.
    """
    has_pool = bool(
        published_share
        and around.texts
        and around.is_random_draw
        and asks_for_smoothing(lesson.labels)
    )
    return train_head(
        reading.joined(published_share),
        lesson.labels,
        lesson.weights,
        all_labels=all_labels,
        seed=seed,
        wording=around.wording,
        readings=around.wording.read(reading.texts),
        pool=Pool(published_share**0.5 * around.embeddings, around.readings())
        if has_pool
        else None,
        is_honest=np.zeros(len(reading.texts), dtype=np.bool_),
    ).head


class HeadFitting(Protocol):
    """Makes a head on both readings, as `fit_to_reading` does."""

    def __call__(
        self,
        reading: Reading,
        lesson: Lesson,
        published_share: float,
        around: Surroundings,
        *,
        all_labels: Sequence[str],
        seed: int,
    ) -> LinearHead:
        """A head over `all_labels`, not calibrated."""


@dataclass(frozen=True)
class _Teacher:
    """How every part of one run is trained."""

    model_folder: Path
    all_labels: tuple[str, ...]
    parameters: SetFitParameters
    seed: int
    on_progress: TrainingProgress
    n_texts: int
    fit: "HeadFitting"

    def tune(self, lesson: Lesson, *, part: int) -> tuple[TwinBody, tuple[float, ...]]:
        """A twin tuned from the start on a lesson, and the loss of each step."""
        twin = TwinBody(
            self.model_folder,
            n_frozen=self.parameters.frozen_layers,
            device=torch_device(self.parameters.device),
        )
        n_steps = n_training_steps(self.n_texts, self.parameters)
        # The parts come first, the whole last; one that ends early leaves its steps out.
        n_seen = self.n_texts - self.n_texts // self.parameters.cross_fit_folds
        of_a_part = self.parameters.n_rounds * steps_a_round(n_seen, self.parameters)
        n_before = (part - 1 if part else self.parameters.cross_fit_folds) * of_a_part
        steps = itertools.count(n_before + 1)
        losses = fine_tune(
            twin,
            lesson.texts,
            lesson.labels,
            lesson.weights,
            parameters=self.parameters,
            seed=self.seed * SEED_STRIDE + part,
            on_step=lambda loss: self.on_progress(min(next(steps), n_steps), n_steps, loss),
        )
        return twin, losses

    def read_held_back(self, lesson: Lesson, seen: NDArray[np.int64], part: int) -> Reading:
        """All messages, read by a twin that was tuned on some of them."""
        twin, _ = self.tune(lesson.only(seen), part=part)
        return Reading(lesson.texts, *twin.encode(lesson.texts))

    def answer(
        self,
        lesson: Lesson,
        parts: Sequence[tuple[NDArray[np.int64], NDArray[np.int64], Reading]],
        share: float,
        around: Surroundings,
    ) -> Floats:
        """Each message's probabilities by a body and a head that never saw it."""
        probabilities = np.tile(
            equal_shares(lesson.labels, self.all_labels), (len(lesson.texts), 1)
        )
        for seen, held, reading in parts:
            known = Reading(lesson.only(seen).texts, reading.published[seen], reading.tuned[seen])
            head = self.fit(
                known, lesson.only(seen), share, around, all_labels=self.all_labels, seed=self.seed
            )
            wording = around.wording.read([lesson.texts[row] for row in held])
            probabilities[held] = head.predict_proba(reading.joined(share)[held], wording)
        return probabilities


def _classes(lesson: Lesson, all_labels: Sequence[str]) -> NDArray[np.int64]:
    order = {name: place for place, name in enumerate(all_labels)}
    return np.array([order[label] for label in lesson.labels])


def _calibrated(
    probabilities: Floats, lesson: Lesson, all_labels: Sequence[str]
) -> tuple[float, Floats]:
    """The temperature that out-of-fold answers ask for, and the answers at it."""
    scores = np.log(np.maximum(probabilities, _LEAST_PROBABILITY))
    temperature = fit_temperature(scores, _classes(lesson, all_labels), lesson.weights)
    raised = np.where(probabilities > 0, np.exp(scores / temperature), 0.0)
    return temperature, raised / raised.sum(axis=1, keepdims=True)


def _losses(probabilities: Floats, lesson: Lesson, all_labels: Sequence[str]) -> Floats:
    """Log loss of each calibrated out-of-fold answer, weighed so that labels count alike."""
    _, found = _calibrated(probabilities, lesson, all_labels)
    classes = _classes(lesson, all_labels)
    losses = log_losses(np.log(np.maximum(found, _LEAST_PROBABILITY)), classes)
    balanced: Floats = losses / np.bincount(classes)[classes]
    return balanced


def _best_share(losses: Mapping[float, Floats]) -> float:
    """The first share, unless another is better by more than chance would have it."""
    first, *others = losses
    for other in others:
        gains = losses[first] - losses[other]
        if gains.sum() > gains.std() * len(gains) ** 0.5:
            return other
    return first


def require_sound(parameters: SetFitParameters) -> None:
    """
    Check the parameters.

    Raises:
        InvalidInputError: one is out of its range; the message names it.
    """
    for name in ("n_rounds", "batch_size", "learning_rate", "max_gradient_norm"):
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
    for name in ("warmup_share", "enough_loss"):
        if not 0 <= getattr(parameters, name) <= 1:
            raise InvalidInputError(
                f"{name} must lie between 0 and 1; it is {getattr(parameters, name)}."
            )
    share = parameters.published_share
    if share is not None and not 0 <= share < 1:
        raise InvalidInputError(f"published_share must lie between 0 and below 1; it is {share}.")
