"""Every way to train the machine, behind one function."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import InvalidInputError
from rhml_core.machine.heads.counterexamples import (
    Counterexamples,
    Rejected,
    make_counterexamples,
)
from rhml_core.machine.heads.head import LinearHead
from rhml_core.machine.heads.letters import MOST_TEXTS
from rhml_core.machine.heads.surroundings import Surroundings, survey
from rhml_core.machine.protocol import Floats, TrainingProgress, Vectors, ignore_progress
from rhml_core.machine.recipes.fast_recipe import FastParameters, train_fast
from rhml_core.machine.recipes.tuned_recipes import TUNED, TunedRecipe
from rhml_core.machine.recipes.versions import FAST_LIBRARIES, library_versions

RECIPES = ("fast", *TUNED)
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
        lexicon: the team's terms.
        holdout_rows: shape (n_holdout,): messages that nothing may be learnt from, not even
            how texts are spelt.
        rejected: terms that people called a wrong reason for a label; they are untaught by
            counterexamples.
        encode: reads texts as `embeddings` were read; the recipe `fast` needs it where
            something is rejected.
    """

    message_ids: tuple[str, ...]
    texts: tuple[str, ...]
    embeddings: Vectors
    encoder_id: str
    training_rows: NDArray[np.int64]
    training_labels: tuple[str, ...]
    training_weights: Floats
    all_labels: tuple[str, ...]
    lexicon: tuple[str, ...] = ()
    holdout_rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    rejected: tuple[Rejected, ...] = ()
    encode: Callable[[Sequence[str]], Vectors] | None = None

    @property
    def training_texts(self) -> list[str]:
        """Of the messages that are learnt from, in the order of their labels."""
        return [self.texts[row] for row in self.training_rows]


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
        encode: the tuned body's; None where there is none.
    """

    head: LinearHead
    encoder_id: str
    embeddings: Vectors | None
    probabilities: Floats
    is_out_of_fold: NDArray[np.bool_]
    loss_curve: tuple[float, ...]
    parameters: dict[str, Any]
    versions: dict[str, str]
    encode: Callable[[Sequence[str]], Vectors] | None = None


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
        recipe: `fast` (a head on the base embeddings), `setfit` (the encoder tuned as well),
            `setfit-stock` (the same by the library's own Trainer) or `two-branch` (for rare
            labels).
        data: messages, embeddings and what was judged.
        model_folder: sentence-transformers model that the recipes but `fast` start from.
        output: existing folder for the recipe's model files; `fast` writes none.
        parameters: the recipe's own, by name; absent ones take their defaults.
        seed: fixes everything drawn.
        on_progress: told each step; what it raises stops the training.

    Raises:
        InvalidInputError: an unknown recipe or parameter, or one out of range.
        NotEnoughDataError: fewer than two labels have a message.
    """
    require_recipe(recipe)
    if recipe == "fast":
        return _train_fast(data, parameters_of(recipe, parameters), seed, on_progress)
    return _train_tuned(
        TUNED[recipe],
        data,
        parameters_of(recipe, parameters),
        model_folder=model_folder,
        output=output,
        seed=seed,
        on_progress=on_progress,
    )


def require_recipe(recipe: str) -> None:
    """
    Check that a recipe is known.

    Raises:
        InvalidInputError: it is not; the message names those that are.
    """
    if recipe not in RECIPES:
        raise InvalidInputError(
            f"There is no recipe {recipe!r}. Choose one of {', '.join(RECIPES)}."
        )


def parameters_of(recipe: str, given: Mapping[str, Any]) -> Any:
    """
    A recipe's parameters: those given, the others at their defaults.

    Raises:
        InvalidInputError: the recipe knows no parameter of a name.
    """
    kind = FastParameters if recipe == "fast" else TUNED[recipe].parameters
    known = [one.name for one in fields(kind)]
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise InvalidInputError(
            f"The recipe {recipe} has no parameter {', '.join(unknown)}. "
            f"It knows {', '.join(known)}."
        )
    return kind(**given)


