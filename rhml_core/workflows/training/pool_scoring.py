"""Have the promoted run answer the messages that came after its training."""

import time

from rhml_core.domain import Run
from rhml_core.errors import JobCancelledError
from rhml_core.jobs.pace import Pace
from rhml_core.jobs.protocol import ProgressLine
from rhml_core.machine.scoring import answer_read, open_head
from rhml_core.store import runs
from rhml_core.store.database import Reader
from rhml_core.store.embeddings import read_messages
from rhml_core.store.predictions import add_predictions, unanswered_messages
from rhml_core.workflows.background.desk import Desk
from rhml_core.workflows.dialogue.opening import open_by_and_by

_MESSAGES_A_PORTION = 10_000
"""Held at a time and written at once; clicks wait no longer than one portion takes to write."""


def has_unanswered(db: Reader, project_id: str) -> bool:
    """Whether the promoted run has still to answer messages that were read."""
    run = runs.promoted_run(db, project_id)
    if run is None:
        return False
    return not unanswered_messages(db, project_id, run.run_id, run.encoder_id, limit=1).is_empty()


def answer_messages(desk: Desk, project_id: str) -> str | None:
    """
    Keep the promoted run's answers to messages that it has not answered, and let it ask about some.

    Messages that it learnt from have their out-of-fold answers since its training and keep
    them. Done twice, or stopped and done again, it leaves one answer a message.

    Returns:
        The run's identifier; None where none is promoted.

    Raises:
        JobCancelledError: stopped; what was answered stays.
        MachineError: the run's files are missing or damaged.
    """
    run = runs.promoted_run(desk.db, project_id)
    if run is None:
        return None
    missing = unanswered_messages(desk.db, project_id, run.run_id, run.encoder_id)
    head = open_head(desk.settings.runs_folder / run.folder)
    pace = Pace()
    for start in range(0, missing.len(), _MESSAGES_A_PORTION):
        if desk.is_cancelled():
            raise JobCancelledError("Cancelled.")
        desk.report(_progress(run, start, missing.len(), pace))
        portion = missing.slice(start, _MESSAGES_A_PORTION).to_list()
        read, vectors = read_messages(desk.db, project_id, run.encoder_id, portion)
        if read.is_empty():
            continue  # gone since they were listed
        answers = answer_read(head, read["text"].to_list(), vectors).with_columns(
            read["message_id"]
        )
        with desk.db.atomic() as transaction:
            add_predictions(transaction, run.run_id, answers)
    open_by_and_by(desk.db, desk.machines, project_id)
    return run.run_id


def _progress(run: Run, n_done: int, n_in_all: int, pace: Pace) -> ProgressLine:
    return ProgressLine(
        step=n_done,
        n_steps=n_in_all,
        seconds_left=pace.seconds_left(n_done, n_in_all, at=time.monotonic()),
        detail=f"Run {run.number} answers",
        loss=None,
    )
