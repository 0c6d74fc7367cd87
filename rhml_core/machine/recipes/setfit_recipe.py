"""A SetFit run: the encoder fine-tuned on the judged messages, then a head on top of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rhml_core.machine.encoding.encoder import OnnxEncoder
from rhml_core.machine.encoding.export import BODY
from rhml_core.machine.encoding.model_files import file_sha256
from rhml_core.machine.encoding.twin_body import TwinBody, side_by_side
from rhml_core.machine.heads.counterexamples import Counterexamples, no_counterexamples
from rhml_core.machine.heads.cross_fitting import teachable_folds
from rhml_core.machine.heads.head import (
    LinearHead,
    fit_head,
    require_two_labels,
)
from rhml_core.machine.heads.priors import at_priors, pool_priors
from rhml_core.machine.heads.smoothing import asks_for_priors
from rhml_core.machine.heads.surroundings import Surroundings
from rhml_core.machine.protocol import Floats, TrainingProgress, Vectors, ignore_progress
from rhml_core.machine.recipes.contrastive import SetFitParameters, require_sound
from rhml_core.machine.recipes.cross_fitted import (
    Part,
    Teacher,
    balanced_losses,
    best_share,
    calibrated,
)
from rhml_core.machine.recipes.setfit_files import save_twin
from rhml_core.machine.recipes.tuned_reading import HeadFitting, Lesson, Reading, fit_to_reading

PUBLISHED_SHARES = (0.9, 0.5)
"""Weights of the published reading that cross-validation chooses from; the first by default."""
MOST_TO_TELL_PRIORS = 300
"""Texts that are read to learn how frequent each label is."""


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
    counterexamples: Counterexamples | None = None,
    fit: HeadFitting | None = None,
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
        counterexamples: varied copies of the messages, learnt from with them.
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
        counterexamples=counterexamples,
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
    counterexamples: Counterexamples | None = None,
    fit: HeadFitting | None = None,
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
        counterexamples: varied copies of the messages, learnt from with them.
        fit: makes the head; None is `fit_to_reading`.

    Raises:
        NotEnoughDataError: fewer than two labels have a message.
        InvalidInputError: a parameter is out of its range.
    """
    require_sound(parameters)
    require_two_labels(labels, all_labels)
    made = counterexamples or no_counterexamples(weights)
    lesson = Lesson(
        (*texts, *made.texts),
        tuple(made.extended(labels)),
        made.weights,
        made.origins,
        made.own_weights,
    )
    around = surroundings or Surroundings()
    teacher = Teacher(
        model_folder,
        tuple(all_labels),
        parameters,
        seed,
        on_progress,
        len(lesson.texts),
        fit or fit_to_reading,
    )
    parts = _held_back_in_turn(teacher, lesson, labels) if is_cross_fitted else []
    share, out_of_fold = _choose_share(teacher, lesson, parts, around)
    twin, losses = teacher.tune(lesson, part=0)
    reading = Reading(lesson.texts, *twin.encode(lesson.texts))
    head = teacher.fit(reading, lesson, share, around, all_labels=all_labels, seed=seed)
    if parts:
        temperature, answered = calibrated(out_of_fold, lesson, all_labels)
        head, out_of_fold = head.at_temperature(temperature), answered[: lesson.n_judged]
        # Uncalibrated answers would tell the wrong shares: without cross-fitting there are none.
        if around.texts and around.is_random_draw and asks_for_priors(labels):
            priors = _label_shares(twin, share, head, around)
            head, out_of_fold = head.at_priors(priors), at_priors(out_of_fold, priors)
    tuned_head = head
    if share or head.wording.n_features:
        tuned_head = fit_head(
            reading.tuned,
            lesson.labels,
            lesson.weights,
            all_labels=all_labels,
            seed=seed,
            origins=lesson.origins,
            own_weights=lesson.own_weights,
        )
    return TunedBody(twin, share, head, tuned_head, out_of_fold, losses)


def _held_back_in_turn(teacher: Teacher, lesson: Lesson, labels: Sequence[str]) -> list[Part]:
    """One training for each part of the messages, which does not see that part or its copies."""
    folds = teachable_folds(labels, teacher.parameters.cross_fit_folds, seed=teacher.seed)
    splits = [tuple(map(lesson.with_copies, fold)) for fold in folds]
    return [
        (seen, held, teacher.read_held_back(lesson, seen, part))
        for part, (seen, held) in enumerate(splits, start=1)
    ]


def _choose_share(
    teacher: Teacher, lesson: Lesson, parts: Sequence[Part], around: Surroundings
) -> tuple[float, Floats]:
    """The weight of the published reading, and what the parts answer with it; no row without."""
    asked = teacher.parameters.published_share
    shares = PUBLISHED_SHARES if asked is None else (asked,)
    if not parts:
        return shares[0], np.empty((0, len(teacher.all_labels)))
    answers = {share: teacher.answer(lesson, parts, share, around) for share in shares}
    best = best_share(
        {
            share: balanced_losses(answered, lesson, teacher.all_labels)
            for share, answered in answers.items()
        }
    )
    return best, answers[best]


def _label_shares(
    twin: TwinBody, published_share: float, head: LinearHead, around: Surroundings
) -> Floats:
    """How frequent each label is in the pool, by the head's calibrated answers there."""
    texts = around.texts[:MOST_TO_TELL_PRIORS]
    vectors = side_by_side(*twin.encode(texts), published_share)
    return pool_priors(head.predict_proba(vectors, around.wording.read(texts)))
