"""Answers of people and machine held side by side, for the digest of a cycle."""

from dataclasses import dataclass

import polars as pl

from rhml_core.domain import Mode, Person, Role, Split
from rhml_core.figures import Interval
from rhml_core.measures.estimates import difference_of, share_of
from rhml_core.measures.proportions import wilson_interval
from rhml_core.store import judgements
from rhml_core.store.database import Database
from rhml_core.store.learning import finished_turns
from rhml_core.workflows.agreement.machine_rater import machine_labels
from rhml_core.workflows.cycles import cycle_of, with_cycle
from rhml_core.workflows.kept.project_reference import project_reference
from rhml_core.workflows.learner.changed_minds import MindChanges, mind_changes

LEAST_MESSAGES = 5
"""Messages of a label below which its errors are not compared."""


@dataclass(frozen=True)
class LabelGap:
    """
    A label that the machine told better than people's first answers did, on the same messages.

    Attributes:
        people: share of first answers that were wrong.
        machine: share of messages on which the machine was wrong.
        is_clear: whether the difference is more than noise.
        message_ids: where the machine was right and at least half of the first answers were not.
    """

    label: str
    people: Interval
    machine: Interval
    is_clear: bool
    message_ids: tuple[str, ...]


@dataclass(frozen=True)
class GaveUp:
    """
    Where people gave up their first answer for the machine's.

    Attributes:
        changes: by the reference.
        n_contradicted: answers that the machine contradicted.
        rightly: share of those given up rightly among those whose reference is known; None where
            it is known of none.
    """

    changes: MindChanges
    n_contradicted: int
    rightly: Interval | None


def spoken_turns(db: Database, project_id: str, cycle: int) -> pl.DataFrame:
    """Turns of a cycle on pool messages in which the machine spoke after the first answer."""
    turns = with_cycle(finished_turns(db, project_id), cycle_of(db, project_id))
    return turns.filter(
        (pl.col("cycle") == cycle)
        & (pl.col("mode") == Mode.RECIPROCAL.value)
        & (pl.col("split") == Split.POOL.value)
        & pl.col("machine").is_not_null()
    )


def came_round(db: Database, project_id: str, cycle: int) -> tuple[str, ...]:
    """Messages on which a person kept an answer against the machine's, which now says the same."""
    now = machine_labels(db, project_id, judged_only=True).select("message_id", machine_now="label")
    turns = spoken_turns(db, project_id, cycle).join(now, on="message_id", maintain_order="left")
    found = turns.filter(
        (pl.col("first") != pl.col("machine"))
        & (pl.col("first") == pl.col("final"))
        & (pl.col("first") == pl.col("machine_now"))
    )
    return tuple(found["message_id"].unique(maintain_order=True))


def gave_up(db: Database, project_id: str, cycle: int, person: Person) -> GaveUp:
    """
    Where first answers were given up for the machine's: the expert's own, for others everyone's.

    What is right is told by the reference, for an expert without their own labels.
    """
    is_expert = person.role is Role.EXPERT
    turns = spoken_turns(db, project_id, cycle)
    if is_expert:
        turns = turns.filter(pl.col("expert_id") == person.person_id)
    without = person.person_id if is_expert else None
    known = project_reference(db, project_id, without=without) if turns.height else None
    reference = (
        known.select("message_id", reference="label")
        if known is not None
        else pl.DataFrame(schema={"message_id": pl.String, "reference": pl.String})
    )
    spoken = turns.join(reference, on="message_id", how="left", maintain_order="left")
    changes = mind_changes(spoken)
    n_known = len(changes.rightly) + len(changes.wrongly)
    return GaveUp(
        changes=changes,
        n_contradicted=spoken.filter(pl.col("first") != pl.col("machine")).height,
        rightly=wilson_interval(len(changes.rightly), n_known) if n_known else None,
    )


def label_gaps(db: Database, project_id: str, judged: pl.DataFrame) -> tuple[LabelGap, ...]:
    """
    The labels that the machine tells better than people's first answers, widest gap first.

    Args:
        db: the store.
        project_id: where.
        judged: as from `both_judged`.
    """
    first = judgements.first_labels(db, project_id).join(
        judged.select("message_id", "reference", "machine"), on="message_id"
    )
    gaps = []
    for (label,), answers in first.group_by("reference", maintain_order=True):
        here = judged.filter(pl.col("reference") == label)
        if here.height < LEAST_MESSAGES:
            continue
        is_wrong = answers["label"] != answers["reference"]
        people = share_of(is_wrong, answers["message_id"], missing="").interval
        n_wrong = here.filter(pl.col("machine") != pl.col("reference")).height
        machine = wilson_interval(n_wrong, here.height)
        if people is None or people.value <= machine.value:
            continue
        lost = here.filter(
            (pl.col("machine") == pl.col("reference")) & (pl.col("people_wrong") >= 1 / 2)
        )
        difference = difference_of(machine, people, n=here.height)
        gaps.append(
            LabelGap(str(label), people, machine, difference.low > 0, tuple(lost["message_id"]))
        )
    return tuple(sorted(gaps, key=lambda gap: (gap.machine.value - gap.people.value, gap.label)))
