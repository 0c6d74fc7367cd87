"""
The machine that speaks while people label: a fast head, retrained every few judgements.

It reads the embeddings of the promoted run's encoder, or of the packaged one where no run is
promoted. What it says of a message that it has learnt from is said out of fold, so that it never
repeats to an expert what a colleague told it about that very message.
"""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from rhml_core.domain import DrawnBecause
from rhml_core.errors import NotEnoughDataError
from rhml_core.machine.encoding.base_model import is_tuned_encoder
from rhml_core.machine.protocol import Encoder
from rhml_core.machine.recipes.run_folder import load_run
from rhml_core.settings import Settings
from rhml_core.store import runs
from rhml_core.store.database import Database
from rhml_core.workflows.background.side_thread import SideThread
from rhml_core.workflows.live.explanations import LiveMachine
from rhml_core.workflows.live.next_messages import next_read, next_unread
from rhml_core.workflows.live.training import SPEAKS_FROM, Bench, train_live

__all__ = ["SPEAKS_FROM", "LiveMachine", "MachineRoom"]

logger = logging.getLogger(__name__)

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
        self._beside = SideThread("machine") if in_background else None
        self.after_refresh: Callable[[str], object] | None = None
        """What is done beside the clicks when a project's head was retrained; in a server alone."""
        self._lock = threading.Lock()
        self._training = threading.Lock()
        self._benches: dict[str, Bench] = {}
        self._base: Encoder | None = None
        self._loading = threading.Lock()
        self._tuned: dict[str, tuple[str, Encoder]] = {}
        """Project -> its promoted run and that run's own encoder."""

    def close(self) -> None:
        """Finish what is under way and take no more."""
        if self._beside:
            self._beside.close()

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
        with self._lock:  # several people judge at once
            bench.n_new += 1
            if bench.n_new < self._settings.retrain_every or bench.is_scheduled:
                return
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
        if self._beside and live:
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
            if self._beside and self.after_refresh:
                self._run(partial(self.after_refresh, project_id))
            return bench.live

    def encoder_of(self, project_id: str) -> tuple[str, Encoder]:
        """Identifier and encoder of the promoted run, or of the base where none is promoted."""
        base = self.base_encoder()
        run = runs.promoted_run(self._db, project_id)
        if run is None or not is_tuned_encoder(run.encoder_id):
            return base.encoder_id, base
        with self._loading:
            run_id, encoder = self._tuned.get(project_id, ("", base))
            if run_id != run.run_id:
                folder = self._settings.runs_folder / run.folder
                encoder = load_run(folder, shares_processor=True).encoder or base
                self._tuned[project_id] = (run.run_id, encoder)
        return run.encoder_id, encoder

    def _bench(self, project_id: str) -> Bench:
        with self._lock:
            return self._benches.setdefault(project_id, Bench())

    def _run(self, work: Callable[[], object], *, after_seconds: float = 0.0) -> None:
        if self._beside is None:
            work()
        elif after_seconds:
            # The click that asked for it is still being answered: that comes first.
            timer = threading.Timer(after_seconds, self._beside.begin, (work,))
            timer.daemon = True
            timer.start()
        else:
            self._beside.begin(work)  # what is judged is stored: the next start learns it too

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
