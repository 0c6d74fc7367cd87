"""
The machine that speaks while people label: a fast head, retrained every few judgements.

It reads the embeddings of the promoted run's encoder, or of the packaged one where no run is
promoted. What it says of a message that it has learnt from is said out of fold, so that it never
repeats to an expert what a colleague told it about that very message.
"""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from rhml_core.domain import DrawnBecause, RunState
from rhml_core.errors import NotEnoughDataError, RhmlError
from rhml_core.machine.encoding.base_model import is_tuned_encoder
from rhml_core.machine.protocol import Encoder
from rhml_core.machine.recipes.run_folder import load_run
from rhml_core.settings import Settings
from rhml_core.store import runs
from rhml_core.store.database import Database
from rhml_core.workflows.background.fault_log import log_fault
from rhml_core.workflows.live.explanations import LiveMachine
from rhml_core.workflows.live.next_messages import next_read, next_unread
from rhml_core.workflows.live.training import SPEAKS_FROM, Bench, train_live

__all__ = ["SPEAKS_FROM", "LiveMachine", "MachineRoom"]

logger = logging.getLogger(__name__)

_NICENESS = 10
_SECONDS_AFTER_CLICK = 0.4
_SECONDS_BETWEEN_TRAININGS = 10.0


class MachineRoom:
    """The live machines of all projects, retrained and asked from any thread."""

    def __init__(
        self,
        db: Database,
        settings: Settings,
        *,
        load_encoder: Callable[[Settings], Encoder],
        in_background: bool,
    ) -> None:
        """Nothing is loaded before it is needed."""
        self._db = db
        self._settings = settings
        self._load_encoder = load_encoder
        self._pool = (
            ThreadPoolExecutor(1, "machine", initializer=_give_way) if in_background else None
        )
        self.after_refresh: Callable[[str], object] | None = None
        """What is done beside the clicks when a project's head was retrained; in a server alone."""
        self._lock = threading.Lock()
        self._training = threading.Lock()
        self._benches: dict[str, Bench] = {}
        self._base: Encoder | None = None
        self._tuned: dict[str, Encoder] = {}

    def close(self) -> None:
        """Finish what is under way and take no more."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def base_encoder(self) -> Encoder:
        """
        The packaged encoder, loaded once.

        Raises:
            MachineError: its files are missing or not the ones expected.
        """
        with self._lock:
            if self._base is None:
                self._base = self._load_encoder(self._settings)
            return self._base

    def live(self, project_id: str) -> LiveMachine | None:
        """The machine as it stands; None while it knows too little to speak."""
        bench = self._bench(project_id)
        if bench.is_due:
            bench.is_due = False
            self._run(lambda: self.refresh(project_id))
        return bench.live

    def ranked(self, project_id: str) -> dict[DrawnBecause, list[str]]:
        """Unjudged messages of the pool by the reason to choose them, as last worked out."""
        self.live(project_id)
        return self._bench(project_id).ranked

    def note_judgement(self, project_id: str) -> None:
        """Count a judgement; every few of them the head is retrained, beside the clicks."""
        bench = self._bench(project_id)
        bench.n_new += 1
        if bench.n_new >= self._settings.retrain_every and not bench.is_scheduled:
            bench.n_new = 0
            bench.is_scheduled = True
            rested = time.monotonic() - bench.trained_at
            wait = max(_SECONDS_AFTER_CLICK, _SECONDS_BETWEEN_TRAININGS - rested)
            self._run(lambda: self.refresh(project_id), after_seconds=wait)

    def note_change(self, project_id: str) -> None:
        """Have the head retrained when it is next asked: labels, messages or runs changed."""
        self._bench(project_id).is_due = True

    def prepare(self, project_id: str, message_id: str, text: str) -> None:
        """Work out the explanation of a message while its expert reads it."""
        live = self.live(project_id)
        if self._pool and live:
            self._run(lambda: live.explain(message_id, text), after_seconds=_SECONDS_AFTER_CLICK)

    def do_later(self, work: Callable[[], object]) -> None:
        """Have something done beside the clicks; at once where nothing runs in the background."""
        self._run(work)

    def refresh(self, project_id: str) -> LiveMachine | None:
        """Retrain the head on what is judged now; None where that is too little."""
        with self._training:
            bench = self._bench(project_id)
            bench.is_scheduled = False
            try:
                encoder_id, encoder = self.encoder_of(project_id)
                bench.live = train_live(
                    self._db,
                    project_id,
                    bench,
                    encoder_id=encoder_id,
                    encoder=encoder,
                    is_base=encoder_id == self.base_encoder().encoder_id,
                )
            except NotEnoughDataError:
                bench.live = None
            finally:
                bench.trained_at = time.monotonic()
            bench.ranked = self._rank(project_id, bench)
            if self._pool and self.after_refresh:
                self._run(partial(self.after_refresh, project_id))
            return bench.live

    def encoder_of(self, project_id: str) -> tuple[str, Encoder]:
        """Identifier and encoder of the promoted run, or of the base where none is promoted."""
        base = self.base_encoder()
        for run in runs.list_runs(self._db, project_id):
            if run.state is RunState.PROMOTED and is_tuned_encoder(run.encoder_id):
                if run.run_id not in self._tuned:
                    loaded = load_run(
                        self._settings.runs_folder / run.folder, shares_processor=True
                    )
                    self._tuned[run.run_id] = loaded.encoder or base
                return run.encoder_id, self._tuned[run.run_id]
        return base.encoder_id, base

    def _bench(self, project_id: str) -> Bench:
        with self._lock:
            return self._benches.setdefault(project_id, Bench())

    def _run(self, work: Callable[[], object], *, after_seconds: float = 0.0) -> None:
        if self._pool is None:
            work()
        elif after_seconds:
            # The click that asked for it is still being answered: that comes first.
            timer = threading.Timer(after_seconds, self._submit, (work,))
            timer.daemon = True
            timer.start()
        else:
            self._submit(work)

    def _submit(self, work: Callable[[], object]) -> None:
        try:
            if self._pool:
                self._pool.submit(work).add_done_callback(_log_failure)
        except RuntimeError:
            # The server is stopping; what is judged is stored and will be learnt at its start.
            logger.debug("no more background work")

    def _rank(self, project_id: str, bench: Bench) -> dict[DrawnBecause, list[str]]:
        live = bench.live
        if live is None:
            return next_unread(self._db, project_id, bench.keys, bench.vectors)
        return next_read(
            self._db,
            project_id,
            bench.keys,
            bench.vectors,
            labels=live.labels,
            probabilities=live.probabilities,
            training=live.judged,
        )


def _give_way() -> None:
    """Let the threads that answer people go first; where the system cannot, nothing is lost."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def _log_failure(done: "Future[object]") -> None:
    if done.cancelled():  # the server ends; what waited is made at the next start
        return
    error = done.exception()
    if isinstance(error, RhmlError):
        logger.warning("background training gave up: %s", error)
    elif error is not None:
        log_fault(logger, "background training failed", error)
