"""The SetFit library's own Trainer with its own defaults: what every other recipe is held to."""

import itertools
import math
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rhml_core.errors import InvalidInputError, NotEnoughDataError
from rhml_core.machine.encoding.encoder import OnnxEncoder
from rhml_core.machine.encoding.export import BODY
from rhml_core.machine.encoding.model_files import file_sha256
from rhml_core.machine.heads.counterexamples import Counterexamples, no_counterexamples
from rhml_core.machine.heads.cross_fitting import cross_fit, teachable_folds
from rhml_core.machine.heads.head import MIN_LABELS, LinearHead
from rhml_core.machine.heads.logistic import as_linear_head
from rhml_core.machine.heads.surroundings import Surroundings
from rhml_core.machine.protocol import Floats, TrainingProgress, ignore_progress
from rhml_core.machine.recipes.device import AUTO, torch_device
from rhml_core.machine.recipes.setfit_files import save_setfit
from rhml_core.machine.recipes.setfit_recipe import TrainedBody

if TYPE_CHECKING:
    from setfit import SetFitModel

MIN_FOLDS = 2
MOST_PAIRS = 2_000_000
"""The library lists every pair before it begins; more would fill the memory."""


@dataclass(frozen=True)
class StockParameters:
    """
    The library's settings under the library's names and with its defaults.

    Attributes:
        num_epochs: rounds through all pairs.
        batch_size: pairs in a step.
        max_steps: most steps of a training; -1 for as many as the pairs ask for.
        body_learning_rate: its peak.
        sampling_strategy: `oversampling` (pairs of one label and of two in equal number, all of
            them), `undersampling` or `unique`.
        cross_fit_folds: parts held back in turn for honest probabilities of the training
            messages, at least 2; ours, not the library's.
        device: `auto`, `cpu` or `cuda`; ours. The Trainer takes a graphics processor that it
            sees even where this says `cpu`.
    """

    num_epochs: int = 1
    batch_size: int = 16
    max_steps: int = -1
    body_learning_rate: float = 2e-5
    sampling_strategy: str = "oversampling"
    cross_fit_folds: int = 2
    device: str = AUTO


def train_stock(
    texts: Sequence[str],
    labels: Sequence[str],
    weights: Floats,
    *,
    all_labels: Sequence[str],
    model_folder: Path,
    output: Path,
    parameters: StockParameters,
    seed: int,
    on_progress: TrainingProgress = ignore_progress,
    surroundings: Surroundings | None = None,  # noqa: ARG001 - the library knows none
    is_cross_fitted: bool = True,
    counterexamples: Counterexamples | None = None,
) -> TrainedBody:
    """
    Train by the library's Trainer and write the same files as the recipe `setfit` does.

    Args:
        texts: judged messages.
        labels: theirs, aligned.
        weights: not used: the library knows none, and every message counts alike.
        all_labels: every label of the codebook, in its order.
        model_folder: a sentence-transformers model to start from.
        output: an existing folder.
        parameters: the library's settings.
        seed: the same seed on the same machine makes the same run.
        on_progress: told each of `n_stock_steps` steps with its loss; what it raises stops the
            training.
        surroundings: not used: the library knows none.
        is_cross_fitted: whether to train again on each fold's complement; without, the
            out-of-fold probabilities have no row.
        counterexamples: varied copies of the messages; the library, knowing no weights, counts
            each as a message of its own.

    Raises:
        NotEnoughDataError: fewer than two labels have a message.
        InvalidInputError: a parameter is out of its range, or there are more pairs than memory.
    """
    require_sound_stock(parameters)
    made = counterexamples or no_counterexamples(weights)
    all_texts, their_labels = [*texts, *made.texts], made.extended(labels)
    _require_trainable(their_labels, parameters)
    n_steps = n_stock_steps(their_labels, parameters, seed=seed, is_cross_fitted=is_cross_fitted)
    steps = itertools.count(1)

    def teach(rows: Sequence[int]) -> tuple["SetFitModel", LinearHead, tuple[float, ...]]:
        rows = [*rows, *made.copies_of(rows)]
        return _teach(
            [all_texts[row] for row in rows],
            [their_labels[row] for row in rows],
            all_labels=all_labels,
            model_folder=model_folder,
            parameters=parameters,
            seed=seed,
            on_step=lambda loss: on_progress(min(next(steps), n_steps), n_steps, loss),
        )

    model, head, losses = teach(range(len(texts)))
    save_setfit(model.model_body, head, output)
    out_of_fold = np.empty((0, len(all_labels)))
    if is_cross_fitted:

        def ask(seen: Any, held: Any, _fold: int) -> Floats:
            model, head, _ = teach(seen)
            return head.predict_proba(_encoded(model, [texts[row] for row in held]))

        out_of_fold = cross_fit(
            labels, ask, all_labels=all_labels, n_folds=parameters.cross_fit_folds, seed=seed
        )
    encoder = OnnxEncoder(output, f"run-{file_sha256(output / BODY)[:12]}")
    return TrainedBody(encoder, head, out_of_fold, losses)


def n_stock_steps(
    labels: Sequence[str], parameters: StockParameters, *, seed: int, is_cross_fitted: bool = True
) -> int:
    """Steps of a whole run: the final training and one on each fold's complement."""
    folds = (
        teachable_folds(labels, parameters.cross_fit_folds, seed=seed) if is_cross_fitted else ()
    )
    parts = [list(labels), *([labels[row] for row in seen] for seen, _ in folds)]
    return sum(_n_steps(part, parameters) for part in parts)