def _train_fast(
    data: TrainingData, parameters: FastParameters, seed: int, on_progress: TrainingProgress
) -> TrainingResult:
    made = _counterexamples(data, seed)
    trained = train_fast(
        data.training_texts,
        data.training_labels,
        data.training_weights,
        embeddings=data.embeddings[data.training_rows],
        surroundings=_surroundings(
            data,
            lexicon=data.lexicon if parameters.reads_lexicon else (),
            reads_letters=parameters.reads_letters,
            seed=seed,
        ),
        all_labels=data.all_labels,
        seed=seed,
        counterexamples=made,
        copy_embeddings=data.encode(made.texts) if made.texts and data.encode else None,
    )
    on_progress(1, 2, None)
    probabilities = trained.head.predict_proba(
        data.embeddings, trained.head.wording.read(data.texts)
    )
    probabilities[data.training_rows] = trained.out_of_fold
    on_progress(2, 2, None)
    return TrainingResult(
        head=trained.head,
        encoder_id=data.encoder_id,
        embeddings=None,
        probabilities=probabilities,
        is_out_of_fold=_is_training(data),
        loss_curve=(),
        parameters=asdict(parameters),
        versions=library_versions(FAST_LIBRARIES),
    )


def _train_tuned(
    recipe: TunedRecipe,
    data: TrainingData,
    parameters: Any,
    *,
    model_folder: Path,
    output: Path,
    seed: int,
    on_progress: TrainingProgress,
) -> TrainingResult:
    made = _counterexamples(data, seed)
    taught = made.extended(data.training_labels)
    n_steps = recipe.n_steps(taught, parameters, seed)
    texts_per_step = READINGS_PER_STEP * recipe.texts_per_step(taught, parameters)
    n_in_all = n_steps + -(-len(set(data.texts)) // max(texts_per_step, 1))

    trained = recipe.train(
        data.training_texts,
        data.training_labels,
        data.training_weights,
        all_labels=data.all_labels,
        model_folder=model_folder,
        output=output,
        parameters=parameters,
        seed=seed,
        on_progress=lambda step, _n_steps, loss: on_progress(step, n_in_all, loss),
        surroundings=_surroundings(data, lexicon=data.lexicon, seed=seed)
        if recipe.looks_around
        else None,
        counterexamples=made,
    )
    embeddings = trained.encoder.encode(
        data.texts, _reading_progress(on_progress, n_steps, n_in_all, texts_per_step)
    )
    probabilities = trained.head.predict_proba(embeddings, trained.head.wording.read(data.texts))
    probabilities[data.training_rows] = trained.out_of_fold
    return TrainingResult(
        head=trained.head,
        encoder_id=trained.encoder.encoder_id,
        embeddings=embeddings,
        probabilities=probabilities,
        is_out_of_fold=_is_training(data),
        loss_curve=trained.losses,
        parameters=asdict(parameters),
        versions=library_versions(recipe.libraries),
        encode=trained.encoder.encode,
    )


def _reading_progress(
    on_progress: TrainingProgress, n_before: int, n_in_all: int, texts_per_step: int
) -> Callable[[int, int], None]:
    """Tell texts read as steps that cost what a training step does."""

    def on_reading(n_done: int, _n_total: int) -> None:
        on_progress(min(n_before + -(-n_done // texts_per_step), n_in_all), n_in_all, None)

    return on_reading


def _surroundings(
    data: TrainingData, *, lexicon: tuple[str, ...], reads_letters: bool = True, seed: int
) -> Surroundings:
    """The messages that may be looked at, a sample where they are many, and the lexicon."""
    is_pool = np.ones(len(data.texts), dtype=np.bool_)
    is_pool[data.holdout_rows] = False
    rows = np.flatnonzero(is_pool)
    rows = np.sort(np.random.default_rng(seed).permutation(rows)[:MOST_TEXTS])
    return survey(
        [data.texts[row] for row in rows],
        data.embeddings[rows],
        judged=data.training_texts,
        lexicon=lexicon,
        reads_letters=reads_letters,
        seed=seed,
    )


def _counterexamples(data: TrainingData, seed: int) -> Counterexamples:
    return make_counterexamples(
        data.training_texts, data.training_labels, data.training_weights, data.rejected, seed=seed
    )


def _is_training(data: TrainingData) -> NDArray[np.bool_]:
    is_training = np.zeros(len(data.texts), dtype=np.bool_)
    is_training[data.training_rows] = True
    return is_training
