"""A training from what is judged now to an entry in the registry, with its concepts."""

import dataclasses
import shutil
import uuid
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl

from rhml_core.domain import Concept, Job, Run, RunState
from rhml_core.errors import MeasureUndefinedError, NotEnoughDataError
from rhml_core.figures import Metrics
from rhml_core.jobs.job_files import (
    TrainResult,
    read_predictions,
    read_train_result,
    read_tuned_embeddings,
    write_train_job,
)
from rhml_core.jobs.protocol import ProgressLine, TrainSpec
from rhml_core.jobs.runner import run_worker
from rhml_core.lexicon import Lexicon
from rhml_core.machine.evidence.surfaced import SurfacedConcept, read_concepts
from rhml_core.measures.evaluation import Answers, measure_answers
from rhml_core.store import concepts, embeddings, lexicons, messages, runs
from rhml_core.store import jobs as job_store
from rhml_core.store.events import add_event
from rhml_core.workflows.background.desk import Desk
from rhml_core.workflows.concepts.rejected_terms import (
    REJECTED_CONCEPTS,
    rejected_concepts,
    rejected_terms,
)
from rhml_core.workflows.lexicon.figures import LEXICON_VERSION
from rhml_core.workflows.training.data import MIN_HOLDOUT, TrainingSet, training_set
from rhml_core.workflows.training.reading import embed_messages


def train(desk: Desk, job: Job) -> str:
    """
    Train, measure and register a run.

    Returns:
        The run's identifier.

    Raises:
        NotEnoughDataError: too little is judged; says what is missing.
        JobCancelledError, JobFailedError, MachineError: nothing was registered.
    """
    embed_messages(desk, job.project_id, job.job_id)
    data = training_set(desk.db, job.project_id)
    if data.missing:
        raise NotEnoughDataError(" ".join(data.missing))
    parameters, seed = job_store.job_request(desk.db, job.job_id)
    folder = desk.settings.jobs_folder / job.job_id / "train"
    run_id = f"run-{uuid.uuid4().hex[:12]}"
    try:
        lexicon = lexicons.get_lexicon(desk.db, job.project_id)
        told = {
            LEXICON_VERSION: lexicon.version,
            REJECTED_CONCEPTS: list(rejected_concepts(desk.db, job.project_id)),
        }
        texts = _write_inputs(desk, job, data, lexicon, parameters, seed)
        run_worker(folder, desk.report, desk.is_cancelled)
        desk.report(ProgressLine(1, 1, None, "Measuring and registering", None))
        _register(desk, job, data, read_train_result(folder), texts, run_id, told)
    except BaseException:
        if run_id not in runs.run_folders(desk.db):
            shutil.rmtree(desk.settings.runs_folder / run_id, ignore_errors=True)
        raise
    finally:
        shutil.rmtree(desk.settings.jobs_folder / job.job_id, ignore_errors=True)
    return run_id


def _write_inputs(
    desk: Desk,
    job: Job,
    data: TrainingSet,
    lexicon: Lexicon,
    parameters: dict[str, Any],
    seed: int,
) -> list[str]:
    """Write the worker's folder; the texts' hashes in the order in which it gets them."""
    db, settings = desk.db, desk.settings
    encoder_id = desk.machines.base_encoder().encoder_id
    keys, vectors = embeddings.load_embeddings(db, job.project_id, encoder_id)
    texts = messages.message_texts(db, job.project_id).select("message_id", "text", "split")
    write_train_job(
        settings.jobs_folder / job.job_id / "train",
        TrainSpec(
            recipe=job.recipe,
            labels=tuple(data.labels),
            seed=seed,
            encoder_id=encoder_id,
            parameters=parameters,
            lexicon=tuple(sorted({term.expression for term in lexicon.terms if term.label})),
            model_folder=str(settings.encoder) if settings.encoder else None,
            lexicon_by_label=lexicon.by_label(),
            rejected=rejected_terms(db, job.project_id),
            cache_folder=str(settings.cache_folder),
            precision=settings.encoder_precision.value,
        ),
        messages=keys.select("message_id").join(texts, on="message_id", maintain_order="left"),
        training=data.training,
        embeddings=vectors,
    )
    return keys["text_hash"].to_list()


