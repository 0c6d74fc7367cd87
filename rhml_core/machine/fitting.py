"""The recipes on plain lists: texts and labels in, something that can be asked out."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rhml_core.errors import InvalidInputError
from rhml_core.machine.encoding.encoder import load_base_encoder
from rhml_core.machine.encoding.model_files import model_folder
from rhml_core.machine.heads.counterexamples import (
    Counterexamples,
    Rejected,
    make_counterexamples,
)
from rhml_core.machine.heads.head import LinearHead
from rhml_core.machine.heads.smoothing import MOST_POOL
from rhml_core.machine.heads.surroundings import Surroundings, survey
from rhml_core.machine.protocol import Encoder, Floats, TrainingProgress, ignore_progress
from rhml_core.machine.recipes.catalogue import parameters_of, require_recipe
from rhml_core.machine.recipes.fast_recipe import train_fast
from rhml_core.machine.recipes.setfit_recipe import tune_setfit
from rhml_core.machine.recipes.tuned_recipes import TUNED
from rhml_core.settings import Settings

MIN_TO_CROSS_FIT = 48
"""Texts from which half of them tell how much the tuned reading is worth."""


@dataclass(frozen=True)
class FittedModel:
    """
    A trained encoder and head.

    Attributes:
        recipe: how it was trained.
        encoder: turns texts into vectors.
        head: reads them.
        loss_curve: loss of each step; empty for the recipe `fast`.
    """

    recipe: str
    encoder: Encoder
    head: LinearHead
    loss_curve: tuple[float, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """In the order of the probabilities."""
        return self.head.labels

    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """Each label's probability for each text: shape (n, n_labels), rows sum to 1."""
        return self.head.predict_proba(self.encoder.encode(texts), self.head.wording.read(texts))


def fit(
    recipe: str,
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    weights: Sequence[float] | None = None,
    all_labels: Sequence[str] | None = None,
    unlabelled: Sequence[str] = (),
    rejected: Sequence[Rejected] = (),
    is_random_draw: bool = True,
    encoder: Encoder | None = None,
    settings: Settings | None = None,
    parameters: Mapping[str, Any] | None = None,
    output: Path | None = None,
    seed: int = 0,
    on_progress: TrainingProgress = ignore_progress,
) -> FittedModel:
    """
    Train by a named recipe on texts and labels.

    Args:
        recipe: one of `RECIPES`.
        texts: judged messages.
        labels: theirs, aligned.
        weights: how much each message counts, above 0; None counts all alike.
        all_labels: every label there is, in order; None takes those that occur, sorted.
        unlabelled: texts without a label that a recipe may look at, such as the rest of the pool.
        is_random_draw: whether the texts of each label are drawn at random from all of that label;
            only then do the unlabelled ones say more than how spelling differs.
        rejected: terms, each with the label that it is no reason for; untaught by counterexamples.
        encoder: what the recipe `fast` reads by; None takes the one that the settings name.
        settings: which model to start from; None takes those of the environment.
        parameters: the recipe's own, by name; absent ones take their defaults.
        output: an existing folder for a tuned recipe's files; None keeps none.
        seed: fixes everything drawn.
        on_progress: told each step; what it raises stops the training.

    Raises:
        InvalidInputError: an unknown recipe or parameter, one out of range, or lists of
            different lengths.
        NotEnoughDataError: fewer than two labels have a message.
        MachineError: the model to start from is missing or damaged.
    """
    require_recipe(recipe)
    shares = np.ones(len(texts)) if weights is None else np.asarray(weights, np.float64)
    if not len(texts) == len(labels) == len(shares):
        raise InvalidInputError(
            f"There are {len(texts)} texts, {len(labels)} labels and {len(shares)} weights. "
            "Give one of each for every message."
        )
    known = tuple(sorted(set(labels))) if all_labels is None else tuple(all_labels)
    chosen = parameters_of(recipe, parameters or {})
    found = settings or Settings.from_environment()
    task = _Task(
        texts=list(texts),
        labels=list(labels),
        weights=shares,
        all_labels=known,
        made=make_counterexamples(texts, labels, shares, rejected, seed=seed),
        seed=seed,
    )
    around = Surroundings()
    if recipe == "fast" or TUNED[recipe].looks_around:
        reader = encoder or load_base_encoder(found)
        beside = _sample(unlabelled, seed=seed)
        around = survey(
            beside,
            reader.encode(beside),
            judged=texts,
            reads_letters=recipe != "fast" or chosen.reads_letters,
            is_random_draw=is_random_draw,
            seed=seed,
        )
    if recipe == "fast":
        return _fit_fast(task, reader, around)
    return _fit_tuned(recipe, task, model_folder(found), chosen, output, on_progress, around)


@dataclass(frozen=True)
class _Task:
    """What every recipe learns from."""

    texts: list[str]
    labels: list[str]
    weights: Floats
    all_labels: tuple[str, ...]
    made: Counterexamples
    seed: int


def _fit_fast(task: _Task, reader: Encoder, around: Surroundings) -> FittedModel:
    fitted = train_fast(
        task.texts,
        task.labels,
        task.weights,
        embeddings=reader.encode(task.texts),
        surroundings=around,
        all_labels=task.all_labels,
        seed=task.seed,
        counterexamples=task.made,
        copy_embeddings=reader.encode(task.made.texts) if task.made.texts else None,
    )
    return FittedModel("fast", reader, fitted.head)


def _fit_tuned(
    recipe: str,
    task: _Task,
    model: Path,
    parameters: Any,
    output: Path | None,
    on_progress: TrainingProgress,
    around: Surroundings,
) -> FittedModel:
    """An encoder tuned on the texts, with its head; its files are kept in `output` alone."""
    is_large = len(task.texts) >= MIN_TO_CROSS_FIT
    lists = (task.texts, task.labels, task.weights)
    options = {
        "all_labels": task.all_labels,
        "model_folder": model,
        "parameters": parameters,
        "seed": task.seed,
        "on_progress": on_progress,
        "surroundings": around,
        "counterexamples": task.made,
    }
    if recipe == "setfit" and output is None:
        tuned = tune_setfit(*lists, **options, is_cross_fitted=is_large)
        return FittedModel(recipe, tuned, tuned.head, tuned.losses)
    with tempfile.TemporaryDirectory(prefix="rhml-fit-") as folder:
        trained = TUNED[recipe].train(
            *lists,
            **options,
            output=output or Path(folder),
            is_cross_fitted=recipe == "two-branch" and is_large,
        )
    return FittedModel(recipe, trained.encoder, trained.head, trained.losses)


def _sample(texts: Sequence[str], *, seed: int) -> list[str]:
    """Distinct texts, as many as neighbourhoods are made of."""
    distinct = list(dict.fromkeys(texts))
    rows = np.random.default_rng(seed).permutation(len(distinct))[:MOST_POOL]
    return [distinct[row] for row in np.sort(rows)]
