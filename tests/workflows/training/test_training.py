"""Training from judgements to a registered run, with the real encoder and a real worker."""

import os
import shutil
import signal
import threading
import time
from pathlib import Path

import pytest

from rhml_core.domain import ConceptStatus, JobState, RunState
from rhml_core.errors import (
    ConflictError,
    InvalidInputError,
    JobCancelledError,
    JobFailedError,
    NotAllowedError,
)
from rhml_core.jobs.protocol import ProgressLine
from rhml_core.machine.encoding.encoder import load_base_encoder
from rhml_core.workflows.agreement import agreement
from rhml_core.workflows.files import importing, label_import
from rhml_core.workflows.journal import journal
from rhml_core.workflows.lexicon import reading as lexicon_reading
from rhml_core.workflows.training import promotion, run_registry, trained_runs, training
from rhml_core.workflows.training.time import estimate_training
from rhml_core.workflows.workplace import open_workplace

SPAM = ("win cash prizes now", "cheap pills offer", "claim your free prize", "hot offer for cash")
HAM = ("see you at lunch", "the meeting moved to monday", "thanks for the notes", "call me later")


@pytest.fixture
def place(settings, empty_database):
    """A workplace with the real encoder; jobs run when they are told to."""
    shutil.copyfile(empty_database, settings.database)
    place = open_workplace(settings, in_background=False, load_encoder=load_base_encoder)
    yield place
    place.close()


@pytest.fixture
def judged(place, team, project):
    """Forty pool messages judged by two experts and twenty-four adjudicated hold-out messages."""
    rows, labels, gold = ["id,text,split"], ["message_id,expert,label"], ["message_id,label"]
    for n in range(32):
        for label, texts in (("spam", SPAM), ("ham", HAM)):
            name = f"{label}{n}"
            split = "holdout" if n < 12 else "pool"
            rows.append(f"{name},{texts[n % 4]} {n},{split}")
            if split == "holdout":
                gold.append(f"{name},{label}")
            else:
                labels += [f"{name},Ana,{label}", f"{name},Ben,{label}"]
    sue, where = team["sue"], project.project_id
    prepared = importing.check_messages(place, sue, where, "\n".join(rows).encode(), "m.csv")
    importing.import_messages(place, sue, where, prepared, file_name="m.csv", key="import-1")
    for content, adjudicated in ((labels, False), (gold, True)):
        label_import.import_labels(
            place,
            sue,
            where,
            "\n".join(content).encode(),
            "l.csv",
            adjudicated=adjudicated,
            key=f"labels-{adjudicated}",
        )


@pytest.fixture
def train(place, team, project):
    def train(recipe="fast", key="train-1"):
        job = training.start_training(place, team["sue"], project.project_id, recipe, key=key)
        return run_registry.get_run(place, place.jobs.run(job.job_id).result)

    return train


def test_run_is_registered_with_all_that_made_it(place, project, judged, train):
    run = train()

    assert (run.number, run.state, run.n_training) == (1, RunState.CANDIDATE, 40)
    assert run.metrics.measured_on == "hold-out"
    assert run.metrics.n == 24
    assert run.metrics.macro_f1.value > 0.8
    assert run.metrics.macro_f1.low <= run.metrics.macro_f1.value <= run.metrics.macro_f1.high
    assert {"python", "scikit-learn"} <= set(run.versions)
    kept = place.db.read("SELECT message_id, is_out_of_fold FROM predictions ORDER BY message_id")
    assert kept.height == 64
    assert kept.filter("is_out_of_fold").height == 40
    assert (place.settings.runs_folder / run.folder / "manifest.json").is_file()
    assert not any(place.settings.jobs_folder.iterdir())


def test_holdout_is_never_learnt_from(place, project, judged, train):
    run = train()

    learnt = place.db.read(
        """
        SELECT split FROM run_training JOIN messages USING (message_id)
        WHERE run_id = $run_id ORDER BY split
        """,
        run_id=run.run_id,
    )
    assert learnt["split"].unique().to_list() == ["pool"]


