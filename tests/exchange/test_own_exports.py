"""Exported messages and judgements are told by their columns, and come in as they were."""

import polars as pl
import pytest

from rhml_core.exchange.labels import prepare_labels
from rhml_core.exchange.mapping import guess_mapping
from rhml_core.exchange.messages import prepare_messages
from rhml_core.exchange.own_exports import ADDED_COLUMNS, JUDGEMENT_EXPORT, MESSAGE_EXPORT
from rhml_core.exchange.tables import read_table
from rhml_core.settings import Settings

MESSAGE = {
    "message_id": "'-1",
    "text": "'=1",
    "split": "holdout",
    "metadata": '{"board": "=x"}',
    "label": "spam",
    "machine_label": "ham",
}


def prepared(row, columns):
    frame = pl.DataFrame([{column: row.get(column) for column in columns}]).cast(pl.String)
    table = read_table(frame.write_csv().encode(), "m.csv")
    mapping = guess_mapping(table.frame.columns, table.frame)
    taken = prepare_messages(table, mapping, Settings(), known_ids=set(), known_texts=set())
    return taken.messages.row(0, named=True)


def test_exported_message_comes_in_without_what_was_said_of_it():
    found = prepared(MESSAGE, MESSAGE_EXPORT)

    assert (found["message_id"], found["text"], found["split"]) == ("-1", "=1", "holdout")
    assert found["metadata"] == '{"board": "=x"}'


@pytest.mark.parametrize("cell", ["", "no object", "[1]", "{torn"])
def test_metadata_that_somebody_changed_is_an_object_all_the_same(cell):
    """The store takes nothing else."""
    found = prepared(MESSAGE | {"metadata": cell}, MESSAGE_EXPORT)

    assert found["metadata"] == ("{}" if not cell else f'{{"metadata": "{cell}"}}')


def test_file_of_others_stays_as_it_is():
    """An apostrophe before a sign may be part of somebody's text."""
    others = [column for column in MESSAGE_EXPORT if column != ADDED_COLUMNS[-1]]

    found = prepared(MESSAGE, others)

    assert (found["message_id"], found["text"]) == ("'-1", "'=1")
    assert '"machine_label":"ham"' in found["metadata"]


def test_guards_come_off_exported_judgements_alone():
    row = {"message_id": "'-1", "expert": "'@eve", "label": "'=x", "reason": "'- so"}

    def labels(columns):
        cells = ",".join(row.get(column, "") for column in columns)
        table = read_table(f"{','.join(columns)}\n{cells}\n".encode(), "l.csv")
        known = {"known_messages": {"-1", "'-1"}, "known_labels": ["=x", "'=x"]}
        return prepare_labels(table, **known).labels.row(0, named=True)

    ours, others = labels(list(JUDGEMENT_EXPORT)), labels(list(row))

    assert [ours[name] for name in row] == ["-1", "@eve", "=x", "- so"]
    assert [others[name] for name in row] == list(row.values())
