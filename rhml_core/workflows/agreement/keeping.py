"""
Agreement's figures are kept: pages show the last ones at once and have newer ones made beside.

They are made in one go, from one look at the judgements, when someone asks for them and anything
that they depend on has changed.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from rhml_core.domain import MACHINE_RATER
from rhml_core.measures.agreement.label_confusion import label_confusion
from rhml_core.store import codebooks, judgements, kept_agreement
from rhml_core.store.database import Reader
from rhml_core.store.kept_agreement import EventMark
from rhml_core.workflows.agreement.consensus import consensus_figures
from rhml_core.workflows.agreement.figures import (
    encode_labels,
    figures_to_json,
    label_figures,
    pair_figures,
    stage_figures,
)
from rhml_core.workflows.agreement.machine_rater import machine_labels, rating_run
from rhml_core.workflows.agreement.trend import cycle_figures, value_figures
from rhml_core.workflows.cycles import cycle_of
from rhml_core.workflows.workplace import Workplace

_MAKING = "3"
"""Grows when figures are computed in another way, so that those kept are made anew."""
_SECONDS_TO_WAIT_FIRST = 1.5
_SECONDS_AT_ONCE = 10.0
_TIMES_TO_REST = 5
"""Of what making takes beyond ten seconds: so long others have the thread before the next one."""
_WHOLE, _CONSENSUS = "current", "consensus"


@dataclass(frozen=True)
class Standing:
    """
    How old the figures are that a page shows.

    Attributes:
        made_at: when they were computed; None where they never were.
        n_since: judgements made after that.
        is_updating: whether newer ones are being made.
    """

    made_at: datetime | None
    n_since: int
    is_updating: bool


class _UnderWay:
    """The projects whose figures are being made in this process; one making at a time each."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.makings: dict[tuple[str, str], threading.Event] = {}
        self.rests_until: dict[tuple[str, str], float] = {}


_under_way = _UnderWay()


def figures_standing(place: Workplace, project_id: str, *, waits: bool = True) -> Standing:
    """
    How old the figures are; newer ones are begun beside where they are out of date.

    Where there are none at all, it waits a moment for them if it may, as those of a small project
    are ready by then.
    """
    mark = kept_agreement.event_mark(place.db, project_id)
    wanted = _made_from(place.db, project_id, mark)
    kept = _oldest(place.db, project_id)
    if kept and kept[0] == wanted:
        return Standing(kept[2], 0, is_updating=False)
    made = _begin(place, project_id)
    if kept is None and waits:
        made.wait(_SECONDS_TO_WAIT_FIRST)
    kept = _oldest(place.db, project_id) if made.is_set() else kept
    if kept is None:
        return Standing(None, mark.n_judgements, is_updating=True)
    return Standing(kept[2], max(0, mark.n_judgements - kept[1]), is_updating=kept[0] != wanted)


def kept_part(place: Workplace, project_id: str, part: str) -> dict[str, Any] | None:
    """One part of the figures as last made; None where it is still being made the first time."""
    kept = kept_agreement.kept_figures(place.db, project_id, part)
    return kept.figures if kept and _is_readable(kept.made_from) else None


def make_figures(place: Workplace, project_id: str) -> None:
    """Compute all of a project's figures as they are now, and keep them."""
    db = place.db
    mark = kept_agreement.event_mark(db, project_id)
    wanted = _made_from(db, project_id, mark)
    names = codebooks.get_codebook(db, project_id).names
    timed = kept_agreement.timed_labels(db, project_id)
    current = timed.drop("made_at")
    machine = machine_labels(db, project_id, judged_only=True).select(
        "message_id", pl.lit(MACHINE_RATER).alias("expert_id"), "label"
    )
    parts = _stage_parts("current", current, machine, names)
    first = judgements.first_labels(db, project_id)
    parts |= (
        {part.replace("current", "first", 1): figures for part, figures in parts.items()}
        if first.equals(current)  # nobody changed their mind
        else _stage_parts("first", first, machine, names)
    )
    cycles = cycle_figures(timed, cycle_of(db, project_id), names)
    parts["cycles"] = {"rows": cycles.with_columns(pl.col("since").dt.to_string()).to_dicts()}
    facts = kept_agreement.message_facts(db, project_id)
    parts["values"] = {"rows": value_figures(current, facts, names).to_dicts()}
    _keep(place, project_id, parts, wanted, mark)
    adjudicated = judgements.adjudicated_labels(db, project_id)
    consensus = consensus_figures(current, adjudicated)
    _keep(place, project_id, {_CONSENSUS: consensus}, wanted, mark)


