"""
The one module that calls DuckDB: open, migrate, read, write.

One process owns the file. Readers take a cursor each and see the last committed state;
writers queue at one lock, so that an act is one transaction and never meets a conflict.
"""

import errno
import hashlib
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, Self

import duckdb
import polars as pl

from rhml_core.errors import (
    DatabaseInUseError,
    DatabaseTooNewError,
    InvalidInputError,
    RhmlError,
    StorageError,
)
from rhml_core.store.migrations import migrations as _migrations

logger = logging.getLogger(__name__)

_COPY = '"copy that is being made"'
"""What a copy is called inside DuckDB; no database file may have the same name."""
_STORAGE_FAULTS = (duckdb.OperationalError, duckdb.FatalException, duckdb.InternalException)
"""What disk or memory bring about; whatever else DuckDB complains of is a fault of the product."""

_MIGRATIONS_TABLE = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    number INTEGER PRIMARY KEY,
    name VARCHAR NOT NULL,
    effect VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL DEFAULT current_timestamp
)
"""


class Reader(Protocol):
    """
    What can be asked: the database as committed, or as a transaction sees it.

    `read` gives a frame, for many rows; `rows` gives plain values in half the time, for the few
    rows that stand between a click and its answer.
    """

    def read(self, sql: str, **parameters: Any) -> pl.DataFrame:
        """The rows that `sql` selects with its `$named` parameters."""
        ...

    def rows(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        """The same rows as values by column name."""
        ...


class Transaction:
    """One act being written; it becomes visible as a whole or not at all."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Write through `connection`, on which a transaction is open."""
        self._connection = connection

    def read(self, sql: str, **parameters: Any) -> pl.DataFrame:
        """The rows that `sql` selects, including what this transaction has written."""
        return _frame(self._connection, sql, parameters)

    def rows(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        """The same rows as values by column name."""
        return _rows(self._connection, sql, parameters)

    def write(self, sql: str, **parameters: Any) -> None:
        """Run one statement with its `$named` parameters."""
        self._connection.execute(sql, parameters)

    def write_frame(self, sql: str, frame: pl.DataFrame) -> None:
        """Run one statement that selects its rows from the table `frame`."""
        self._connection.register("frame", frame)
        try:
            self._connection.execute(sql)
        finally:
            self._connection.unregister("frame")

    def claim(self, key: str, *, at: datetime) -> bool:
        """Whether `key` is new; it is taken from now on, so a repeated act can be told."""
        taken = self.rows(
            "INSERT INTO acts VALUES ($key, $at) ON CONFLICT DO NOTHING RETURNING key",
            key=key,
            at=at,
        )
        return len(taken) == 1


class Database:
    """
    The open file.

    Attributes:
        path: where it lies.
        revision: grows with each committed act; equal revisions mean equal content.
    """

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection) -> None:
        """Use `open`, which also migrates."""
        self.path = path
        self.revision = 0
        self._connection = connection
        self._write_lock = threading.RLock()
        self._copy_lock = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> Self:
        """
        Open the file, or make it, and bring its schema up to date.

        Raises:
            DatabaseInUseError: another process has it open.
            DatabaseTooNewError: a newer program wrote it; it stays untouched.
            InvalidInputError: the file is something else, or its folder does not exist.
            StorageError: the schema could not be written.
        """
        if not path.parent.is_dir():
            raise InvalidInputError(f"The folder {path.parent} does not exist. Create it first.")
        if path.exists():
            _refuse_newer(path)
        database = cls(path, _connect(path, read_only=False))
        try:
            database._connection.execute("SET TimeZone = 'UTC'")
            database._connection.execute("SET autoinstall_known_extensions = false")
            database._migrate()
        except BaseException:
            database.close()
            raise
        return database

    @classmethod
    def look(cls, path: Path) -> Self:
        """
        Open the file to read alone, and leave it as it is, whatever its schema.

        Raises:
            DatabaseInUseError: another process has it open.
            InvalidInputError: there is no such file, or it is something else.
        """
        if not path.is_file():
            raise InvalidInputError(f"There is no database {path}. Name another file with --db.")
        return cls(path, _connect(path, read_only=True))

    def copy_to(self, path: Path) -> None:
        """
        Write everything as committed at this moment into a new database file.

        Others may read and write meanwhile.

        Raises:
            StorageError: the disk is full or the file cannot be written.
        """
        with self._copy_lock:
            cursor = self._connection.cursor()
            try:
                name = str(cursor.execute("SELECT current_database()").fetchall()[0][0])
                cursor.execute(f"ATTACH $path AS {_COPY}", {"path": str(path)})
                try:
                    # The one name that cannot be a parameter; DuckDB takes it from the file's.
                    quoted = name.replace('"', '""')
                    cursor.execute(f'COPY FROM DATABASE "{quoted}" TO {_COPY}')
                finally:
                    cursor.execute(f"DETACH {_COPY}")
            except duckdb.Error as error:
                raise _storage_error(error) from error
            finally:
                cursor.close()

    def close(self) -> None:
        """Write everything into the one file and release it."""
        with self._write_lock:
            self._connection.close()

    def read(self, sql: str, **parameters: Any) -> pl.DataFrame:
        """The rows that `sql` selects, as committed at this moment; safe from any thread."""
        cursor = self._connection.cursor()
        try:
            return _frame(cursor, sql, parameters)
        finally:
            cursor.close()

    def rows(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        """The same rows as values by column name."""
        cursor = self._connection.cursor()
        try:
            return _rows(cursor, sql, parameters)
        finally:
            cursor.close()

    @contextmanager
    def atomic(self) -> Iterator[Transaction]:
        """
        A transaction that commits at the end of the block, or leaves nothing behind.

        Raises:
            StorageError: the disk is full or the file cannot be written.
        """
        with self._write_lock:
            cursor = self._connection.cursor()
            try:
                cursor.execute("BEGIN TRANSACTION")
                yield Transaction(cursor)
                cursor.execute("COMMIT")
                self.revision += 1
            except BaseException as error:
                _roll_back(cursor)
                if isinstance(error, _STORAGE_FAULTS):
                    raise _storage_error(error) from error
                raise
            finally:
                cursor.close()

    def _migrate(self) -> None:
        self._connection.execute(_MIGRATIONS_TABLE)
        done = self.read("SELECT number FROM schema_migrations ORDER BY number")["number"]
        for number, name, sql in _migrations():
            if number in done:
                continue
            with self.atomic() as transaction:
                transaction.write(sql)
                transaction.write(
                    """
                    INSERT INTO schema_migrations (number, name, effect, sha256)
                    VALUES ($number, $name, $effect, $sha256)
                    """,
                    number=number,
                    name=name,
                    effect=sql.splitlines()[0].removeprefix("-- "),
                    sha256=hashlib.sha256(sql.encode()).hexdigest(),
                )
            logger.info("migration %04d applied", number)


def _connect(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), read_only=read_only)
    except duckdb.IOException as error:
        if "lock" in str(error):
            owner = re.search(r"PID (\d+)", str(error))
            process = f"process {owner[1]}" if owner else "another process"
            raise DatabaseInUseError(
                f"{path} is in use by {process}. Stop that server first, "
                "or do this in the browser while it runs."
            ) from error
        raise InvalidInputError(
            f"{path} cannot be opened as a rhml database. Name another file with --db."
        ) from error


