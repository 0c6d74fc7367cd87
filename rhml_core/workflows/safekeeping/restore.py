"""Put a backup in place: checked as a whole before anything that is there is touched."""

import logging
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from rhml_core.errors import (
    DatabaseTooNewError,
    InvalidInputError,
    MachineError,
    StorageError,
)
from rhml_core.exchange.backup_archive import (
    DATABASE,
    RUNS,
    BackupManifest,
    read_manifest,
    unpack_archive,
)
from rhml_core.machine.recipes.run_folder import verify_run_folder
from rhml_core.settings import Settings
from rhml_core.store.database import Database
from rhml_core.store.events import add_event
from rhml_core.store.migrations import own_schema

logger = logging.getLogger(__name__)

_ROOM_BESIDE = 50_000_000
"""Bytes that are to stay free beside what is unpacked."""


@dataclass(frozen=True)
class Restored:
    """
    What was put in place.

    Attributes:
        database: where it lies now.
        made_at: when the backup was made, ISO 8601 in UTC.
        n_runs: trained runs that came with it.
        damaged_runs: what is wrong with those of them that cannot be used.
        kept: the database that was there before, which can be opened as it is; None where there
            was none.
    """

    database: Path
    made_at: str
    n_runs: int
    damaged_runs: tuple[str, ...]
    kept: Path | None


def restore(
    settings: Settings, archive: Path, *, replace_existing: bool = False, at: datetime
) -> Restored:
    """
    Put a backup where the settings say that the database lies; nobody needs to be signed in.

    Everything is unpacked beside, held against its sums and opened once. Only then is what was
    there moved aside, under a name of its own, and the backup moved in.

    Args:
        settings: where the workplace lies.
        archive: as `back_up` wrote it.
        replace_existing: whether a workplace that is there may be moved aside.
        at: the present moment, in UTC.

    Raises:
        InvalidInputError: the archive is torn, changed or none; or a workplace is there.
        DatabaseInUseError: a server has the workplace open.
        DatabaseTooNewError: a newer program wrote the backup.
        StorageError: the disk is full or cannot be written; everything is as it was.
    """
    database = settings.database
    if not database.parent.is_dir():
        raise InvalidInputError(f"The folder {database.parent} does not exist. Create it first.")
    there = [path for path in _parts(settings).values() if path.exists()]
    if there and not replace_existing:
        raise InvalidInputError(
            f"{there[0]} exists already. Name another file with --db, or give --replace: what is "
            "there is then kept under another name."
        )
    if database.exists():
        _require_free(database)
    manifest = read_manifest(archive)
    _check_schema(archive, manifest)
    try:
        _require_room(database.parent, manifest)
        with tempfile.TemporaryDirectory(prefix=".restoring-", dir=database.parent) as beside:
            staged = replace(settings, database=Path(beside) / DATABASE)
            unpack_archive(archive, Path(beside))
            if (Path(beside) / RUNS).exists():
                (Path(beside) / RUNS).rename(staged.runs_folder)
            damaged, n_runs = _examine(staged, archive, at)
            kept = _put_in_place(staged, settings, at) if there else None
            if not there:
                _move(_parts(staged), _parts(settings))
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise StorageError(
            f"{database} cannot be restored: {reason}. Everything is as it was."
        ) from error
    return Restored(database, manifest.made_at, n_runs, damaged, kept)


def _parts(settings: Settings) -> dict[str, Path]:
    """Everything that belongs to a workplace and is not made again; the database comes last."""
    database = settings.database
    return {
        "runs": settings.runs_folder,
        "log": database.with_name(database.name + ".wal"),
        "database": database,
    }


def _require_free(database: Path) -> None:
    try:
        Database.look(database).close()
    except InvalidInputError:
        logger.info("what is replaced is no database of this program")


def _check_schema(archive: Path, manifest: BackupManifest) -> None:
    understood = max(own_schema())
    if manifest.schema > understood:
        raise DatabaseTooNewError(
            f"{archive.name} was written by a newer version of rhml (schema {manifest.schema}, "
            f"this program knows {understood}). Update the program; nothing was restored."
        )


def _require_room(folder: Path, manifest: BackupManifest) -> None:
    needed, free = manifest.n_bytes + _ROOM_BESIDE, shutil.disk_usage(folder).free
    if free < needed:
        raise StorageError(
            f"The backup needs {needed / 1e6:,.0f} MB in {folder}, and {free / 1e6:,.0f} MB are "
            "free. Make room; nothing was restored."
        )


def _examine(staged: Settings, archive: Path, at: datetime) -> tuple[tuple[str, ...], int]:
    """Open the database that was unpacked, note the act in it, and look at each run's files."""
    try:
        db = Database.open(staged.database)
    except InvalidInputError as error:
        raise InvalidInputError(
            f"The database in {archive.name} cannot be opened. Use another backup."
        ) from error
    try:
        with db.atomic() as transaction:
            add_event(
                transaction,
                kind="restored",
                subject="workplace",
                person_id=None,
                project_id=None,
                at=at,
                detail={"file_name": archive.name},
            )
    finally:
        db.close()
    damaged = []
    folders = sorted(staged.runs_folder.glob("*"))
    for folder in folders:
        try:
            verify_run_folder(folder)
        except MachineError:
            damaged.append(f"The files of the run in {folder.name} were damaged before the backup.")
    return tuple(damaged), len(folders)


def _put_in_place(staged: Settings, settings: Settings, at: datetime) -> Path:
    """Move what is there aside and the backup in, or nothing; where the old database lies now."""
    database = settings.database
    name = f"{database.stem}-replaced-{at:%Y%m%d-%H%M%S}{database.suffix}"
    aside = replace(settings, database=database.with_name(name))
    if any(path.exists() for path in _parts(aside).values()):
        raise InvalidInputError(f"{aside.database} exists already. Try again in a second.")
    _move(_parts(settings), _parts(aside))
    try:
        _move(_parts(staged), _parts(settings))
    except BaseException:
        _move(_parts(aside), _parts(settings))
        raise
    return aside.database


def _move(sources: dict[str, Path], targets: dict[str, Path]) -> None:
    """Rename what is there of a workplace, all or nothing."""
    moved: list[str] = []
    try:
        for part, source in sources.items():
            if source.exists():
                source.rename(targets[part])
                moved.append(part)
    except BaseException:
        for part in reversed(moved):
            targets[part].rename(sources[part])
        raise
