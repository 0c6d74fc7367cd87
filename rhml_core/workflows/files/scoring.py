"""Score a file by a trained run: as a stream, in bounded memory, and to be gone on with."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rhml_core.domain import Person, Project, Role, Run
from rhml_core.errors import (
    InvalidInputError,
    JobCancelledError,
    NotFoundError,
)
from rhml_core.jobs.protocol import ProgressLine
from rhml_core.jobs.score_parts import ScoringOrder
from rhml_core.jobs.scoring_job import run_scoring
from rhml_core.machine.encoding.model_files import file_sha256
from rhml_core.machine.recipes.run_folder import MANIFEST
from rhml_core.machine.scoring import open_scorer
from rhml_core.settings import Settings
from rhml_core.store import projects, runs
from rhml_core.workflows.files.scorable_file import ScorableFile, chunks_of
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace

CHUNK_ROWS = 2_048
"""Rows held at a time, and lost at most when the work is cut off; the encoder takes as many."""

Report = Callable[[ProgressLine], None]


@dataclass(frozen=True)
class ScoredFile:
    """
    What a scoring made.

    Attributes:
        out: the Parquet file.
        n_rows: its rows.
        n_skipped: bad rows that were left out.
        n_before: rows that an earlier, stopped scoring had done.
        seconds: without what that took.
        n_by_label: rows by label, in codebook order.
    """

    out: Path
    n_rows: int
    n_skipped: int
    n_before: int
    seconds: float
    n_by_label: dict[str, int]


def find_run(place: Workplace, person: Person, run: str | None, project: str | None) -> Run:
    """
    The run that is meant.

    Args:
        place: the workplace.
        person: who asks.
        run: its number or identifier; None for the promoted one.
        project: whose; None where there is only one, or the identifier says it.

    Raises:
        NotAllowedError: only supervisors score.
        NotFoundError: there is no such run or project, or none is promoted.
        InvalidInputError: several projects could be meant.
    """
    require(person, Role.SUPERVISOR, "score a file")
    if run is not None and not run.isdecimal():
        found = runs.get_run(place.db, run)
        if project and projects.get_project(place.db, project).project_id != found.project_id:
            raise NotFoundError(f"The project '{project}' has no run '{run}'.")
        return found
    where = _the_project(place, project)
    known = runs.list_runs(place.db, where.project_id)
    if run is None:
        promoted = runs.promoted_run(place.db, where.project_id)
        if promoted is not None:
            return promoted
        raise NotFoundError(
            f"No run of '{where.name}' is promoted. Promote one, or name one with --run; "
            f"{_existing(known)}"
        )
    for each in known:
        if each.number == int(run):
            return each
    raise NotFoundError(f"'{where.name}' has no run {run}; {_existing(known)}")


def score_file(
    settings: Settings,
    run: Run,
    file: ScorableFile,
    out: Path,
    *,
    with_text: bool = False,
    skip_bad: bool = False,
    overwrite: bool = False,
    on_progress: Report,
) -> ScoredFile:
    """
    Write what a run says of each row of a file; the database is not needed.

    `score_chunk` says which columns the Parquet file has; its rows stand in the order of the
    file. Until the end the work lies in parts in `OUT.partial`; the same call goes on with them.

    Args:
        settings: where runs lie and which encoder is used.
        run: whose answers are asked for.
        file: as it was looked through.
        out: the Parquet file.
        with_text: whether the texts stand in it.
        skip_bad: leave out the rows that cannot be scored.
        overwrite: replace a file of that name.
        on_progress: told how far it is.

    Raises:
        InvalidInputError: rows cannot be scored, the file exists, or what was begun there is
            another scoring.
        ConflictError: the file changed meanwhile, or another process scores into it.
        MachineError: the run's files are missing or damaged.
        StorageError: the disk is full or cannot be written.
        JobCancelledError: stopped by Ctrl-C; what was done stays.
    """
    _check_out(file, out, overwrite=overwrite)
    if file.n_bad and not skip_bad:
        raise InvalidInputError(
            f"{file.n_bad:,} rows of {file.path.name} cannot be scored, the first is row "
            f"{file.bad_rows['row'][0]}: {file.bad_rows['explanation'][0]} "
            "Mend them, or leave them out with --skip-bad. Nothing was scored."
        )
    run_folder = settings.runs_folder / run.folder
    scorer = open_scorer(run_folder, settings)
    order = ScoringOrder(
        file_bytes=file.stamp[0],
        file_sha256=file_sha256(file.path),
        run_id=run.run_id,
        run_sha256=file_sha256(run_folder / MANIFEST),
        encoder_id=scorer.encoder.encoder_id,
        id_column=file.id_column,
        text_column=file.text_column,
        with_text=with_text,
        chunk_rows=CHUNK_ROWS,
    )
    started = time.monotonic()
    try:
        n_before = run_scoring(
            chunks_of(file, CHUNK_ROWS),
            scorer,
            order,
            folder=parts_folder(out),
            out=out,
            n_rows=file.n_rows,
            on_progress=on_progress,
            clock=time.monotonic,
        )
    except KeyboardInterrupt:
        raise JobCancelledError(
            f"Stopped. What is scored so far lies in {parts_folder(out)}; "
            "give the same command again to go on."
        ) from None
    return ScoredFile(
        out=out,
        n_rows=file.n_rows,
        n_skipped=file.n_bad,
        n_before=n_before,
        seconds=time.monotonic() - started,
        n_by_label=_count_labels(out, scorer.labels),
    )


def parts_folder(out: Path) -> Path:
    """Where the parts of an unfinished scoring lie."""
    return out.with_name(f"{out.name}.partial")


def _the_project(place: Workplace, project: str | None) -> Project:
    if project is not None:
        return projects.get_project(place.db, project)
    known = projects.list_projects(place.db)
    if not known:
        raise NotFoundError("There is no project yet. Name the database with --db.")
    if len(known) > 1:
        names = ", ".join(f"'{each.name}'" for each in known)
        raise InvalidInputError(f"Say with --project whose run is meant: {names}.")
    return known[0]


def _existing(known: list[Run]) -> str:
    if not known:
        return "it has no run yet. Train one first."
    numbers = ", ".join(str(run.number) for run in reversed(known))
    return f"its runs are {numbers}."


def _check_out(file: ScorableFile, out: Path, *, overwrite: bool) -> None:
    if not out.parent.is_dir():
        raise InvalidInputError(f"The folder {out.parent} does not exist. Create it first.")
    if out.is_dir() or (out.exists() and out.samefile(file.path)):
        raise InvalidInputError(f"{out} cannot be written. Name another file with --out.")
    if out.exists() and not overwrite:
        raise InvalidInputError(
            f"{out} exists already. Name another file, or replace it with --overwrite."
        )


def _count_labels(out: Path, labels: tuple[str, ...]) -> dict[str, int]:
    counts = pl.scan_parquet(out).group_by("label").len().collect()
    by_label = dict(counts.iter_rows())
    return {label: by_label.get(label, 0) for label in labels}
