"""The promoted run answers the messages that came after its training, each of them once."""

import subprocess
import sys
import time

import numpy as np
import polars as pl
import pytest

from rhml_core.domain import JobKind, JobState
from rhml_core.errors import JobCancelledError, MachineError
from rhml_core.machine.heads.head import load_head
from rhml_core.store import jobs as job_store
from rhml_core.store import runs
from rhml_core.store.embeddings import read_messages
from rhml_core.workflows.agreement import machine_rater
from rhml_core.workflows.background.desk import Desk
from rhml_core.workflows.background.queued_job import queued_job
from rhml_core.workflows.training import pool_scoring, promotion, training
from rhml_core.workflows.workplace import open_workplace
from tests.machine.fakes import HashingEncoder
from tests.workflows.training.quick_runs import JUDGED, judge_all, trainer

LATER = {"l1": "a prize for you", "l2": "late for lunch", "l3": "win lunch"}


@pytest.fixture
def train(place, team, project, monkeypatch):
    return trainer(place, team["sue"], project, monkeypatch)


@pytest.fixture
def judged(add_messages, add_labels):
    judge_all(add_messages, add_labels)


@pytest.fixture
def promote(place, team):
    def promote(run, key="promote-1"):
        return promotion.promote_run(place, team["sue"], run.run_id, key=key)

    return promote


@pytest.fixture
def answer(place, project):
    """Do what the background does after a promotion; the progress that it tells."""

    def answer(is_cancelled=lambda: False):
        told = []
        desk = Desk(place.db, place.settings, place.machines, told.append, is_cancelled)
        pool_scoring.answer_messages(desk, project.project_id)
        return told

    return answer


def answers_of(place, run):
    return runs.predictions(place.db, run.run_id)


def test_later_messages_get_what_the_runs_head_says(
    place, project, judged, train, promote, answer, add_messages
):
    run = train()
    before = answers_of(place, run)
    promote(run)
    add_messages(LATER)

    answer()

    after = answers_of(place, run)
    new = after.filter(pl.col("message_id").is_in(list(LATER)))
    head = load_head(place.settings.runs_folder / run.folder / "head.npz")
    texts = list(LATER.values())
    expected = head.predict_proba(HashingEncoder().encode(texts), head.wording.read(texts))
    assert after.height == before.height + 3
    assert new["message_id"].to_list() == ["l1", "l2", "l3"]
    assert np.vstack(new["probabilities"]) == pytest.approx(expected)
    assert new["label"].to_list() == [head.labels[best] for best in expected.argmax(axis=1)]
    assert not new["is_out_of_fold"].any()


def test_what_the_run_learnt_from_keeps_its_out_of_fold_answer(
    place, judged, train, promote, answer, add_messages
):
    """Else the machine would agree with the labels that it was told."""
    run = train()
    before = answers_of(place, run)
    promote(run)
    add_messages(LATER)

    answer()

    kept = answers_of(place, run).filter(~pl.col("message_id").is_in(list(LATER)))
    assert kept.equals(before)
    assert kept["is_out_of_fold"].all()


def test_two_promotions_with_an_import_in_between_leave_one_answer_a_message(
    place, judged, train, promote, answer, add_messages
):
    first, second = train(), train("train-2")
    promote(first)
    add_messages(LATER)
    answer()
    answer()
    promote(second, "promote-2")
    answer()
    add_messages({"l4": "a second prize"})
    answer()
    promote(first, "promote-3")
    answer()

    counts = place.db.read(
        """
        SELECT run_id, count(*) AS n, count(DISTINCT message_id) AS n_messages
        FROM predictions GROUP BY run_id ORDER BY run_id
        """
    )
    assert counts["n"].to_list() == counts["n_messages"].to_list() == [16, 16]


def test_candidates_are_not_asked(place, judged, train, answer, add_messages):
    """Only the promoted run stands for the machine; asking all would cost for nothing."""
    run = train()
    add_messages(LATER)

    answer()

    assert answers_of(place, run).height == 12


def test_new_answers_count_where_the_machine_is_a_rater(
    place, project, judged, train, promote, answer, add_messages
):
    promote(train())
    add_messages(LATER)
    before = machine_rater.machine_labels(place.db, project.project_id)

    answer()

    after = machine_rater.machine_labels(place.db, project.project_id)
    assert set(after["message_id"]) - set(before["message_id"]) == set(LATER)


