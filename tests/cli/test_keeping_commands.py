"""`export`, `backup`, `restore` and `doctor`, as a script calls them."""

import csv
import json
import re
import subprocess
import sys

import pytest

from rhml_core import cli
from rhml_core.domain import Label, Role
from rhml_core.settings import Settings
from rhml_core.workflows import people, projects
from rhml_core.workflows.files import importing, label_import
from rhml_core.workflows.workplace import open_workplace
from tests.machine.fakes import HashingEncoder


@pytest.fixture
def database(tmp_path):
    """A workplace with two judged messages, which nobody has open."""
    path = tmp_path / "study.duckdb"
    place = open_workplace(
        Settings(database=path), in_background=False, load_encoder=lambda _: HashingEncoder()
    )
    admin = people.add_person(place, None, "Sue", Role.ADMIN)
    labels = [Label("ham", "wanted"), Label("spam", "unwanted")]
    where = projects.create_project(place, admin, "Mail", labels).project_id
    prepared = importing.check_messages(place, admin, where, b"id,text\nm1,one\nm2,two\n", "m.csv")
    importing.import_messages(place, admin, where, prepared, file_name="m.csv", key="m")
    rows = b"message_id,expert,label\nm1,Ana,spam\nm2,Ana,ham\n"
    label_import.import_labels(place, admin, where, rows, "l.csv", key="l")
    place.close()
    return path


