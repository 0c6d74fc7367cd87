"""Messages that are not settled: people differ, or people and the machine."""

from dataclasses import dataclass

import polars as pl

from rhml_core.domain import Person, Role
from rhml_core.store import judgements, messages, people
from rhml_core.store.database import Reader
from rhml_core.workflows.disputes.contested import open_messages
from rhml_core.workflows.disputes.contested_filters import ContestedFilters, fitting, label_pairs
from rhml_core.workflows.permission import require
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
    filters: ContestedFilters | None = None,
    limit: int = 200,
) -> pl.DataFrame:
    """
    Messages that are not settled, those that would teach most first; see `contested`.

    An expert sees those that they have judged themselves and those that no longer need them. Of
    the hold-out, experts and those who settle messages see only messages on which people differ,
    without the machine's answer.

    Args:
        place: the workplace.
        person: who asks.
        project_id: where.
        filters: which of them; all where there are none.
        limit: rows at most.

    Returns:
        `message_id, text, split, kind` (String), `labels, experts` (List[String], aligned),
        `machine_label` (String, null if none), `machine_probability` (Float64),
        `n_entries` (Int64), `entropy` (Float64, bits), `conflict` (Float64, 0 to 1), `n_alike`
        (Int64, null where unknown), most worth talking about first.
    """
    require(person, Role.VIEWER, "see disagreements")
    found = open_messages(place, person, project_id)
    rows = fitting(place.db, project_id, found, filters or ContestedFilters())
    return with_texts(place.db, project_id, rows.head(limit))


def disagreement_summary(place: Workplace, person: Person, project_id: str) -> DisagreementSummary:
    """How much there is to talk about, and what about most often."""
    require(person, Role.VIEWER, "see disagreements")
    found = open_messages(place, person, project_id).ranked
    pairs = label_pairs(found)
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


def with_texts(db: Reader, project_id: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of `OpenMessages.ranked` with texts and names, as `open_disagreements` returns them."""
    known = people.list_people(db)
    texts = messages.get_messages(db, project_id, rows["message_id"].to_list())
    text = pl.DataFrame(
        [(message.message_id, message.text) for message in texts],
        schema={"message_id": pl.String, "text": pl.String},
        orient="row",
    )
    ids = pl.Series([one.person_id for one in known], dtype=pl.String)
    names = pl.Series([one.name for one in known], dtype=pl.String)
    return rows.join(text, on="message_id", how="inner", maintain_order="left").select(
        "message_id",
        "text",
        "split",
        "kind",
        "labels",
        pl.col("expert_ids")
        .list.eval(pl.element().replace_strict(ids, names, default=pl.element()))
        .alias("experts"),
        "machine_label",
        "machine_probability",
        "n_entries",
        "entropy",
        "conflict",
        "n_alike",
    )
