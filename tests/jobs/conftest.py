"""A small training job, and workers that misbehave on purpose."""

import stat
import sys

import numpy as np
import polars as pl
import pytest

from rhml_core.jobs.job_files import write_train_job
from rhml_core.jobs.protocol import TrainSpec
from tests.machine.fakes import HashingEncoder

SPAM = ["win a prize now", "prize money waiting", "claim your prize", "free prize money"]
HAM = ["lunch at noon", "see you at lunch", "noon meeting moved", "lunch with mum"]
HOLDOUT = ["prize draw tonight", "late for lunch"]


@pytest.fixture
def train_job(tmp_path):
    """Lay out a fast training job of eight judged and two hold-out messages."""

    def lay_out(*, extra_training=(), labels=("ham", "spam"), **changes):
        texts = SPAM + HAM + HOLDOUT
        ids = [f"m{row}" for row in range(len(texts))]
        encoder = HashingEncoder()
        judged = [*zip(ids, ["spam"] * 4 + ["ham"] * 4, strict=False), *extra_training]
        write_train_job(
            tmp_path / "job",
            TrainSpec(
                **{
                    "recipe": "fast",
                    "labels": labels,
                    "seed": 1,
                    "encoder_id": encoder.encoder_id,
                    "lexicon": ("Prize",),
                    **changes,
                }
            ),
            messages=pl.DataFrame(
                {"message_id": ids, "text": texts, "split": ["pool"] * 8 + ["holdout"] * 2}
            ),
            training=pl.DataFrame(
                {
                    "message_id": [message_id for message_id, _ in judged],
                    "label": [label for _, label in judged],
                    "weight": np.ones(len(judged)),
                }
            ),
            embeddings=encoder.encode(texts),
        )
        return tmp_path / "job"

    return lay_out


@pytest.fixture
def worker_that(tmp_path):
    """An interpreter that runs the given program instead of the worker."""

    def make(program):
        (tmp_path / "fake_worker.py").write_text(program)
        python = tmp_path / "python"
        python.write_text(f"#!/bin/sh\nexec {sys.executable} -u {tmp_path / 'fake_worker.py'}\n")
        python.chmod(python.stat().st_mode | stat.S_IXUSR)
        (tmp_path / "job").mkdir(exist_ok=True)
        return str(python)

    return make