def _refuse_newer(path: Path) -> None:
    connection = _connect(path, read_only=True)
    try:
        newest = connection.execute("SELECT max(number) FROM schema_migrations").fetchall()[0][0]
    except duckdb.CatalogException:
        return  # no such table: a database that no program of ours has written yet
    finally:
        connection.close()
    understood = _migrations()[-1][0]
    if newest is not None and newest > understood:
        raise DatabaseTooNewError(
            f"{path} was written by a newer version of rhml (schema {newest}, this program "
            f"knows {understood}). Update the program; the file was left as it is."
        )


def _frame(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any]
) -> pl.DataFrame:
    frame: pl.DataFrame = connection.sql(sql, params=parameters or None).pl()
    return frame


def _rows(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any]
) -> list[dict[str, Any]]:
    result = connection.execute(sql, parameters or None)
    names = [column[0] for column in result.description]
    return [
        {name: _in_utc(value) for name, value in zip(names, row, strict=True)}
        for row in result.fetchall()
    ]


def _in_utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    try:
        cursor.execute("ROLLBACK")
    except duckdb.Error:
        # A failed commit has already ended the transaction.
        logger.debug("nothing left to roll back")


def _storage_error(error: duckdb.Error) -> RhmlError:
    text = str(error)
    if os_says_full(text):
        return StorageError("The disk is full. Free some space and try again; nothing was changed.")
    first_line = text.splitlines()[0]
    return StorageError(f"The database could not be written: {first_line}. Nothing was changed.")


def os_says_full(text: str) -> bool:
    """Whether an error's text is the system's way to say that there is no room left."""
    signs = ("No space left", "File too large", "Disk quota", f"errno {errno.ENOSPC}", "disk space")
    return any(sign.lower() in text.lower() for sign in signs)