def _stage_parts(
    stage: str, labels: pl.DataFrame, machine: pl.DataFrame, names: list[str]
) -> dict[str, dict[str, Any]]:
    ratings = encode_labels(labels, names)
    judged = machine.join(labels, on="message_id", how="semi")
    with_machine = (
        labels.join(machine.select("message_id", label_b="label"), on="message_id", how="inner")
        .group_by(label_a="label", label_b="label_b")
        .agg(n=pl.len().cast(pl.Int64))
        .sort("label_a", "label_b")
    )
    return {
        stage: figures_to_json(stage_figures(ratings)),
        f"{stage} pairs": {"rows": pair_figures(pl.concat([labels, judged])).to_dicts()},
        f"{stage} labels": {"rows": label_figures(ratings).to_dicts()},
        f"{stage} confusion": {"rows": label_confusion(ratings).to_dicts()},
        f"{stage} machine": {"rows": with_machine.to_dicts()},
    }


def _keep(
    place: Workplace,
    project_id: str,
    parts: Mapping[str, dict[str, Any]],
    wanted: str,
    mark: EventMark,
) -> None:
    with place.db.atomic() as transaction:
        kept_agreement.keep_figures(
            transaction,
            project_id,
            parts,
            made_from=wanted,
            n_judgements=mark.n_judgements,
            at=place.now(),
        )


def _begin(place: Workplace, project_id: str) -> threading.Event:
    """Have the figures made unless they are being made; what tells when that is done."""
    key = (str(place.settings.database), project_id)
    with _under_way.lock:
        if key in _under_way.makings:
            return _under_way.makings[key]
        done = threading.Event()
        if time.monotonic() < _under_way.rests_until.get(key, 0.0):
            done.set()
            return done
        _under_way.makings[key] = done

    def make() -> None:
        began = time.monotonic()
        try:
            make_figures(place, project_id)
        finally:
            ended = time.monotonic()
            rest = _TIMES_TO_REST * max(0.0, ended - began - _SECONDS_AT_ONCE)
            with _under_way.lock:
                _under_way.makings.pop(key, None)
                _under_way.rests_until[key] = ended + rest
            done.set()

    place.machines.do_later(make)
    return done


def _oldest(db: Reader, project_id: str) -> tuple[str, int, datetime] | None:
    """
    What the figures were made from, their judgements and when; None where there are none.

    The consensus is kept after all else; until it follows, the figures are not up to date.
    """
    whole = kept_agreement.made_from(db, project_id, _WHOLE)
    consensus = kept_agreement.made_from(db, project_id, _CONSENSUS)
    if whole is None or not _is_readable(whole[0]):
        return None
    if consensus is None or not _is_readable(consensus[0]):
        return ("", whole[1], whole[2])
    return whole if consensus[0] == whole[0] else (consensus[0], whole[1], whole[2])


def _is_readable(made_from: str) -> bool:
    """Whether figures were made as this program makes them, and so have its shape."""
    return made_from.startswith(f"{_MAKING}:")


def _made_from(db: Reader, project_id: str, mark: EventMark) -> str:
    """Names the state of everything that the figures depend on."""
    run = rating_run(db, project_id)
    answered = f"{run.run_id}:{kept_agreement.count_answers(db, run.run_id)}" if run else "none"
    version = codebooks.newest_version(db, project_id)
    return f"{_MAKING}:{mark.newest}:{version}:{answered}"