def test_machine_becomes_a_rater(place, team, project, judged, train):
    train()

    report = agreement.agreement_report(place, team["sue"], project.project_id)

    raters = {name for pair in report.pairs.select("a", "b").rows() for name in pair}
    assert raters == {"Ana", "Ben", "model"}
    assert report.n_judgements == 80  # the machine is no vote among people


def test_run_surfaces_concepts_that_people_decide_on(place, team, project, judged, train):
    train()
    found = journal.list_concepts(place, team["ana"], project.project_id)
    concept = found[0]

    journal.adopt_concept(place, team["ana"], project.project_id, concept.concept_id, key="adopt-1")
    journal.adopt_concept(place, team["ana"], project.project_id, concept.concept_id, key="adopt-1")
    card = journal.get_concept(place, team["ben"], project.project_id, concept.concept_id)

    assert card.concept.status is ConceptStatus.ADOPTED
    assert concept.terms[0] in lexicon_reading.lexicon_terms(place.db, project.project_id)
    assert len(card.messages_for) == min(concept.n_for, 5)
    told = [entry.sentence for entry in journal.timeline(place, team["ben"], project.project_id)]
    assert sum(sentence.startswith("adopted") for sentence in told) == 1


def test_adopted_concepts_are_known_to_the_next_run(place, team, project, judged, train):
    train()
    concept = journal.list_concepts(place, team["ana"], project.project_id)[0]
    journal.adopt_concept(place, team["ana"], project.project_id, concept.concept_id, key="a-1")

    train(key="train-2")

    again = journal.get_concept(place, team["ana"], project.project_id, concept.concept_id)
    assert again.concept.is_new is False
    assert [number for number, _ in again.strengths] == [1, 2]


def test_promote_and_roll_back(place, team, project, judged, train):
    first, second = train(), train(key="train-2")
    promotion.promote_run(place, team["sue"], first.run_id, key="promote-1")
    promotion.promote_run(place, team["sue"], second.run_id, key="promote-2")

    back = promotion.roll_back(place, team["sue"], project.project_id, key="back-1")

    assert back.run_id == first.run_id
    states = {run.number: run.state for run in run_registry.list_runs(place, project.project_id)}
    assert states == {1: RunState.PROMOTED, 2: RunState.RETIRED}


@pytest.mark.slow
def test_training_takes_about_as_long_as_was_told(place, project, judged, train):
    """Within a factor of two; thrice tried, since other programs may take the processor."""
    train()
    counts = {"spam": 20, "ham": 20}

    for attempt in range(3):
        told = estimate_training(place, project.project_id, "fast", n_per_label=counts).seconds
        began = time.monotonic()
        train(key=f"again-{attempt}")
        took = time.monotonic() - began
        if told / 2 <= took <= told * 2:
            break

    assert told / 2 <= took <= told * 2


def test_losses_of_the_running_training_are_there_while_it_runs(
    place, team, project, judged, monkeypatch
):
    """Whoever opens the page in the middle of a run sees its curve from the first step on."""
    job = training.start_training(place, team["sue"], project.project_id, "setfit", key="train-1")
    seen = []

    def fake_worker(_folder, report, _is_cancelled):
        for step, loss in enumerate((0.5, 0.25), start=1):
            report(ProgressLine(step, 4, None, "Fine-tuning the encoder", loss))
        report(ProgressLine(3, 4, None, "Reading all messages", None))
        seen.extend(training.job_losses(place, job.job_id))
        raise JobFailedError("That is enough.")

    monkeypatch.setattr(trained_runs, "run_worker", fake_worker)
    with pytest.raises(JobFailedError):
        place.jobs.run(job.job_id)

    assert seen == [(1, 0.5), (2, 0.25)]
    assert training.job_losses(place, job.job_id) == []


def test_two_equal_runs_are_not_told_apart(place, team, project, judged, train):
    first, second = train(), train(key="train-2")

    pair = run_registry.compare(place, team["sue"], project.project_id, first.run_id, second.run_id)

    assert pair.n_messages == 64
    assert pair.comparison.difference.low <= 0 <= pair.comparison.difference.high
    assert "better" not in pair.comparison.sentence
    assert pair.changed.is_empty()


