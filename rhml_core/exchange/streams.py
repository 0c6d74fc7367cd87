"""Files into streams of tables, for files that are too large to be held."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from rhml_core.errors import InvalidInputError
from rhml_core.exchange.csv_stream import stream_csv
from rhml_core.exchange.jsonl_stream import stream_jsonl
from rhml_core.exchange.parquet_stream import stream_parquet
from rhml_core.exchange.report import Table
from rhml_core.exchange.tables import ENDINGS, read_table

_HELD_WHOLE = (".xlsx",)


def stream_table(path: Path, name: str, columns: Sequence[str] | None = None) -> Iterator[Table]:
    """
    Yield a file's rows in file order, some thousand at a time; `read_table` says what they are.

    CSV, TSV, JSON Lines and Parquet are read as they are asked for; a workbook is held whole.

    Args:
        path: where the file lies.
        name: its name; the ending decides the format.
        columns: only these; None for all. A table of JSON Lines lacks those that none of its
            own objects has.

    Raises:
        InvalidInputError: the file is missing, empty, of no known format or not what its
            ending says, or has no header. Some faults show only where they stand in the file.
    """
    for table in _tables(path, name, columns):
        if columns is None:
            yield table
            continue
        kept = [column for column in table.frame.columns if column in columns]
        yield Table(name, table.frame.select(kept), table.rows, table.problems, table.encoding)


def texts_of(table: Table, column: str | None) -> pl.Series:
    """Return a column's cells; empty texts where the table lacks it."""
    if column is None or column not in table.frame.columns:
        return pl.repeat("", table.rows.len(), dtype=pl.String, eager=True)
    return table.frame[column]


def _tables(path: Path, name: str, columns: Sequence[str] | None) -> Iterator[Table]:
    ending = Path(name).suffix.lower()
    if ending in ENDINGS and ending not in _HELD_WHOLE:
        _refuse_missing(path)
    match ending:
        case ".csv":
            yield from stream_csv(path, name, None)
        case ".tsv":
            yield from stream_csv(path, name, "\t")
        case ".jsonl" | ".ndjson":
            yield from stream_jsonl(path, name)
        case ".parquet":
            yield from stream_parquet(path, name, columns)
        case _:
            yield read_table(path, name)


def _refuse_missing(path: Path) -> None:
    if not path.is_file():
        raise InvalidInputError(f"{path} cannot be read: there is no such file. Check the path.")
