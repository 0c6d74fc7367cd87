"""Guessing which column holds what."""

import polars as pl
import pytest

from rhml_core.exchange.mapping import Mapping, Reason, guess_columns, guess_mapping


def guess(**columns):
    frame = pl.DataFrame({name: [value] for name, value in columns.items()})
    return guess_mapping(frame.columns, frame)


def test_names_in_other_spellings_are_known():
    mapping = guess(
        **{"Tweet ID": "1", "Full-Text": "a", "userName": "u", "Created At": "t"},
        conversation_id="c",
        in_reply_to="r",
        Lang="en",
        SET="x",
    )

    assert mapping == Mapping(
        text="Full-Text",
        id="Tweet ID",
        author="userName",
        time="Created At",
        thread="conversation_id",
        reply_to="in_reply_to",
        language="Lang",
        split="SET",
    )


@pytest.mark.parametrize("name", ["Nachricht", "message", "mensaje", "texte", "testo", "post"])
def test_text_is_known_in_several_languages(name):
    assert guess(**{"other": "much longer than the text", name: "a"}).text == name


def test_unnamed_text_is_the_column_with_the_longest_texts():
    assert guess(a="short", b="a rather long text", c="mid size").text == "b"


def test_label_is_never_taken_for_text():
    mapping = guess(id="1", label="a very long name of a label", gold="even longer than that one")

    assert mapping.text is None


def test_columns_are_those_named():
    assert Mapping(text="a", time="b").columns == ["a", "b"]


def test_column_whose_words_all_stand_for_a_fact_is_taken_and_the_reason_told():
    frame = pl.DataFrame(
        {"Nachricht (Text)": ["a"], "Datum/Zeit": ["t"], "Verfasser/in": ["u"], "ID#": ["1"]}
    )

    found = guess_columns(frame.columns, frame)

    assert found.mapping == Mapping(
        text="Nachricht (Text)", id="ID#", author="Verfasser/in", time="Datum/Zeit"
    )
    assert found.reasons == {
        "text": Reason.WORDS,
        "id": Reason.NAME,
        "author": Reason.WORDS,
        "time": Reason.WORDS,
    }


def test_column_with_a_word_of_another_kind_is_not_taken():
    found = guess_columns(
        ["message count", "remark"],
        pl.DataFrame({"message count": ["7"], "remark": ["a longer one"]}),
    )

    assert found.mapping.text == "remark"
    assert found.reasons == {"text": Reason.LENGTH}


def test_labels_given_before_are_told_from_the_messages():
    assert guess(text="a", Einstufung="ham").label == "Einstufung"
