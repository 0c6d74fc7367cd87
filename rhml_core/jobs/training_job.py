"""One training job: files in, a sealed run folder out, complete or not at all."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from rhml_core.domain import Split
from rhml_core.errors import InvalidInputError, MachineError
from rhml_core.jobs.embedding_job import base_encoder
from rhml_core.jobs.job_files import EMBEDDINGS, MESSAGES, PARTIAL, RUN, TRAINING
from rhml_core.jobs.protocol import TrainSpec
from rhml_core.jobs.surfacing_step import surface_from_training
from rhml_core.machine.encoding.model_files import packaged_model_folder, write_json
from rhml_core.machine.evidence.surfaced import write_concepts
from rhml_core.machine.heads.head import save_head
from rhml_core.machine.protocol import TrainingProgress, Vectors
from rhml_core.machine.recipes import run_folder
from rhml_core.machine.recipes.catalogue import TrainingData, TrainingResult, train_recipe


def run_training(
    folder: Path, spec: TrainSpec, on_progress: TrainingProgress, clock: Callable[[], float]
) -> dict[str, Any]:
    """
    Train what a job's folder asks for and return what its `run/result.json` says.

    Args:
        folder: the job's.
        spec: its order.
        on_progress: told each step.
        clock: seconds that only move forward.

    Raises:
        InvalidInputError: a hold-out message is among the training ones, the files do not fit
            together, or the run exists already.
        NotEnoughDataError: fewer than two labels have a message.
        MachineError: a file is missing or damaged.
    """
    started = clock()
    if (folder / RUN).exists():
        raise InvalidInputError("This job has already made its run. Start another training.")
    data = read_training_data(folder, spec)
    partial = folder / PARTIAL
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    trained = train_recipe(
        spec.recipe,
        data,
        model_folder=Path(spec.model_folder) if spec.model_folder else packaged_model_folder(),
        output=partial,
        parameters=spec.parameters,
        seed=spec.seed,
        on_progress=on_progress,
    )
    concepts = surface_from_training(data, trained, spec)
    result = {
        "recipe": spec.recipe,
        "labels": list(spec.labels),
        "encoder_id": trained.encoder_id,
        "parameters": trained.parameters,
        "versions": trained.versions,
        "seed": spec.seed,
        "seconds": round(clock() - started, 3),
        "loss_curve": list(trained.loss_curve),
        "n_training": len(data.training_rows),
        "n_concepts": len(concepts),
    }
    save_head(trained.head, partial / run_folder.HEAD)
    _predictions(data, trained).write_parquet(partial / run_folder.PREDICTIONS)
    write_concepts(concepts, partial / run_folder.CONCEPTS)
    if trained.embeddings is not None:
        np.save(partial / run_folder.EMBEDDINGS, trained.embeddings, allow_pickle=False)
    write_json(result, partial / run_folder.RESULT)
    run_folder.seal_run_folder(partial)
    partial.rename(folder / RUN)
    return result


def read_training_data(folder: Path, spec: TrainSpec) -> TrainingData:
    """
    A job's messages, vectors and judgements, checked against each other.

    Raises:
        InvalidInputError: a training message is hold-out, unknown or given twice, a label is
            not in the codebook, a weight is not above 0, or the vectors are of other messages.
        MachineError: a file is missing or damaged.
    """
    try:
        messages = pl.read_parquet(folder / MESSAGES)
        training = pl.read_parquet(folder / TRAINING)
        embeddings = np.load(folder / EMBEDDINGS, allow_pickle=False)
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise MachineError("The job's files cannot be read. Start the training again.") from error
    if embeddings.ndim != 2 or len(embeddings) != messages.height:  # noqa: PLR2004 - a matrix
        raise InvalidInputError(
            f"There are {messages.height} messages, but vectors of {len(embeddings)}. "
            "Embed the messages again."
        )
    _require_sound(messages, training, spec)
    rows = {message_id: row for row, message_id in enumerate(messages["message_id"])}
    return TrainingData(
        message_ids=tuple(messages["message_id"]),
        texts=tuple(messages["text"]),
        embeddings=embeddings,
        encoder_id=spec.encoder_id,
        training_rows=np.array([rows[name] for name in training["message_id"]], dtype=np.int64),
        training_labels=tuple(training["label"]),
        training_weights=training["weight"].cast(pl.Float64).to_numpy(),
        all_labels=spec.labels,
        lexicon=spec.lexicon,
        holdout_rows=np.flatnonzero((messages["split"] == Split.HOLDOUT.value).to_numpy()),
        rejected=spec.rejected,
        encode=lambda texts: _read_more(spec, texts),
    )


def _read_more(spec: TrainSpec, texts: Sequence[str]) -> Vectors:
    """Vectors of texts that are not among the job's, by the encoder that read those."""
    encoder = base_encoder(spec)
    if encoder.encoder_id != spec.encoder_id:
        raise MachineError(
            f"The messages were read by {spec.encoder_id}, but {encoder.encoder_id} is set now. "
            "Start the training again once all messages are read."
        )
    return encoder.encode(texts)


def _require_sound(messages: pl.DataFrame, training: pl.DataFrame, spec: TrainSpec) -> None:
    named = training.join(messages, on="message_id", how="left")
    n_holdout = named.filter(pl.col("split") == Split.HOLDOUT.value).height
    if n_holdout:
        raise InvalidInputError(
            f"{n_holdout} of the training messages are hold-out. They only measure the machine "
            "and must not teach it; nothing was trained."
        )
    faults = {
        "are not among the job's messages": named.filter(pl.col("split").is_null()).height,
        "are given more than once": training.filter(pl.col("message_id").is_duplicated()).height,
        "have a label that the codebook lacks": training.filter(
            ~pl.col("label").is_in(list(spec.labels))
        ).height,
        "have no weight above 0": training.filter(
            ~(pl.col("weight") > 0).fill_null(value=False)
        ).height,
    }
    for fault, n in faults.items():
        if n:
            raise InvalidInputError(f"{n} training messages {fault}; nothing was trained.")


def _predictions(data: TrainingData, trained: TrainingResult) -> pl.DataFrame:
    best = trained.probabilities.argmax(axis=1)
    return pl.DataFrame(
        {
            "message_id": data.message_ids,
            "label": [data.all_labels[column] for column in best],
            "probability": trained.probabilities.max(axis=1),
            "probabilities": trained.probabilities.tolist(),
            "is_out_of_fold": trained.is_out_of_fold,
        },
        schema={
            "message_id": pl.String,
            "label": pl.String,
            "probability": pl.Float64,
            "probabilities": pl.List(pl.Float64),
            "is_out_of_fold": pl.Boolean,
        },
    )
