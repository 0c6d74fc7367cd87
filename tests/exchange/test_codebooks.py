"""Codebooks from tables and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.domain import LABEL_COLOURS, Label
from rhml_core.errors import InvalidInputError
from rhml_core.exchange.codebooks import read_codebook, write_codebook
from rhml_core.exchange.tables import read_table

PLAIN = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=20).map(str.strip)


def read(text):
    return read_codebook(read_table(text.encode(), "c.csv"))


def test_given_and_missing_values_are_told_apart():
    labels = read(
        "Label,Definition,Examples,Color,Key\n"
        'spam,Unwanted,"win | now\nclick \\| here",#56b4e9,1\n'
        "ham,Wanted,,,\n"
        "other,,,,x\n"
    )

    assert labels == (
        Label("spam", "Unwanted", ("win", "now", "click | here"), "#56B4E9", "1"),
        Label("ham", "Wanted", (), LABEL_COLOURS[0], "2"),
        Label("other", "", (), LABEL_COLOURS[2], "x"),
    )


def test_many_labels_repeat_colours_and_run_out_of_keys():
    labels = read("label\n" + "".join(f"l{number}\n" for number in range(40)))

    assert [label.colour for label in labels[8:10]] == list(LABEL_COLOURS[:2])
    assert "".join(label.key for label in labels) == "1234567890abdefghijklmnopqstuvwxyz"
    assert labels[-1].key == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name\nham\n", 'no column "label"'),
        ("label,key\nham,\n,2\n", "Row 3 .* empty"),
        ("label\nham\nHam\n", "Row 3 .* already in row 2"),
        ("label,key\nham,a\nspam,A\n", "Row 3 .* key"),
        ("label,key\nham,ab\n", "Row 2 .* one digit"),
        ("label,key\nham,c\n", "Row 2 .* other than c and r"),
        ("label,colour\nham,red\n", "Row 2 .* #E69F00"),
        ("label\nModel\n", "Row 2 .* machine"),
        ("label\n" + "x" * 101 + "\n", "Row 2 .* 100"),
        ("label,definition\nham,a\nspam\n", "Row 3 .* columns"),
    ],
)
def test_faults_are_named_with_their_row(text, reason):
    with pytest.raises(InvalidInputError, match=reason):
        read(text)


@given(
    st.lists(
        st.tuples(
            PLAIN.filter(lambda name: name and name.isprintable() and name.casefold() != "model"),
            PLAIN,
            st.lists(PLAIN.filter(bool), max_size=3),
        ),
        min_size=1,
        max_size=12,
        unique_by=lambda entry: entry[0].casefold(),
    )
)
def test_codebook_reads_back_as_written(entries):
    bare = [Label(name, definition, tuple(examples)) for name, definition, examples in entries]
    labels = read(write_codebook(bare))

    again = read(write_codebook(labels))

    assert again == labels
    assert [(x.name, x.definition, list(x.examples)) for x in again] == entries


def test_written_codebook_runs_no_formula():
    text = write_codebook([Label("=1+1", "-x", colour="#000000", key="1")])

    assert text.splitlines()[1] == "'=1+1,'-x,,#000000,1"
    assert read(text)[0].name == "=1+1"
