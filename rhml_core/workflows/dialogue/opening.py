"""The machine asks for a dialogue by itself: where it is sure and several experts say otherwise."""

import logging
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import polars as pl

from rhml_core.domain import MACHINE_RATER, Mode, Run, Split
from rhml_core.store import dialogue, judgements, messages, projects, runs
from rhml_core.store.database import Database, Reader
from rhml_core.store.dialogue import Entry, EntryKind
from rhml_core.store.events import add_event
from rhml_core.store.judged import judged_keys
from rhml_core.workflows.dialogue.evidence import Statement, add_evidence, statement_detail
from rhml_core.workflows.live.machine import MachineRoom

logger = logging.getLogger(__name__)

SURE_FROM = 0.9
"""Probability from which the machine is sure enough to ask experts why they differ."""

MOST_AT_ONCE = 10

MOST_A_REFRESH = 3
"""Asked after the live machine has learnt anew: experts shall talk, not be flooded."""

_FEWEST_UNITED = 2
_FEWEST_DIVIDED = 3


@dataclass(frozen=True)
class _Contradiction:
    """A message on which the machine is sure and the experts say otherwise."""

    message_id: str
    label: str
    probability: float
    answers: tuple[tuple[str, str], ...]

    @property
    def pair(self) -> list[str]:
        """The answers that stand against each other: the machine's, then the experts' by name."""
        return [self.label, *sorted({label for _, label in self.answers})]


def open_by_and_by(
    db: Database, machines: MachineRoom, project_id: str, *, most: int = MOST_AT_ONCE
) -> None:
    """
    Have the machine ask beside the clicks, as `open_machine_dialogues` tells, the surest first.

    Each dialogue is a piece of work of its own: its evidence is found by reading the message some
    sixty times with words left out, which takes seconds where messages are long, and what an
    expert waits for must not stand behind more than one of them.

    Args:
        db: the store.
        machines: whose live one gives the evidence, and who does the work.
        project_id: an existing project.
        most: dialogues to open.
    """
    machines.do_later(partial(_open_next, db, machines, project_id, most))


def _open_next(db: Database, machines: MachineRoom, project_id: str, n_left: int) -> None:
    opened = open_machine_dialogues(db, machines, project_id, at=datetime.now(UTC), most=1)
    if opened and n_left > 1:
        open_by_and_by(db, machines, project_id, most=n_left - 1)


def open_machine_dialogues(
    db: Database,
    machines: MachineRoom,
    project_id: str,
    *,
    at: datetime,
    most: int = MOST_AT_ONCE,
) -> list[str]:
    """
    Have the promoted run ask the experts where it is sure and all of them differ from it.

    Its answers to messages that it learnt from are out of fold. It asks about messages of the
    pool that nobody settled, on which two experts agree against it, or three or more differ from
    it and from each other; never twice over the same answers; the surest first. Blind projects
    stay without.

    Args:
        db: the store.
        machines: whose live one gives the evidence.
        project_id: an existing project.
        at: now.
        most: messages to ask about.

    Returns:
        Identifiers of the messages asked about; empty where no run is promoted.
    """
    run = runs.promoted_run(db, project_id)
    if run is None or projects.get_project(db, project_id).mode is Mode.BLIND:
        return []
    found = _contradictions(db, project_id, run)[:most]
    entries = [_opening(db, machines, project_id, run, one, at) for one in found]
    opened = []
    for one, entry in zip(found, entries, strict=True):
        key = f"{MACHINE_RATER}:open:{project_id}:{one.message_id}:{'|'.join(one.pair)}"
        with db.atomic() as transaction:
            if transaction.claim(key, at=at):
                dialogue.add_entry(transaction, project_id, entry)
                add_event(
                    transaction,
                    kind="dialogue_opened",
                    subject=entry.subject,
                    person_id=MACHINE_RATER,
                    project_id=project_id,
                    at=at,
                    detail={"run": run.number},
                )
                opened.append(one.message_id)
    logger.info("the machine opened %d dialogues in %s", len(opened), project_id)
    return opened


def _contradictions(db: Reader, project_id: str, run: Run) -> list[_Contradiction]:
    pool = judged_keys(db, project_id).filter(pl.col("split") == Split.POOL.value)
    settled = judgements.adjudicated_labels(db, project_id)
    sure = (
        runs.predicted_labels_of_judged(db, project_id, run.run_id)
        .filter(pl.col("probability") >= SURE_FROM)
        .join(pool, on="message_id", how="semi")
        .join(settled, on="message_id", how="anti")
        .select("message_id", "probability", machine_label="label")
    )
    said = (
        judgements.current_labels(db, project_id)
        .group_by("message_id")
        .agg("expert_id", "label")
        .join(sure, on="message_id", how="inner")
        .filter(~pl.col("label").list.contains(pl.col("machine_label")))
        .filter(
            (pl.col("label").list.len() >= _FEWEST_DIVIDED)
            | (
                (pl.col("label").list.len() == _FEWEST_UNITED)
                & (pl.col("label").list.n_unique() == 1)
            )
        )
        .sort("probability", "message_id", descending=[True, False])
    )
    asked = {
        (entry.subject, *entry.detail["pair"])
        for entry in dialogue.entries_of_kind(db, project_id, EntryKind.OPENING)
    }
    found = [
        _Contradiction(
            row["message_id"],
            row["machine_label"],
            row["probability"],
            tuple(zip(row["expert_id"], row["label"], strict=True)),
        )
        for row in said.iter_rows(named=True)
    ]
    return [one for one in found if (f"message:{one.message_id}", *one.pair) not in asked]


def _opening(
    db: Reader,
    machines: MachineRoom,
    project_id: str,
    run: Run,
    found: _Contradiction,
    at: datetime,
) -> Entry:
    statement = Statement(found.label, found.probability, f"run {run.number}")
    live = machines.live(project_id)
    if live is not None:
        message = messages.get_message(db, project_id, found.message_id)
        statement = add_evidence(db, live, project_id, message, statement)
    detail = {
        "statement": statement_detail(statement),
        "pair": found.pair,
        "answers": [list(one) for one in found.answers],
    }
    return Entry(
        uuid.uuid4().hex,
        f"message:{found.message_id}",
        EntryKind.OPENING,
        MACHINE_RATER,
        "",
        at,
        detail,
    )
