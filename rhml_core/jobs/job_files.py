"""A job's folder: what the serving process puts in, and what it takes out."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from rhml_core.errors import MachineError
from rhml_core.jobs.protocol import EmbedSpec, Spec, TrainSpec, format_spec, parse_spec
from rhml_core.machine.protocol import Vectors
from rhml_core.machine.recipes.run_folder import PREDICTIONS, RESULT, verify_run_folder

SPEC = "spec.json"
TEXTS = "texts.parquet"
MESSAGES = "messages.parquet"
TRAINING = "training.parquet"
EMBEDDINGS = "embeddings.npy"
RUN = "run"
PARTIAL = "run.partial"
LOG = "worker.log"


@dataclass(frozen=True)
class EmbedResult:
    """Vectors of a job's texts: shape (n, d), rows as in the job's `texts.parquet`."""

    encoder_id: str
    embeddings: Vectors


@dataclass(frozen=True)
class TrainResult:
    """
    What a training job made.

    Attributes:
        folder: the run's files, verified.
        encoder_id: whose vectors the head reads; a tuned body's are in the run's folder.
        loss_curve: loss of each step; empty where the encoder was not tuned.
    """

    folder: Path
    encoder_id: str
    parameters: dict[str, Any]
    versions: dict[str, str]
    seed: int
    seconds: float
    loss_curve: tuple[float, ...]
    n_training: int


def write_embed_job(folder: Path, spec: EmbedSpec, texts: pl.DataFrame) -> None:
    """
    Lay out an embedding job in a folder, made if need be.

    Args:
        folder: the job's own.
        spec: what to do.
        texts: `text_hash`, `text` (String), one row per text.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts.select("text_hash", "text").write_parquet(folder / TEXTS)
    _write_spec(folder, spec)


def write_train_job(
    folder: Path,
    spec: TrainSpec,
    *,
    messages: pl.DataFrame,
    training: pl.DataFrame,
    embeddings: Vectors,
) -> None:
    """
    Lay out a training job in a folder, made if need be.

    Args:
        folder: the job's own.
        spec: what to do.
        messages: `message_id`, `text`, `split` (String): every message to be asked about.
        training: `message_id`, `label` (String), `weight` (Float64): what was judged; the
            worker refuses a hold-out message here.
        embeddings: shape (n, d), aligned with `messages`, by the base encoder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    messages.select("message_id", "text", "split").write_parquet(folder / MESSAGES)
    training.select("message_id", "label", "weight").write_parquet(folder / TRAINING)
    np.save(folder / EMBEDDINGS, np.asarray(embeddings, dtype=np.float32), allow_pickle=False)
    _write_spec(folder, spec)


def read_spec(folder: Path) -> Spec:
    """
    A job's order.

    Raises:
        InvalidInputError: it is not one.
        MachineError: the folder has none.
    """
    try:
        text = (folder / SPEC).read_text(encoding="utf-8")
    except OSError as error:
        raise MachineError(f"There is no job in {folder}. Start the job again.") from error
    return parse_spec(text)


def read_embed_result(folder: Path) -> EmbedResult:
    """
    The vectors that an embedding job made.

    Raises:
        MachineError: the job has not ended well, or its files are damaged.
    """
    try:
        result = json.loads((folder / RESULT).read_text(encoding="utf-8"))
        embeddings = np.load(folder / EMBEDDINGS, allow_pickle=False)
        return EmbedResult(str(result["encoder_id"]), embeddings)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MachineError(
            f"The job in {folder} left no readable vectors. Start the job again."
        ) from error


def read_train_result(folder: Path) -> TrainResult:
    """
    What a training job made, its run verified.

    Raises:
        MachineError: the job has not ended well, or the run's files are damaged.
    """
    run = folder / RUN
    verify_run_folder(run)
    result = json.loads((run / RESULT).read_text(encoding="utf-8"))
    return TrainResult(
        folder=run,
        encoder_id=result["encoder_id"],
        parameters=result["parameters"],
        versions=result["versions"],
        seed=result["seed"],
        seconds=result["seconds"],
        loss_curve=tuple(result["loss_curve"]),
        n_training=result["n_training"],
    )


def read_predictions(run_folder: Path) -> pl.DataFrame:
    """
    What a run says about every message of its job.

    Returns:
        `message_id`, `label` (String), `probability` (Float64, of that label),
        `probabilities` (List of Float64, in the run's label order), `is_out_of_fold`
        (Boolean: a training message, judged by a model that never saw it); in the order of
        the job's messages.

    Raises:
        MachineError: the file is missing or damaged.
    """
    try:
        return pl.read_parquet(run_folder / PREDICTIONS)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise MachineError(
            f"The predictions in {run_folder} cannot be read. "
            "Restore the run from a backup or train again."
        ) from error


def read_tuned_embeddings(run_folder: Path) -> Vectors | None:
    """
    Vectors of the job's messages by a run's own tuned body: shape (n, d), as in the job.

    None for recipes that leave the body as it is.
    """
    file = run_folder / EMBEDDINGS
    if not file.is_file():
        return None
    vectors: Vectors = np.load(file, allow_pickle=False)
    return vectors


def _write_spec(folder: Path, spec: Spec) -> None:
    (folder / SPEC).write_text(format_spec(spec), encoding="utf-8")
