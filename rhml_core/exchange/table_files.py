"""Tables written into files a part at a time; in CSV and Excel no text can run as a formula."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from rhml_core.errors import InvalidInputError
from rhml_core.exchange.own_exports import Columns
from rhml_core.exchange.safe_cells import guard_formulas
from rhml_core.exchange.workbook import fitting

_MOST_SHEET_ROWS = 1_048_575
"""Rows that a sheet of Excel takes below its head."""
_MOMENT = "%Y-%m-%dT%H:%M:%S%.6fZ"

Write = Callable[[pl.DataFrame], None]


class TableForm(StrEnum):
    """How a table is written."""

    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"


@contextmanager
def table_file(path: Path, form: TableForm, schema: Columns) -> Iterator[Write]:
    """
    What writes a table into a file, a part of its rows at a time.

    Times are written as in UTC, ending in `Z`; nulls and empty texts as empty cells. Parquet keeps
    every text as it is; elsewhere one that would run as a formula gets an apostrophe in front.

    Args:
        path: the file; one of that name is replaced.
        form: the format.
        schema: the table's columns, in order; times are `Datetime` in UTC.

    Raises:
        InvalidInputError: Excel cannot take so many rows.
    """
    if form is TableForm.XLSX:
        with workbook_file(path) as sheet:
            yield sheet(path.stem, schema)
        return
    way = _csv_file if form is TableForm.CSV else _parquet_file
    with way(path, pl.DataFrame(schema=dict(schema))) as write:
        yield write


@contextmanager
def workbook_file(
    path: Path,
) -> Iterator[Callable[[str, Columns], Write]]:
    """
    What begins one sheet after the other, and writes rows into the last one begun.

    A text that is longer than a cell may be is cut, and says so.
    """
    import xlsxwriter  # type: ignore[import-untyped] # noqa: PLC0415 -- no types; slow to load

    # Memory for one row: a sheet's rows are written in their order and never looked at again.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})

        def begin(name: str, schema: Columns) -> Callable[[pl.DataFrame], None]:
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, max(len(schema) - 1, 0), 16)
            for column, title in enumerate(schema):
                sheet.write_string(0, column, title, bold)
            n_written = 0

            def write(frame: pl.DataFrame) -> None:
                nonlocal n_written
                if n_written + frame.height > _MOST_SHEET_ROWS:
                    raise InvalidInputError(
                        f"The table '{name}' has more than the {_MOST_SHEET_ROWS:,} rows that "
                        "Excel takes. Export it as csv or parquet."
                    )
                safe = guard_formulas(_with_written_times(frame))
                for number, row in enumerate(safe.iter_rows(), start=n_written + 1):
                    for column, value in enumerate(row):
                        if isinstance(value, str):
                            sheet.write_string(number, column, fitting(value))
                        elif value is not None:
                            sheet.write(number, column, value)
                n_written += frame.height

            return write

        yield begin


@contextmanager
def _csv_file(path: Path, empty: pl.DataFrame) -> Iterator[Write]:
    with path.open("wb") as sink:
        empty.write_csv(sink)

        def write(frame: pl.DataFrame) -> None:
            safe = guard_formulas(_with_written_times(frame))
            # Empty texts would be written as "", which only a program reads with ease.
            plain = safe.with_columns(pl.col(pl.String).replace("", None))
            plain.write_csv(sink, include_header=False)

        yield write


@contextmanager
def _parquet_file(path: Path, empty: pl.DataFrame) -> Iterator[Write]:
    schema: pa.Schema = empty.to_arrow().schema
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:

        def write(frame: pl.DataFrame) -> None:
            if frame.height:
                writer.write_table(frame.to_arrow().cast(schema))

        yield write


def _with_written_times(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(pl.Datetime("us", "UTC")).dt.strftime(_MOMENT))
