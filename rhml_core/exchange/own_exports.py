"""The tables that an export of a project holds, and how one is told when it comes back."""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace

import polars as pl

from rhml_core.exchange.report import Table
from rhml_core.exchange.safe_cells import unguard_formulas

METADATA = "metadata"

Columns = Mapping[str, pl.DataType | type[pl.DataType]]
"""A table's columns and their types, in order."""

MESSAGE_EXPORT: Columns = {
    "message_id": pl.String,
    "text": pl.String,
    "author": pl.String,
    "sent_at": pl.Datetime("us", "UTC"),
    "thread": pl.String,
    "reply_to": pl.String,
    "language": pl.String,
    "split": pl.String,
    METADATA: pl.String,
    "label": pl.String,
    "label_source": pl.String,
    "label_probability": pl.Float64,
    "n_votes": pl.Int64,
    "machine_label": pl.String,
    "machine_probability": pl.Float64,
    "machine_run": pl.Int64,
}
"""
One row per message, in import order.

`metadata` is a JSON object. `label` is the one that counts, null where none is known;
`label_source` is `adjudicated` or `consensus`; `label_probability` is 1 where it was adjudicated,
else how likely the label is where votes are weighed, or the majority's share where they are
counted. `machine_label` and what follows are null where the machine gave no answer or says none.
"""

JUDGEMENT_EXPORT: Columns = {
    "message_id": pl.String,
    "expert": pl.String,
    "label": pl.String,
    "at": pl.Datetime("us", "UTC"),
    "phase": pl.String,
    "confidence": pl.String,
    "reason": pl.String,
    "is_simulated": pl.Boolean,
}
"""One row per judgement, in the order in which they were made; `prepare_labels` reads it."""

ADDED_COLUMNS = tuple(MESSAGE_EXPORT)[list(MESSAGE_EXPORT).index("label") :]
"""What an export says of messages beside what was imported."""

_NOT_GUARDED = ".parquet"


def without_answers(table: Table, named: Collection[str]) -> Table | None:
    """
    Exported messages as they were before the export; None for a table of any other kind.

    Nothing that was said of a message may come in with it: what stands in its metadata is shown
    to people who have still to judge it. Columns that somebody has named stay.
    """
    if not set(ADDED_COLUMNS) <= set(table.frame.columns):
        return None
    left = [column for column in ADDED_COLUMNS if column not in named]
    return _unguarded(table, table.frame.drop(left))


def as_judged(table: Table) -> Table:
    """Return exported judgements as they were before the export, any other table as it is."""
    if not set(JUDGEMENT_EXPORT) <= set(table.frame.columns):
        return table
    return _unguarded(table, table.frame)


def kept_metadata(cells: pl.Series) -> pl.Series:
    """Each cell where it is a JSON object, `{}` where it is empty, else the text as one's value."""
    return pl.Series(cells.name, [_as_object(cell) for cell in cells], dtype=pl.String)


def _unguarded(table: Table, frame: pl.DataFrame) -> Table:
    is_guarded = not table.name.lower().endswith(_NOT_GUARDED)
    return replace(table, frame=unguard_formulas(frame) if is_guarded else frame)


def _as_object(cell: str) -> str:
    if not cell.strip():
        return "{}"
    try:
        is_object = isinstance(json.loads(cell), dict)
    except ValueError:
        is_object = False
    return cell if is_object else json.dumps({METADATA: cell}, ensure_ascii=False)
