"""A consistent copy of the workplace, the database with its runs, in one archive."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rhml_core import __version__
from rhml_core.domain import Person, Role
from rhml_core.errors import InvalidInputError, StorageError
from rhml_core.exchange.backup_archive import DATABASE, RUNS, write_archive
from rhml_core.store import runs
from rhml_core.store.events import add_event
from rhml_core.store.migrations import kept_schema
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace


@dataclass(frozen=True)
class Backup:
    """
    What a backup holds.

    Attributes:
        file: the archive.
        n_bytes: its size.
        n_runs: trained runs in it.
        missing_runs: folders of runs whose files were not there to be copied.
    """

    file: Path
    n_bytes: int
    n_runs: int
    missing_runs: tuple[str, ...]


def back_up(place: Workplace, person: Person, file: Path, *, overwrite: bool = False) -> Backup:
    """
    Copy the workplace as it is at this moment into one archive; people may go on working.

    The archive appears when it is whole, and only its owner may read it: it holds everything.

    Raises:
        NotAllowedError: only admins copy the whole workplace.
        InvalidInputError: the file exists, or its folder does not.
        StorageError: the disk is full or cannot be written; nothing is left behind.
    """
    require(person, Role.ADMIN, "back up the workplace")
    if not file.parent.is_dir():
        raise InvalidInputError(f"The folder {file.parent} does not exist. Create it first.")
    if file.is_dir() or (file.exists() and file.samefile(place.settings.database)):
        raise InvalidInputError(f"{file} cannot be written. Name another file.")
    if file.exists() and not overwrite:
        raise InvalidInputError(
            f"{file} exists already. Name another file, or replace it with --overwrite."
        )
    try:
        with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=file.parent) as beside:
            backup = _pack(place, Path(beside), file)
            _record(place, person, backup)
            unfinished = Path(beside) / file.name
            unfinished.chmod(0o600)
            unfinished.replace(file)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise StorageError(f"{file} cannot be written: {reason}. Nothing was kept.") from error
    return backup


def backup_download(place: Workplace, person: Person) -> bytes:
    """
    The same archive for a browser.

    Raises:
        NotAllowedError, StorageError: as from `back_up`.
    """
    require(person, Role.ADMIN, "back up the workplace")
    with tempfile.TemporaryDirectory(prefix="rhml-backup-") as folder:
        file = Path(folder) / "backup.zip"
        back_up(place, person, file)
        return file.read_bytes()


def _pack(place: Workplace, beside: Path, file: Path) -> Backup:
    copied = beside / "copy of the database"
    place.db.copy_to(copied)
    # A run's files are whole before it is registered and stay as they are: after the database's
    # copy, every run that is named in it can be copied at leisure.
    known = sorted(runs.run_folders(place.db))
    folders = [place.settings.runs_folder / name for name in known]
    there = [folder for folder in folders if folder.is_dir()]
    files = {DATABASE: copied}
    for folder in there:
        for part in sorted(folder.rglob("*")):
            if part.is_file() and not part.is_symlink():
                files[f"{RUNS}/{folder.name}/{part.relative_to(folder).as_posix()}"] = part
    unfinished = beside / file.name
    write_archive(
        unfinished,
        files,
        program=__version__,
        schema=max(kept_schema(place.db)),
        made_at=place.now().isoformat(timespec="seconds"),
    )
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    return Backup(
        file=file,
        n_bytes=unfinished.stat().st_size,
        n_runs=len(there),
        missing_runs=tuple(folder.name for folder in folders if not folder.is_dir()),
    )


def _record(place: Workplace, person: Person, backup: Backup) -> None:
    with place.db.atomic() as transaction:
        add_event(
            transaction,
            kind="backed_up",
            subject="workplace",
            person_id=person.person_id,
            project_id=None,
            at=place.now(),
            detail={"n_bytes": backup.n_bytes, "n_runs": backup.n_runs},
        )
