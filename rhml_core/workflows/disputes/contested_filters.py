"""Which of the open messages are looked at, and what there is to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from rhml_core.domain import Person, Role
from rhml_core.store import message_facts, messages
from rhml_core.store.database import Reader
from rhml_core.workflows.cycles import cycle_of, with_cycle
from rhml_core.workflows.disputes.contested import OpenMessages, open_messages
from rhml_core.workflows.kept.in_memory import KeptInMemory
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace

MOST_VALUES = 12
"""Values up to which a name in the metadata is offered as a filter."""

_MOST_PROJECTS = 8

_MARK = "~"
"""Between two names in the address."""


@dataclass(frozen=True)
class ContestedFilters:
    """
    Which open messages are wanted; what is None filters nothing.

    Attributes:
        kind: people differ (`experts`), or their majority differs from the machine (`machine`).
        label: it was given, by people or the machine.
        label_pair: both labels were given, by people or the machine; in any order.
        expert_id: this person judged it.
        expert_pair: these two judged it and differ; with `label_pair`, over those two labels.
        cycle: it was last judged in this cycle, from 1.
        metadata: name and value.
    """

    kind: Literal["all", "experts", "machine"] = "all"
    label: str | None = None
    label_pair: tuple[str, str] | None = None
    expert_id: str | None = None
    expert_pair: tuple[str, str] | None = None
    cycle: int | None = None
    metadata: tuple[str, str] | None = None


@dataclass(frozen=True)
class FilterChoices:
    """
    What the filters can be set to.

    Attributes:
        label_pairs: two labels, and how many open messages have both; most frequent first.
        n_cycles: cycles so far, at least 1.
        metadata: name, value and number of messages, by name.
    """

    label_pairs: list[tuple[str, str, int]]
    n_cycles: int
    metadata: list[tuple[str, str, int]]


def filters_in_address(wanted: ContestedFilters) -> dict[str, str]:
    """
    Filters as the address of Disagreements and Adjudicate holds them.

    >>> filters_in_address(ContestedFilters(kind="experts", label_pair=("Sale", "Leak"), cycle=3))
    {'kind': 'experts', 'pair': 'Sale~Leak', 'cycle': '3'}
    """
    found = {
        "kind": "" if wanted.kind == "all" else wanted.kind,
        "label": wanted.label or "",
        "pair": _MARK.join(wanted.label_pair or ()),
        "expert": wanted.expert_id or _MARK.join(wanted.expert_pair or ()),
        "cycle": str(wanted.cycle or ""),
        "meta": "=".join(wanted.metadata or ()),
    }
    return {name: value for name, value in found.items() if value}


def count_fitting(
    place: Workplace, person: Person, project_id: str, wanted: Sequence[ContestedFilters]
) -> list[int]:
    """How many of the open messages that a person may see each of the filters lets through."""
    require(person, Role.VIEWER, "see disagreements")
    found = open_messages(place, person, project_id)
    return [fitting(place.db, project_id, found, one).height for one in wanted]


def fitting(
    db: Reader, project_id: str, found: OpenMessages, filters: ContestedFilters
) -> pl.DataFrame:
    """The rows of `found.ranked` that the filters let through, in their order."""
    rows = found.ranked
    if filters.kind != "all":
        rows = rows.filter(pl.col("kind") == filters.kind)
    for label in (*(filters.label_pair or ()), *([filters.label] if filters.label else [])):
        rows = rows.filter(
            pl.col("labels").list.contains(label)
            | (pl.col("machine_label") == label).fill_null(value=False)
        )
    if filters.expert_id:
        rows = rows.filter(pl.col("expert_ids").list.contains(filters.expert_id))
    if filters.expert_pair:
        between = found.votes.filter(pl.col("expert_id").is_in(filters.expert_pair))
        if filters.label_pair:
            between = between.filter(pl.col("label").is_in(filters.label_pair))
        differ = between.group_by("message_id").agg(pl.col("label").n_unique())
        rows = _only(rows, differ.filter(pl.col("label") > 1))
    if filters.cycle is not None:
        judged = with_cycle(message_facts.last_judged(db, project_id), cycle_of(db, project_id))
        rows = _only(rows, judged.filter(pl.col("cycle") == filters.cycle))
    if filters.metadata:
        rows = _only(rows, message_facts.messages_with(db, project_id, *filters.metadata))
    return rows


_kept_metadata: KeptInMemory[list[tuple[str, str, int]]] = KeptInMemory(most_places=_MOST_PROJECTS)
"""Of all messages; they are only ever added, so that their number names a state."""


def filter_choices(place: Workplace, person: Person, project_id: str) -> FilterChoices:
    """What there is to choose from among the open messages that a person may see."""
    require(person, Role.VIEWER, "see disagreements")
    found = open_messages(place, person, project_id)
    pairs = label_pairs(found.ranked)
    return FilterChoices(
        label_pairs=[(pair[0], pair[1], n) for pair, n in pairs.iter_rows()],
        n_cycles=len(cycle_of(place.db, project_id)),
        metadata=_kept_metadata.get(
            (str(place.db.path), project_id),
            tuple(messages.count_messages(place.db, project_id).values()),
            lambda: message_facts.metadata_values(
                place.db, project_id, most_values=MOST_VALUES
            ).rows(),
        ),
    )


def label_pairs(ranked: pl.DataFrame) -> pl.DataFrame:
    """
    The two labels of each open message that has just two, people's and the machine's, counted.

    Returns:
        `pair` (List[String], sorted), `n` (UInt32), most frequent first.
    """
    return (
        ranked.select(
            pair=pl.concat_list(
                "labels", pl.col("machine_label").fill_null(pl.col("labels").list[0])
            )
            .list.unique()
            .list.sort()
        )
        .filter(pl.col("pair").list.len() == 2)  # noqa: PLR2004 -- a pair
        .group_by("pair")
        .agg(n=pl.len())
        .sort("n", "pair", descending=[True, False])
    )


def _only(rows: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    return rows.join(wanted, on="message_id", how="semi", maintain_order="left")
