"""A project's messages, judgements and codebook into files that can be read back."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rhml_core.domain import Codebook, Person, Role
from rhml_core.errors import InvalidInputError, StorageError
from rhml_core.exchange.codebooks import codebook_rows, write_codebook
from rhml_core.exchange.own_exports import JUDGEMENT_EXPORT, MESSAGE_EXPORT
from rhml_core.exchange.table_files import TableForm, table_file, workbook_file
from rhml_core.store import codebooks, projects
from rhml_core.store.events import add_event
from rhml_core.workflows.files.exported_rows import ExportedRows, gather_rows
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace

MESSAGES, JUDGEMENTS, CODEBOOK = "messages", "judgements", "codebook"
_WORKBOOK, _ARCHIVE = ".xlsx", ".zip"
_ONE_TABLE = {".csv", ".tsv", ".parquet", ".json", ".jsonl"}
_CODEBOOK_FILE = "codebook.csv"


@dataclass(frozen=True)
class Exported:
    """
    What an export wrote.

    Attributes:
        files: in the order messages, judgements, codebook; one alone where it holds all three.
        n_messages: in all.
        n_labelled: messages with a label that counts.
        n_judgements: that stand.
        run: number of the promoted run whose answers stand beside; None without one.
        n_silent: messages of the hold-out whose answer by the machine is left out, since nobody
            has settled them.
    """

    files: tuple[Path, ...]
    n_messages: int
    n_labelled: int
    n_judgements: int
    run: int | None
    n_silent: int


def export_project(
    place: Workplace,
    person: Person,
    project_id: str,
    out: Path,
    *,
    form: TableForm = TableForm.CSV,
    overwrite: bool = False,
) -> Exported:
    """
    Write a project's messages with the labels that count, its judgements and its codebook.

    The files appear when all of them are whole. `check_messages`, `import_labels` and
    `read_codebook` read them back; `MESSAGE_EXPORT` and `JUDGEMENT_EXPORT` say their columns.

    Args:
        place: the workplace.
        person: who exports.
        project_id: whose.
        out: a folder, made if need be; or a file that ends in `.zip`, or in `.xlsx` for one
            workbook with three sheets.
        form: of the tables; the codebook is CSV but in a workbook.
        overwrite: replace files of the same names.

    Raises:
        NotAllowedError: only supervisors export.
        NotFoundError: there is no such project.
        InvalidInputError: the place cannot be written to, or files are there already.
        StorageError: the disk is full or cannot be written; nothing is left behind.
    """
    require(person, Role.SUPERVISOR, "export a project")
    form = TableForm.XLSX if out.suffix.lower() == _WORKBOOK else form
    targets = _targets(out, form)
    _check_targets(out, targets, overwrite=overwrite)
    rows = gather_rows(place, person, projects.get_project(place.db, project_id).project_id)
    codebook = codebooks.get_codebook(place.db, rows.project_id)
    with _kept(out):
        made = not out.exists() and not _is_one_file(out)
        if made:
            out.mkdir()
        try:
            folder = out.parent if _is_one_file(out) else out
            with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=folder) as beside:
                written = _write(Path(beside), out, form, place, rows, codebook)
                _record(place, person, rows, form)
                for source, target in zip(written, targets, strict=True):
                    source.replace(target)
        except BaseException:
            if made:
                shutil.rmtree(out, ignore_errors=True)
            raise
    return Exported(
        files=targets,
        n_messages=rows.n_messages,
        n_labelled=rows.n_labelled,
        n_judgements=rows.judgements.height,
        run=rows.run,
        n_silent=rows.n_silent,
    )


def export_download(
    place: Workplace, person: Person, project_id: str, *, ending: str = _ARCHIVE
) -> bytes:
    """
    The same in one file for a browser: CSV in an archive (`.zip`), or a workbook (`.xlsx`).

    Raises:
        NotAllowedError, NotFoundError, StorageError: as from `export_project`.
    """
    with tempfile.TemporaryDirectory(prefix="rhml-export-") as folder:
        out = Path(folder) / f"export{ending}"
        export_project(place, person, project_id, out)
        return out.read_bytes()


def codebook_file(place: Workplace, person: Person, project_id: str) -> str:
    """
    The newest codebook as CSV that `read_codebook` reads back.

    Raises:
        NotFoundError: there is no such project.
    """
    require(person, Role.VIEWER, "read the codebook")
    return write_codebook(codebooks.get_codebook(place.db, project_id).labels)


def _is_one_file(out: Path) -> bool:
    return out.suffix.lower() in {_WORKBOOK, _ARCHIVE}


def _is_other_file(out: Path) -> bool:
    return out.exists() and not _is_one_file(out)


def _file_names(form: TableForm) -> tuple[str, ...]:
    return f"{MESSAGES}.{form}", f"{JUDGEMENTS}.{form}", _CODEBOOK_FILE


def _targets(out: Path, form: TableForm) -> tuple[Path, ...]:
    if _is_one_file(out):
        return (out,)
    return tuple(out / name for name in _file_names(form))


def _check_targets(out: Path, targets: tuple[Path, ...], *, overwrite: bool) -> None:
    if not out.parent.is_dir():
        raise InvalidInputError(f"The folder {out.parent} does not exist. Create it first.")
    if not out.is_dir() and (out.suffix.lower() in _ONE_TABLE or _is_other_file(out)):
        raise InvalidInputError(
            f"{out} cannot hold an export, which has three tables. Name a folder, or a file that "
            f"ends in {_ARCHIVE} or {_WORKBOOK}."
        )
    for target in targets:
        if target.is_dir():
            raise InvalidInputError(f"{target} is a folder. Name another place.")
        if target.exists() and not overwrite:
            raise InvalidInputError(
                f"{target} exists already. Name another place, or replace it with --overwrite."
            )


def _write(
    beside: Path,
    out: Path,
    form: TableForm,
    place: Workplace,
    rows: ExportedRows,
    codebook: Codebook,
) -> tuple[Path, ...]:
    """Write what `_targets` names, under other names."""
    if out.suffix.lower() == _WORKBOOK:
        return (_write_workbook(beside / "all.xlsx", place, rows, codebook),)
    names = _file_names(form)
    with table_file(beside / names[0], form, MESSAGE_EXPORT) as write:
        for block in rows.message_blocks(place.db):
            write(block)
    with table_file(beside / names[1], form, JUDGEMENT_EXPORT) as write:
        write(rows.judgements)
    (beside / names[2]).write_text(write_codebook(codebook.labels), encoding="utf-8", newline="")
    written = tuple(beside / name for name in names)
    return (_pack(beside / "all.zip", written),) if _is_one_file(out) else written


def _pack(archive: Path, files: tuple[Path, ...]) -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as pack:
        for file in files:
            pack.write(file, file.name)
    return archive


def _write_workbook(file: Path, place: Workplace, rows: ExportedRows, codebook: Codebook) -> Path:
    with workbook_file(file) as begin:
        write = begin(MESSAGES, MESSAGE_EXPORT)
        for block in rows.message_blocks(place.db):
            write(block)
        begin(JUDGEMENTS, JUDGEMENT_EXPORT)(rows.judgements)
        labels = codebook_rows(codebook.labels)
        begin(CODEBOOK, labels.schema)(labels)
    return file


def _record(place: Workplace, person: Person, rows: ExportedRows, form: TableForm) -> None:
    """Keep in the audit that data left, before they do."""
    with place.db.atomic() as transaction:
        add_event(
            transaction,
            kind="exported",
            subject=f"project:{rows.project_id}",
            person_id=person.person_id,
            project_id=rows.project_id,
            at=place.now(),
            detail={
                "format": form.value,
                "n_messages": rows.n_messages,
                "n_judgements": rows.judgements.height,
                "run": rows.run,
            },
        )


@contextmanager
def _kept(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise StorageError(f"{out} cannot be written: {reason}. Nothing was exported.") from error
