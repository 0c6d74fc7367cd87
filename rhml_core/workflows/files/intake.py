"""What every import has in common: a bounded file, its faults in words, a record of it."""

import uuid
from collections.abc import Callable
from pathlib import Path

import polars as pl

from rhml_core.domain import Person
from rhml_core.errors import InvalidInputError
from rhml_core.exchange.report import Table, errors_in
from rhml_core.exchange.tables import read_table
from rhml_core.store import messages
from rhml_core.store.database import Transaction
from rhml_core.store.events import add_event
from rhml_core.workflows.workplace import Workplace

_N_NAMED_PROBLEMS = 3

Progress = Callable[[int, int], None]
"""Called with what is done and what there is in all."""


def read_file(
    place: Workplace,
    source: Path | bytes,
    name: str,
    on_progress: Progress | None = None,
    *,
    sheet: str | None = None,
) -> Table:
    """
    A file's rows as text; of a workbook one sheet, by default the one with the most rows.

    Raises:
        InvalidInputError: an upload is too large, or the file cannot be read.
    """
    limit = place.settings.max_upload_megabytes
    if isinstance(source, bytes) and len(source) > limit * 1_000_000:
        raise InvalidInputError(
            f"{name} is larger than {limit} MB. Split it, or import it with the command line."
        )
    return read_table(source, name, sheet=sheet, on_progress=on_progress)


def describe_errors(problems: pl.DataFrame) -> str:
    """One sentence on the faulty rows: how many, the first of them, and the way out."""
    errors = errors_in(problems)
    rows = errors["row"].n_unique()
    named = [
        f"row {row}: {explanation}"
        for row, explanation in errors.select("row", "explanation")
        .head(_N_NAMED_PROBLEMS)
        .iter_rows()
    ]
    more = f" And {rows - len(named):,} more." if rows > len(named) else ""
    return (
        f"{rows:,} {'row has' if rows == 1 else 'rows have'} errors, so nothing was imported. "
        f"{' '.join(named)}{more} Mend them, or import without the faulty rows."
    )


def record_import(
    transaction: Transaction,
    person: Person,
    project_id: str,
    kind: str,
    file_name: str,
    n_rows: int,
    place: Workplace,
) -> str:
    """Record that a file was taken in; the import's identifier."""
    import_id = uuid.uuid4().hex
    messages.add_import(
        transaction,
        import_id=import_id,
        project_id=project_id,
        kind=kind,
        file_name=file_name,
        n_rows=n_rows,
        person_id=person.person_id,
        at=place.now(),
    )
    add_event(
        transaction,
        kind=f"{kind}_imported",
        subject=f"import:{import_id}",
        person_id=person.person_id,
        project_id=project_id,
        at=place.now(),
        detail={"file_name": file_name, "n_rows": n_rows},
    )
    return import_id
