"""A workplace's files in one ZIP archive, with a manifest of their sums."""

import hashlib
import json
import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from rhml_core.errors import InvalidInputError

MANIFEST = "manifest.json"
DATABASE = "workplace.duckdb"
RUNS = "runs"

_FORMAT = "rhml-backup-1"
_CHUNK_BYTES = 1_048_576
_MOST_MANIFEST_BYTES = 100_000_000
_DAMAGE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)


@dataclass(frozen=True)
class PackedFile:
    """What the manifest says of one file."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class BackupManifest:
    """
    What an archive holds.

    Attributes:
        program: version of the program that wrote it.
        schema: number of the database's newest migration.
        made_at: ISO 8601, in UTC.
        files: by their names in the archive: the database, and the runs' files below `runs/`.
    """

    program: str
    schema: int
    made_at: str
    files: Mapping[str, PackedFile]

    @property
    def n_bytes(self) -> int:
        """Bytes that the files take when they are unpacked."""
        return sum(file.bytes for file in self.files.values())


def write_archive(
    archive: Path, files: Mapping[str, Path], *, program: str, schema: int, made_at: str
) -> BackupManifest:
    """
    Pack files under the names given, and the manifest behind them.

    The sums are those of the bytes that were packed, not of a second look at the files. Nothing is
    pressed together: most of it are vectors, which would take long and save an eighth.
    """
    packed = {}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as pack:
        for name, file in files.items():
            with file.open("rb") as source, pack.open(name, "w", force_zip64=True) as sink:
                packed[name] = _copy(source, sink)
        manifest = BackupManifest(program, schema, made_at, packed)
        pack.writestr(MANIFEST, json.dumps({"format": _FORMAT, **asdict(manifest)}, indent=1))
    return manifest


def read_manifest(archive: Path) -> BackupManifest:
    """
    What an archive says to hold, once its members are found to be just that.

    Raises:
        InvalidInputError: it is missing, torn or none of this program's; or it holds a link, a
            path that leads elsewhere, a file twice, or one that the manifest does not name.
    """
    try:
        with zipfile.ZipFile(archive) as pack:
            return _checked_manifest(pack, archive)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise InvalidInputError(f"{archive} cannot be read ({reason}). Check the path.") from error
    except (*_DAMAGE, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(archive) from error


def unpack_archive(archive: Path, folder: Path) -> BackupManifest:
    """
    Unpack an archive into an empty folder, every file held against its sum.

    Raises:
        InvalidInputError: as from `read_manifest`; or a file is not as it was packed.
        OSError: the folder cannot be written to.
    """
    manifest = read_manifest(archive)
    with archive.open("rb") as raw:
        try:
            with zipfile.ZipFile(raw) as pack:
                for name, expected in manifest.files.items():
                    target = folder.joinpath(*PurePosixPath(name).parts)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with pack.open(name) as source, target.open("xb") as sink:
                        found = _copy(source, sink, most=expected.bytes)
                    if found != expected:
                        raise _damaged(archive)
        except _DAMAGE as error:
            raise _damaged(archive) from error
    return manifest


def _checked_manifest(pack: zipfile.ZipFile, archive: Path) -> BackupManifest:
    members = pack.infolist()
    names = [member.filename for member in members]
    for member in members:
        if not _is_plain(member):
            raise InvalidInputError(
                f"{archive.name} holds '{member.filename[:100]}', which does not belong into a "
                "backup. Nothing was restored; use a backup that `rhml backup` wrote."
            )
    about = pack.getinfo(MANIFEST)
    if about.file_size > _MOST_MANIFEST_BYTES:
        raise _damaged(archive)
    told = json.loads(pack.read(MANIFEST))
    if told["format"] != _FORMAT:
        raise InvalidInputError(
            f"{archive.name} was written by another version of rhml. Update the program."
        )
    files = {
        str(name): PackedFile(int(file["bytes"]), str(file["sha256"]))
        for name, file in told["files"].items()
    }
    if sorted(names) != sorted([MANIFEST, *files]) or DATABASE not in files:
        raise _damaged(archive)
    return BackupManifest(str(told["program"]), int(told["schema"]), str(told["made_at"]), files)


def _is_plain(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a file with a path that stays below the folder it is unpacked into."""
    name = member.filename
    kind = stat.S_IFMT(member.external_attr >> 16)
    parts = name.split("/")
    is_expected = name in {MANIFEST, DATABASE} or (parts[0] == RUNS and len(parts) > 2)  # noqa: PLR2004 - runs, a run, a file
    return (
        is_expected
        and kind in {0, stat.S_IFREG}
        and not any(part in {"", ".", ".."} for part in parts)
        and not any(sign in name for sign in "\\:\0")
    )


def _copy(source: IO[bytes], sink: IO[bytes], *, most: int | None = None) -> PackedFile:
    """Copy to the end, or to just beyond `most` bytes; how many, and their sum."""
    whole, n_bytes = hashlib.sha256(), 0
    while (most is None or n_bytes <= most) and (chunk := source.read(_CHUNK_BYTES)):
        whole.update(chunk)
        n_bytes += len(chunk)
        sink.write(chunk)
    return PackedFile(n_bytes, whole.hexdigest())


def _damaged(archive: Path) -> InvalidInputError:
    return InvalidInputError(
        f"{archive.name} is no whole backup: it is torn, was changed, or was not written by "
        "`rhml backup`. Nothing was restored; use another backup."
    )
