"""How people rely on a machine: when they follow it, and whether they should."""

from dataclasses import dataclass, replace

import polars as pl

from rhml_core.measures.estimates import Estimate, share_of

CONFIDENCE_BANDS = ((0.0, 0.6, "below 60 %"), (0.6, 0.8, "60 to 80 %"), (0.8, 1.01, "80 % and up"))
"""Of the machine's probability for its answer: from (included), to (excluded), in words."""


@dataclass(frozen=True)
class RelianceCell:
    """
    Turns that went alike.

    Attributes:
        outcome: `kept` the first answer, `adopted` the machine's, or took an `other` one.
        n: turns.
        message_ids: theirs, in the order of the turns given; one for each.
    """

    first_is_right: bool
    machine_is_right: bool
    outcome: str
    n: int
    message_ids: tuple[str, ...]


@dataclass(frozen=True)
class RelianceShares:
    """
    How appropriate reliance is.

    Attributes:
        rair: adopted a right machine, of turns with a wrong first answer and a right machine.
        rsr: kept the right answer, of turns with a right first answer and a wrong machine.
        over_reliance: adopted a wrong machine, of turns in which it was wrong and differed.
        under_reliance: did not adopt a right machine, of turns with a wrong first answer and a
            right machine; 1 less `rair`.
    """

    rair: Estimate
    rsr: Estimate
    over_reliance: Estimate
    under_reliance: Estimate


@dataclass(frozen=True)
class Switches:
    """
    Changes of mind of one kind.

    Attributes:
        share: of the turns in which the machine differed from the first answer.
        message_ids: in the order of the turns given; one for each.
    """

    share: Estimate
    message_ids: tuple[str, ...]


@dataclass(frozen=True)
class RelianceSlice:
    """Reliance in some of the turns: those of a band of machine confidence, or of a label."""

    name: str
    n_turns: int
    shares: RelianceShares


@dataclass(frozen=True)
class Reliance:
    """
    How people rely on the machine.

    Attributes:
        n_turns: turns with a known reference in which the machine spoke after the first answer.
        n_differing: those in which it differed.
        n_experts: people behind them.
        cells: first right or wrong, machine right or wrong, and the outcome; only where n > 0.
        helpful: from a wrong to the right answer.
        harmful: from the right to a wrong answer.
        first_accuracy, final_accuracy: share right before and after the machine spoke.
        by_confidence: the machine's least sure band first; bands without a turn are left out.
        by_label: by the reference's label, in alphabetical order.
    """

    n_turns: int
    n_differing: int
    n_experts: int
    cells: tuple[RelianceCell, ...]
    shares: RelianceShares
    helpful: Switches
    harmful: Switches
    first_accuracy: Estimate
    final_accuracy: Estimate
    by_confidence: tuple[RelianceSlice, ...]
    by_label: tuple[RelianceSlice, ...]


