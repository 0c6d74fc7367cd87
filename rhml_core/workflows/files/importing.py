"""Messages from files into the project: look first, check every row, take in all or nothing."""

import random
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from rhml_core.domain import JobKind, Person, Role, Split
from rhml_core.errors import InvalidInputError
from rhml_core.exchange.mapping import Mapping, Reason, guess_columns, guess_mapping
from rhml_core.exchange.messages import PreparedMessages, prepare_messages
from rhml_core.exchange.report import errors_in, gather_problems
from rhml_core.store import jobs as job_store
from rhml_core.store import messages, projects
from rhml_core.store.database import Transaction
from rhml_core.workflows.background.queued_job import queued_job
from rhml_core.workflows.files.intake import (
    Progress,
    describe_errors,
    read_file,
    record_import,
)
from rhml_core.workflows.files.near_repeats import near_repeats
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.workplace import Workplace

_N_PREVIEW = 20
SECONDS_PER_TEXT = 0.006
"""To read one message of the demo's length on two cores without other work."""


@dataclass(frozen=True)
class FilePreview:
    """
    What a file seems to hold.

    Attributes:
        columns: their names, in file order.
        rows: the first rows, as text.
        n_rows: all rows.
        guessed: which column seems to hold what.
        n_broken: rows that cannot be read.
        reasons: why a column was guessed, by fact of the mapping.
        sheets: a workbook's sheets that hold something; none for other formats.
        sheet: the one that was read.
    """

    columns: list[str]
    rows: pl.DataFrame
    n_rows: int
    guessed: Mapping
    n_broken: int
    reasons: dict[str, Reason] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    sheet: str = ""


@dataclass(frozen=True)
class ImportOutcome:
    """
    What was taken in, and the job that has the machine read it (None: nothing to read).

    Rows that were left out had an error, or repeated another's text. Of those taken in,
    `n_repeats` repeat a text, and `n_near_repeats` do but for case, spacing or the like.
    """

    n_messages: int
    n_holdout: int
    n_left_out: int
    n_warnings: int
    job_id: str | None
    n_repeats_left_out: int = 0
    n_repeats: int = 0
    n_near_repeats: int = 0


def preview_file(
    place: Workplace, person: Person, source: Path | bytes, name: str, *, sheet: str | None = None
) -> FilePreview:
    """
    Look into a file without taking anything in; of a workbook into one sheet.

    Raises:
        NotAllowedError: only supervisors import.
        InvalidInputError: the file cannot be read; says why and what to do.
    """
    require(person, Role.SUPERVISOR, "import files")
    table = read_file(place, source, name, sheet=sheet)
    sample = table.frame.head(_N_PREVIEW)
    guess = guess_columns(table.frame.columns, sample)
    return FilePreview(
        columns=table.frame.columns,
        rows=sample,
        n_rows=table.n_rows,
        guessed=guess.mapping,
        n_broken=errors_in(table.problems).height,
        reasons=guess.reasons,
        sheets=table.sheets,
        sheet=table.sheet,
    )


def check_messages(
    place: Workplace,
    person: Person,
    project_id: str,
    source: Path | bytes,
    name: str,
    mapping: Mapping | None = None,
    *,
    sheet: str | None = None,
    split_column: str | None = None,
    holdout_share: float | None = None,
    on_progress: Progress | None = None,
) -> PreparedMessages:
    """
    Read messages from a file and report on every row; nothing is taken in yet.

    Args:
        place: the workplace.
        person: who imports.
        project_id: where to.
        source: the file, or its bytes.
        name: the file's name.
        mapping: which column holds what; None guesses.
        sheet: of a workbook; None takes the one with the most rows.
        split_column: marks hold-out rows, instead of the mapping's.
        holdout_share: instead of a column, draw this share at random as hold-out, 0 to 1.
        on_progress: called with bytes read and bytes in all.

    Raises:
        NotAllowedError: only supervisors import.
        NotFoundError: there is no such project.
        InvalidInputError: the file cannot be read, lacks a text column, or is too large.
    """
    require(person, Role.SUPERVISOR, "import files")
    project = projects.get_project(place.db, project_id)
    table = read_file(place, source, name, on_progress, sheet=sheet)
    if mapping is None:
        mapping = guess_mapping(table.frame.columns, table.frame.head(_N_PREVIEW))
    known = messages.message_keys(place.db, project.project_id)
    prepared = prepare_messages(
        table,
        mapping,
        place.settings,
        known_ids=set(known["message_id"]),
        known_texts=set(known["text_hash"]),
        split_column=split_column,
    )
    texts = messages.message_texts(place.db, project.project_id)["text"]
    prepared = replace(
        prepared, problems=gather_problems(prepared.problems, near_repeats(prepared, texts))
    )
    return prepared if holdout_share is None else _hold_out(prepared, holdout_share)


