"""Parquet files into tables."""

import io
import json

import polars as pl

from rhml_core.errors import InvalidInputError
from rhml_core.exchange.headers import column_names
from rhml_core.exchange.report import Table, no_problems

_MOST_ROWS = 10_000_000


def read_parquet(raw: bytes, name: str) -> Table:
    """
    Return a Parquet file's rows, counted from 1.

    Times become ISO 8601 (with zone: in UTC, ending in `Z`), lists and structs JSON.

    Raises:
        InvalidInputError: not a Parquet file, no rows, too many, or a column of raw bytes.
    """
    try:
        # Counted before reading: a small file may claim billions of equal rows.
        n_rows = pl.scan_parquet(io.BytesIO(raw)).select(pl.len()).collect().item()
        if n_rows > _MOST_ROWS:
            raise InvalidInputError(
                f"{name} has {n_rows:,} rows; at most {_MOST_ROWS:,} can be read. Split it."
            )
        frame = pl.read_parquet(io.BytesIO(raw))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InvalidInputError(
            f"{name} is not a Parquet file, or is damaged. Export it again, or save it as CSV."
        ) from error
    names = column_names(frame.columns, name)
    texts = [as_text(column, name).fill_null("") for column in frame]
    rows = pl.Series("row", range(1, frame.height + 1), dtype=pl.Int64)
    return Table(name, pl.DataFrame(texts, schema=names), rows, no_problems())


def as_text(column: pl.Series, name: str) -> pl.Series:
    """
    Return a column's cells as text, null where they are; `read_parquet` says how.

    Raises:
        InvalidInputError: the column holds raw bytes.
    """
    kind = column.dtype
    if isinstance(kind, pl.Datetime):
        if kind.time_zone is None:
            return column.dt.strftime("%Y-%m-%dT%H:%M:%S%.f")
        return column.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
    if isinstance(kind, pl.Duration):
        return column.dt.to_string("iso")
    if kind.is_nested():
        cells = [
            None if cell is None else json.dumps(cell, ensure_ascii=False, default=str)
            for cell in column.to_list()
        ]
        return pl.Series(column.name, cells, dtype=pl.String)
    try:
        return column.cast(pl.String)
    except pl.exceptions.PolarsError as error:
        raise InvalidInputError(
            f'The column "{column.name}" of {name} holds no text. Leave it out, or turn it into '
            "text."
        ) from error
