"""A file of texts to be scored: looked through once, then read as a stream."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.exchange.columns import listed, optional_text
from rhml_core.exchange.mapping import guess_mapping
from rhml_core.exchange.report import (
    ERROR,
    PROBLEM_SCHEMA,
    Table,
    errors_in,
    gather_problems,
    problems_where,
)
from rhml_core.exchange.streams import stream_table, texts_of

_N_GUESSED_FROM = 20
_N_NAMED_ROWS = 20


@dataclass(frozen=True)
class ScorableFile:
    """
    A file that was looked through once.

    Attributes:
        path: where it lies.
        id_column, text_column: the first None where no column holds identifiers.
        n_rows: rows with a text.
        n_bad: rows without a text, or that cannot be read.
        bad_rows: `PROBLEM_SCHEMA`: the first of them.
        stamp: size and time of change, to tell that it is still the same.
    """

    path: Path
    id_column: str | None
    text_column: str
    n_rows: int
    n_bad: int
    bad_rows: pl.DataFrame
    stamp: tuple[int, int]


def look_through_file(
    path: Path, *, id_column: str | None = None, text_column: str | None = None
) -> ScorableFile:
    """
    Read a file once: its columns, its rows, and those that cannot be scored.

    Raises:
        InvalidInputError: it cannot be read, has no such column, none that holds texts, or no
            row with a text.
    """
    stamp = _stamp(path)
    first = next(stream_table(path, path.name), None)
    if first is None:
        raise InvalidInputError(f"{path.name} has a header but no rows. Add at least one row.")
    id_column, text_column = _columns(first, id_column, text_column)
    n_rows, n_bad, bad_rows = 0, 0, pl.DataFrame(schema=PROBLEM_SCHEMA)
    for texts, bad in _read(path, id_column, text_column):
        n_rows += texts.height
        n_bad += bad.height
        bad_rows = pl.concat([bad_rows, bad]).head(_N_NAMED_ROWS)
    if not n_rows:
        raise InvalidInputError(
            f'No row of {path.name} has a text in the column "{text_column}". Name the column '
            "that holds the texts with --text-column."
        )
    return ScorableFile(path, id_column, text_column, n_rows, n_bad, bad_rows, stamp)


def chunks_of(file: ScorableFile, n_rows: int) -> Iterator[pl.DataFrame]:
    """
    Yield the rows with a text: `row` (Int64), `id` (null where absent), `text` (String).

    Args:
        file: as it was looked through.
        n_rows: rows at a time; the cuts are the same whatever the format.

    Raises:
        ConflictError: told at the end: the file was changed while it was read.
        InvalidInputError: it cannot be read any more.
    """
    held = pl.DataFrame(schema={"row": pl.Int64, "id": pl.String, "text": pl.String})
    for texts, _ in _read(file.path, file.id_column, file.text_column):
        held = pl.concat([held, texts])
        while held.height >= n_rows:
            yield held.head(n_rows)
            held = held.slice(n_rows)
    if held.height:
        yield held
    if _stamp(file.path) != file.stamp:
        raise ConflictError(
            f"{file.path.name} was changed while it was scored. Leave it alone and begin again."
        )


def _stamp(path: Path) -> tuple[int, int]:
    try:
        about = path.stat()
    except OSError as error:
        raise InvalidInputError(
            f"{path} cannot be read ({error.strerror}). Check the path and the permission."
        ) from error
    return about.st_size, about.st_mtime_ns


def _columns(
    table: Table, id_column: str | None, text_column: str | None
) -> tuple[str | None, str]:
    """The columns that were named, else those that their names suggest."""
    guessed = guess_mapping(table.frame.columns, table.frame.head(_N_GUESSED_FROM))
    for named in (id_column, text_column):
        if named is not None and named not in table.frame.columns:
            raise InvalidInputError(
                f'{table.name} has no column "{named}". Its columns are {listed(table)}: '
                "choose one of them."
            )
    text_column = text_column or guessed.text
    if text_column is None:
        raise InvalidInputError(
            f"No column of {table.name} was found to hold the text. Its columns are "
            f"{listed(table)}: name one of them with --text-column."
        )
    return id_column or guessed.id, text_column


def _read(
    path: Path, id_column: str | None, text_column: str
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """The file's rows as `row, id, text`, and apart the faults of those without a text."""
    wanted = [column for column in (id_column, text_column) if column is not None]
    for table in stream_table(path, path.name, wanted):
        read = pl.DataFrame(
            {
                "row": table.rows,
                "id": texts_of(table, id_column),
                "text": texts_of(table, text_column),
            }
        ).with_columns(
            id=optional_text("id"),
            text=pl.col("text").str.replace_all("\x00", "\ufffd", literal=True),  # as imported
        )
        is_empty = pl.col("text").str.strip_chars() == ""
        empty = problems_where(
            read.with_columns(message_id="id"),
            is_empty,
            "empty",
            pl.lit("It has no text. Fill it in or leave the row out."),
            ERROR,
        )
        yield read.filter(~is_empty), gather_problems(errors_in(table.problems), empty)
