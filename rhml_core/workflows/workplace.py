"""The open workplace: the store, the live machines and the background work of one process."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from rhml_core.machine.encoder import load_base_encoder
from rhml_core.machine.protocol import Encoder
from rhml_core.settings import Settings
from rhml_core.store import jobs as job_store
from rhml_core.store.database import Database
from rhml_core.workflows.background import JobQueue
from rhml_core.workflows.live_machine import MachineRoom


@dataclass(frozen=True)
class Workplace:
    """What every workflow is given; one per process."""

    settings: Settings
    db: Database
    machines: MachineRoom
    jobs: JobQueue

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)

    def close(self) -> None:
        """Stop the background work and release the database."""
        self.jobs.close()
        self.machines.close()
        self.db.close()


def open_workplace(
    settings: Settings,
    *,
    in_background: bool = True,
    load_encoder: Callable[[Settings], Encoder] = load_base_encoder,
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
    machines = MachineRoom(db, settings, load_encoder=load_encoder, in_background=in_background)
    jobs = JobQueue(db, settings, machines, in_background=in_background)
    return Workplace(settings, db, machines, jobs)
