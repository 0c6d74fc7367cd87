"""Files into the project: look first, check every row, then take in all or nothing."""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from rhml_core.domain import Person, Role, Split
from rhml_core.errors import InvalidInputError
from rhml_core.exchange.labels import prepare_labels
from rhml_core.exchange.mapping import Mapping, guess_mapping
from rhml_core.exchange.messages import PreparedMessages, prepare_messages
from rhml_core.exchange.report import Table, errors_in
from rhml_core.exchange.tables import read_table
from rhml_core.measures.consensus import reference_labels
from rhml_core.store import codebooks, judgements, messages, projects
from rhml_core.store import jobs as job_store
from rhml_core.store.database import Transaction
from rhml_core.store.events import add_event
from rhml_core.workflows.people import find_or_add
from rhml_core.workflows.permission import require
from rhml_core.workflows.reading import new_reading_job
from rhml_core.workflows.workplace import Workplace

_N_PREVIEW = 20
_N_NAMED_PROBLEMS = 3

Progress = Callable[[int, int], None]


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
    """

    columns: list[str]
    rows: pl.DataFrame
    n_rows: int
    guessed: Mapping
    n_broken: int


@dataclass(frozen=True)
class ImportOutcome:
    """What was taken in, and the job that has the machine read it (None: nothing to read)."""

    n_messages: int
    n_holdout: int
    n_left_out: int
    n_warnings: int
    job_id: str | None


@dataclass(frozen=True)
class LabelImportOutcome:
    """What was taken in; `problems` holds the warnings, row by row."""

    n_labels: int
    n_experts: int
    new_experts: list[str]
    problems: pl.DataFrame


def preview_file(place: Workplace, person: Person, source: Path | bytes, name: str) -> FilePreview:
    """
    Look into a file without taking anything in.

    Raises:
        NotAllowedError: only supervisors import.
        InvalidInputError: the file cannot be read; says why and what to do.
    """
    require(person, Role.SUPERVISOR, "import files")
    table = _read(place, source, name)
    sample = table.frame.head(_N_PREVIEW)
    return FilePreview(
        columns=table.frame.columns,
        rows=sample,
        n_rows=table.n_rows,
        guessed=guess_mapping(table.frame.columns, sample),
        n_broken=errors_in(table.problems).height,
    )


def check_messages(
    place: Workplace,
    person: Person,
    project_id: str,
    source: Path | bytes,
    name: str,
    mapping: Mapping | None = None,
    *,
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
    table = _read(place, source, name, on_progress)
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
        raise InvalidInputError(_summary(prepared.problems))
    project = projects.get_project(place.db, project_id)
    now, n_messages = place.now(), prepared.messages.height
    if on_progress:
        on_progress(0, n_messages)
    job = new_reading_job(project.project_id, person.person_id, at=now)
    with place.db.atomic() as transaction:
        is_first = transaction.claim(key, at=now)
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
    )


def import_labels(
    place: Workplace,
    person: Person,
    project_id: str,
    source: Path | bytes,
    name: str,
    *,
    adjudicated: bool = False,
    key: str,
) -> LabelImportOutcome:
    """
    Take in labels in long form: message, expert, label; unknown experts are added.

    Raises:
        NotAllowedError: only supervisors import.
        InvalidInputError: the file cannot be read, or rows have errors; nothing was taken in.
    """
    require(person, Role.SUPERVISOR, "import labels")
    project = projects.get_project(place.db, project_id)
    codebook = codebooks.get_codebook(place.db, project.project_id)
    known = messages.message_keys(place.db, project.project_id)
    prepared = prepare_labels(
        _read(place, source, name),
        known_messages=set(known["message_id"]),
        known_labels=codebook.names,
        adjudicated=adjudicated,
    )
    if not prepared.is_importable:
        raise InvalidInputError(_summary(prepared.problems))
    now = place.now()
    with place.db.atomic() as transaction:
        names = prepared.labels["expert"].unique(maintain_order=True).to_list()
        if transaction.claim(key, at=now):
            before = set(judgements.experts_of(transaction, project.project_id))
            people = {expert: find_or_add(transaction, place, expert) for expert in names}
            labels = prepared.labels.with_columns(
                expert_id=pl.col("expert").replace_strict(
                    {expert: found.person_id for expert, found in people.items()},
                    return_dtype=pl.String,
                ),
                judgement_id=pl.Series([uuid.uuid4().hex for _ in range(prepared.labels.height)]),
                made_at=pl.col("made_at").fill_null(now),
            )
            judgements.add_imported(
                transaction, project.project_id, labels, codebook_version=codebook.version
            )
            new = [expert for expert, who in people.items() if who.person_id not in before]
            _record(transaction, person, project.project_id, "labels", name, labels.height, place)
        else:
            new = []
    place.machines.note_change(project.project_id)
    return LabelImportOutcome(prepared.labels.height, len(names), new, prepared.problems)


def list_messages(
    place: Workplace,
    person: Person,
    project_id: str,
    *,
    search: str = "",
    split: Split | None = None,
    label: str | None = None,
    author: str | None = None,
    limit: int = 200,
    offset: int = 0,
) -> tuple[pl.DataFrame, int]:
    """
    One page of the project's messages, and how many fit the filters.

    Returns:
        `message_id, text, author, sent_at, thread, split, n_judgements` (Int64), `reference`
        (String, null where none is known), in import order; and the count.

    Raises:
        NotAllowedError: only supervisors see labels of messages that they have not judged.
    """
    require(person, Role.SUPERVISOR, "see the list of messages")
    reference = reference_labels(
        judgements.current_labels(place.db, project_id),
        judgements.adjudicated_labels(place.db, project_id),
    )
    only = reference.filter(pl.col("label") == label)["message_id"].to_list() if label else None
    page, n_total = messages.search_messages(
        place.db,
        project_id,
        search=search,
        split=split.value if split else None,
        author=author,
        message_ids=only,
        limit=limit,
        offset=offset,
    )
    counts = judgements.count_by_message(place.db, project_id, page["message_id"].to_list())
    return (
        page.join(counts, on="message_id", how="left", maintain_order="left")
        .join(
            reference.select("message_id", reference="label"),
            on="message_id",
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.col("n_judgements").fill_null(0)),
        n_total,
    )


def reading_progress(place: Workplace, project_id: str) -> tuple[int, int]:
    """How many messages the machine has read, and how many there are."""
    encoder_id = place.machines.base_encoder().encoder_id
    return messages.count_embedded(place.db, project_id, encoder_id)


def _read(
    place: Workplace, source: Path | bytes, name: str, on_progress: Progress | None = None
) -> Table:
    limit = place.settings.max_upload_megabytes
    if isinstance(source, bytes) and len(source) > limit * 1_000_000:
        raise InvalidInputError(
            f"{name} is larger than {limit} MB. Split it, or import it with the command line."
        )
    return read_table(source, name, on_progress=on_progress)


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
    import_id = _record(
        transaction, person, project_id, "messages", file_name, prepared.messages.height, place
    )
    messages.add_messages(transaction, project_id, prepared.messages, import_id=import_id)


def _record(
    transaction: Transaction,
    person: Person,
    project_id: str,
    kind: str,
    file_name: str,
    n_rows: int,
    place: Workplace,
) -> str:
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


def _summary(problems: pl.DataFrame) -> str:
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
        f"{rows:,} rows have errors, so nothing was imported. {' '.join(named)}{more} "
        "Mend them, or import without the faulty rows."
    )