def test_too_little_data_says_what_is_missing_in_numbers(place, team, project, add_messages):
    add_messages({"m1": "one", "m2": "two"})

    readiness = training.training_readiness(place, project.project_id)

    assert not readiness.can_train
    assert "2 judged messages of at least 2 labels" in readiness.missing[0]
    assert "20 more hold-out messages" in readiness.missing[1]
    with pytest.raises(InvalidInputError, match="2 labels"):
        training.start_training(place, team["sue"], project.project_id, "fast", key="train-1")


def test_without_holdout_the_figure_is_named_cross_validation(
    place, team, project, add_messages, add_labels, train
):
    texts = {f"s{n}": f"{SPAM[n % 4]} {n}" for n in range(12)}
    texts |= {f"h{n}": f"{HAM[n % 4]} {n}" for n in range(12)}
    add_messages(texts)
    add_labels([(name, "Ana", "spam" if name[0] == "s" else "ham") for name in texts])

    run = train()

    assert run.metrics.measured_on == "cross-validation"
    assert "0 hold-out messages" in run.metrics_missing


def test_second_training_waits_for_the_first(place, team, project, judged):
    training.start_training(place, team["sue"], project.project_id, "fast", key="train-1")

    with pytest.raises(ConflictError, match="under way"):
        training.start_training(place, team["sue"], project.project_id, "fast", key="train-2")


def test_experts_do_not_start_runs(place, team, project, judged):
    with pytest.raises(NotAllowedError):
        training.start_training(place, team["ana"], project.project_id, "fast", key="train-1")


def test_cancelled_job_leaves_no_run(place, team, project, judged):
    job = training.start_training(place, team["sue"], project.project_id, "fast", key="train-1")

    def cancel_at_first_sign(_line):
        if training.get_job(place, job.job_id).state is JobState.RUNNING:
            place.jobs.cancel(job.job_id, team["sue"].person_id)

    with pytest.raises(JobCancelledError):
        place.jobs.run(job.job_id, cancel_at_first_sign)

    assert training.get_job(place, job.job_id).state is JobState.CANCELLED
    assert run_registry.list_runs(place, project.project_id) == []


def training_worker_of(parent):
    """Process number of the worker that trains for a process; None while there is none."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_text()
            stat = (folder / "stat").read_text()
        except OSError:
            continue  # it ended while we looked
        is_child = int(stat.rsplit(")", 1)[1].split()[1]) == parent
        if is_child and "rhml_core.jobs.worker" in command and "/train" in command:
            return int(folder.name)
    return None


def test_killed_worker_leaves_the_store_as_it_was_and_can_be_retried(
    place, team, project, judged, train
):
    """The system may kill a worker at any time, for want of memory for instance."""
    job = training.start_training(place, team["sue"], project.project_id, "setfit", key="train-1")

    def kill_worker():
        for _ in range(600):
            if pid := training_worker_of(os.getpid()):
                os.kill(pid, signal.SIGKILL)
                return
            time.sleep(0.05)

    killer = threading.Thread(target=kill_worker)
    killer.start()
    with pytest.raises(JobFailedError, match=r"(?i)kill"):
        place.jobs.run(job.job_id)
    killer.join()

    assert training.get_job(place, job.job_id).state is JobState.INTERRUPTED
    assert run_registry.list_runs(place, project.project_id) == []
    assert place.db.read("SELECT count(*) AS n FROM predictions")["n"][0] == 0
    assert training.retry_job(place, team["sue"], job.job_id).state is JobState.QUEUED


def test_stopped_server_leaves_its_jobs_interrupted(settings, place, team, project, judged):
    job = training.start_training(place, team["sue"], project.project_id, "fast", key="train-1")
    place.db.close()

    again = open_workplace(settings, in_background=False)

    assert training.get_job(again, job.job_id).state is JobState.INTERRUPTED
    again.close()