def reliance(turns: pl.DataFrame) -> Reliance:
    """
    How appropriately one expert or a whole team relied on the machine.

    A turn is described by four labels: first answer, final answer, the machine's, the
    reference. Whoever ends with the machine's label after a different first one *adopted* it;
    whoever ends with the first one *kept* it. Shares of a team hold for these experts on other
    messages.

    Args:
        turns: `expert_id, message_id, first, final, machine, reference` (String),
            `machine_probability` (Float64); one row per finished turn in which the machine spoke
            after the first answer and whose reference is known.

    Source:
        Schemmer et al., Appropriate reliance on AI advice: conceptualization and the effect of
        explanations, 2023: relative AI reliance (RAIR) and relative self-reliance (RSR).
        Over-reliance also counts a wrong answer given up for another wrong one, which RSR
        leaves out.
    """
    seen = turns.with_columns(
        first_is_right=pl.col("first") == pl.col("reference"),
        machine_is_right=pl.col("machine") == pl.col("reference"),
        final_is_right=pl.col("final") == pl.col("reference"),
        differs=pl.col("first") != pl.col("machine"),
        outcome=pl.when(pl.col("final") == pl.col("first"))
        .then(pl.lit("kept"))
        .when(pl.col("final") == pl.col("machine"))
        .then(pl.lit("adopted"))
        .otherwise(pl.lit("other")),
    )
    differing = seen.filter("differs")
    no_turn = "In no turn so far did the machine speak where the right label is known."
    return Reliance(
        n_turns=seen.height,
        n_differing=differing.height,
        n_experts=seen["expert_id"].n_unique(),
        cells=_cells(seen),
        shares=_shares(seen),
        helpful=_switches(differing, ~pl.col("first_is_right") & pl.col("final_is_right")),
        harmful=_switches(differing, pl.col("first_is_right") & ~pl.col("final_is_right")),
        first_accuracy=share_of(seen["first_is_right"], seen["message_id"], missing=no_turn),
        final_accuracy=share_of(seen["final_is_right"], seen["message_id"], missing=no_turn),
        by_confidence=tuple(
            _slice(
                name,
                seen.filter(
                    (pl.col("machine_probability") >= low) & (pl.col("machine_probability") < high)
                ),
            )
            for low, high, name in CONFIDENCE_BANDS
            if ((seen["machine_probability"] >= low) & (seen["machine_probability"] < high)).any()
        ),
        by_label=tuple(
            _slice(str(label), seen.filter(pl.col("reference") == label))
            for label in seen["reference"].unique().sort()
        ),
    )


def without_messages(known: Reliance) -> Reliance:
    """The same figures without the messages behind them, for those who may not see which."""
    return replace(
        known,
        cells=tuple(replace(cell, message_ids=()) for cell in known.cells),
        helpful=replace(known.helpful, message_ids=()),
        harmful=replace(known.harmful, message_ids=()),
    )


def _cells(seen: pl.DataFrame) -> tuple[RelianceCell, ...]:
    grouped = (
        seen.group_by("first_is_right", "machine_is_right", "outcome", maintain_order=True)
        .agg("message_id")
        .sort("first_is_right", "machine_is_right", "outcome")
    )
    return tuple(
        RelianceCell(first, machine, outcome, len(message_ids), tuple(message_ids))
        for first, machine, outcome, message_ids in grouped.iter_rows()
    )


def _shares(seen: pl.DataFrame) -> RelianceShares:
    could_gain = seen.filter(~pl.col("first_is_right") & pl.col("machine_is_right"))
    could_lose = seen.filter(pl.col("first_is_right") & ~pl.col("machine_is_right"))
    misled = seen.filter(pl.col("differs") & ~pl.col("machine_is_right"))
    no_gain = "In no turn was the machine right where the first answer was wrong."
    return RelianceShares(
        rair=_share(could_gain, "adopted", no_gain),
        rsr=_share(
            could_lose, "kept", "In no turn was the machine wrong where the first answer was right."
        ),
        over_reliance=_share(
            misled, "adopted", "In no turn did the machine contradict with a wrong answer."
        ),
        under_reliance=share_of(
            could_gain["outcome"] != "adopted", could_gain["message_id"], missing=no_gain
        ),
    )


def _share(turns: pl.DataFrame, outcome: str, missing: str) -> Estimate:
    return share_of(turns["outcome"] == outcome, turns["message_id"], missing=missing)


def _switches(differing: pl.DataFrame, kind: pl.Expr) -> Switches:
    found = differing.select("message_id", is_kind=kind)
    return Switches(
        share=share_of(
            found["is_kind"],
            found["message_id"],
            missing="In no turn did the machine contradict a first answer.",
        ),
        message_ids=tuple(found.filter("is_kind")["message_id"]),
    )


def _slice(name: str, turns: pl.DataFrame) -> RelianceSlice:
    return RelianceSlice(name, turns.height, _shares(turns))
