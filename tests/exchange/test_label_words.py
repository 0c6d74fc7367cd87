"""The words that a file has for labels, and what they stand for."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as some

from rhml_core.exchange.label_words import (
    UNKNOWN_WORD_SCHEMA,
    LabelColumns,
    LabelWords,
    guess_label_columns,
    unknown_words,
)
from rhml_core.exchange.labels import prepare_labels
from rhml_core.exchange.tables import read_table

KNOWN = ["ham", "spam", "unclear"]


def prepared(text, words, columns=None):
    return prepare_labels(
        read_table(text.encode(), "l.csv"),
        known_messages={"m1", "m2", "m3"},
        known_labels=KNOWN,
        columns=columns,
        words=words,
    )


def test_unknown_words_are_counted_with_the_label_nearest_to_them():
    words = pl.Series(["Spam!", "ham", "Spam!", "HAM", "unclaer", "???", ""])

    found = unknown_words(words, KNOWN)

    assert found.schema == UNKNOWN_WORD_SCHEMA
    assert found.rows() == [
        ("Spam!", 2, "spam"),
        ("???", 1, None),
        ("HAM", 1, "ham"),
        ("unclaer", 1, "unclear"),
    ]


def test_known_words_leave_an_empty_table_with_its_columns():
    found = unknown_words(pl.Series(["ham", ""], dtype=pl.String), KNOWN)

    assert found.is_empty()
    assert found.schema == UNKNOWN_WORD_SCHEMA


def test_words_become_labels_or_leave_their_rows_out():
    words = LabelWords({"Spam!": "spam", "off ": "news", "???": None}, ("news",))

    found = prepared("id,expert,label\nm1,ana,Spam! \nm2,ana,off\nm3,ana,???\n", words)

    assert found.is_importable
    assert found.labels.select("message_id", "label").rows() == [("m1", "spam"), ("m2", "news")]
    assert (found.n_rows, found.n_word_left_out) == (3, 1)


def test_word_that_stands_for_nothing_stays_an_error():
    found = prepared("id,expert,label\nm1,ana,Spam!\n", LabelWords({"ham ": "spam"}))

    assert found.problems["problem"].to_list() == ["unknown_label"]


def test_rows_without_a_label_may_be_left_out_and_are_counted():
    found = prepared("id,expert,label\nm1,ana,\nm2,ana,ham\n", LabelWords(skips_unlabelled=True))

    assert found.is_importable
    assert (found.labels.height, found.n_unlabelled) == (1, 1)


def test_one_person_may_have_given_them_all():
    columns = LabelColumns(message="ID#", label="Einstufung")

    found = prepared("ID#,Einstufung\nm1,ham\n", LabelWords(expert=" Ana "), columns)

    assert found.labels.select("message_id", "expert", "label").rows() == [("m1", "Ana", "ham")]


def test_columns_are_guessed_whatever_their_spelling():
    table = read_table(b"ID#,Nachricht,Einstufung,Coded by\n1,x,ham,ana\n", "l.csv")

    assert guess_label_columns(table) == LabelColumns("ID#", "Einstufung", "Coded by")


@given(some.lists(some.sampled_from(["ham", "SPAM", "x", "y", ""]), max_size=30))
def test_every_row_is_taken_left_out_or_named(given_words):
    """No label is lost without a count: rows in the file are what is told of them."""
    text = "id,expert,label\n" + "".join(
        f"m1,e{place},{word}\n" for place, word in enumerate(given_words)
    )
    words = LabelWords({"SPAM": "spam", "x": None}, skips_unlabelled=True)
    if not given_words:
        return

    found = prepared(text, words)

    faulty = found.problems.filter(severity="error")["row"].n_unique()
    assert faulty == given_words.count("y")
    assert found.n_word_left_out == given_words.count("x")
    assert found.n_unlabelled == given_words.count("")
    assert found.labels.height == len(given_words) - found.n_word_left_out - found.n_unlabelled
