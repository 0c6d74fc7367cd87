"""
The process in which a job runs: `python -m rhml_core.jobs.worker JOBFOLDER`.

It says nothing on stdout but the protocol's lines, fetches nothing from the network, gives
way to the pages, and ends when whoever started it does.
"""

import logging
import os
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import TextIO

from rhml_core.errors import RhmlError
from rhml_core.jobs.embedding_job import run_embedding
from rhml_core.jobs.job_files import read_spec
from rhml_core.jobs.pace import Pace
from rhml_core.jobs.protocol import (
    DoneLine,
    EmbedSpec,
    FailedLine,
    Line,
    ProgressLine,
    TrainSpec,
    format_line,
)
from rhml_core.jobs.training_job import run_training
from rhml_core.machine.encoding.model_files import OFFLINE

logger = logging.getLogger(__name__)

NICENESS = 10
MIN_SECONDS_BETWEEN_LINES = 0.2
MOST_THREADS = 8


class Reporter:
    """Writes progress lines, not more of them than a person can read."""

    def __init__(self, lines: TextIO) -> None:
        """Write to `lines`."""
        self._lines = lines
        self._pace = Pace()
        self._last_step = -1
        self._last_at = -MIN_SECONDS_BETWEEN_LINES

    def progress(self, step: int, n_steps: int, detail: str, loss: float | None = None) -> None:
        """Tell how far the job is; steps without a loss in quick succession are left out."""
        now = time.monotonic()
        is_news = loss is not None or (step == n_steps and step != self._last_step)
        if not is_news and now - self._last_at < MIN_SECONDS_BETWEEN_LINES:
            return
        self._last_step, self._last_at = step, now
        seconds_left = self._pace.seconds_left(step, n_steps, at=now)
        self.write(ProgressLine(step, n_steps, seconds_left, detail, loss))

    def write(self, line: Line) -> None:
        """Write one line at once."""
        self._lines.write(format_line(line) + "\n")
        self._lines.flush()


def main(folder: Path) -> int:
    """Run the job in a folder and return the process's exit status: 0 done, 1 failed."""
    reporter = Reporter(_claim_stdout())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _give_way()
    try:
        result = _run(folder, reporter)
    except RhmlError as error:
        reporter.write(FailedLine(str(error)))
        return 1
    except Exception as error:  # noqa: BLE001 - the edge of the process: told, not hidden
        # The error's own text may quote a message, so only its place and kind are logged.
        place = "".join(traceback.format_tb(error.__traceback__))
        logger.error("job failed: %s\n%s", type(error).__name__, place)  # noqa: TRY400 - see above
        reporter.write(FailedLine(_reason(error)))
        return 1
    reporter.write(DoneLine(result))
    return 0


def _run(folder: Path, reporter: Reporter) -> dict[str, object]:
    spec = read_spec(folder)
    if isinstance(spec, EmbedSpec):
        reporter.progress(0, 0, "Preparing the encoder")
        return run_embedding(
            folder,
            spec,
            lambda step, n_steps: reporter.progress(step, n_steps, "Reading messages"),
        )
    reporter.progress(0, 0, "Preparing the training")
    _limit_torch_threads(spec)

    def on_progress(step: int, n_steps: int, loss: float | None) -> None:
        detail = "Reading all messages" if loss is None else "Fine-tuning the encoder"
        reporter.progress(step, n_steps, "Fitting" if spec.recipe == "fast" else detail, loss)

    return run_training(folder, spec, on_progress, time.monotonic)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"The job's files could not be written or read: {error.strerror}."
    if isinstance(error, MemoryError):
        return "There was not enough memory. Close other programs and start the job again."
    return (
        f"The job ended by an unexpected error ({type(error).__name__}); "
        "the job folder's worker.log says where."
    )


def _claim_stdout() -> TextIO:
    """The real stdout for protocol lines alone; what libraries print goes to stderr."""
    lines = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return lines


def _end_with_parent() -> None:
    """Die with everything started here once the parent's end of stdin closes."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    if os.getpgrp() == os.getpid():  # the export's process too, where the group is ours
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


def _give_way() -> None:
    try:
        os.nice(NICENESS)
    except OSError:
        logger.info("the priority could not be lowered")


def _limit_torch_threads(spec: TrainSpec) -> None:
    """Leave one core to the pages; threads wait for each other, so a busy core stalls all."""
    if spec.recipe == "fast":
        return
    import torch  # noqa: PLC0415 - only where training

    n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    torch.set_num_threads(max(1, min(MOST_THREADS, (n_cores or 2) - 1)))


if __name__ == "__main__":
    os.environ.update(OFFLINE)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO)
    sys.exit(main(Path(sys.argv[1])))
