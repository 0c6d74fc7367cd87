import json
import shutil
import time

import numpy as np
import polars as pl
import pytest

from rhml_core.errors import InvalidInputError, MachineError, NotEnoughDataError
from rhml_core.jobs import training_job
from rhml_core.jobs.job_files import (
    read_predictions,
    read_spec,
    read_train_result,
    read_tuned_embeddings,
)
from rhml_core.jobs.training_job import run_training
from rhml_core.machine.evidence.surfaced import read_concepts
from rhml_core.machine.protocol import ignore_progress
from rhml_core.machine.recipes.run_folder import load_run
from tests.machine.fakes import HashingEncoder


def train(folder):
    return run_training(folder, read_spec(folder), ignore_progress, time.monotonic)


def test_job_leaves_a_sealed_run(train_job):
    folder = train_job()

    result = train(folder)

    assert sorted(file.name for file in (folder / "run").iterdir()) == [
        "concepts.json",
        "head.npz",
        "manifest.json",
        "predictions.parquet",
        "result.json",
    ]
    assert json.loads((folder / "run" / "result.json").read_text()) == result
    assert not (folder / "run.partial").exists()
    assert load_run(folder / "run").labels == ("ham", "spam")


def test_result_says_what_was_done(train_job):
    folder = train_job()
    train(folder)

    result = read_train_result(folder)

    assert result.encoder_id == "fake-hashing"
    assert (result.n_training, result.seed, result.loss_curve) == (8, 1, ())
    assert result.seconds >= 0
    assert "scikit-learn" in result.versions


def test_every_message_is_predicted_and_training_ones_out_of_fold(train_job):
    folder = train_job()
    train(folder)

    predictions = read_predictions(folder / "run")

    assert predictions.schema == {
        "message_id": pl.String,
        "label": pl.String,
        "probability": pl.Float64,
        "probabilities": pl.List(pl.Float64),
        "is_out_of_fold": pl.Boolean,
    }
    assert predictions["message_id"].to_list() == [f"m{row}" for row in range(10)]
    assert predictions["is_out_of_fold"].to_list() == [True] * 8 + [False] * 2
    assert predictions["label"].to_list()[8:] == ["spam", "ham"]
    assert predictions["probabilities"].list.sum().to_list() == pytest.approx([1.0] * 10)
    assert (
        predictions["probabilities"]
        .list.max()
        .equals(predictions["probability"], check_names=False)
    )


def test_concepts_know_the_lexicon(train_job):
    folder = train_job()
    train(folder)

    concepts = {one.terms[0]: one for one in read_concepts(folder / "run" / "concepts.json")}

    assert concepts["prize"].label == "spam"
    assert not concepts["prize"].is_new
    assert concepts["lunch"].is_new


def test_holdout_message_must_not_teach(train_job):
    """Or every figure measured on the hold-out would flatter the machine."""
    folder = train_job(extra_training=[("m8", "spam")])

    with pytest.raises(InvalidInputError, match="1 of the training messages are hold-out"):
        train(folder)

    assert not (folder / "run").exists()
    assert not (folder / "run.partial").exists()


@pytest.mark.parametrize(
    ("extra", "fault"),
    [
        (("m99", "spam"), "not among"),
        (("m0", "spam"), "more than once"),
    ],
)
def test_training_that_does_not_fit_is_refused(train_job, extra, fault):
    folder = train_job(extra_training=[extra])

    with pytest.raises(InvalidInputError, match=fault):
        train(folder)


def test_label_outside_the_codebook_is_refused(train_job):
    with pytest.raises(InvalidInputError, match="4 training messages have a label"):
        train(train_job(labels=("ham", "other")))


def test_embeddings_of_other_messages_are_refused(train_job):
    folder = train_job()
    pl.read_parquet(folder / "messages.parquet").head(9).write_parquet(folder / "messages.parquet")

    with pytest.raises(InvalidInputError, match="9 messages, but vectors of 10"):
        train(folder)


@pytest.mark.parametrize("weight", [0.0, -1.0, None])
def test_weight_that_is_none_is_refused(train_job, weight):
    folder = train_job()
    training = pl.read_parquet(folder / "training.parquet")
    training.with_columns(weight=pl.lit(weight, dtype=pl.Float64)).write_parquet(
        folder / "training.parquet"
    )

    with pytest.raises(InvalidInputError, match="8 training messages have no weight"):
        train(folder)


def test_nothing_judged_is_not_enough(train_job):
    folder = train_job()
    training = pl.read_parquet(folder / "training.parquet")
    training.clear().write_parquet(folder / "training.parquet")

    with pytest.raises(NotEnoughDataError, match="at least 2 labels"):
        train(folder)


def test_missing_file_is_told(train_job):
    folder = train_job()
    (folder / "embeddings.npy").unlink()

    with pytest.raises(MachineError, match="cannot be read"):
        train(folder)


def test_finished_job_is_not_trained_over(train_job):
    folder = train_job()
    train(folder)

    with pytest.raises(InvalidInputError, match="already"):
        train(folder)


def test_remains_of_an_interrupted_training_do_not_get_into_the_run(train_job):
    folder = train_job()
    (folder / "run.partial").mkdir()
    (folder / "run.partial" / "old.bin").write_bytes(b"old")

    train(folder)

    assert not (folder / "run" / "old.bin").exists()


def test_tampered_run_is_not_read(train_job):
    folder = train_job()
    train(folder)
    (folder / "run" / "concepts.json").write_text("[]")

    with pytest.raises(MachineError, match=r"concepts\.json was changed"):
        read_train_result(folder)


def test_run_without_a_tuned_body_has_no_vectors_of_its_own(train_job):
    folder = train_job()
    train(folder)

    assert read_tuned_embeddings(folder / "run") is None


def test_vectors_of_a_tuned_body_are_read(tmp_path):
    np.save(tmp_path / "embeddings.npy", np.eye(2, dtype=np.float32))

    assert (read_tuned_embeddings(tmp_path) == np.eye(2)).all()


def test_rejected_term_is_untaught_in_the_job(train_job, monkeypatch):
    """The order names it; the worker reads the varied copies as the messages were read."""
    monkeypatch.setattr(training_job, "base_encoder", lambda _spec: HashingEncoder())
    encoder, asked = HashingEncoder(), ["prize at noon", "noon"]
    rises = []

    for rejected in ((), (("prize", "spam"),)):
        folder = train_job(rejected=rejected)
        train(folder)
        head = load_run(folder / "run").head
        said = head.predict_proba(encoder.encode(asked), head.wording.read(asked))[:, 1]
        rises.append(said[0] - said[1])
        shutil.rmtree(folder)

    assert rises[0] > 0.05
    assert rises[1] < rises[0] / 2


def test_rejected_term_is_not_read_by_another_encoder(train_job, monkeypatch):
    """Copies read in another way than the messages would teach nonsense."""
    other = HashingEncoder()
    other.encoder_id = "another"
    monkeypatch.setattr(training_job, "base_encoder", lambda _spec: other)
    folder = train_job(rejected=(("prize", "spam"),))

    with pytest.raises(MachineError, match="read by fake-hashing, but another is set now"):
        train(folder)

    assert not (folder / "run").exists()
