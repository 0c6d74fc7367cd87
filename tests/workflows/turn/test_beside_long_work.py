"""Long work never blocks another's click: what a commit takes while a colleague's work runs."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from rhml_core.workflows.files import importing
from rhml_core.workflows.training import training
from rhml_core.workflows.turn import turns
from rhml_core.workflows.workplace import open_workplace
from tests.machine.fakes import HashingEncoder

N_ROWS = 5_000
N_IDLE = 12
MOST_TIMES_IDLE = 20
LONGEST_SHARE = 0.5
"""Of the long work's own time; who waits for more of it was as good as blocked."""
SECONDS_NOBODY_NOTICES = 0.3


@pytest.fixture
def place(settings):
    """A workplace as the server has it: what may wait is done in threads and in a worker."""
    place = open_workplace(settings, in_background=True, load_encoder=lambda _: HashingEncoder())
    yield place
    place.close()


def _commit_one(place, person, project):
    """Judge a message and be handed it first; how long both took, in seconds."""
    begun = time.monotonic()
    turn = turns.next_turn(place, person, project.project_id)
    turns.commit(place, person, turn.turn_id, label="ham", key=f"commit-{turn.turn_id}")
    return time.monotonic() - begun


def _import_many(place, team, project):
    rows = "".join(f"late{n},message number {n} of many\n" for n in range(N_ROWS))
    where = project.project_id
    prepared = importing.check_messages(
        place, team["sue"], where, f"id,text\n{rows}".encode(), "late.csv"
    )
    importing.import_messages(place, team["sue"], where, prepared, file_name="late.csv", key="late")


def _train(place, team, project):
    job = training.start_training(place, team["sue"], project.project_id, "fast", key="train")
    while any(one.job_id == job.job_id for one in training.active_jobs(place, project.project_id)):
        time.sleep(0.02)


@pytest.mark.parametrize("work", [_import_many, _train])
def test_a_commit_does_not_wait_for_long_work(place, team, project, add_messages, add_labels, work):
    """A commit's median stays within a multiple of its idle one, and none waits the work out."""
    add_messages({f"m{n}": f"{('win money', 'see you')[n % 2]} {n}" for n in range(400)})
    judged = [(f"m{n}", "Ben", ("spam", "ham")[n % 2]) for n in range(40)]
    add_labels(judged)
    idle = [_commit_one(place, team["ana"], project) for _ in range(N_IDLE)]

    begun, beside = time.monotonic(), []
    with ThreadPoolExecutor(1) as colleague:
        done = colleague.submit(work, place, team, project)
        while not done.done():
            beside.append(_commit_one(place, team["ana"], project))
            time.sleep(0.01)  # a person looks at the message first
    done.result()
    seconds = time.monotonic() - begun

    assert len(beside) >= 2
    enough = max(SECONDS_NOBODY_NOTICES, MOST_TIMES_IDLE * statistics.median(idle))
    assert statistics.median(beside) <= enough
    assert max(beside) <= max(enough, LONGEST_SHARE * seconds)
