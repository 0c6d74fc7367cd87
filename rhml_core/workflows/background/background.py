"""Background work: one job after the other, each with progress, cancel and a record."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from rhml_core.domain import Job, JobKind, JobState
from rhml_core.errors import ConflictError, JobCancelledError, RhmlError
from rhml_core.jobs.protocol import ProgressLine
from rhml_core.jobs.runner import WorkerKilledError
from rhml_core.settings import Settings
from rhml_core.store import jobs as job_store
from rhml_core.store import projects
from rhml_core.store.database import Database
from rhml_core.store.events import add_event
from rhml_core.workflows.background.desk import Desk
from rhml_core.workflows.background.fault_log import log_fault
from rhml_core.workflows.background.queued_job import queued_job
from rhml_core.workflows.concepts.effect_measuring import schedule_measuring
from rhml_core.workflows.insights import control_measuring
from rhml_core.workflows.live.machine import MachineRoom
from rhml_core.workflows.training import pool_scoring, reading, trained_runs

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_RECORDS = 0.5

Report = Callable[[ProgressLine], None]


class JobQueue:
    """
    The jobs of this process.

    Attributes:
        works_by_itself: whether queued jobs are done in a thread, as in a server; a command
            calls `run` and waits.
    """

    def __init__(
        self, db: Database, settings: Settings, machines: MachineRoom, *, in_background: bool
    ) -> None:
        """Start the thread where jobs run in the background."""
        self._db = db
        self._settings = settings
        self._machines = machines
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._cancelled: dict[str, str] = {}
        self._current: str | None = None
        self._losses: tuple[str, list[tuple[int, float]]] = ("", [])
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self.works_by_itself = in_background
        if in_background:
            self._thread.start()

    def close(self) -> None:
        """Stop the running job, which stays marked as interrupted, and take no more."""
        self._is_closing.set()
        if self.works_by_itself:
            self._waiting.put(None)
            self._thread.join(timeout=20)

    def submit(self, job_id: str) -> None:
        """Have a queued job done; without a background, `run` does it."""
        if self.works_by_itself:
            self._waiting.put(job_id)

    def cancel(self, job_id: str, person_id: str) -> None:
        """
        Stop a job that waits or runs.

        Raises:
            ConflictError: it has ended already.
        """
        job = job_store.get_job(self._db, job_id)
        if job.state not in {JobState.QUEUED, JobState.RUNNING}:
            raise ConflictError(f"This job has ended already ({job.state.value}).")
        self._cancelled[job_id] = person_id
        if job_id != self._current:
            self._end(job_id, JobState.CANCELLED, "Cancelled before it did anything.")

    def queue_missing(self, project_id: str) -> None:
        """
        Queue what the machine has still to do: read messages, then have the promoted run answer.

        Only where jobs run in the background; a command reads as it trains.
        """
        if not self.works_by_itself:
            return
        base_id = self._machines.base_encoder().encoder_id
        if reading.has_unread(self._db, base_id, project_id):
            self._queue(project_id, JobKind.EMBED)  # the answers follow when it is done
        elif pool_scoring.has_unanswered(self._db, project_id):
            self._queue(project_id, JobKind.SCORE)

    def _queue(self, project_id: str, kind: JobKind) -> None:
        """Queue a job in the project owner's name, unless one waits that does the same."""
        if not self.works_by_itself:
            return
        owner = projects.owner(self._db, project_id)
        job = queued_job(project_id, kind, person_id=owner, at=datetime.now(UTC))
        with self._db.atomic() as transaction:
            # A running one may have begun before what is missing came in, or for another run.
            waiting = job_store.list_jobs(transaction, project_id, states=[JobState.QUEUED.value])
            if any(other.kind == kind for other in waiting):
                return
            job_store.add_job(transaction, job, parameters={}, seed=0)
        self.submit(job.job_id)

    def losses(self, job_id: str) -> list[tuple[int, float]]:
        """`(step, loss)` of the running job so far; empty for any other, and without a loss."""
        of_job, losses = self._losses
        return list(losses) if of_job == job_id else []

    def run(self, job_id: str, on_progress: Report | None = None) -> Job:
        """
        Do a queued job in this thread and wait for its end.

        Returns:
            The job as it ended, with the identifier of what it made.

        Raises:
            JobFailedError, JobCancelledError, NotEnoughDataError and others: why it ended
                without a result; also recorded on the job.
        """
        job = job_store.get_job(self._db, job_id)
        with self._db.atomic() as transaction:
            job_store.set_state(
                transaction, job_id, JobState.RUNNING, detail="Starting", at=datetime.now(UTC)
            )
        report = self._recorder(job_id, on_progress)
        self._current = job_id
        try:
            result = self._do(job, report)
        except JobCancelledError:
            if self._is_closing.is_set() and job_id not in self._cancelled:
                self._end(job_id, JobState.INTERRUPTED, "The server stopped. Start it again.")
            else:
                self._end(job_id, JobState.CANCELLED, "Cancelled.")
            raise
        except WorkerKilledError as error:
            self._end(job_id, JobState.INTERRUPTED, str(error))
            raise
        except RhmlError as error:
            self._end(job_id, JobState.FAILED, str(error))
            raise
        except Exception:
            self._end(job_id, JobState.FAILED, "An unexpected fault; the server's log has more.")
            raise
        finally:
            self._current = None
            self._losses = ("", [])
        self._end(job_id, JobState.DONE, "Done.", result=result)
        if job.kind is JobKind.EMBED and pool_scoring.has_unanswered(self._db, job.project_id):
            self._queue(job.project_id, JobKind.SCORE)
        if job.kind is JobKind.TRAIN:
            schedule_measuring(self._db, self._machines, job.project_id)
        return job_store.get_job(self._db, job_id)

    def _do(self, job: Job, report: Report) -> str | None:
        def is_cancelled() -> bool:
            return job.job_id in self._cancelled or self._is_closing.is_set()

        desk = Desk(self._db, self._settings, self._machines, report, is_cancelled)
        if job.kind is JobKind.EMBED:
            reading.embed_messages(desk, job.project_id, job.job_id)
            return None
        if job.kind is JobKind.SCORE:
            return pool_scoring.answer_messages(desk, job.project_id)
        if job.kind is JobKind.MODES:
            control_measuring.measure_modes(desk, job.project_id)
            return None
        return trained_runs.train(desk, job)

    def _recorder(self, job_id: str, on_progress: Report | None) -> Report:
        written_at = 0.0
        losses: list[tuple[int, float]] = []
        self._losses = (job_id, losses)

        def record(line: ProgressLine) -> None:
            nonlocal written_at
            if on_progress:
                on_progress(line)
            if line.loss is not None:
                losses.append((line.step, line.loss))
            if time.monotonic() - written_at < _SECONDS_BETWEEN_RECORDS:
                return
            written_at = time.monotonic()
            with self._db.atomic() as transaction:
                job_store.set_progress(
                    transaction,
                    job_id,
                    step=line.step,
                    n_steps=line.n_steps,
                    seconds_left=line.seconds_left,
                    detail=line.detail,
                )

        return record

    def _end(self, job_id: str, state: JobState, detail: str, result: str | None = None) -> None:
        now = datetime.now(UTC)
        with self._db.atomic() as transaction:
            job_store.set_state(transaction, job_id, state, detail=detail, at=now, result=result)
            job = job_store.get_job(transaction, job_id)
            add_event(
                transaction,
                kind="job_ended",
                subject=f"job:{job_id}",
                person_id=self._cancelled.get(job_id, job.created_by),
                project_id=job.project_id,
                at=now,
                detail={"kind": job.kind, "recipe": job.recipe, "state": state.value},
            )

    def _work(self) -> None:
        while (job_id := self._waiting.get()) is not None and not self._is_closing.is_set():
            if job_id in self._cancelled:
                continue
            try:
                self.run(job_id)
            except RhmlError as error:
                logger.info("job %s ended: %s", job_id, type(error).__name__)
            except Exception as error:  # noqa: BLE001 -- the next job must not suffer
                log_fault(logger, f"job {job_id} failed", error)
