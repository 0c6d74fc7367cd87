"""Where agreement falls, and the open messages that show why."""

from dataclasses import dataclass

import polars as pl

from rhml_core.domain import Person, Role
from rhml_core.workflows.agreement.agreement import falls_of
from rhml_core.workflows.agreement.trend import Fall
from rhml_core.workflows.agreement.words import told_fall
from rhml_core.workflows.disputes.contested import open_messages
from rhml_core.workflows.disputes.contested_filters import ContestedFilters, fitting
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace


@dataclass(frozen=True)
class OpenFall:
    """
    A fall of agreement and the messages of its newest cycle on which people differ.

    Attributes:
        fall: how agreement fell.
        wanted: which open messages these are; of a label, those where it meets the label that it
            is mixed up with most.
        n_open: how many there are; 0 once they are settled or asked about again.
    """

    fall: Fall
    wanted: ContestedFilters
    n_open: int


def open_fall(place: Workplace, person: Person, project_id: str) -> OpenFall | None:
    """The fall to look into first, from the figures last kept; None where nothing falls."""
    require(person, Role.VIEWER, "see agreement")
    falls = falls_of(place, project_id)
    if not falls:
        return None
    fall = told_fall(falls)
    found = open_messages(place, person, project_id)
    of_label = ContestedFilters(kind="experts", label=fall.label, cycle=fall.cycle)
    rows = fitting(place.db, project_id, found, of_label)
    pair = _mixed_up_most(rows, fall.label) if fall.label else None
    if pair is None:
        return OpenFall(fall, of_label, rows.height)
    of_pair = ContestedFilters(kind="experts", label_pair=pair, cycle=fall.cycle)
    return OpenFall(fall, of_pair, fitting(place.db, project_id, found, of_pair).height)


def _mixed_up_most(rows: pl.DataFrame, label: str) -> tuple[str, str] | None:
    """The label and the one that people give most often beside it; None where there is none."""
    others = (
        rows.select("message_id", pl.col("labels").list.unique())
        .explode("labels")
        .filter(pl.col("labels").is_not_null() & (pl.col("labels") != label))
        .group_by("labels")
        .len()
        .sort("len", "labels", descending=[True, False])
    )
    return (label, others["labels"][0]) if others.height else None
