"""The recipes that change how the machine reads, each by the same few facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from rhml_core.machine.heads.counterexamples import Counterexamples
from rhml_core.machine.heads.surroundings import Surroundings
from rhml_core.machine.protocol import Floats, TrainingProgress
from rhml_core.machine.recipes.contrastive import SetFitParameters
from rhml_core.machine.recipes.cross_fitted import n_training_steps
from rhml_core.machine.recipes.setfit_recipe import TrainedBody, train_setfit
from rhml_core.machine.recipes.stock_recipe import StockParameters, n_stock_steps, train_stock
from rhml_core.machine.recipes.two_branch_recipe import TwoBranchParameters, train_two_branch
from rhml_core.machine.recipes.versions import SETFIT_LIBRARIES, STOCK_LIBRARIES


class TrainBody(Protocol):
    """Tunes a body on judged messages, fits a head, and writes both to a folder."""

    def __call__(
        self,
        texts: Sequence[str],
        labels: Sequence[str],
        weights: Floats,
        *,
        all_labels: Sequence[str],
        model_folder: Path,
        output: Path,
        parameters: Any,
        seed: int,
        on_progress: TrainingProgress,
        surroundings: Surroundings | None = None,
        is_cross_fitted: bool = True,
        counterexamples: Counterexamples | None = None,
    ) -> TrainedBody:
        """What the training made; out of fold for every training message where cross-fitted."""


@dataclass(frozen=True)
class TunedRecipe:
    """
    One way to tune the encoder.

    Attributes:
        parameters: the dataclass of its parameters, each with a default.
        n_steps: steps that a run tells, of `(labels, parameters, seed)`.
        texts_per_step: texts that a step learns from, of `(labels, parameters)`.
        train: does it.
        looks_around: whether it uses the surroundings; working them out takes a while.
        libraries: whose versions a run records.
    """

    parameters: type[Any]
    n_steps: Callable[[Sequence[str], Any, int], int]
    texts_per_step: Callable[[Sequence[str], Any], int]
    train: TrainBody
    looks_around: bool
    libraries: tuple[str, ...]


def _texts_of_a_batch(labels: Sequence[str], parameters: SetFitParameters) -> int:
    return min(parameters.batch_size, len(labels))


def _steps_of_a_run(labels: Sequence[str], parameters: SetFitParameters, _seed: int) -> int:
    return n_training_steps(len(labels), parameters)


TUNED: Mapping[str, TunedRecipe] = MappingProxyType(
    {
        "setfit": TunedRecipe(
            parameters=SetFitParameters,
            n_steps=_steps_of_a_run,
            texts_per_step=_texts_of_a_batch,
            train=train_setfit,
            looks_around=True,
            libraries=SETFIT_LIBRARIES,
        ),
        "setfit-stock": TunedRecipe(
            parameters=StockParameters,
            n_steps=lambda labels, parameters, seed: n_stock_steps(labels, parameters, seed=seed),
            texts_per_step=lambda _labels, parameters: 2 * parameters.batch_size,
            train=train_stock,
            looks_around=False,
            libraries=STOCK_LIBRARIES,
        ),
        "two-branch": TunedRecipe(
            parameters=TwoBranchParameters,
            n_steps=_steps_of_a_run,
            texts_per_step=_texts_of_a_batch,
            train=train_two_branch,
            looks_around=False,
            libraries=SETFIT_LIBRARIES,
        ),
    }
)
