"""Finished turns with what is known of them: the reference, the cycle, what was unaided."""

import polars as pl

from rhml_core.domain import ConceptStatus, DrawnBecause, Mode, Split
from rhml_core.measures.left_out import references_of_others
from rhml_core.store import concepts, judgements
from rhml_core.store.database import Reader
from rhml_core.store.learning import finished_turns, first_heard, texts_of_turns
from rhml_core.workflows.concepts.uses import concepts_in
from rhml_core.workflows.cycles import cycle_of, with_cycle

_UNAIDED = [DrawnBecause.PROBE.value, DrawnBecause.BASELINE.value]


def judged_turns(db: Reader, project_id: str) -> pl.DataFrame:
    """
    Every finished turn of a project with what it is measured by.

    Returns:
        The columns of `finished_turns` and `reference` (String; adjudicated, else the consensus
        without the expert's own label; null where neither is known), `cycle` (Int64),
        `is_unaided` (Boolean: the machine had no part in the turn by design, and the message
        was drawn at random: hold-out messages, probes, and those drawn at random in mode
        blind; what a queue chooses is harder in one cycle than in the next, and what is
        asked again was talked about), `is_own`
        (Boolean: the first answer was given before the machine spoke), `is_baseline`
        (Boolean: unaided, and drawn for the baseline or made before the machine first spoke
        to this expert), newest first. The same columns and no rows if no turn is finished.

    Raises:
        NotFoundError: there is no such project.
    """
    finished = finished_turns(db, project_id)
    references = references_of_others(
        judgements.current_labels(db, project_id),
        judgements.adjudicated_labels(db, project_id),
        experts=finished["expert_id"].unique(),
    ).select("message_id", "expert_id", "reference")
    return (
        with_cycle(finished, cycle_of(db, project_id))
        .join(references, on=["message_id", "expert_id"], how="left", maintain_order="left")
        .join(first_heard(db, project_id), on="expert_id", how="left", maintain_order="left")
        .with_columns(
            is_unaided=(
                (pl.col("split") == Split.HOLDOUT.value)
                & (pl.col("because") != DrawnBecause.REOPENED.value)
            )
            | pl.col("because").is_in(_UNAIDED)
            | (
                (pl.col("mode") == Mode.BLIND.value)
                & (pl.col("because") == DrawnBecause.RANDOM.value)
            ),
            is_own=(pl.col("mode") != Mode.IMMEDIATE.value) | pl.col("machine").is_null(),
        )
        .with_columns(
            is_baseline=pl.col("is_unaided")
            & (
                (pl.col("because") == DrawnBecause.BASELINE.value)
                | (pl.col("made_at") < pl.col("heard_at")).fill_null(value=True)
            )
        )
        .drop("heard_at")
    )


def unaided_answers(turns: pl.DataFrame, machine: pl.DataFrame) -> pl.DataFrame:
    """
    The unaided answers among turns, with the machine's own answer that nobody was shown.

    Args:
        turns: as from `judged_turns`.
        machine: `message_id, label`, as from `machine_labels`.

    Returns:
        `expert_id, message_id, label, reference, machine` (String; null where it has none),
        `cycle` (Int64), `is_baseline` (Boolean), in the order of the turns; only where the
        reference is known.
    """
    return (
        turns.filter(pl.col("is_unaided") & pl.col("reference").is_not_null())
        .drop("machine")
        .join(
            machine.select("message_id", machine="label"),
            on="message_id",
            how="left",
            maintain_order="left",
        )
        .select(
            "expert_id",
            "message_id",
            "reference",
            "machine",
            "cycle",
            "is_baseline",
            label="first",
        )
    )


def answered_machine(turns: pl.DataFrame) -> pl.DataFrame:
    """The turns in which the machine spoke after the first answer, and only then."""
    return turns.filter(
        (pl.col("mode") == Mode.RECIPROCAL.value)
        & ~pl.col("is_unaided")
        & pl.col("machine").is_not_null()
    )


def own_answers(turns: pl.DataFrame) -> pl.DataFrame:
    """
    First answers that were given before the machine spoke and whose reference is known.

    Returns:
        `expert_id, message_id, label, reference, confidence` (String), `is_right` (Boolean), in
        the order of the turns.
    """
    return turns.filter(pl.col("is_own") & pl.col("reference").is_not_null()).select(
        "expert_id",
        "message_id",
        "reference",
        "confidence",
        label="first",
        is_right=pl.col("first") == pl.col("reference"),
    )


def concept_marks(db: Reader, project_id: str) -> pl.DataFrame:
    """
    Which messages with a finished turn bear which adopted concept.

    Returns:
        `message_id, name` (String, the concept's terms), `label` (String), one row for each;
        the same columns and no rows if no concept is adopted.
    """
    adopted = [
        concept
        for concept in concepts.list_concepts(db, project_id)
        if concept.status is ConceptStatus.ADOPTED
    ]
    texts = texts_of_turns(db, project_id)
    named = pl.DataFrame(
        [(one.concept_id, ", ".join(one.terms), one.label) for one in adopted],
        schema=["concept_id", "name", "label"],
        schema_overrides=dict.fromkeys(["concept_id", "name", "label"], pl.String),
        orient="row",
    )
    return (
        concepts_in(texts["text"].to_list(), adopted)
        .join(texts.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64)), on="row")
        .join(named, on="concept_id")
        .select("message_id", "name", "label")
        .sort("name", "label", "message_id")
    )