def import_messages(
    place: Workplace,
    person: Person,
    project_id: str,
    prepared: PreparedMessages,
    *,
    file_name: str,
    key: str,
    on_progress: Progress | None = None,
) -> ImportOutcome:
    """
    Take checked messages in, all or none, and have the machine read them.

    Raises:
        NotAllowedError: only supervisors import.
        InvalidInputError: rows have errors; names the first ones and the way out.
        StorageError: the store could not keep them; nothing was taken in.
    """
    require(person, Role.SUPERVISOR, "import files")
    if not prepared.is_importable:
        raise InvalidInputError(describe_errors(prepared.problems))
    project = projects.get_project(place.db, project_id)
    now, n_messages = place.now(), prepared.messages.height
    if on_progress:
        on_progress(0, n_messages)
    job = queued_job(project.project_id, JobKind.EMBED, person_id=person.person_id, at=now)
    with place.db.atomic() as transaction:
        is_first = transaction.claim(act_key(person, "import", project_id, key), at=now)
        if is_first:
            _add(transaction, person, project.project_id, prepared, file_name, place)
            if place.jobs.works_by_itself:
                job_store.add_job(transaction, job, parameters={}, seed=0)
    if is_first:
        place.machines.note_change(project.project_id)
        place.jobs.submit(job.job_id)
    if on_progress:
        on_progress(n_messages, n_messages)
    return ImportOutcome(
        n_messages=n_messages,
        n_holdout=prepared.messages.filter(pl.col("split") == Split.HOLDOUT.value).height,
        n_left_out=prepared.n_left_out,
        n_warnings=prepared.problems.height,
        job_id=job.job_id if is_first and place.jobs.works_by_itself else None,
        n_repeats_left_out=prepared.n_repeats_left_out,
        n_repeats=prepared.n_repeats,
        n_near_repeats=prepared.n_near_repeats,
    )


def seconds_to_read(prepared: PreparedMessages) -> float:
    """Seconds in which two free cores read the different texts among checked messages."""
    return SECONDS_PER_TEXT * prepared.messages["text_hash"].n_unique()


def _hold_out(prepared: PreparedMessages, share: float) -> PreparedMessages:
    if not 0 <= share < 1:
        raise InvalidInputError("The share of hold-out messages must lie between 0 and 1.")
    n = prepared.messages.height
    drawn = set(random.SystemRandom().sample(range(n), round(n * share)))
    split = [Split.HOLDOUT.value if row in drawn else Split.POOL.value for row in range(n)]
    return replace(
        prepared,
        messages=prepared.messages.with_columns(split=pl.Series(split, dtype=pl.String)),
    )


def _add(
    transaction: Transaction,
    person: Person,
    project_id: str,
    prepared: PreparedMessages,
    file_name: str,
    place: Workplace,
) -> None:
    known = set(messages.message_keys(transaction, project_id)["message_id"])
    again = [name for name in prepared.messages["message_id"] if name in known]
    if again:
        raise InvalidInputError(
            f"{len(again):,} of these messages are in the project by now, the first is "
            f"'{again[0]}'. Check the file again."
        )
    import_id = record_import(
        transaction, person, project_id, "messages", file_name, prepared.messages.height, place
    )
    messages.add_messages(transaction, project_id, prepared.messages, import_id=import_id)
