"""Runs by the real recipe without a worker process, which would cost seconds and prove no more."""

import time

from rhml_core.jobs import training_job
from rhml_core.jobs.job_files import read_spec
from rhml_core.jobs.training_job import run_training
from rhml_core.machine.protocol import ignore_progress
from rhml_core.workflows.training import run_registry, trained_runs, training

SPAM = [f"win a free prize {n}" for n in range(6)]
HAM = [f"lunch at noon {n}" for n in range(6)]
JUDGED = {f"s{n}": text for n, text in enumerate(SPAM)} | {
    f"h{n}": text for n, text in enumerate(HAM)
}
"""Twelve messages; the first letter of the name says what they are."""


def trainer(place, person, project, monkeypatch):
    """A function that trains a fast run in this process and returns it."""

    def in_this_process(folder, _report, _is_cancelled):
        return run_training(folder, read_spec(folder), ignore_progress, time.monotonic)

    monkeypatch.setattr(trained_runs, "run_worker", in_this_process)
    monkeypatch.setattr(training_job, "base_encoder", lambda _spec: place.machines.base_encoder())

    def train(key="train-1"):
        job = training.start_training(place, person, project.project_id, "fast", key=key)
        return run_registry.get_run(place, place.jobs.run(job.job_id).result)

    return train


def judge_all(add_messages, add_labels):
    """Import the twelve messages with a label each."""
    add_messages(JUDGED)
    add_labels([(name, "Ana", "spam" if name[0] == "s" else "ham") for name in JUDGED])
