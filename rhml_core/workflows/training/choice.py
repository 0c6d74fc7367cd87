"""Which recipe to train by, why, and how long each takes."""

from dataclasses import dataclass

import polars as pl

from rhml_core.domain import Person, Role
from rhml_core.machine.recipes.catalogue import RECIPES
from rhml_core.machine.recipes.imbalance import recommended_recipe
from rhml_core.workflows.permission import require
from rhml_core.workflows.training.time import TrainingTime, estimate_training
from rhml_core.workflows.training.training import Readiness
from rhml_core.workflows.workplace import Workplace

THIN_SHARE = 0.1
"""Share of the training messages below which a label is said to have few."""


@dataclass(frozen=True)
class RecipeChoice:
    """
    What speaks for which recipe.

    Attributes:
        suggested: the recipe that fits the labels as they are.
        reason: why, in one sentence.
        times: how long each recipe takes, in the order in which they are offered.
    """

    suggested: str
    reason: str
    times: dict[str, TrainingTime]


def recipe_choice(
    place: Workplace, person: Person, project_id: str, readiness: Readiness
) -> RecipeChoice:
    """
    The recipes with their times, and the one to suggest for what is judged now.

    Raises:
        NotAllowedError: only supervisors train.
    """
    require(person, Role.SUPERVISOR, "start a training run")
    counts = dict(readiness.per_label.select("label", "n_training").iter_rows())
    fitting = recommended_recipe(counts)
    times = {
        recipe: estimate_training(place, project_id, recipe, n_per_label=counts)
        for recipe in RECIPES
    }
    return RecipeChoice(fitting.recipe, fitting.reason, times)


def thin_labels(per_label: pl.DataFrame) -> pl.DataFrame:
    """
    The labels that few training messages have.

    Args:
        per_label: `label` (String), `n_training` (Int64).

    Returns:
        `label` (String), `n_training` (Int64), `share` (Float64, of all training messages, at
        least 0 and below a tenth), rarest first; no rows where nothing is judged.
    """
    shares = per_label.select(
        "label", "n_training", share=pl.col("n_training") / pl.col("n_training").sum()
    )
    return shares.filter(pl.col("share") < THIN_SHARE).sort("share", maintain_order=True)
