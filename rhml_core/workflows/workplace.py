"""The open workplace: the store, the live machines and the background work of one process."""

import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from rhml_core.errors import RhmlError
from rhml_core.machine.encoding.encoder import load_base_encoder
from rhml_core.machine.protocol import Encoder
from rhml_core.settings import Settings
from rhml_core.store import jobs as job_store
from rhml_core.store import projects, runs
from rhml_core.store.database import Database
from rhml_core.workflows.background.background import JobQueue
from rhml_core.workflows.dialogue.opening import MOST_A_REFRESH, open_by_and_by
from rhml_core.workflows.live.machine import MachineRoom
from rhml_core.workflows.training.curve_room import CurveRoom

logger = logging.getLogger(__name__)

_load_serving_encoder = partial(load_base_encoder, shares_processor=True)


@dataclass(frozen=True)
class Workplace:
    """What every workflow is given; one per process."""

    settings: Settings
    db: Database
    machines: MachineRoom
    jobs: JobQueue
    curves: CurveRoom

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)

    def read_missing(self, project_id: str) -> None:
        """Queue what the machine has still to read, and then to answer; see `JobQueue`."""
        self.jobs.queue_missing(project_id)

    def close(self) -> None:
        """Stop the background work and release the database."""
        self.jobs.close()
        self.curves.close()
        self.machines.close()
        self.db.close()


def open_workplace(
    settings: Settings,
    *,
    in_background: bool = True,
    load_encoder: Callable[[Settings], Encoder] = _load_serving_encoder,
) -> Workplace:
    """
    Open the database and everything that works on it.

    Args:
        settings: where things lie.
        in_background: whether jobs start by themselves, as in a server; a command runs
            them itself and waits.
        load_encoder: how the encoder is made when it is first needed.

    Raises:
        DatabaseInUseError, DatabaseTooNewError, InvalidInputError, StorageError: see
            `Database.open`.
    """
    db = Database.open(settings.database)
    with db.atomic() as transaction:
        job_store.interrupt_unfinished(transaction, at=datetime.now(UTC))
    _sweep(settings, db)
    machines = MachineRoom(db, settings, load_encoder=load_encoder, in_background=in_background)
    machines.after_refresh = partial(open_by_and_by, db, machines, most=MOST_A_REFRESH)
    jobs = JobQueue(db, settings, machines, in_background=in_background)
    curves = CurveRoom(db, machines, in_background=in_background)
    place = Workplace(settings, db, machines, jobs, curves)
    if in_background:
        threading.Thread(target=_wake, args=(place,), name="wake", daemon=True).start()
    return place


def _sweep(settings: Settings, db: Database) -> None:
    """Remove what a killed process left: job folders, and run files that were not registered."""
    shutil.rmtree(settings.jobs_folder, ignore_errors=True)
    known = runs.run_folders(db)
    for folder in settings.runs_folder.glob("*"):
        if folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)


def _wake(place: Workplace) -> None:
    """Have unread messages read and the heads trained before anyone has to wait for them."""
    try:
        for project in projects.list_projects(place.db):
            place.read_missing(project.project_id)
            place.machines.live(project.project_id)
    except RhmlError as error:
        logger.warning("the machine did not wake: %s", error)
