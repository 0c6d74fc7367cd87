"""Pulling the plug: what was acknowledged is there, however the server ends."""

import contextlib
import random
import threading
import time

import httpx
import pytest

from rhml_core.domain import Label, Role
from rhml_core.store.database import Database
from rhml_core.workflows import people, projects
from rhml_core.workflows.files import importing
from rhml_core.workflows.workplace import open_workplace
from tests.serving import label_one, start_server

N_CLIENTS = 10
N_KILLS = 20


@pytest.fixture
def database(settings):
    """A project with many messages and ten experts."""
    place = open_workplace(settings, in_background=False)
    boss = people.add_person(place, None, "Bo", Role.ADMIN)
    labels = [Label("ham", "wanted"), Label("spam", "unwanted")]
    project = projects.create_project(place, boss, "P", labels, overlap=1)
    rows = "".join(f"m{n},message number {n}\n" for n in range(20_000))
    prepared = importing.check_messages(
        place, boss, project.project_id, f"id,text\n{rows}".encode(), "messages.csv"
    )
    importing.import_messages(
        place, boss, project.project_id, prepared, file_name="messages.csv", key="messages"
    )
    for n in range(N_CLIENTS):
        people.add_person(place, boss, f"E{n}", Role.EXPERT)
    place.close()
    return settings.database


def label_until_killed(server, n, acknowledged, faults):
    try:
        with contextlib.closing(server.client(f"e{n}")) as client:
            while done := label_one(client, "p", random.choice(["ham", "spam"])):
                acknowledged.extend(done)
    except httpx.TransportError:
        pass  # the plug was pulled; what is not acknowledged may or may not be there
    except Exception as error:
        faults.append(error)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_acknowledged_judgement_survives_a_kill(database, tmp_path, encoder_cache):
    """Ten clients label while the server is killed at a random moment, twenty times over."""
    acknowledged, faults = [], []

    for round_number in range(N_KILLS):
        server = start_server(database, tmp_path / "server.log", cache=encoder_cache)
        n_before = len(acknowledged)
        clients = [
            threading.Thread(target=label_until_killed, args=(server, n, acknowledged, faults))
            for n in range(N_CLIENTS)
        ]
        for client in clients:
            client.start()
        try:
            while len(acknowledged) - n_before < N_CLIENTS:
                assert server.process.poll() is None, server.log.read_text()
                assert any(client.is_alive() for client in clients), faults
                time.sleep(0.01)
            time.sleep(random.uniform(0, 0.5))
        finally:
            server.kill()
        for client in clients:
            client.join()

        assert not faults
        db = Database.open(database)
        kept = db.read("SELECT turn_id, phase, label FROM judgements ORDER BY seq").rows()
        db.close()
        lost = set(acknowledged) - set(kept)
        assert not lost, f"round {round_number}: {len(lost)} of {len(acknowledged)} lost"
        assert len(kept) == len(set(kept)), "a judgement was doubled"

    assert len(acknowledged) >= N_KILLS * N_CLIENTS
