import signal
import subprocess
import sys
import time

import pytest

from rhml_core.errors import JobCancelledError, JobFailedError
from rhml_core.jobs import runner
from rhml_core.jobs.protocol import ProgressLine
from rhml_core.jobs.runner import WorkerKilledError, run_worker

SAYS_PROGRESS = (
    """print('{"kind": "progress", "step": 1, "n_steps": 2, "seconds_left": null, """
    """"detail": "Fitting", "loss": null}')\n"""
)


def never():
    return False


def ignore(_line):
    return None


def is_alive(pid):
    """Whether a process still runs; one that ended and was not yet fetched does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123 - not a file
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until_dead(pid, seconds=15):
    ends = time.monotonic() + seconds
    while is_alive(pid) and time.monotonic() < ends:
        time.sleep(0.05)
    return not is_alive(pid)


def test_worker_trains_a_real_job(train_job):
    """The whole way: files, process, lines, sealed run."""
    folder = train_job()
    lines = []

    result = run_worker(folder, lines.append, never)

    assert result["n_training"] == 8
    assert (folder / "run" / "manifest.json").exists()
    assert lines[0].detail == "Preparing the training"
    assert all(isinstance(line, ProgressLine) for line in lines)


def test_refusal_of_the_worker_reaches_people(train_job):
    folder = train_job(extra_training=[("m9", "ham")])

    with pytest.raises(JobFailedError, match="hold-out"):
        run_worker(folder, ignore, never)

    assert not (folder / "run").exists()


def test_unexpected_error_is_told_without_its_text(train_job):
    """What a library's error quotes may be a message, which no log may hold."""
    folder = train_job(recipe="setfit", parameters={"n_rounds": "SECRET"})

    with pytest.raises(JobFailedError, match="TypeError") as caught:
        run_worker(folder, ignore, never)

    assert "SECRET" not in str(caught.value) + (folder / "worker.log").read_text()


def test_progress_is_told_and_prints_are_ignored(worker_that, tmp_path):
    python = worker_that(
        "print('Loading weights')\n"
        + SAYS_PROGRESS
        + """print('{"kind": "done", "result": {"a": 1}}')"""
    )
    lines = []

    result = run_worker(tmp_path / "job", lines.append, never, python)

    assert result == {"a": 1}
    assert lines == [ProgressLine(1, 2, None, "Fitting", None)]


def test_killed_worker_is_told_with_its_signal(worker_that, tmp_path):
    python = worker_that("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")

    with pytest.raises(WorkerKilledError, match=r"killed \(signal 9, SIGKILL\)"):
        run_worker(tmp_path / "job", ignore, never, python)


def test_worker_that_ends_without_a_word_has_failed(worker_that, tmp_path):
    python = worker_that("raise SystemExit(3)")

    with pytest.raises(JobFailedError, match="exit status 3"):
        run_worker(tmp_path / "job", ignore, never, python)


def test_done_is_not_believed_of_a_worker_that_failed(worker_that, tmp_path):
    python = worker_that("""print('{"kind": "done", "result": {}}')\nraise SystemExit(1)""")

    with pytest.raises(JobFailedError):
        run_worker(tmp_path / "job", ignore, never, python)


def test_silent_worker_is_cancelled_at_once(worker_that, tmp_path):
    """Nothing comes from it, and still the cancel button works."""
    python = worker_that("import time\ntime.sleep(600)")
    asked = []

    def is_cancelled():
        asked.append(time.monotonic())
        return len(asked) > 5

    started = time.monotonic()
    with pytest.raises(JobCancelledError):
        run_worker(tmp_path / "job", ignore, is_cancelled, python)

    assert time.monotonic() - started < 15
    assert asked[-1] - asked[0] < 5 * 0.25 + 5


def test_stubborn_worker_and_its_children_are_killed(worker_that, tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "SECONDS_TO_END", 0.5)
    python = worker_that(
        "import os, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import signal, time; "
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)'])\n"
        "time.sleep(1)\n"
        f"open({str(tmp_path / 'pids')!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "time.sleep(600)\n"
    )

    with pytest.raises(JobCancelledError):
        run_worker(tmp_path / "job", ignore, (tmp_path / "pids").exists, python)

    time.sleep(0.2)
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert all(wait_until_dead(pid) for pid in pids)


def test_cancelled_training_leaves_nothing_half_written(worker_that, tmp_path):
    python = worker_that("import time\ntime.sleep(600)")
    (tmp_path / "job" / "run.partial").mkdir()

    with pytest.raises(JobCancelledError):
        run_worker(tmp_path / "job", ignore, lambda: True, python)

    assert not (tmp_path / "job" / "run.partial").exists()


def test_error_of_the_listener_ends_the_worker(worker_that, tmp_path):
    """A failing store must not leave a worker running unseen."""
    python = worker_that(
        "import os, time\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
        + SAYS_PROGRESS
        + "time.sleep(600)"
    )

    def break_down(_line):
        raise RuntimeError("no store")

    with pytest.raises(RuntimeError, match="no store"):
        run_worker(tmp_path / "job", break_down, never, python)

    assert wait_until_dead(int((tmp_path / "pid").read_text()))


def test_worker_dies_with_its_parent(worker_that, tmp_path):
    """A killed server must not leave a training eating the machine."""
    python = worker_that(
        "import os, threading, time\n"
        "from rhml_core.jobs.worker import _end_with_parent\n"
        "threading.Thread(target=_end_with_parent, daemon=True).start()\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
        + SAYS_PROGRESS
        + "time.sleep(600)"
    )
    program = f"""
from pathlib import Path
from rhml_core.jobs.runner import run_worker
job = Path({str(tmp_path / "job")!r})
run_worker(job, lambda line: print(line, flush=True), lambda: False, {python!r})
"""
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    parent.stdout.readline()  # the worker has begun
    worker = int((tmp_path / "pid").read_text())
    was_alive = is_alive(worker)

    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()

    assert was_alive
    assert wait_until_dead(worker)