def n_pairs(labels: Sequence[str], strategy: str) -> int:
    """
    Pairs that the library draws: they grow with the square of the messages.

    >>> n_pairs(["a", "a", "b"], "oversampling")
    8
    """
    # A text also makes a pair with itself: the library draws combinations with replacement.
    alike = sum(n * (n + 1) // 2 for n in Counter(labels).values())
    apart = len(labels) * (len(labels) + 1) // 2 - alike
    if strategy == "unique":
        return alike + apart
    return 2 * (min if strategy == "undersampling" else max)(alike, apart)


def require_sound_stock(parameters: StockParameters) -> None:
    """
    Check the settings.

    Raises:
        InvalidInputError: one is out of its range; the message names it.
    """
    for name in ("num_epochs", "batch_size", "body_learning_rate"):
        if getattr(parameters, name) <= 0:
            raise InvalidInputError(f"{name} must be above 0; it is {getattr(parameters, name)}.")
    if parameters.max_steps <= 0 and parameters.max_steps != -1:
        raise InvalidInputError(
            f"max_steps must be above 0, or -1 for no limit; it is {parameters.max_steps}."
        )
    if parameters.cross_fit_folds < MIN_FOLDS:
        raise InvalidInputError(
            f"cross_fit_folds must be at least {MIN_FOLDS}; it is {parameters.cross_fit_folds}."
        )
    strategies = ("oversampling", "undersampling", "unique")
    if parameters.sampling_strategy not in strategies:
        raise InvalidInputError(
            f"sampling_strategy must be one of {', '.join(strategies)}; "
            f"it is {parameters.sampling_strategy!r}."
        )


def _require_trainable(labels: Sequence[str], parameters: StockParameters) -> None:
    if len(set(labels)) < MIN_LABELS:
        raise NotEnoughDataError(
            f"Training needs messages of at least {MIN_LABELS} labels; {len(labels)} judged "
            f"messages have {len(set(labels))}. Judge a message of another label."
        )
    n = n_pairs(labels, parameters.sampling_strategy)
    if n > MOST_PAIRS and parameters.max_steps == -1:
        raise InvalidInputError(
            f"The library's Trainer would list {n:,} pairs of {len(labels):,} messages and fill "
            "the memory. Set max_steps, or choose the recipe setfit, which lists none."
        )


def _n_steps(labels: Sequence[str], parameters: StockParameters) -> int:
    if parameters.max_steps != -1:
        return parameters.max_steps
    steps_an_epoch = math.ceil(
        n_pairs(labels, parameters.sampling_strategy) / parameters.batch_size
    )
    return steps_an_epoch * parameters.num_epochs


def _teach(
    texts: list[str],
    labels: list[str],
    *,
    all_labels: Sequence[str],
    model_folder: Path,
    parameters: StockParameters,
    seed: int,
    on_step: Callable[[float], None],
) -> tuple["SetFitModel", LinearHead, tuple[float, ...]]:
    """The library's model trained from the start, its head as ours, and each step's loss."""
    from datasets import Dataset  # type: ignore[import-untyped] # noqa: PLC0415 - no types, slow
    from setfit import SetFitModel, Trainer, TrainingArguments  # noqa: PLC0415 - imports torch
    from transformers import PrinterCallback, ProgressCallback  # noqa: PLC0415 - as above

    names = [name for name in all_labels if name in set(labels)]
    model = SetFitModel.from_pretrained(
        str(model_folder),
        device=torch_device(parameters.device),
        local_files_only=True,
        normalize_embeddings=True,
    )
    settings = asdict(parameters)
    del settings["cross_fit_folds"], settings["device"]
    losses: list[float] = []
    with tempfile.TemporaryDirectory(prefix="rhml-stock-") as folder:
        trainer = Trainer(
            model,
            TrainingArguments(
                **settings,
                seed=seed,
                output_dir=folder,
                report_to="none",
                save_strategy="no",
                logging_steps=1,
                show_progress_bar=False,
            ),
            train_dataset=Dataset.from_dict(
                {"text": texts, "label": [names.index(name) for name in labels]}
            ),
            callbacks=[_loss_listener(losses, on_step)],
        )
        for chatty in (PrinterCallback, ProgressCallback):
            trainer.remove_callback(chatty)
        trainer.train()
    known = [names[position] for position in model.model_head.classes_]
    return model, as_linear_head(model.model_head, known, all_labels), tuple(losses)


def _loss_listener(losses: list[float], on_step: Callable[[float], None]) -> Any:
    """A callback of the library that keeps and tells the loss of each step."""
    from transformers import TrainerCallback  # noqa: PLC0415 - imports torch

    class LossListener(TrainerCallback):
        """Hears what the Trainer logs."""

        def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002 - the library calls by these names
            """Take the loss out of a line of the log; the last line has none."""
            loss = kwargs.get("logs", {}).get("embedding_loss")
            if loss is not None:
                losses.append(float(loss))
                on_step(losses[-1])

    return LossListener()


def _encoded(model: "SetFitModel", texts: list[str]) -> Any:
    return model.model_body.encode(
        texts, normalize_embeddings=True, show_progress_bar=False, batch_size=16
    )
