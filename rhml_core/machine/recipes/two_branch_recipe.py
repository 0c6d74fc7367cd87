"""
For rare labels: two encoders side by side, each with a head of its own, fused into one answer.

The natural branch reads as the encoder was published and learns from the messages as they
come; the balanced branch reads as it was tuned on pairs of all labels alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rhml_core.errors import InvalidInputError
from rhml_core.machine.heads.counterexamples import Counterexamples
from rhml_core.machine.heads.head import LinearHead
from rhml_core.machine.heads.rebalancing import rebalanced
from rhml_core.machine.heads.surroundings import Surroundings
from rhml_core.machine.protocol import Floats, TrainingProgress, ignore_progress
from rhml_core.machine.recipes.branches import fit_branches
from rhml_core.machine.recipes.contrastive import SetFitParameters
from rhml_core.machine.recipes.setfit_recipe import TrainedBody, train_setfit
from rhml_core.machine.recipes.tuned_reading import HeadFitting, Lesson, Reading


@dataclass(frozen=True)
class TwoBranchParameters(SetFitParameters):
    """
    How a two-branch run tunes the encoder and fuses its branches.

    Attributes:
        natural_share: how much the natural branch weighs in the answer, 0 to 1; the rest is the
            balanced branch's.
        published_share: only scales the vectors of the natural branch in the run's files,
            above 0 to below 1; no answer depends on it.
        cross_fit_folds: parts held back in turn; more than in other recipes, so that the
            encoders without them have seen most of a rare label's few messages.
    """

    natural_share: float = 0.3
    published_share: float | None = 0.5
    cross_fit_folds: int = 3


def train_two_branch(
    texts: Sequence[str],
    labels: Sequence[str],
    weights: Floats,
    *,
    all_labels: Sequence[str],
    model_folder: Path,
    output: Path,
    parameters: TwoBranchParameters,
    seed: int,
    on_progress: TrainingProgress = ignore_progress,
    surroundings: Surroundings | None = None,  # noqa: ARG001 - its branches look at the judged alone
    is_cross_fitted: bool = True,
    counterexamples: Counterexamples | None = None,
) -> TrainedBody:
    """
    Tune an encoder as the recipe `setfit` does, and fuse a head on each of its two readings.

    The readings stand side by side in one vector and the mean of two linear scores is linear,
    so that a run is, as any other, one encoder and one head. How readily it proposes each label
    is set by the out-of-fold answers.

    Args:
        texts: judged messages.
        labels: theirs, aligned.
        weights: how much each message counts, above 0.
        all_labels: every label of the codebook, in its order.
        model_folder: a sentence-transformers model to start from.
        output: an existing folder.
        parameters: of the tuning and of the fusion.
        seed: the same seed on the same machine makes the same run.
        on_progress: told each step with its loss; what it raises stops the training.
        surroundings: not used: the branches look at the judged messages alone.
        is_cross_fitted: whether to train again for the out-of-fold probabilities; without,
            they have no row and a rare label is proposed too seldom.
        counterexamples: varied copies of the messages, learnt from with them.

    Raises:
        NotEnoughDataError: fewer than two labels have a message.
        InvalidInputError: a parameter is out of its range.
    """
    _require_shares(parameters)
    trained = train_setfit(
        texts,
        labels,
        weights,
        all_labels=all_labels,
        model_folder=model_folder,
        output=output,
        parameters=parameters,
        seed=seed,
        on_progress=on_progress,
        is_cross_fitted=is_cross_fitted,
        counterexamples=counterexamples,
        fit=_branch_fitting(parameters.natural_share),
    )
    if not is_cross_fitted:
        return trained
    head, out_of_fold = rebalanced(trained.head, trained.out_of_fold, labels, weights)
    return replace(trained, head=head, out_of_fold=out_of_fold)


def _require_shares(parameters: TwoBranchParameters) -> None:
    if not 0 <= parameters.natural_share <= 1:
        raise InvalidInputError(
            f"natural_share must lie between 0 and 1; it is {parameters.natural_share}."
        )
    if parameters.published_share is None or not 0 < parameters.published_share < 1:
        raise InvalidInputError(
            "published_share must lie above 0 and below 1 in the recipe two-branch; "
            f"it is {parameters.published_share}."
        )


def _branch_fitting(natural_share: float) -> HeadFitting:
    """What makes a head of two branches, one for each reading."""

    def fit(
        reading: Reading,
        lesson: Lesson,
        published_share: float,
        around: Surroundings,  # noqa: ARG001 - its branches look at the judged alone
        *,
        all_labels: Sequence[str],
        seed: int,  # noqa: ARG001 - asked for by heads that choose by folds
    ) -> LinearHead:
        head = fit_branches(
            reading.published,
            reading.tuned,
            lesson.labels,
            lesson.weights,
            all_labels=all_labels,
            natural_share=natural_share,
        )
        return _on_joined(head, published_share)

    return fit


def _on_joined(head: LinearHead, published_share: float) -> LinearHead:
    """A head on both readings as `Reading.joined` scales them, with the same answers."""
    half = head.coefficients.shape[1] // 2
    scales = np.repeat([published_share**0.5, (1 - published_share) ** 0.5], half)
    return replace(head, coefficients=head.coefficients / scales)
