"""Trainings of one run: of all judged messages, and again without each part of them."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rhml_core.machine.encoding.twin_body import TwinBody
from rhml_core.machine.heads.head import equal_shares
from rhml_core.machine.heads.head_calibration import fit_temperature, log_losses
from rhml_core.machine.heads.surroundings import Surroundings
from rhml_core.machine.protocol import Floats, TrainingProgress
from rhml_core.machine.recipes.contrastive import SetFitParameters, fine_tune, steps_a_round
from rhml_core.machine.recipes.device import torch_device
from rhml_core.machine.recipes.tuned_reading import HeadFitting, Lesson, Reading

SEED_STRIDE = 1000
"""Keeps the seeds of a run's several trainings apart."""
_LEAST_PROBABILITY = 1e-6

Part = tuple[NDArray[np.int64], NDArray[np.int64], Reading]
"""Rows that a training saw, rows held back from it, and all messages as it reads them."""


def n_training_steps(n_texts: int, parameters: SetFitParameters) -> int:
    """Most steps of a whole run: the final training and one for each part held back."""
    n_seen = n_texts - n_texts // parameters.cross_fit_folds
    of_parts = parameters.cross_fit_folds * steps_a_round(n_seen, parameters)
    return parameters.n_rounds * (steps_a_round(n_texts, parameters) + of_parts)


@dataclass(frozen=True)
class Teacher:
    """How every part of one run is trained."""

    model_folder: Path
    all_labels: tuple[str, ...]
    parameters: SetFitParameters
    seed: int
    on_progress: TrainingProgress
    n_texts: int
    fit: HeadFitting

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
        parts: Sequence[Part],
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


def calibrated(
    probabilities: Floats, lesson: Lesson, all_labels: Sequence[str]
) -> tuple[float, Floats]:
    """The temperature that out-of-fold answers ask for, by messages alone, and all at it."""
    scores = np.log(np.maximum(probabilities, _LEAST_PROBABILITY))
    n = lesson.n_judged
    weights = lesson.weights[:n] if lesson.own_weights is None else lesson.own_weights
    temperature = fit_temperature(scores[:n], _classes(lesson, all_labels)[:n], weights)
    raised = np.where(probabilities > 0, np.exp(scores / temperature), 0.0)
    return temperature, raised / raised.sum(axis=1, keepdims=True)


def balanced_losses(probabilities: Floats, lesson: Lesson, all_labels: Sequence[str]) -> Floats:
    """Log loss of each message's calibrated out-of-fold answer, labels counting alike."""
    _, found = calibrated(probabilities, lesson, all_labels)
    classes = _classes(lesson, all_labels)[: lesson.n_judged]
    scores = np.log(np.maximum(found[: lesson.n_judged], _LEAST_PROBABILITY))
    losses = log_losses(scores, classes)
    balanced: Floats = losses / np.bincount(classes)[classes]
    return balanced


def best_share(losses: Mapping[float, Floats]) -> float:
    """The first share, unless another is better by more than chance would have it."""
    first, *others = losses
    for other in others:
        gains = losses[first] - losses[other]
        if gains.sum() > gains.std() * len(gains) ** 0.5:
            return other
    return first
