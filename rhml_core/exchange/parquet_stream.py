"""Parquet files a few thousand rows at a time: the rows that `read_parquet` gives."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from rhml_core.errors import InvalidInputError
from rhml_core.exchange.headers import column_names
from rhml_core.exchange.parquet_tables import as_text
from rhml_core.exchange.report import Table, no_problems

BATCH_ROWS = 4_096


def stream_parquet(path: Path, name: str, columns: Sequence[str] | None = None) -> Iterator[Table]:
    """
    Yield a Parquet file's rows, counted from 1, in tables of at most `BATCH_ROWS`.

    Args:
        path: where the file lies.
        name: as people know it.
        columns: only these, by their trimmed names; None for all.

    Raises:
        InvalidInputError: not a Parquet file, or a column of raw bytes.
    """
    n_rows = 0
    try:
        with pq.ParquetFile(path) as file:
            stored = file.schema_arrow.names
            named = dict(zip(stored, column_names(stored, name), strict=True))
            wanted = [key for key in stored if columns is None or named[key] in columns]
            for batch in file.iter_batches(BATCH_ROWS, columns=wanted):
                frame = pl.DataFrame(batch)
                texts = {named[cells.name]: as_text(cells, name).fill_null("") for cells in frame}
                rows = pl.Series("row", range(n_rows + 1, n_rows + batch.num_rows + 1))
                yield Table(name, pl.DataFrame(texts), rows.cast(pl.Int64), no_problems())
                n_rows += batch.num_rows
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError) as error:
        raise InvalidInputError(
            f"{name} is not a Parquet file, or is damaged. Export it again, or save it as CSV."
        ) from error
