"""
Have the machine read messages: each text once, kept in the store, a portion at a time.

Where another encoder is set than the one that the messages were read with, they are read again,
as the same job; what the former one read stays.
"""

import shutil

from rhml_core.errors import JobCancelledError, MachineError
from rhml_core.jobs.job_files import read_embed_result, write_embed_job
from rhml_core.jobs.protocol import BASE_ENCODER, EmbedSpec, ProgressLine
from rhml_core.jobs.runner import run_worker
from rhml_core.machine.encoding.base_model import is_tuned_encoder
from rhml_core.store import embeddings, runs
from rhml_core.store.database import Reader
from rhml_core.workflows.background.desk import Desk

_TEXTS_A_PORTION = 10_000
"""What is lost at most when the machine is switched off while it reads."""


def has_unread(db: Reader, base_encoder_id: str, project_id: str) -> bool:
    """Whether an encoder in use has not read all of a project's messages."""
    for encoder_id, _ in _encoders_in_use(db, base_encoder_id, project_id):
        n_read, n_messages = embeddings.count_embedded(db, project_id, encoder_id)
        if n_read < n_messages:
            return True
    return False


def embed_messages(desk: Desk, project_id: str, job_id: str) -> None:
    """
    Read what the project's encoders have not read yet.

    Raises:
        JobCancelledError: stopped; what was read stays.
        JobFailedError: the worker ended without a result.
        MachineError: the encoder's files are missing or not the ones expected.
    """
    base_id = desk.machines.base_encoder().encoder_id
    for encoder_id, folder in _encoders_in_use(desk.db, base_id, project_id):
        source = str(desk.settings.runs_folder / folder) if folder else BASE_ENCODER
        _embed(desk, project_id, job_id, encoder_id=encoder_id, source=source)
    desk.machines.note_change(project_id)


def _encoders_in_use(db: Reader, base_encoder_id: str, project_id: str) -> list[tuple[str, str]]:
    """
    The base encoder and the promoted run's own, each with its run's folder ("" for the base).

    A promoted run on a base encoder that is no longer set has none of its own: what it says is
    in the store, and the machine that speaks reads the encoder that is set.
    """
    run = runs.promoted_run(db, project_id)
    own = [(run.encoder_id, run.folder)] if run and is_tuned_encoder(run.encoder_id) else []
    return [(base_encoder_id, ""), *own]


def _embed(desk: Desk, project_id: str, job_id: str, *, encoder_id: str, source: str) -> None:
    missing = embeddings.missing_embeddings(desk.db, project_id, encoder_id)
    settings = desk.settings
    spec = EmbedSpec(
        encoder=source,
        cache_folder=str(settings.cache_folder),
        model_folder=str(settings.encoder) if settings.encoder else None,
        precision=settings.encoder_precision.value,
    )
    folder = settings.jobs_folder / job_id / "embed"
    for start in range(0, missing.height, _TEXTS_A_PORTION):
        if desk.is_cancelled():
            raise JobCancelledError("Cancelled.")
        portion = missing.slice(start, _TEXTS_A_PORTION)

        def report(line: ProgressLine, start: int = start) -> None:
            done = start + line.step
            desk.report(
                ProgressLine(
                    step=done,
                    n_steps=missing.height,
                    seconds_left=_scaled(line, missing.height - done),
                    detail="Reading messages",
                    loss=None,
                )
            )

        try:
            write_embed_job(folder, spec, portion)
            run_worker(folder, report, desk.is_cancelled)
            read = read_embed_result(folder)
            if read.encoder_id != encoder_id:
                raise MachineError(
                    f"The messages were to be read by {encoder_id}, but {read.encoder_id} read "
                    "them: the encoder's files have changed meanwhile. Start the server again."
                )
            with desk.db.atomic() as transaction:
                embeddings.add_embeddings(
                    transaction, encoder_id, portion["text_hash"].to_list(), read.embeddings
                )
        finally:
            shutil.rmtree(settings.jobs_folder / job_id, ignore_errors=True)


def _scaled(line: ProgressLine, n_left: int) -> float | None:
    in_portion = line.n_steps - line.step
    if line.seconds_left is None or in_portion <= 0:
        return None
    return line.seconds_left / in_portion * n_left
