"""Start a job's worker, hear its progress, and end it when asked."""

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import rhml_core
from rhml_core.errors import JobCancelledError, JobFailedError
from rhml_core.jobs.job_files import LOG, PARTIAL
from rhml_core.jobs.protocol import DoneLine, FailedLine, ProgressLine, parse_line
from rhml_core.machine.encoding.model_files import OFFLINE

SECONDS_BETWEEN_CHECKS = 0.2
SECONDS_TO_END = 5.0
"""Between asking a worker to end and ending it."""


class WorkerKilledError(JobFailedError):
    """The worker ended by a signal: nothing is wrong with the job, it may be tried again."""


def run_worker(
    folder: Path,
    on_progress: Callable[[ProgressLine], None],
    is_cancelled: Callable[[], bool],
    python: str = sys.executable,
) -> dict[str, Any]:
    """
    Run the job in a folder in a process of its own and return what it made.

    Blocks until the worker has ended. `on_progress` and `is_cancelled` are called in this
    thread; what they raise ends the worker and is passed on. The worker also ends when this
    process does. Its libraries' output is in `worker.log` in the job's folder.

    Args:
        folder: laid out by `write_embed_job` or `write_train_job`.
        on_progress: told each progress line.
        is_cancelled: asked about five times a second.
        python: the interpreter to run the worker with.

    Returns:
        The `result.json` of the job: `encoder_id` and `n_texts` of an embedding; of a
        training those of its `run/`.

    Raises:
        JobCancelledError: `is_cancelled` said so.
        WorkerKilledError: a signal ended the worker, for example for want of memory.
        JobFailedError: the worker said that it failed, or ended without a word.
    """
    with (folder / LOG).open("w", encoding="utf-8") as log:
        worker = _start(folder, log, python)
        try:
            last = _listen(worker, on_progress, is_cancelled)
        finally:
            _end(worker)
            shutil.rmtree(folder / PARTIAL, ignore_errors=True)
    if isinstance(last, DoneLine) and worker.returncode == 0:
        return last.result
    if isinstance(last, FailedLine):
        raise JobFailedError(last.message)
    if worker.returncode < 0:
        raise WorkerKilledError(
            f"The worker was killed ({_signal_name(-worker.returncode)}). The usual reason is "
            "too little memory. Nothing was half-written; start the job again."
        )
    raise JobFailedError(
        f"The worker ended without a result (exit status {worker.returncode}); "
        f"{LOG} in the job's folder says more."
    )


def _start(folder: Path, log: TextIO, python: str) -> "subprocess.Popen[str]":
    root = str(Path(rhml_core.__file__).resolve().parent.parent)
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(  # noqa: S603 - our own module, with a path as argument
        [python, "-m", "rhml_core.jobs.worker", str(folder.resolve())],
        stdin=subprocess.PIPE,  # never written: its closing tells the worker that we are gone
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, **OFFLINE, "PYTHONPATH": os.pathsep.join(paths)},
        start_new_session=True,
    )


def _listen(
    worker: "subprocess.Popen[str]",
    on_progress: Callable[[ProgressLine], None],
    is_cancelled: Callable[[], bool],
) -> DoneLine | FailedLine | None:
    """The worker's last word, None where it ended without one."""
    lines: queue.Queue[str | None] = queue.Queue()
    reader = threading.Thread(target=_read, args=(worker.stdout, lines), daemon=True)
    reader.start()
    last: DoneLine | FailedLine | None = None
    while True:
        if last is None and is_cancelled():
            raise JobCancelledError("The job was cancelled; nothing was kept of it.")
        try:
            text = lines.get(timeout=SECONDS_BETWEEN_CHECKS)
        except queue.Empty:
            if worker.poll() is not None:  # a process that it left behind may hold its stdout
                return last
            continue
        if text is None:
            worker.wait()
            return last
        line = parse_line(text)
        if isinstance(line, ProgressLine):
            on_progress(line)
        elif line is not None:
            last = line


def _read(stream: TextIO, lines: "queue.Queue[str | None]") -> None:
    """Pass on each line, then None."""
    try:
        for line in stream:
            lines.put(line)
    finally:
        lines.put(None)


def _end(worker: "subprocess.Popen[str]") -> None:
    """Ask the worker and what it started to end, then make them."""
    if worker.poll() is None:
        _signal_group(worker, signal.SIGTERM)
        try:
            worker.wait(timeout=SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            _signal_group(worker, signal.SIGKILL)
            worker.wait()
    for stream in (worker.stdin, worker.stdout):
        if stream is not None:
            stream.close()


def _signal_group(worker: "subprocess.Popen[str]", number: signal.Signals) -> None:
    try:
        os.killpg(worker.pid, number)
    except ProcessLookupError:
        return


def _signal_name(number: int) -> str:
    try:
        return f"signal {number}, {signal.Signals(number).name}"
    except ValueError:
        return f"signal {number}"
