"""A filled workplace, a backup of it, and places to put one."""

import pytest

from rhml_core.machine.recipes.run_folder import seal_run_folder
from rhml_core.settings import Settings
from rhml_core.store.database import Database
from rhml_core.workflows.safekeeping.backup import back_up
from rhml_core.workflows.workplace import open_workplace
from tests.app.store_fixtures import add_run
from tests.machine.fakes import HashingEncoder


@pytest.fixture
def filled(place, project, add_messages, add_labels):
    """A workplace with messages that the machine has read, labels and a run with its files."""
    add_messages({f"m{n}": f"text {n}" for n in range(20)})
    add_labels([("m1", "Ana", "spam"), ("m2", "Ben", "ham")])
    add_run(place, project, 1, {"m1": ("spam", 0.9)})
    folder = place.settings.runs_folder / "run-1" / "model"
    folder.mkdir(parents=True)
    (folder / "weights").write_bytes(b"\x00" * 1000)
    seal_run_folder(folder.parent)
    return place


@pytest.fixture
def archive(filled, team, tmp_path):
    file = tmp_path / "study.zip"
    back_up(filled, team["sue"], file)
    return file


@pytest.fixture
def target(tmp_path):
    """Where a backup is put: another folder, with nothing in it."""
    (tmp_path / "target").mkdir()
    return Settings(database=tmp_path / "target" / "b.duckdb")


@pytest.fixture
def opened():
    """Open a workplace for the length of a test."""
    places = []

    def opened(settings):
        places.append(
            open_workplace(settings, in_background=False, load_encoder=lambda _: HashingEncoder())
        )
        return places[-1]

    yield opened
    for place in places:
        place.close()


@pytest.fixture
def occupied(target):
    """Another workplace stands where the backup is to go."""
    db = Database.open(target.database)
    db.close()
    run = target.runs_folder / "its-run"
    run.mkdir(parents=True)
    (run / "head").write_text("its own")
    return target
