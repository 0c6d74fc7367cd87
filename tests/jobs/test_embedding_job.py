import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from rhml_core.errors import MachineError
from rhml_core.jobs import embedding_job
from rhml_core.jobs.embedding_job import run_embedding
from rhml_core.jobs.job_files import read_embed_result, read_spec, write_embed_job
from rhml_core.jobs.protocol import EmbedSpec
from rhml_core.jobs.training_job import run_training
from rhml_core.machine.protocol import ignore_progress
from rhml_core.settings import Precision
from tests.machine.fakes import HashingEncoder

TEXTS = pl.DataFrame({"text_hash": ["h1", "h2"], "text": ["win a prize", ""]})


def test_vectors_are_aligned_with_the_texts(tmp_path, monkeypatch):
    fake = HashingEncoder()
    monkeypatch.setattr(embedding_job, "load_base_encoder", lambda _: fake)
    spec = EmbedSpec()
    write_embed_job(tmp_path, spec, TEXTS)
    seen = []

    run_embedding(tmp_path, spec, lambda *at: seen.append(at))

    result = read_embed_result(tmp_path)
    assert result.encoder_id == "fake-hashing"
    assert (result.embeddings == fake.encode(TEXTS["text"].to_list())).all()
    assert result.embeddings.dtype == np.float32
    assert seen[-1] == (2, 2)


def test_encoder_is_the_one_that_was_asked_for(tmp_path, monkeypatch):
    """The worker has no environment of its own to go by: all it knows stands in the order."""
    asked = []
    monkeypatch.setattr(
        embedding_job, "load_base_encoder", lambda given: asked.append(given) or HashingEncoder()
    )
    spec = EmbedSpec(cache_folder="/c", model_folder="/m", precision="int8")
    write_embed_job(tmp_path, spec, TEXTS)

    run_embedding(tmp_path, read_spec(tmp_path), lambda *_: None)

    assert asked[0].encoder == Path("/m")
    assert asked[0].cache_folder == Path("/c")
    assert asked[0].encoder_precision is Precision.INT8


def test_unfinished_job_has_no_result(tmp_path):
    write_embed_job(tmp_path, EmbedSpec(), TEXTS)

    with pytest.raises(MachineError, match="no readable vectors"):
        read_embed_result(tmp_path)


def test_pickled_vectors_are_refused(tmp_path):
    (tmp_path / "result.json").write_text(json.dumps({"encoder_id": "x"}))
    np.save(tmp_path / "embeddings.npy", np.array([{}], dtype=object), allow_pickle=True)

    with pytest.raises(MachineError, match="no readable vectors"):
        read_embed_result(tmp_path)


def test_run_without_its_own_encoder_cannot_embed(train_job):
    folder = train_job()
    run_training(folder, read_spec(folder), ignore_progress, lambda: 0.0)
    spec = EmbedSpec(encoder=str(folder / "run"))
    write_embed_job(folder / "next", spec, TEXTS)

    with pytest.raises(MachineError, match="no encoder of its own"):
        run_embedding(folder / "next", spec, lambda *_: None)
