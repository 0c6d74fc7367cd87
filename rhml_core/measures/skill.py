"""What experts can do without the machine, cycle by cycle."""

from dataclasses import dataclass
from math import sqrt

import polars as pl

from rhml_core.figures import Interval
from rhml_core.measures.estimates import Estimate, design_effect, difference_of, share_of

LEAST_MEASURED = 5
"""Unaided answers that a cycle needs to count as measured, for the lift."""

_Z = 1.96
_ADDED = 4
"""Answers, half of them right, that keep an interval from vanishing where all are right."""


@dataclass(frozen=True)
class SkillPoint:
    """Share of right unaided answers in one cycle; `accuracy.n` answers."""

    cycle: int
    accuracy: Interval


@dataclass(frozen=True)
class Skill:
    """
    Unaided accuracy over time.

    Attributes:
        baseline: before the machine was heard.
        overall: of all unaided answers.
        by_cycle: oldest first; cycles without an unaided answer are left out.
        slope: change of unaided accuracy from one cycle to the next, -1 to 1.
        lift: accuracy in the last measured cycle less that in the first, -1 to 1.
    """

    baseline: Estimate
    overall: Estimate
    by_cycle: tuple[SkillPoint, ...]
    slope: Estimate
    lift: Estimate


def skill(unaided: pl.DataFrame) -> Skill:
    """
    Unaided accuracy of one expert or a whole team, by cycle.

    Figures of a team hold for these experts on other messages.

    Args:
        unaided: `expert_id, message_id, label, reference` (String), `cycle` (Int64),
            `is_baseline` (Boolean); one row per unaided answer whose reference is known.
    """
    seen = unaided.with_columns(is_right=pl.col("label") == pl.col("reference"))
    before = seen.filter("is_baseline")
    points = tuple(
        SkillPoint(int(cycle), accuracy)
        for cycle in seen["cycle"].unique().sort()
        if (accuracy := _accuracy(seen.filter(pl.col("cycle") == cycle)).interval)
    )
    return Skill(
        baseline=share_of(
            before["is_right"],
            before["message_id"],
            missing="Nothing with a known answer was judged before the machine was heard.",
        ),
        overall=_accuracy(seen),
        by_cycle=points,
        slope=_slope(seen),
        lift=_lift(points),
    )


def _accuracy(seen: pl.DataFrame) -> Estimate:
    return share_of(
        seen["is_right"],
        seen["message_id"],
        missing="Nothing with a known answer was judged without the machine yet.",
    )


def _slope(seen: pl.DataFrame) -> Estimate:
    """
    Least squares of right (1) or wrong (0) on the cycle, each expert around their own mean.

    An answer varies as one of the overall accuracy does, with two right and two wrong answers
    added (Agresti and Coull, 1998): exact where skill stands still, a little too wide where it
    moves, and never of no width.
    """
    around = seen.with_columns(
        moved=(pl.col("cycle") - pl.col("cycle").mean().over("expert_id")).cast(pl.Float64),
        off=pl.col("is_right") - pl.col("is_right").mean().over("expert_id"),
    )
    spread = float((around["moved"] ** 2).sum())
    if spread <= 0:
        return Estimate(
            None, "A slope needs answers without the machine of one expert in two cycles."
        )
    slope = float((around["moved"] * around["off"]).sum()) / spread
    n = around.height
    share = (float(around["is_right"].sum()) + _ADDED / 2) / (n + _ADDED)
    residuals = (around["moved"] * (around["off"] - slope * around["moved"])).to_numpy()
    alike = design_effect(residuals, around["message_id"])
    half = _Z * sqrt(share * (1 - share) / spread * alike)
    return Estimate(Interval(slope, slope - half, slope + half, n))


def _lift(points: tuple[SkillPoint, ...]) -> Estimate:
    measured = [point.accuracy for point in points if point.accuracy.n >= LEAST_MEASURED]
    if len(measured) < 2:  # noqa: PLR2004 - a difference is between two
        return Estimate(
            None,
            f"Lift needs two cycles with at least {LEAST_MEASURED} answers without the machine "
            "each; so far "
            f"there {'is' if len(measured) == 1 else 'are'} {len(measured)}.",
        )
    first, last = measured[0], measured[-1]
    return Estimate(difference_of(first, last, n=first.n + last.n))
