"""Experts' labels prepared from a table, and the report on faulty rows."""

from datetime import UTC, datetime

import pytest

from rhml_core.errors import InvalidInputError
from rhml_core.exchange.labels import LABEL_SCHEMA, prepare_labels
from rhml_core.exchange.tables import read_table


def prepare(text, *, adjudicated=False):
    return prepare_labels(
        read_table(text.encode(), "l.csv"),
        known_messages={"m1", "m2"},
        known_labels=["Ham", "Spam", "Unclear"],
        adjudicated=adjudicated,
    )


def found(prepared):
    return prepared.problems.select("row", "message_id", "problem", "severity").rows()


def test_every_fact_reaches_its_column():
    noon = datetime(2024, 5, 1, 12, tzinfo=UTC)

    prepared = prepare(
        "ID,Annotator,Code,Phase,Confidence,Comment,Time,Simulated,other\n"
        "m1,ana,Ham,Commit,SURE,because,2024-05-01T12:00:00Z,Yes,x\n"
    )

    assert prepared.is_importable
    assert prepared.labels.schema == LABEL_SCHEMA
    assert prepared.labels.rows() == [("m1", "ana", "Ham", "commit", "sure", "because", True, noon)]


def test_time_beside_a_text_is_the_messages_own():
    """A file of messages that has labels, too, does not say when these were given."""
    prepared = prepare("id,text,time,expert,label\nm1,hello,2024-05-01T12:00:00Z,ana,Ham\n")

    assert prepared.is_importable
    assert prepared.labels["made_at"].to_list() == [None]


def test_what_is_not_said_has_its_default():
    prepared = prepare("message_id,expert,label\nm1,ana,Ham\n")

    assert prepared.labels.rows() == [("m1", "ana", "Ham", "final", None, "", None, None)]


def test_adjudicated_labels_need_no_expert():
    prepared = prepare("message_id,label\nm1,Ham\n", adjudicated=True)

    assert prepared.labels.rows() == [
        ("m1", "reference", "Ham", "adjudicated", None, "", None, None)
    ]


def test_adjudicated_labels_have_no_other_phase():
    prepared = prepare("message_id,label,phase\nm1,Ham,final\n", adjudicated=True)

    assert found(prepared) == [(2, "m1", "bad_phase", "error")]


def test_each_fault_is_named_with_its_row():
    prepared = prepare(
        "message_id,expert,label,phase,confidence,at\n"
        "m9,ana,Ham,,,\n"
        "m1,ana,spamm,,,\n"
        "m1,ben,,,,\n"
        "m1,,Ham,,,\n"
        "m1,cleo,Ham,last,,\n"
        "m1,dan,Ham,,very,\n"
        "m1,eve,Ham,,,soon\n"
        "m1,Model,Ham,,,\n"
        "m1\n"
    )

    assert found(prepared) == [
        (2, "m9", "unknown_message", "error"),
        (3, "m1", "unknown_label", "error"),
        (4, "m1", "empty_label", "error"),
        (5, "m1", "missing_expert", "error"),
        (6, "m1", "bad_phase", "error"),
        (7, "m1", "bad_confidence", "error"),
        (8, "m1", "bad_time", "warning"),
        (9, "m1", "reserved_expert", "error"),
        (10, "", "broken_row", "error"),
    ]
    assert '"spamm". Near it are Spam' in prepared.problems["explanation"][1]
    kept = prepared.without_faulty_rows()
    assert kept.is_importable
    assert kept.labels["expert"].to_list() == ["eve"]
    assert (kept.n_rows, kept.n_left_out) == (9, 8)


def test_nobody_is_simulated_in_some_rows_only():
    """Empty cells say nothing; a word that nobody knows is asked about."""
    prepared = prepare(
        "message_id,expert,label,is_simulated\n"
        "m1,ana,Ham,true\n"
        "m2,ana,Ham,false\n"
        "m1,ben,Ham,TRUE\n"
        "m2,ben,Ham,\n"
        "m1,cleo,Ham,perhaps\n"
    )

    assert found(prepared) == [
        (2, "m1", "mixed_simulated", "error"),
        (3, "m2", "mixed_simulated", "error"),
        (6, "m1", "bad_simulated", "error"),
    ]
    assert prepared.labels["is_simulated"].to_list() == [True, False, True, None, None]


def test_of_repeated_labels_the_last_row_counts():
    prepared = prepare("message_id,expert,label\nm1,ana,Ham\nm1,ben,Ham\nm1,ana,Spam\n")

    assert prepared.labels.select("expert", "label").rows() == [("ben", "Ham"), ("ana", "Spam")]
    assert prepared.rows.to_list() == [3, 4]
    assert found(prepared) == [(2, "m1", "repeated_label", "warning")]
    assert prepared.is_importable


def test_of_repeated_labels_the_latest_in_time_counts():
    prepared = prepare(
        "message_id,expert,label,at\nm1,ana,Ham,2024-05-02\nm1,ana,Spam,2024-05-01\n"
    )

    assert prepared.labels["label"].to_list() == ["Ham"]
    assert found(prepared) == [(3, "m1", "repeated_label", "warning")]


def test_phases_of_a_turn_are_not_repeats():
    prepared = prepare("message_id,expert,label,phase\nm1,ana,Ham,commit\nm1,ana,Spam,final\n")

    assert prepared.labels.height == 2
    assert prepared.problems.is_empty()


@pytest.mark.parametrize("columns", ["expert,label", "message_id,label", "message_id,expert"])
def test_missing_columns_are_refused(columns):
    with pytest.raises(InvalidInputError, match="has no column"):
        prepare(f"{columns}\na,b\n")


@pytest.mark.parametrize(
    ("path", "n_labels"),
    [
        ("multi/snow_rte.csv", 8_000),
        ("multi/weather_sentiment.csv", 20_000),
        ("multi/convabuse.csv", 12_411),
    ],
)
def test_real_annotations_are_importable_as_they_are(datasets, path, n_labels):
    table = read_table(datasets / path, path)

    prepared = prepare_labels(
        table,
        known_messages=set(table.frame["id"]),
        known_labels=table.frame["label"].unique().to_list(),
    )

    assert prepared.is_importable
    assert prepared.labels.height == n_labels