def test_progress_counts_messages_and_cancel_keeps_what_is_done(
    place, judged, train, promote, answer, add_messages, monkeypatch
):
    run = train()
    promote(run)
    add_messages(LATER)
    monkeypatch.setattr(pool_scoring, "_MESSAGES_A_PORTION", 1)
    asked = iter([False, False, True])

    with pytest.raises(JobCancelledError):
        answer(lambda: next(asked))
    kept = answers_of(place, run).height
    told = answer()

    assert kept == 12 + 2
    assert [(line.step, line.n_steps) for line in told] == [(0, 1)]
    assert answers_of(place, run).height == 15


def test_damaged_run_answers_nothing(place, judged, train, promote, answer, add_messages):
    run = train()
    promote(run)
    add_messages(LATER)
    (place.settings.runs_folder / run.folder / "head.npz").write_bytes(b"")

    with pytest.raises(MachineError, match=r"head\.npz was changed"):
        answer()


def wait_until(is_true, seconds=120):
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_server_answers_by_itself_after_a_promotion(
    place, settings, team, project, judged, train, add_messages
):
    """The messages were imported before; nobody has to ask for their answers."""
    run = train()
    add_messages(LATER)
    place.close()

    server = open_workplace(settings, load_encoder=lambda _: HashingEncoder())
    promotion.promote_run(server, team["sue"], run.run_id, key="promote-1")

    wait_until(lambda: answers_of(server, run).height == 15)
    jobs = [job for job in training.recent_jobs(server, project.project_id) if job.kind == "score"]
    wait_until(lambda: training.get_job(server, jobs[0].job_id).state is JobState.DONE)
    ended = training.get_job(server, jobs[0].job_id)
    server.close()
    assert ended.result == run.run_id


def test_answers_follow_the_reading_of_an_import(
    place, team, project, judged, train, promote, add_messages
):
    """Nobody starts them, and they are queued once however often something is read."""
    promote(train())
    add_messages(LATER)
    place.jobs.works_by_itself = True  # without its thread: what is queued stays so
    for _ in range(2):
        reading = queued_job(
            project.project_id, JobKind.EMBED, person_id=team["sue"].person_id, at=place.now()
        )
        with place.db.atomic() as transaction:
            job_store.add_job(transaction, reading, parameters={}, seed=0)
        place.jobs.run(reading.job_id)
    place.jobs.works_by_itself = False

    waiting = training.active_jobs(place, project.project_id)
    assert [(job.kind, job.state) for job in waiting] == [("score", JobState.QUEUED)]


KILLED = """
import sys, time
from pathlib import Path
from rhml_core.settings import Settings
from rhml_core.workflows.training import pool_scoring
from rhml_core.workflows.workplace import open_workplace
from tests.machine.fakes import HashingEncoder

pool_scoring._MESSAGES_A_PORTION = 1
plain = pool_scoring.add_predictions

def slowly(*arguments):
    plain(*arguments)
    print("one", flush=True)
    time.sleep(0.5)

pool_scoring.add_predictions = slowly
open_workplace(Settings(database=Path(sys.argv[1])), load_encoder=lambda _: HashingEncoder())
time.sleep(600)
"""


def test_killed_server_goes_on_at_its_next_start(
    place, settings, judged, train, promote, add_messages
):
    run = train()
    promote(run)
    add_messages(LATER | {f"k{n}": f"more lunch {n}" for n in range(40)})
    place.close()
    server = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(settings.database)], stdout=subprocess.PIPE
    )
    begun = [server.stdout.readline() for _ in range(3)]
    server.kill()
    server.wait()
    server.stdout.close()

    again = open_workplace(settings, load_encoder=lambda _: HashingEncoder())
    n_at_start = answers_of(again, run).height
    wait_until(lambda: answers_of(again, run).height == 12 + 43)
    found = answers_of(again, run)
    again.close()

    assert begun == [b"one\n"] * 3
    assert 12 + 2 <= n_at_start <= 12 + 43
    assert found["message_id"].n_unique() == found.height


def test_vectors_stand_by_their_messages(place, project, judged):
    """Answers are laid beside identifiers: an exchange would go unseen."""
    read, vectors = read_messages(place.db, project.project_id, "fake-hashing", ["h1", "s1"])

    assert dict(read.iter_rows()) == {name: JUDGED[name] for name in ("h1", "s1")}
    assert vectors == pytest.approx(HashingEncoder().encode(read["text"].to_list()))


def test_nothing_read_gives_no_rows_and_all_columns(place, project, judged):
    read, vectors = read_messages(place.db, project.project_id, "unknown", ["h1"])

    assert (read.columns, read.height, vectors.shape) == (["message_id", "text"], 0, (0, 0))
