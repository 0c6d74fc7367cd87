"""Messages prepared from a table, and the report on faulty rows."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest

from rhml_core.errors import InvalidInputError
from rhml_core.exchange.mapping import Mapping, guess_mapping
from rhml_core.exchange.messages import MESSAGE_SCHEMA, prepare_messages
from rhml_core.exchange.report import ProblemCount, count_problems, no_problems
from rhml_core.exchange.tables import read_table
from rhml_core.exchange.times import parse_times
from rhml_core.settings import Settings


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def prepare(data, known_ids=(), known_texts=(), split_column=None, **changes):
    table = read_table(data, "m.csv")
    mapping = replace(guess_mapping(table.frame.columns, table.frame), **changes)
    return prepare_messages(
        table,
        mapping,
        Settings(max_text_characters=20, max_rows=50),
        known_ids=set(known_ids),
        known_texts=set(known_texts),
        split_column=split_column,
    )


def found(prepared):
    return prepared.problems.select("row", "message_id", "problem", "severity").rows()


def test_every_fact_reaches_its_column():
    data = (
        b"id,text,author,time,thread,reply_to,lang,split,source,label\n"
        b'1,Hello,ana,2024-05-01T12:00:00+02:00,t,0,en,Test,"a ""b""",ham\n'
    )

    prepared = prepare(data)

    row = prepared.messages.to_dicts()[0]
    assert prepared.messages.schema == MESSAGE_SCHEMA
    assert json.loads(row.pop("metadata")) == {"source": 'a "b"'}  # a label is no fact of it
    assert row == {
        "message_id": "1",
        "text": "Hello",
        "author": "ana",
        "sent_at": datetime(2024, 5, 1, 10, tzinfo=UTC),
        "thread": "t",
        "reply_to": "0",
        "language": "en",
        "split": "holdout",
        "text_hash": digest("Hello"),
    }
    assert prepared.is_importable


def test_absent_facts_are_null_and_the_metadata_is_an_empty_object():
    row = prepare(b"text,author\nHello,\n").messages.to_dicts()[0]

    assert row["author"] is None
    assert row["sent_at"] is None
    assert row["metadata"] == "{}"
    assert row["split"] == "pool"


def test_each_fault_is_named_with_its_row():
    data = (
        b"id,text,time\n"
        b"1,fine,2024-05-01\n"
        b"2, ,\n"
        b"1,other,\n"
        b"4,fine,\n"
        b"5,much longer than twenty characters,\n"
        b"6,late,soon\n"
        b"7,known,\n"
        b"8,n\x00l,\n"
        b"9\n"
    )

    prepared = prepare(data, known_ids={"4", "zz"}, known_texts={digest("known")})

    assert found(prepared) == [
        (3, "2", "empty", "error"),
        (4, "1", "duplicate_id", "error"),
        (5, "4", "duplicate_id", "error"),
        (5, "4", "duplicate_text", "warning"),
        (6, "5", "too_long", "error"),
        (7, "6", "bad_time", "warning"),
        (8, "7", "duplicate_text", "warning"),
        (9, "8", "nul_character", "warning"),
        (10, "", "broken_row", "error"),
    ]
    assert not prepared.is_importable
    assert "already in the project" in prepared.problems["explanation"][2]
    assert "row 2" in prepared.problems["explanation"][1]
    assert prepared.n_rows == 9


def test_faulty_rows_can_be_left_out():
    data = b"id,text\n1,a\n2,\n3\n4,a\n"

    kept = prepare(data).without_faulty_rows()

    assert kept.is_importable
    assert kept.messages["message_id"].to_list() == ["1", "4"]
    assert kept.rows.to_list() == [2, 5]
    assert found(kept) == [(5, "4", "duplicate_text", "warning")]
    assert (kept.n_rows, kept.n_left_out) == (4, 2)


def test_made_ids_are_stable_and_tell_equal_texts_apart():
    data = b"text\na\nb\na\n"

    first, second = prepare(data), prepare(data)

    expected = [f"m-{digest(key)[:12]}" for key in ("a\x001", "b\x001", "a\x002")]
    assert first.messages["message_id"].to_list() == expected
    assert second.messages["message_id"].to_list() == expected
    assert first.is_importable


def test_a_texts_last_digit_is_not_taken_for_its_occurrence():
    """The eleventh "a" and the first "a1" are different messages."""
    prepared = prepare(b"text\n" + b"a\n" * 11 + b"a1\n")

    assert prepared.messages["message_id"].n_unique() == 12


def test_a_row_without_id_gets_one():
    prepared = prepare(b"id,text\n1,a\n,b\n")

    assert prepared.messages["message_id"].to_list() == [
        "1",
        f"m-{digest('b' + chr(0) + '1')[:12]}",
    ]


def test_texts_stay_as_they_are():
    text = " \ttwo  blanks\x07\u202e "

    prepared = prepare(f'id,text\n1,"{text}"\n2,a\x00b\n'.encode())

    assert prepared.messages["text"].to_list() == [text, "a\ufffdb"]


