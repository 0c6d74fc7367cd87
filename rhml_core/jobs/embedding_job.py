"""One embedding job: texts in, vectors out."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from rhml_core.errors import MachineError
from rhml_core.jobs.job_files import EMBEDDINGS, TEXTS
from rhml_core.jobs.protocol import BASE_ENCODER, EmbedSpec, TrainSpec
from rhml_core.machine.encoding.encoder import OnnxEncoder, load_base_encoder
from rhml_core.machine.encoding.model_files import write_json
from rhml_core.machine.protocol import EncodingProgress
from rhml_core.machine.recipes.run_folder import RESULT, load_run
from rhml_core.settings import Precision, Settings


def run_embedding(folder: Path, spec: EmbedSpec, on_progress: EncodingProgress) -> dict[str, Any]:
    """
    Embed a job's texts into `embeddings.npy` and return what its `result.json` says.

    Raises:
        MachineError: the encoder or the job's texts are missing or damaged.
    """
    try:
        texts = pl.read_parquet(folder / TEXTS)["text"].to_list()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise MachineError("The job's texts cannot be read. Start the job again.") from error
    encoder = _encoder(spec)
    vectors = encoder.encode(texts, on_progress)
    np.save(folder / EMBEDDINGS, vectors, allow_pickle=False)
    result = {"encoder_id": encoder.encoder_id, "n_texts": len(texts)}
    write_json(result, folder / RESULT)  # last: its presence says that the vectors are whole
    return result


def base_encoder(spec: EmbedSpec | TrainSpec) -> OnnxEncoder:
    """
    The base encoder as a job's order names it.

    Raises:
        MachineError: its files are missing or damaged.
    """
    default = Settings()
    return load_base_encoder(
        Settings(
            cache_folder=Path(spec.cache_folder) if spec.cache_folder else default.cache_folder,
            encoder=Path(spec.model_folder) if spec.model_folder else None,
            encoder_precision=Precision(spec.precision),
        )
    )


def _encoder(spec: EmbedSpec) -> OnnxEncoder:
    if spec.encoder == BASE_ENCODER:
        return base_encoder(spec)
    encoder = load_run(Path(spec.encoder)).encoder
    if encoder is None:
        raise MachineError("This run has no encoder of its own. Embed with the base encoder.")
    return encoder
