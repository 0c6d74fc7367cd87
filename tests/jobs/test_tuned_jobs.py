"""Every recipe that tunes the encoder, as a job: slow, on a few texts."""

import subprocess
import sys
import time

import numpy as np
import polars as pl
import pytest

from rhml_core.jobs.job_files import (
    read_predictions,
    read_spec,
    read_train_result,
    read_tuned_embeddings,
    write_train_job,
)
from rhml_core.jobs.protocol import TrainSpec
from rhml_core.jobs.training_job import run_training
from rhml_core.machine.encoding.encoder import load_base_encoder
from rhml_core.settings import Settings
from tests.jobs.conftest import HAM, HOLDOUT, SPAM

QUICK = {
    "setfit": {"n_rounds": 2},
    "setfit-stock": {"max_steps": 2},
    "two-branch": {"n_rounds": 2},
}
_ASK = """
import sys
from pathlib import Path
from rhml_core.machine.recipes.run_folder import load_run
run = load_run(Path(sys.argv[1]))
texts = sys.argv[2:]
found = run.head.predict_proba(run.encoder.encode(texts), run.head.wording.read(texts))
print(*found.argmax(axis=1))
assert "torch" not in sys.modules
"""


@pytest.fixture(scope="module")
def reader(encoder_cache):
    return load_base_encoder(Settings(cache_folder=encoder_cache))


@pytest.fixture(scope="module", params=list(QUICK))
def job(request, tmp_path_factory, reader):
    """A trained job: its recipe, folder and steps told."""
    folder = tmp_path_factory.mktemp(request.param)
    texts = SPAM + HAM + HOLDOUT
    ids = [f"m{row}" for row in range(10)]
    write_train_job(
        folder,
        TrainSpec(
            recipe=request.param,
            labels=("ham", "spam"),
            seed=1,
            encoder_id=reader.encoder_id,
            parameters=QUICK[request.param],
        ),
        messages=pl.DataFrame(
            {"message_id": ids, "text": texts, "split": ["pool"] * 8 + ["holdout"] * 2}
        ),
        training=pl.DataFrame(
            {
                "message_id": ids[:8],
                "label": ["spam"] * 4 + ["ham"] * 4,
                "weight": np.ones(8),
            }
        ),
        embeddings=reader.encode(texts),
    )
    steps = []
    run_training(folder, read_spec(folder), lambda *told: steps.append(told), time.monotonic)
    return request.param, folder, steps


@pytest.mark.slow
def test_run_answers_without_torch(job):
    _, folder, _ = job

    asked = subprocess.run(
        [sys.executable, "-c", _ASK, str(folder / "run"), SPAM[0], HAM[0]],
        capture_output=True,
        text=True,
        check=False,
    )

    assert asked.stdout.split() == ["1", "0"], asked.stderr


@pytest.mark.slow
def test_run_records_what_it_was_made_with(job):
    recipe, folder, _ = job

    result = read_train_result(folder)

    assert result.parameters.items() >= QUICK[recipe].items()
    assert result.parameters["cross_fit_folds"] >= 2
    assert {"torch", "setfit", "python"} <= result.versions.keys()
    assert len(result.loss_curve) == 2
    assert result.encoder_id.startswith("run-")


@pytest.mark.slow
def test_every_message_is_answered_and_training_ones_out_of_fold(job):
    _, folder, _ = job

    predictions = read_predictions(folder / "run")

    assert predictions["is_out_of_fold"].to_list() == [True] * 8 + [False] * 2
    assert predictions["probabilities"].list.sum().to_list() == pytest.approx([1.0] * 10)
    assert len(read_tuned_embeddings(folder / "run")) == 10


@pytest.mark.slow
def test_progress_rises_to_its_end(job):
    _, _, steps = job

    at = [step for step, _, _ in steps]

    assert at == sorted(at)
    assert steps[-1][0] == steps[-1][1]
    assert {n_steps for _, n_steps, _ in steps} == {steps[-1][1]}
