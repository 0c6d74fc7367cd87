"""Every way to train the machine, behind one function."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import InvalidInputError
from rhml_core.machine.contrastive import SetFitParameters
from rhml_core.machine.head import LinearHead, fit_head, out_of_fold_proba
from rhml_core.machine.protocol import Floats, TrainingProgress, Vectors, ignore_progress
from rhml_core.machine.setfit_recipe import n_training_steps, train_setfit
from rhml_core.machine.versions import FAST_LIBRARIES, SETFIT_LIBRARIES, library_versions

RECIPES = ("fast", "setfit")
READINGS_PER_STEP = 4
"""Texts that are read in the time in which one text is learnt from."""


@dataclass(frozen=True)
class TrainingData:
    """
    What a recipe may see.

    Attributes:
        message_ids, texts: every message to be asked about, aligned; hold-out ones included.
        embeddings: shape (n, d), theirs by the base encoder.
        encoder_id: the base encoder's.
        training_rows: shape (n_training,): which messages are learnt from, none of them hold-out.
        training_labels, training_weights: aligned with `training_rows`; weights above 0.
        all_labels: in codebook order.
    """

    message_ids: tuple[str, ...]
    texts: tuple[str, ...]
    embeddings: Vectors
    encoder_id: str
    training_rows: NDArray[np.int64]
    training_labels: tuple[str, ...]
    training_weights: Floats
    all_labels: tuple[str, ...]


@dataclass(frozen=True)
class TrainingResult:
    """
    What a recipe made.

    Attributes:
        encoder_id: whose embeddings the head reads.
        embeddings: shape (n, d): all messages by the tuned body; None where there is none.
        probabilities: shape (n, n_labels): out of fold for the training messages.
        is_out_of_fold: shape (n,).
        loss_curve: loss of each step of the final training; empty for the fast recipe.
        parameters: all of them, also those left at their defaults.
        versions: of Python and of the libraries used.
    """

    head: LinearHead
    encoder_id: str
    embeddings: Vectors | None
    probabilities: Floats
    is_out_of_fold: NDArray[np.bool_]
    loss_curve: tuple[float, ...]
    parameters: dict[str, Any]
    versions: dict[str, str]


def train_recipe(
    recipe: str,
    data: TrainingData,
    *,
    model_folder: Path,
    output: Path,
    parameters: Mapping[str, Any],
    seed: int,
    on_progress: TrainingProgress = ignore_progress,
) -> TrainingResult:
    """
    Train the machine by a named recipe.

    Args:
        recipe: `fast` (a head on the base embeddings) or `setfit` (the encoder tuned as well).
        data: messages, embeddings and what was judged.
        model_folder: sentence-transformers model that `setfit` starts from.
        output: existing folder for the recipe's model files; `fast` writes none.
        parameters: the recipe's own, by name; absent ones take their defaults.
        seed: fixes everything drawn.
        on_progress: told each step; what it raises stops the training.

    Raises:
        InvalidInputError: an unknown recipe or parameter, or one out of range.
        NotEnoughDataError: fewer than two labels have a message.
    """
    if recipe == "fast":
        _require_known(parameters, ())
        return _train_fast(data, seed, on_progress)
    if recipe == "setfit":
        _require_known(parameters, tuple(field.name for field in fields(SetFitParameters)))
        return _train_setfit(
            data,
            SetFitParameters(**parameters),
            model_folder=model_folder,
            output=output,
            seed=seed,
            on_progress=on_progress,
        )
    raise InvalidInputError(f"There is no recipe {recipe!r}. Choose one of {', '.join(RECIPES)}.")


def _train_fast(data: TrainingData, seed: int, on_progress: TrainingProgress) -> TrainingResult:
    judged = data.embeddings[data.training_rows]
    head = fit_head(
        judged, data.training_labels, data.training_weights, all_labels=data.all_labels, seed=seed
    )
    on_progress(1, 2, None)
    out_of_fold = out_of_fold_proba(
        judged, data.training_labels, data.training_weights, all_labels=data.all_labels, seed=seed
    )
    on_progress(2, 2, None)
    return TrainingResult(
        head=head,
        encoder_id=data.encoder_id,
        embeddings=None,
        probabilities=_merged(head, data.embeddings, data.training_rows, out_of_fold),
        is_out_of_fold=_is_training(data),
        loss_curve=(),
        parameters={},
        versions=library_versions(FAST_LIBRARIES),
    )


def _train_setfit(
    data: TrainingData,
    parameters: SetFitParameters,
    *,
    model_folder: Path,
    output: Path,
    seed: int,
    on_progress: TrainingProgress,
) -> TrainingResult:
    n_steps = n_training_steps(parameters)
    texts_per_step = READINGS_PER_STEP * min(parameters.batch_size, len(data.training_rows))
    n_in_all = n_steps + -(-len(set(data.texts)) // max(texts_per_step, 1))

    def on_reading(n_done: int, _n_total: int) -> None:
        on_progress(min(n_steps + -(-n_done // texts_per_step), n_in_all), n_in_all, None)

    trained = train_setfit(
        [data.texts[row] for row in data.training_rows],
        data.training_labels,
        data.training_weights,
        all_labels=data.all_labels,
        model_folder=model_folder,
        output=output,
        parameters=parameters,
        seed=seed,
        on_progress=lambda step, _n_steps, loss: on_progress(step, n_in_all, loss),
    )
    embeddings = trained.encoder.encode(data.texts, on_reading)
    return TrainingResult(
        head=trained.head,
        encoder_id=trained.encoder.encoder_id,
        embeddings=embeddings,
        probabilities=_merged(trained.head, embeddings, data.training_rows, trained.out_of_fold),
        is_out_of_fold=_is_training(data),
        loss_curve=trained.losses,
        parameters=asdict(parameters),
        versions=library_versions(SETFIT_LIBRARIES),
    )


def _merged(
    head: LinearHead, embeddings: Vectors, training_rows: NDArray[np.int64], out_of_fold: Floats
) -> Floats:
    probabilities = head.predict_proba(embeddings)
    probabilities[training_rows] = out_of_fold
    return probabilities


def _is_training(data: TrainingData) -> NDArray[np.bool_]:
    is_training = np.zeros(len(data.texts), dtype=np.bool_)
    is_training[data.training_rows] = True
    return is_training


def _require_known(parameters: Mapping[str, Any], known: tuple[str, ...]) -> None:
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        raise InvalidInputError(
            f"The recipe has no parameter {', '.join(unknown)}. "
            f"It knows {', '.join(known) or 'none'}."
        )