def measure(
    data: TrainingSet, predictions: pl.DataFrame, *, seed: int
) -> tuple[Metrics | None, str]:
    """
    How good a run is, on the hold-out where enough of it is judged, else cross-validated.

    Decision thresholds are chosen on the training messages alone.

    Args:
        data: what teaches and what measures; its labels are the run's, in order.
        predictions: `message_id` (String), `probabilities` (List[Float64]): out of fold for
            training messages.
        seed: fixes the intervals.

    Returns:
        The metrics, or None, and a sentence that says what is missing for better ones.
    """
    missing = ""
    training, _ = _answers(data.training, predictions, data.labels)
    answers, known = _answers(data.holdout, predictions, data.labels)
    measured_on = "hold-out"
    if data.holdout.height < MIN_HOLDOUT:
        missing = (
            f"Only {data.holdout.height} hold-out messages have a reference label; "
            f"from {MIN_HOLDOUT} on, runs are measured on them."
        )
        answers, known = _answers(data.training, predictions, data.labels)
        measured_on = "cross-validation"
    try:
        metrics = measure_answers(
            answers, data.labels, measured_on=measured_on, training=training, seed=seed
        )
    except MeasureUndefinedError as error:
        return None, f"{missing} {error}".strip()
    n_adjudicated = known.filter(pl.col("source") == "adjudicated").height
    return dataclasses.replace(metrics, n_adjudicated=n_adjudicated), missing


def _answers(
    reference: pl.DataFrame, predictions: pl.DataFrame, labels: list[str]
) -> tuple[Answers, pl.DataFrame]:
    """What a run says of the messages with a reference, and those messages, by identifier."""
    known = reference.join(
        predictions.select("message_id", "probabilities"), on="message_id", how="inner"
    ).sort("message_id")
    probabilities = np.array(known["probabilities"].to_list(), dtype=np.float64)
    return Answers(known["label"].to_list(), probabilities.reshape(-1, len(labels))), known


def _register(
    desk: Desk,
    job: Job,
    data: TrainingSet,
    result: TrainResult,
    text_hashes: list[str],
    run_id: str,
    told: dict[str, Any],
) -> None:
    predictions = read_predictions(result.folder)
    surfaced = read_concepts(result.folder / "concepts.json")
    metrics, missing = measure(data, predictions, seed=result.seed)
    desk.settings.runs_folder.mkdir(parents=True, exist_ok=True)
    result.folder.rename(desk.settings.runs_folder / run_id)
    now = datetime.now(UTC)
    tuned = read_tuned_embeddings(desk.settings.runs_folder / run_id)
    with desk.db.atomic() as transaction:
        run = Run(
            run_id=run_id,
            project_id=job.project_id,
            number=runs.next_number(transaction, job.project_id),
            recipe=job.recipe,
            state=RunState.CANDIDATE,
            encoder_id=result.encoder_id,
            parameters={**result.parameters, **told},
            versions=result.versions,
            seed=result.seed,
            n_training=result.n_training,
            n_experts=data.n_experts,
            codebook_version=data.codebook_version,
            seconds=result.seconds,
            metrics=metrics,
            metrics_missing=missing,
            folder=run_id,
            created_by=job.created_by,
            created_at=now,
        )
        runs.add_run(
            transaction,
            run,
            labels=data.labels,
            loss_curve=list(result.loss_curve),
            training=data.training,
            predictions=predictions,
        )
        if tuned is not None:
            embeddings.add_embeddings(transaction, result.encoder_id, text_hashes, tuned)
        for found in surfaced:
            concepts.add_sighting(
                transaction, job.project_id, _concept(found), run_id=run_id, at=now
            )
        add_event(
            transaction,
            kind="run_trained",
            subject=f"run:{run_id}",
            person_id=job.created_by,
            project_id=job.project_id,
            at=now,
            detail={
                "number": run.number,
                "recipe": run.recipe,
                "macro_f1": dataclasses.asdict(metrics.macro_f1) if metrics else None,
                "measured_on": metrics.measured_on if metrics else None,
                "n_concepts": len(surfaced),
                "n_new": sum(found.is_new for found in surfaced),
            },
        )


def _concept(found: SurfacedConcept) -> Concept:
    return Concept(
        concept_id=f"concept-{uuid.uuid4().hex[:12]}",
        label=found.label,
        kind=found.kind,
        terms=found.terms,
        strength=found.strength,
        term_f1=found.term_f1,
        n_for=found.n_for,
        n_against=found.n_against,
        messages_for=found.messages_for,
        messages_against=found.messages_against,
        is_new=found.is_new,
        place=found.place,
        influence=found.influence,
        stability=found.stability,
        contradicts=found.contradicts,
    )
