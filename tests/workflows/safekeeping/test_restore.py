"""A backup comes back as it was, or changes nothing at all."""

import json
import shutil
import stat
import threading
import zipfile
from datetime import UTC, datetime

import pytest

from rhml_core.domain import Role
from rhml_core.errors import (
    DatabaseTooNewError,
    InvalidInputError,
    StorageError,
)
from rhml_core.exchange.backup_archive import DATABASE, MANIFEST
from rhml_core.machine.recipes.run_folder import verify_run_folder
from rhml_core.settings import Settings
from rhml_core.store import embeddings, judgements, messages
from rhml_core.store.events import add_event
from rhml_core.store.migrations import own_schema
from rhml_core.workflows import people
from rhml_core.workflows.safekeeping import restore as restoring
from rhml_core.workflows.safekeeping.backup import back_up
from rhml_core.workflows.safekeeping.restore import restore

AT = datetime(2025, 3, 3, 14, 2, 1, tzinfo=UTC)


def content(folder):
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def rewrite(archive, change):
    """Write the archive anew with other members: `change(name, data)` gives them, or None."""
    with zipfile.ZipFile(archive) as pack:
        members = [(name, pack.read(name)) for name in pack.namelist()]
    with zipfile.ZipFile(archive, "w") as pack:
        for name, data in members:
            changed = change(name, data)
            if changed is not None:
                pack.writestr(name, changed)


def test_backup_comes_back_with_everything(filled, project, archive, target, opened):
    done = restore(target, archive, at=AT)

    other = opened(target)
    assert (done.n_runs, done.damaged_runs, done.kept) == (1, (), None)
    where = project.project_id
    for read in (judgements.current_labels, messages.message_texts):
        assert read(other.db, where).equals(read(filled.db, where))
    encoder_id = other.machines.base_encoder().encoder_id
    vectors = [embeddings.load_embeddings(one.db, where, encoder_id)[1] for one in (filled, other)]
    assert vectors[0].shape[0] == 20
    assert (vectors[0] == vectors[1]).all()
    verify_run_folder(target.runs_folder / "run-1")
    assert not list(target.database.parent.glob(".*"))


def test_newest_answer_counts_after_a_restore(project, archive, target, opened):
    """The order of events goes on where it was: else a new answer would count as an old one."""
    restore(target, archive, at=AT)
    other = opened(target)
    newest = other.db.read("SELECT max(seq) AS seq FROM judgements")["seq"][0]

    people.add_person(other, people.operator(other), "Eve", Role.EXPERT)

    assert other.db.read("SELECT max(seq) AS seq FROM audit")["seq"][0] > newest


def test_backup_is_one_moment_while_people_write(filled, team, project, tmp_path, target, opened):
    """Of acts that come in twos, a copy never holds one alone."""
    is_over = threading.Event()

    def write():
        while not is_over.is_set():
            with filled.db.atomic() as transaction:
                for half in ("left", "right"):
                    add_event(
                        transaction,
                        kind=half,
                        subject="pair",
                        person_id="sue",
                        project_id=project.project_id,
                        at=AT,
                    )

    writer = threading.Thread(target=write)
    writer.start()
    try:
        back_up(filled, team["sue"], tmp_path / "live.zip")
    finally:
        is_over.set()
        writer.join()

    restore(target, tmp_path / "live.zip", at=AT)
    found = opened(target).db.read(
        "SELECT kind, count(*) AS n FROM audit WHERE subject = 'pair' GROUP BY kind ORDER BY kind"
    )
    assert found["n"].n_unique() <= 1


def test_workplace_that_is_there_is_not_touched(occupied, archive):
    before = content(occupied.database.parent)

    with pytest.raises(InvalidInputError, match="--replace"):
        restore(occupied, archive, at=AT)

    assert content(occupied.database.parent) == before


def test_replaced_workplace_is_kept_beside(occupied, archive, opened):
    before = content(occupied.database.parent)

    done = restore(occupied, archive, replace_existing=True, at=AT)

    assert done.kept == occupied.database.with_name("b-replaced-20250303-140201.duckdb")
    kept = Settings(database=done.kept)
    assert done.kept.read_bytes() == before["b.duckdb"]
    assert (kept.runs_folder / "its-run" / "head").read_text() == "its own"
    assert [run.name for run in occupied.runs_folder.iterdir()] == ["run-1"]
    assert len(people.list_people(opened(occupied))) == 4