@pytest.mark.parametrize("word", ["holdout", "Hold-Out", "test", " TEST "])
def test_holdout_is_known_by_its_words(word):
    prepared = prepare(f"text,part\na,{word}\nb,train\nc,\n".encode(), split_column="part")

    assert prepared.messages["split"].to_list() == ["holdout", "pool", "pool"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"text": None}, "choose one of them as the text"), ({"time": "when"}, 'no column "when"')],
)
def test_missing_columns_are_named_with_those_there_are(changes, reason):
    with pytest.raises(InvalidInputError, match=reason) as caught:
        prepare(b"id,text\n1,a\n", **changes)

    assert "id, text" in str(caught.value)


def test_too_many_rows_are_refused():
    with pytest.raises(InvalidInputError, match="at most 50"):
        prepare(b"text\n" + b"a\n" * 51)


@pytest.mark.parametrize(
    "written",
    [
        *("2024-05-01T12:30:00Z", "2024-05-01 12:30", "2024-05-01T14:30:00+0200"),
        *("2024-05-01T12:30:00.000000", "2024-05-01 12:30:00 UTC", "1714566600", "1714566600000"),
        *("Wed May 01 12:30:00 +0000 2024", "Wed, 01 May 2024 12:30:00 +0000", "01.05.2024 12:30"),
    ],
)
def test_times_are_understood(written):
    times = pl.DataFrame({"at": [written]}).select(parse_times(pl.col("at"))).to_series()

    assert times.to_list() == [datetime(2024, 5, 1, 12, 30, tzinfo=UTC)]


@pytest.mark.parametrize("written", ["soon", "03/04/2024", "2024-13-01", "12", ""])
def test_ambiguous_or_strange_times_are_none(written):
    times = pl.DataFrame({"at": [written]}).select(parse_times(pl.col("at"))).to_series()

    assert times.to_list() == [None]


@pytest.mark.parametrize(
    ("path", "n_messages", "n_holdout"),
    [
        ("single/banking77.csv", 13_083, 3_080),
        ("single/sms_spam.csv", 5_574, 0),
        ("single/tram_attack.csv", 5_087, 0),
        ("single/cti_ann_posts.csv", 2_497, 0),
        ("single/cvd_policy.csv", 2_573, 0),
        ("multi/snow_rte.csv", 800, None),
        ("multi/weather_sentiment.csv", 1_000, None),
        ("multi/convabuse.csv", 4_185, None),
    ],
)
def test_real_files_give_the_messages_they_are_known_to_hold(datasets, path, n_messages, n_holdout):
    """In `multi` a message stands once for each annotator: all but the first are repeats."""
    table = read_table(datasets / path, path)

    prepared = prepare_messages(
        table,
        guess_mapping(table.frame.columns, table.frame),
        Settings(),
        known_ids=set(),
        known_texts=set(),
    )

    kept = prepared.without_faulty_rows()
    assert set(prepared.problems["problem"]) <= {"duplicate_id", "duplicate_text"}
    assert kept.messages.height == n_messages
    assert prepared.is_importable == (n_holdout is not None)
    if n_holdout is not None:
        assert (kept.messages["split"] == "holdout").sum() == n_holdout


def test_guess_without_text_column_needs_a_choice():
    table = read_table(b"label\nham\n", "m.csv")

    with pytest.raises(InvalidInputError, match="label"):
        prepare_messages(table, Mapping(), Settings(), known_ids=set(), known_texts=set())


def test_each_text_may_come_in_once():
    """The first row is kept; what the project has already stays out altogether."""
    prepared = prepare(b"id,text\n1,a\n2,b\n3,a\n4,known\n5,a\n", known_texts={digest("known")})

    once = prepared.without_repeated_texts()

    assert prepared.n_repeats == 3
    assert once.messages["message_id"].to_list() == ["1", "2"]
    assert once.rows.to_list() == [2, 3]
    assert (once.n_repeats_left_out, once.n_left_out) == (3, 0)
    assert once.problems.is_empty()


def test_text_whose_first_row_is_faulty_is_not_lost():
    prepared = prepare(b"id,text\n1,a\n1,b\n2,b\n3,b\n")

    once = prepared.without_faulty_rows().without_repeated_texts()

    assert once.messages["text"].to_list() == ["a", "b"]
    assert (once.n_left_out, once.n_repeats_left_out) == (1, 1)


def test_problems_are_counted_by_kind_with_the_first_rows():
    prepared = prepare(b"id,text\n1,\n2,x\n3,\n4,x\n5,x\n")

    assert count_problems(prepared.problems, n_named=1) == [
        ProblemCount("empty", "error", 2, (2,)),
        ProblemCount("duplicate_text", "warning", 2, (5,)),
    ]
    assert count_problems(no_problems()) == []
