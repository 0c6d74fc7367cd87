"""The file itself: one owner, numbered migrations, all or nothing."""

import subprocess
import sys
import threading
from datetime import UTC, datetime

import duckdb
import pytest

from rhml_core.errors import (
    DatabaseInUseError,
    DatabaseTooNewError,
    InvalidInputError,
    StorageError,
)
from rhml_core.store.database import Database, _migrations, os_says_full

AT = datetime(2025, 3, 3, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.duckdb"


@pytest.fixture
def db(path):
    db = Database.open(path)
    yield db
    db.close()


def test_new_file_records_each_migration_with_its_effect(db):
    found = db.read("SELECT number, name, effect FROM schema_migrations ORDER BY number")

    assert found.row(0)[:2] == (1, "initial")
    assert "judgements" in found["effect"][0].lower()


def test_migrations_run_once(path):
    Database.open(path).close()

    again = Database.open(path)

    n_recorded = again.read("SELECT count(*) AS n FROM schema_migrations")["n"][0]
    again.close()

    assert n_recorded == len(_migrations())


def test_second_process_is_told_who_owns_the_file(db, path):
    """Two writers would corrupt each other's view; the error names the process and a way out."""
    code = (
        "from pathlib import Path; import sys\n"
        "from rhml_core.store.database import Database\n"
        "from rhml_core.errors import DatabaseInUseError\n"
        "try:\n    Database.open(Path(sys.argv[1]))\n"
        "except DatabaseInUseError as error:\n    print(error)\n"
    )

    said = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    ).stdout

    assert "is in use by process" in said
    assert "Stop that server" in said
    assert db.read("SELECT 1 AS one")["one"][0] == 1


def test_newer_database_is_refused_and_left_untouched(path):
    Database.open(path).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES (9999, 'x', 'y', 'z', now())")
    before = path.read_bytes()

    with pytest.raises(DatabaseTooNewError, match="9999"):
        Database.open(path)

    assert path.read_bytes() == before


def test_other_file_is_refused_with_a_remedy(path):
    path.write_text("not a database at all, but a text of some length " * 100)

    with pytest.raises(InvalidInputError, match="--db"):
        Database.open(path)


def test_missing_folder_is_named(tmp_path):
    with pytest.raises(InvalidInputError, match="nowhere"):
        Database.open(tmp_path / "nowhere" / "a.duckdb")


def test_failed_act_leaves_nothing(db):
    def fail_half_way():
        with db.atomic() as transaction:
            transaction.claim("first", at=AT)
            raise KeyError("half-way")

    with pytest.raises(KeyError):
        fail_half_way()

    assert db.read("SELECT count(*) AS n FROM acts")["n"][0] == 0
    assert db.revision == len(_migrations())  # these alone


def test_key_is_claimed_once(db):
    with db.atomic() as transaction:
        first = transaction.claim("k", at=AT)
    with db.atomic() as transaction:
        second = transaction.claim("k", at=AT)

    assert (first, second) == (True, False)


def test_readers_see_the_last_committed_state_while_an_act_is_open(db):
    seen = []
    with db.atomic() as transaction:
        transaction.claim("k", at=AT)
        reader = threading.Thread(
            target=lambda: seen.append(db.read("SELECT count(*) AS n FROM acts")["n"][0])
        )
        reader.start()
        reader.join()

    assert seen == [0]


def test_many_threads_write_without_conflict(db):
    def work(number):
        for step in range(20):
            with db.atomic() as transaction:
                transaction.claim(f"{number}-{step}", at=AT)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert db.read("SELECT count(*) AS n FROM acts")["n"][0] == 160


def test_broken_constraint_is_a_fault_that_nobody_is_told_the_values_of(db):
    with db.atomic() as transaction:
        transaction.write("INSERT INTO acts VALUES ('k', $at)", at=AT)

    with pytest.raises(duckdb.ConstraintException), db.atomic() as transaction:
        transaction.write("INSERT INTO acts VALUES ('other', $at), ('k', $at)", at=AT)

    assert db.read("SELECT count(*) AS n FROM acts")["n"][0] == 1


def test_file_that_cannot_be_written_is_told_in_words(db):
    with pytest.raises(StorageError, match="Nothing was changed"), db.atomic() as transaction:
        transaction.write("COPY (SELECT 1) TO '/dev/null/no/such/folder.csv'")


@pytest.mark.parametrize(
    ("text", "is_full"),
    [
        ("IO Error: Could not write file: No space left on device", True),
        ("IO Error: Could not write all bytes: File too large", True),
        ("Constraint Error: duplicate key", False),
    ],
)
def test_full_disk_is_recognised(text, is_full):
    assert os_says_full(text) is is_full


def test_database_in_use_is_an_error_of_its_own():
    assert not issubclass(DatabaseInUseError, StorageError)


@pytest.mark.parametrize("name", ["my study-1.duckdb", 'say "a".duckdb', "copy.duckdb", "select"])
def test_copy_holds_what_is_committed_whatever_the_file_is_called(tmp_path, name):
    db = Database.open(tmp_path / name)
    with db.atomic() as transaction:
        transaction.claim("an act", at=AT)

    db.copy_to(tmp_path / "copied")

    db.close()
    copied = Database.look(tmp_path / "copied")
    found = copied.read("SELECT key FROM acts ORDER BY key")["key"].to_list()
    copied.close()
    assert found == ["an act"]


def test_copy_that_cannot_be_written_is_told(db, tmp_path):
    with pytest.raises(StorageError, match="Nothing was changed"):
        db.copy_to(tmp_path / "nowhere" / "copied")

    db.copy_to(tmp_path / "copied")
    assert (tmp_path / "copied").exists()


def test_look_leaves_an_older_schema_as_it_is(path):
    Database.open(path).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM schema_migrations WHERE number > 5")
    before = path.read_bytes()

    looked = Database.look(path)
    newest = looked.read("SELECT max(number) AS n FROM schema_migrations")["n"][0]
    looked.close()

    assert (newest, path.read_bytes()) == (5, before)
    with pytest.raises(InvalidInputError, match="no database"):
        Database.look(path.with_name("other"))