def tear(archive):
    data = archive.read_bytes()
    archive.write_bytes(data[: len(data) // 2])


def flip(archive):
    """One bit of the database, in an archive whose own check sums are right."""
    rewrite(archive, lambda name, data: data[:-1] + b"\xff" if name == DATABASE else data)


def shorten(archive):
    rewrite(archive, lambda name, data: data[:100] if name == DATABASE else data)


def lose(archive):
    rewrite(archive, lambda name, data: None if name.startswith("runs/") else data)


def smuggle(name, kind=0):
    def smuggled(archive):
        with zipfile.ZipFile(archive, "a") as pack:
            member = zipfile.ZipInfo(name)
            member.external_attr = (kind | 0o644) << 16
            pack.writestr(member, "/etc/passwd")

    return smuggled


def other_program(archive):
    rewrite(archive, lambda name, data: b"{}" if name == MANIFEST else data)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (tear, "no whole backup"),
        (flip, "no whole backup"),
        (shorten, "no whole backup"),
        (lose, "no whole backup"),
        (other_program, "no whole backup"),
        (smuggle("runs/run-1/more"), "no whole backup"),
        (smuggle("runs/../../evil"), "does not belong"),
        (smuggle("/evil"), "does not belong"),
        (smuggle("runs\\..\\..\\evil\\x"), "does not belong"),
        (smuggle("runs/run-1/link", stat.S_IFLNK), "does not belong"),
        (smuggle("runs/run-1/"), "does not belong"),
        (lambda archive: archive.write_text("no archive"), "no whole backup"),
        (lambda archive: archive.unlink(), "cannot be read"),
    ],
    ids=[
        *("torn", "one bit", "shorter", "a run is missing", "other manifest", "one too many"),
        *("above", "absolute", "backslash", "link", "folder", "text", "gone"),
    ],
)
def test_spoilt_archive_leaves_everything_as_it_was(occupied, archive, spoil, reason):
    spoil(archive)
    before = content(occupied.database.parent)

    with pytest.raises(InvalidInputError, match=reason):
        restore(occupied, archive, replace_existing=True, at=AT)

    assert content(occupied.database.parent) == before


def test_backup_of_a_newer_program_is_refused(archive, target):
    def newer(name, data):
        told = json.loads(data) if name == MANIFEST else {}
        return json.dumps(told | {"schema": 9999}).encode() if told else data

    rewrite(archive, newer)

    with pytest.raises(DatabaseTooNewError, match=f"9999.*{max(own_schema())}"):
        restore(target, archive, at=AT)

    assert not target.database.exists()


def test_restore_that_fails_half_way_moves_everything_back(occupied, archive, monkeypatch):
    before = content(occupied.database.parent)
    move, calls = restoring._move, []

    def fails_the_second_time(sources, targets):
        calls.append(sources)
        if len(calls) == 2:
            raise OSError(5, "Input/output error")
        move(sources, targets)

    monkeypatch.setattr(restoring, "_move", fails_the_second_time)

    with pytest.raises(StorageError, match="as it was"):
        restore(occupied, archive, replace_existing=True, at=AT)

    assert content(occupied.database.parent) == before


def test_restore_without_room_says_how_much_is_missing(archive, target, monkeypatch):
    usage = shutil.disk_usage(target.database.parent)._replace(free=1_000_000)
    monkeypatch.setattr(restoring.shutil, "disk_usage", lambda _: usage)

    with pytest.raises(StorageError, match="1 MB are free"):
        restore(target, archive, at=AT)

    assert not list(target.database.parent.iterdir())


def test_run_that_was_damaged_before_is_named(filled, team, tmp_path, target):
    (filled.settings.runs_folder / "run-1" / "model" / "weights").write_bytes(b"other")
    back_up(filled, team["sue"], tmp_path / "a.zip")

    done = restore(target, tmp_path / "a.zip", at=AT)

    assert len(done.damaged_runs) == 1
    assert "run-1" in done.damaged_runs[0]
