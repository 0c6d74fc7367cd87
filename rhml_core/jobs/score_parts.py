"""A long scoring in parts on disk, so that a stopped one goes on where it was."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from rhml_core.errors import ConflictError, InvalidInputError, MachineError, StorageError

MANIFEST = "manifest.json"
LOCK = "lock"
JOINED = "joined.parquet"
GROUP_ROWS = 65_536
"""Rows that a row group of the joined file has at most, but for a part that alone has more."""
GROUP_BYTES = 64_000_000

_CHANGES = {
    "file": "the file that it was begun with has changed, or is another one",
    "run": "it was begun with another run",
    "options": "it was begun with other options",
}


@dataclass(frozen=True)
class ScoringOrder:
    """
    What is scored by what and how: a stopped scoring goes on only under an equal order.

    Attributes:
        file_bytes, file_sha256: of the file that is scored.
        run_id: whose answers these are.
        run_sha256: of the run's manifest, which holds the sums of all its files.
        encoder_id: whose vectors the run reads.
        id_column, text_column: of the file; the first None where it has no identifiers.
        with_text: whether the texts are kept.
        chunk_rows: rows of a part; the last one may have fewer.
    """

    file_bytes: int
    file_sha256: str
    run_id: str
    run_sha256: str
    encoder_id: str
    id_column: str | None
    text_column: str
    with_text: bool
    chunk_rows: int


@dataclass(frozen=True)
class PartsDone:
    """How much of a scoring lies on disk."""

    n_parts: int = 0
    n_rows: int = 0


@contextmanager
def only_here(folder: Path) -> Iterator[None]:
    """
    Have a folder of parts, made if need be, to oneself for the length of a block.

    Raises:
        ConflictError: another process works in it.
        StorageError: it cannot be made.
    """
    with _kept(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # ends with the process, however
        except OSError as error:
            raise ConflictError(
                f"Another process is scoring into {folder}. Wait for it, or name another file."
            ) from error
        yield


def resume_parts(folder: Path, order: ScoringOrder) -> PartsDone:
    """
    What is done of an order; in an empty folder it is begun.

    Raises:
        InvalidInputError: the folder holds parts of another order; says which difference it is.
        MachineError: its manifest cannot be read.
    """
    manifest = folder / MANIFEST
    if not manifest.exists():
        _write_manifest(folder, order, PartsDone())
        return PartsDone()
    try:
        known = json.loads(manifest.read_text(encoding="utf-8"))
        begun, done = ScoringOrder(**known["order"]), PartsDone(**known["done"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MachineError(
            f"The scoring in {folder} cannot be continued: its manifest is damaged. "
            "Delete that folder and begin again."
        ) from error
    if begun != order:
        raise InvalidInputError(
            f"There is an unfinished scoring in {folder}, but {_CHANGES[_difference(begun, order)]}"
            ". Go on with what it was begun with, or delete that folder to begin again."
        )
    return done


def keep_part(
    folder: Path, order: ScoringOrder, done: PartsDone, answers: pl.DataFrame
) -> PartsDone:
    """
    What is done once the next part lies on disk, complete or not at all.

    Raises:
        StorageError: the disk is full or cannot be written; the parts before it stay.
    """
    part = _part(folder, done.n_parts)
    with _kept(folder):
        unfinished = part.with_suffix(".unfinished")
        answers.write_parquet(unfinished)
        unfinished.replace(part)
        after = PartsDone(done.n_parts + 1, done.n_rows + answers.height)
        _write_manifest(folder, order, after)
    return after


def join_parts(folder: Path, order: ScoringOrder, done: PartsDone, out: Path) -> None:
    """
    Make one Parquet file of all parts; it appears at once and whole, and the folder goes.

    The file's metadata has the order under `rhml`, as JSON.

    Raises:
        MachineError: a part is missing or damaged.
        StorageError: the disk is full or cannot be written; the parts stay.
    """
    joined = folder / JOINED
    about = {"rhml": json.dumps(asdict(order))}
    with _kept(folder):
        schema = _read_part(folder, 0).to_arrow().schema.with_metadata(about)
        n_rows = 0
        with pq.ParquetWriter(joined, schema, compression="zstd") as writer:
            for group in _groups(folder, done.n_parts):
                n_rows += group.num_rows
                writer.write_table(group.replace_schema_metadata(about), group.num_rows)
        if n_rows != done.n_rows:
            raise _damaged(folder)
        joined.replace(out)
    shutil.rmtree(folder, ignore_errors=True)


def _groups(folder: Path, n_parts: int) -> Iterator[pa.Table]:
    """The parts as tables of bounded size, the same ones for the same parts."""
    held: list[pl.DataFrame] = []
    for number in range(n_parts):
        part = _read_part(folder, number)
        n_rows = sum(frame.height for frame in [*held, part])
        n_bytes = sum(frame.estimated_size() for frame in [*held, part])
        if held and (n_rows > GROUP_ROWS or n_bytes > GROUP_BYTES):
            yield pl.concat(held).to_arrow()
            held = []
        held.append(part)
    yield pl.concat(held).to_arrow()


def _difference(begun: ScoringOrder, order: ScoringOrder) -> str:
    same_file = replace(begun, file_bytes=order.file_bytes, file_sha256=order.file_sha256)
    if begun.file_sha256 != order.file_sha256:
        return "file"
    of_run = {"run_id", "run_sha256", "encoder_id"}
    kept, asked = asdict(same_file), asdict(order)
    differing = {name for name in kept if kept[name] != asked[name]}
    return "run" if differing & of_run else "options"


def _part(folder: Path, number: int) -> Path:
    return folder / f"part-{number:06d}.parquet"


def _read_part(folder: Path, number: int) -> pl.DataFrame:
    try:
        return pl.read_parquet(_part(folder, number), memory_map=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _damaged(folder) from error


def _damaged(folder: Path) -> MachineError:
    return MachineError(
        f"A part in {folder} is missing or damaged. Delete that folder and begin again."
    )


def _write_manifest(folder: Path, order: ScoringOrder, done: PartsDone) -> None:
    unfinished = folder / f"{MANIFEST}.unfinished"
    text = json.dumps({"order": asdict(order), "done": asdict(done)}, indent=2)
    with _kept(folder):
        with unfinished.open("w", encoding="utf-8") as stream:
            stream.write(text + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(folder / MANIFEST)


@contextmanager
def _kept(folder: Path) -> Iterator[None]:
    """Tell why something could not be written; what was written before stays."""
    try:
        yield
    except (OSError, pl.exceptions.ComputeError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise StorageError(
            f"{folder} cannot be written ({reason}). Make room or mend the permission, then give "
            "the same command again: it goes on where it was."
        ) from error
