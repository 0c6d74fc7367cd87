"""Another encoder is set: the messages are read again, and what was trained before stays."""

import pytest

from rhml_core.errors import JobCancelledError, MachineError
from rhml_core.jobs import embedding_job
from rhml_core.jobs.job_files import read_spec
from rhml_core.store import embeddings, runs
from rhml_core.workflows.background.desk import Desk
from rhml_core.workflows.training import promotion, reading
from rhml_core.workflows.workplace import open_workplace
from tests.machine.fakes import HashingEncoder
from tests.workflows.training.quick_runs import judge_all, trainer


class OtherEncoder(HashingEncoder):
    """As good as the fake, with vectors of its own."""

    encoder_id = "fake-other"


@pytest.fixture
def worker(monkeypatch):
    """What the worker reads with; it works in this process."""

    def run(folder, on_progress, _is_cancelled):
        embedding_job.run_embedding(folder, read_spec(folder), lambda *_: None)

    def read_with(encoder):
        monkeypatch.setattr(embedding_job, "load_base_encoder", lambda _: encoder)

    monkeypatch.setattr(reading, "run_worker", run)
    read_with(OtherEncoder())
    return read_with


@pytest.fixture
def run(place, team, project, add_messages, add_labels, monkeypatch):
    """A promoted run of the fast recipe on the encoder of before."""
    judge_all(add_messages, add_labels)
    made = trainer(place, team["sue"], project, monkeypatch)()
    return promotion.promote_run(place, team["sue"], made.run_id, key="promote-1")


@pytest.fixture
def other_place(place, settings, run):
    """The same store, opened with another encoder set."""
    place.close()
    place = open_workplace(settings, in_background=False, load_encoder=lambda _: OtherEncoder())
    yield place
    place.close()


@pytest.fixture
def read_again(other_place, project):
    """Do what the background does once another encoder is set; the progress that it tells."""

    def read_again(is_cancelled=lambda: False):
        told = []
        desk = Desk(
            other_place.db, other_place.settings, other_place.machines, told.append, is_cancelled
        )
        reading.embed_messages(desk, project.project_id, "job-1")
        return told

    return read_again


def test_messages_are_read_again_by_the_encoder_that_is_set(
    other_place, project, worker, read_again
):
    where = project.project_id
    was_unread = reading.has_unread(other_place.db, "fake-other", where)

    read_again()

    n_read, n_messages = embeddings.count_embedded(other_place.db, where, "fake-other")
    assert was_unread
    assert n_read == n_messages > 0
    assert not reading.has_unread(other_place.db, "fake-other", where)


def test_what_was_trained_before_stays_readable(other_place, project, run, worker, read_again):
    before = runs.predictions(other_place.db, run.run_id)

    read_again()

    n_read, n_messages = embeddings.count_embedded(
        other_place.db, project.project_id, run.encoder_id
    )
    assert n_read == n_messages
    assert runs.predictions(other_place.db, run.run_id).equals(before)
    assert runs.get_run(other_place.db, run.run_id).encoder_id == "fake-hashing"


def test_machine_that_speaks_goes_on_with_the_encoder_that_is_set(
    other_place, project, worker, read_again
):
    """The promoted run has no encoder of its own, so the live head is fitted on the new one."""
    read_again()

    encoder_id, encoder = other_place.machines.encoder_of(project.project_id)
    live = other_place.machines.refresh(project.project_id)

    assert encoder_id == encoder.encoder_id == "fake-other"
    assert live is not None
    assert live.encoder.encoder_id == "fake-other"


def test_stopped_reading_can_be_gone_on_with(other_place, project, worker, read_again):
    with pytest.raises(JobCancelledError):
        read_again(is_cancelled=lambda: True)

    assert reading.has_unread(other_place.db, "fake-other", project.project_id)
    read_again()
    assert not reading.has_unread(other_place.db, "fake-other", project.project_id)


def test_vectors_of_an_encoder_that_was_not_asked_are_refused(
    other_place, project, worker, read_again
):
    """Someone exchanged the encoder's files while the server ran."""
    worker(HashingEncoder())

    with pytest.raises(MachineError, match="have changed meanwhile"):
        read_again()

    assert embeddings.count_embedded(other_place.db, project.project_id, "fake-other")[0] == 0
