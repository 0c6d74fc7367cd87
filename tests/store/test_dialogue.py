"""Entries of a dialogue: kept in order, with what belongs to them, and read no less than before."""

from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from rhml_core.domain import Comment
from rhml_core.store import comments, dialogue
from rhml_core.store.database import Database, _migrations
from rhml_core.store.dialogue import Entry, EntryKind

AT = datetime(2025, 3, 3, 14, 2, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "rhml.duckdb"


@pytest.fixture
def db(path):
    db = Database.open(path)
    yield db
    db.close()


@pytest.fixture
def write(db):
    def write(name, subject="message:m1", kind=EntryKind.COMMENT, who="ana", **detail):
        at = AT - timedelta(seconds=len(name))
        with db.atomic() as transaction:
            dialogue.add_entry(
                transaction, "p", Entry(name, subject, kind, who, "text", at, detail)
            )

    return write


def test_entries_come_back_as_they_were_in_the_order_of_writing(db, write):
    write("first", label="spam", evidence=[[0, 4]], flip=None)
    write("second", kind=EntryKind.REPLY, who="model")
    write("elsewhere", subject="message:m2")

    found = dialogue.list_entries(db, "p", "message:m1")

    assert [(one.entry_id, one.kind, one.person_id) for one in found] == [
        ("first", EntryKind.COMMENT, "ana"),
        ("second", EntryKind.REPLY, "model"),
    ]
    assert found[0].detail == {"label": "spam", "evidence": [[0, 4]], "flip": None}
    assert found[0].seq < found[1].seq


def test_comments_of_older_programs_are_entries_and_flags_are_none(db):
    with db.atomic() as transaction:
        for kind in ("comment", "flag"):
            comment = Comment(kind, "message:m1", "ana", "text", AT)
            comments.add_comment(transaction, "p", comment, kind=kind)

    [found] = dialogue.list_entries(db, "p", "message:m1")

    assert (found.entry_id, found.kind, found.detail) == ("comment", EntryKind.COMMENT, {})
    assert dialogue.count_entries(db, "p").rows() == [("message:m1", 1)]


def test_what_was_written_before_the_migration_is_kept(path):
    connection = duckdb.connect(str(path))
    by_number = {number: sql for number, _, sql in _migrations()}
    for number in range(1, 7):
        connection.execute(by_number.get(number, "SELECT 1"))
    connection.execute(
        "INSERT INTO comments (comment_id, project_id, subject, kind, person_id, text, made_at) "
        "VALUES ('old', 'p', 'message:m1', 'comment', 'ana', 'text', now())"
    )
    connection.execute(by_number[7])

    kept = connection.execute("SELECT comment_id, detail FROM comments").fetchall()

    connection.close()
    assert kept == [("old", "{}")]


def test_no_entries_keep_their_columns(db):
    assert dialogue.list_entries(db, "p", "message:m1") == []
    assert dialogue.count_entries(db, "p").columns == ["subject", "n_entries"]
    assert dialogue.unread_entries(db, "p", "ana").columns == [
        "message_id",
        "n_unread",
        "is_named",
        "is_invited",
        "newest_at",
    ]
    assert dialogue.read_up_to(db, "p", "message:m1", "ana") == -1


def test_reading_less_later_takes_nothing_back(db, write):
    write("first")
    with db.atomic() as transaction:
        for seq in (9, 4):
            dialogue.add_read(transaction, "p", "message:m1", "ben", entry_seq=seq, at=AT)

    assert dialogue.read_up_to(db, "p", "message:m1", "ben") == 9
    assert dialogue.read_up_to(db, "p", "message:m1", "ana") == -1


def test_concepts_have_no_unread_threads(db, write):
    write("first", subject="concept:c1", named=["ben"])

    assert dialogue.unread_entries(db, "p", "ben").is_empty()
