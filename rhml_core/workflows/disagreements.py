"""Messages that are not settled: people differ, or people and the machine."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from rhml_core.domain import (
    Person,
    Role,
)
from rhml_core.measures.agreement.contested import contested_messages
from rhml_core.measures.consensus import majority_labels
from rhml_core.store import dialogue, judgements, messages, people
from rhml_core.store.database import Reader
from rhml_core.workflows.machine_rater import machine_labels
from rhml_core.workflows.permission import require
from rhml_core.workflows.visibility import answered_for
from rhml_core.workflows.workplace import Workplace


@dataclass(frozen=True)
class DisagreementSummary:
    """How many messages are open, of which kind, and which two labels are most often mixed up."""

    n_open: int
    n_experts: int
    n_machine: int
    top_pair: tuple[str, str] | None
    n_top_pair: int


def open_disagreements(
    place: Workplace,
    person: Person,
    project_id: str,
    *,
    kind: Literal["all", "experts", "machine"] = "all",
    label_pair: tuple[str, str] | None = None,
    expert_id: str | None = None,
    limit: int = 200,
) -> pl.DataFrame:
    """
    Messages that are not settled, those that would teach most first.

    An expert sees those that they have judged themselves and those that no longer need them.

    Args:
        place: the workplace.
        person: who asks.
        project_id: where.
        kind: people differ (`experts`), or their majority differs from the machine.
        label_pair: only where both labels were given; in any order.
        expert_id: only messages that this person judged.
        limit: rows at most.

    Returns:
        `message_id, text, kind` (String), `labels, experts` (List[String], aligned),
        `machine_label` (String, null if none), `machine_probability` (Float64),
        `n_entries` (Int64), `entropy` (Float64, bits), most worth talking about first.
    """
    require(person, Role.VIEWER, "see disagreements")
    found = _open(place.db, person, project_id)
    if kind != "all":
        found = found.filter(pl.col("kind") == kind)
    if label_pair:
        for label in label_pair:
            found = found.filter(
                pl.col("labels").list.contains(label) | (pl.col("machine_label") == label)
            )
    if expert_id:
        found = found.filter(pl.col("expert_ids").list.contains(expert_id))
    return found.drop("expert_ids").head(limit)


def disagreement_summary(place: Workplace, person: Person, project_id: str) -> DisagreementSummary:
    """How much there is to talk about, and what about most often."""
    require(person, Role.VIEWER, "see disagreements")
    found = _open(place.db, person, project_id)
    pairs = (
        found.with_columns(
            pl.concat_list("labels", pl.col("machine_label").fill_null(pl.col("labels").list[0]))
            .list.unique()
            .list.sort()
            .alias("pair")
        )
        .filter(pl.col("pair").list.len() == 2)  # noqa: PLR2004 -- a pair
        .group_by("pair")
        .len()
        .sort("len", "pair", descending=[True, False])
    )
    top = pairs.row(0) if pairs.height else None
    return DisagreementSummary(
        n_open=found.height,
        n_experts=found.filter(pl.col("kind") == "experts").height,
        n_machine=found.filter(pl.col("kind") == "machine").height,
        top_pair=(top[0][0], top[0][1]) if top else None,
        n_top_pair=top[1] if top else 0,
    )


def list_experts(place: Workplace, project_id: str) -> list[Person]:
    """Everyone who has judged in the project, real people before simulated ones, by name."""
    judged = set(judgements.experts_of(place.db, project_id))
    return [found for found in people.list_people(place.db) if found.person_id in judged]


def _open(db: Reader, person: Person, project_id: str) -> pl.DataFrame:
    labels = judgements.current_labels(db, project_id)
    settled = judgements.adjudicated_labels(db, project_id)
    labels = labels.join(settled, on="message_id", how="anti")
    labels = answered_for(db, person, project_id, labels)
    machine = machine_labels(db, project_id)
    if person.role is Role.EXPERT:
        # An expert who saw the machine's answer to a hold-out message could follow it there.
        split = messages.message_keys(db, project_id).filter(pl.col("split") == "pool")
        machine = machine.join(split, on="message_id", how="semi")
    machine = machine.rename({"label": "machine_label", "probability": "machine_probability"})
    names = {found.person_id: found.name for found in people.list_people(db)}
    contested = contested_messages(labels).select("message_id", "entropy")
    majority = majority_labels(labels).select("message_id", majority="label")
    said = dialogue.count_entries(db, project_id).with_columns(
        message_id=pl.col("subject").str.strip_prefix("message:")
    )
    found = (
        labels.group_by("message_id")
        .agg(pl.col("label").alias("labels"), pl.col("expert_id").alias("expert_ids"))
        .join(contested, on="message_id", how="left")
        .join(majority, on="message_id", how="left")
        .join(machine, on="message_id", how="left")
        .with_columns(
            kind=pl.when(pl.col("entropy").is_not_null())
            .then(pl.lit("experts"))
            .when(pl.col("majority") != pl.col("machine_label"))
            .then(pl.lit("machine"))
        )
        .filter(pl.col("kind").is_not_null())
    )
    texts = messages.get_messages(db, project_id, found["message_id"].to_list())
    text = pl.DataFrame(
        [(message.message_id, message.text) for message in texts],
        schema={"message_id": pl.String, "text": pl.String},
        orient="row",
    )
    return (
        found.join(text, on="message_id", how="inner")
        .join(said.select("message_id", "n_entries"), on="message_id", how="left")
        .with_columns(
            pl.col("entropy").fill_null(0.0),
            pl.col("n_entries").fill_null(0),
            experts=pl.col("expert_ids").list.eval(pl.element().replace(names)),
            worth=pl.col("entropy").fill_null(0.0)
            + pl.when(pl.col("majority") != pl.col("machine_label"))
            .then(pl.col("machine_probability"))
            .otherwise(0.0),
        )
        .sort("worth", "message_id", descending=[True, False])
        .select(
            "message_id",
            "text",
            "kind",
            "labels",
            "experts",
            "machine_label",
            "machine_probability",
            "n_entries",
            "entropy",
            "expert_ids",
        )
    )
