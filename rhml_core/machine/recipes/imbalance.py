"""Rare labels: when a project has one, and which recipe then serves it best."""

from collections.abc import Mapping
from dataclasses import dataclass

from rhml_core.machine.heads.head import MIN_LABELS

LEAST_EQUAL_SHARE = 1 / 3
"""A label with less than this part of an equal share of the messages is rare: 1 in 6 of two."""
MIN_TO_TUNE = 8
"""Messages that the label with the fewest needs before tuning the encoder pays."""
MIN_TO_TELL = 30
"""Judged messages below which the labels' shares are still chance."""
IMBALANCED_RECIPE = "two-branch"
BALANCED_RECIPE = "setfit"
EARLY_RECIPE = "fast"


@dataclass(frozen=True)
class Recommendation:
    """A recipe, and in one sentence for people why it is the one to start with."""

    recipe: str
    reason: str


def rare_labels(n_per_label: Mapping[str, int]) -> tuple[str, ...]:
    """
    The labels with far fewer judged messages than an equal share, rarest first.

    Args:
        n_per_label: judged messages of each label; a label with none is not in use yet and
            neither counts as rare nor as one to share with.

    Returns:
        Labels with less than a third of an equal share. Empty where fewer than two labels are
        in use or too little is judged to tell.

    >>> rare_labels({"ham": 190, "spam": 10})
    ('spam',)
    >>> rare_labels({"ham": 120, "spam": 80})
    ()
    """
    used = {label: n for label, n in n_per_label.items() if n > 0}
    total = sum(used.values())
    if len(used) < MIN_LABELS or total < MIN_TO_TELL:
        return ()
    bound = LEAST_EQUAL_SHARE * total / len(used)
    return tuple(sorted((label for label in used if used[label] < bound), key=used.__getitem__))


def recommended_recipe(n_per_label: Mapping[str, int]) -> Recommendation:
    """
    The recipe to start with, by how many messages of each label are judged.

    Args:
        n_per_label: judged training messages of each label of the codebook; 0 is allowed.
    """
    used = {label: n for label, n in n_per_label.items() if n > 0}
    if len(used) < MIN_LABELS:
        return Recommendation(
            EARLY_RECIPE, "Too few labels are in use yet for anything but the fast recipe."
        )
    total = sum(used.values())
    rare = rare_labels(n_per_label)
    if rare:
        n = used[rare[0]]
        return Recommendation(
            IMBALANCED_RECIPE,
            f"“{rare[0]}” is rare ({n:,} of {total:,} judged messages), and this recipe found "
            "such labels best where it was measured.",
        )
    fewest = min(used, key=used.__getitem__)
    if used[fewest] < MIN_TO_TUNE:
        return Recommendation(
            EARLY_RECIPE,
            f"“{fewest}” has {used[fewest]:,} judged messages; from {MIN_TO_TUNE} of each label "
            "on, changing how the machine reads pays.",
        )
    return Recommendation(
        BALANCED_RECIPE,
        f"Every label in use has {MIN_TO_TUNE} judged messages or more, enough to change how the "
        "machine reads.",
    )