@pytest.fixture
def rhml(database, monkeypatch, capsys):
    """Run a command on the workplace: its exit status, what it printed and what it complained."""

    def run(*words, db=database):
        monkeypatch.setattr(sys, "argv", ["rhml", *map(str, words), "--db", str(db)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return run


@pytest.fixture
def server(database):
    """Another process that has the workplace open, as a server has."""
    code = (
        "import sys; from pathlib import Path; from rhml_core.store.database import Database\n"
        "db = Database.open(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline()
        yield process
        process.stdin.close()


def test_what_is_exported_is_imported_by_the_same_program(rhml, tmp_path):
    status, out, _ = rhml("export", "--project", "Mail", "--out", tmp_path / "out", "--json")

    other = tmp_path / "other.duckdb"
    messages, judgements, codebook = json.loads(out)["files"]
    begun = rhml("project", "create", "Mail", "--codebook", codebook, db=other)
    took = rhml("import", "messages", messages, "--project", "Mail", db=other)
    judged = rhml("import", "labels", judgements, "--project", "Mail", db=other)
    again = rhml("export", "--project", "Mail", "--out", tmp_path / "again", db=other)

    assert status == begun[0] == took[0] == judged[0] == again[0] == 0
    for name in ("messages.csv", "judgements.csv", "codebook.csv"):
        assert (tmp_path / "again" / name).read_text() == (tmp_path / "out" / name).read_text()


def test_simulated_experts_say_so_wherever_they_are_taken_in(rhml, tmp_path):
    """From one workplace into the next and into a third, as commands print them."""
    rows = tmp_path / "rows.csv"
    rows.write_text("message_id,expert,label,is_simulated\nm1,Robo,ham,true\nm2,Ana,ham,\n")

    took = rhml("import", "labels", rows, "--project", "Mail")
    for one in ("first", "second"):
        here = {} if one == "first" else {"db": tmp_path / "first.duckdb"}
        next_one = tmp_path / f"{one}.duckdb"
        _, out, _ = rhml("export", "--project", "Mail", "--out", tmp_path / one, "--json", **here)
        messages, judgements, codebook = json.loads(out)["files"]
        rhml("project", "create", "Mail", "--codebook", codebook, db=next_one)
        rhml("import", "messages", messages, "--project", "Mail", db=next_one)
        again = rhml("import", "labels", judgements, "--project", "Mail", "--json", db=next_one)
    listed = rhml("people", "list", db=tmp_path / "second.duckdb")
    as_json = rhml("people", "list", "--json", db=tmp_path / "second.duckdb")

    assert "by 2 people, 1 of them simulated;" in took[1]
    assert json.loads(again[1])["n_simulated"] == 1
    assert "Robo (simulated): expert" in listed[1].splitlines()
    assert {one["name"]: one["is_simulated"] for one in json.loads(as_json[1])["people"]} == {
        "Admin": False,
        "Ana": False,
        "Robo": True,
    }


def test_export_says_what_it_wrote(rhml, tmp_path):
    status, out, _ = rhml("export", "--project", "Mail", "--out", tmp_path / "out")

    assert status == 0
    assert "2 messages, 2 of them with a label that counts, and 2 judgements" in out
    assert "No run is promoted" in out
    with (tmp_path / "out" / "messages.csv").open() as file:
        assert [row["label"] for row in csv.DictReader(file)] == ["spam", "ham"]


def test_backup_and_restore_bring_everything_back(rhml, tmp_path):
    made = rhml("backup", tmp_path / "study.zip", "--json")
    other = tmp_path / "other.duckdb"

    done = rhml("restore", tmp_path / "study.zip", "--json", db=other)
    again = rhml("restore", tmp_path / "study.zip", db=other)
    replaced = rhml("restore", tmp_path / "study.zip", "--replace", db=other)
    listed = rhml("people", "list", "--json", db=other)

    assert (made[0], done[0], replaced[0]) == (0, 0, 0)
    assert json.loads(made[1])["file"] == str(tmp_path / "study.zip")
    assert json.loads(done[1])["kept"] is None
    assert (again[0], again[2].count("\n")) == (1, 1)
    assert "--replace" in again[2]
    assert "kept as" in replaced[1]
    assert re.search(r"is as it was on \d+ \w+ \d{4} at \d\d:\d\d UTC, with 0 runs\.", replaced[1])
    assert [one["name"] for one in json.loads(listed[1])["people"]] == ["Ana", "Sue"]


@pytest.mark.parametrize(
    "words",
    [
        ("backup", "b.zip"),
        ("export", "--project", "Mail", "--out", "out"),
        ("restore", "b.zip", "--replace"),
    ],
    ids=["backup", "export", "restore"],
)
def test_workplace_that_a_server_has_open_is_left_alone(rhml, server, tmp_path, monkeypatch, words):
    """One line that names the process and the way out."""
    monkeypatch.chdir(tmp_path)

    status, out, err = rhml(*words)

    assert (status, out, err.count("\n")) == (1, "", 1)
    assert f"in use by process {server.pid}" in err
    assert not (tmp_path / "b.zip").exists()
    assert not (tmp_path / "out").exists()


def test_doctor_has_a_line_for_each_check(rhml):
    status, out, _ = rhml("doctor")
    as_json = json.loads(rhml("doctor", "--json")[1])

    lines = [line.split()[0] for line in out.splitlines()]
    assert lines == [one["state"] for one in as_json["checks"]]
    assert status == (0 if as_json["is_sound"] else 1)
    assert {"Python", "Database", "Runs"} <= {one["name"] for one in as_json["checks"]}


def test_doctor_fails_on_a_fault_in_one_line(rhml, tmp_path):
    other = tmp_path / "other.duckdb"
    other.write_text("no database")

    status, out, err = rhml("doctor", "--json", db=other)

    assert status == 1
    assert json.loads(out)["n_faults"] == 1
    assert err == "rhml: not in order: Database.\n"


def test_backup_of_nothing_is_refused(rhml, tmp_path):
    """A new, empty workplace would be made and copied, and the mistake noticed years later."""
    status, _, err = rhml("backup", tmp_path / "b.zip", db=tmp_path / "typo.duckdb")

    assert status == 1
    assert "There is no database" in err
    assert not list(tmp_path.glob("*typo*"))


@pytest.mark.parametrize(
    "words", [("export", "--project", "Mail"), ("backup",), ("restore", "a", "b"), ("doctor", "x")]
)
def test_wrong_usage_is_told_apart_from_failure(rhml, words):
    assert rhml(*words)[0] == 2
