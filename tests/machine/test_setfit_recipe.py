"""Real SetFit on eight texts: slow, so one training serves every test."""

import copy
import dataclasses

import numpy as np
import pytest

from rhml_core.errors import InvalidInputError, JobCancelledError, NotEnoughDataError
from rhml_core.machine import contrastive
from rhml_core.machine.contrastive import SetFitParameters, fine_tune
from rhml_core.machine.encoder import OnnxEncoder
from rhml_core.machine.model_files import packaged_model_folder
from rhml_core.machine.recipes import TrainingData, train_recipe
from rhml_core.machine.setfit_recipe import n_training_steps, train_setfit

TEXTS = [
    "we leaked the database of the bank",
    "new exploit for sale, root access",
    "ransomware crew posts stolen files",
    "zero day in the router firmware",
    "lovely weather for a picnic",
    "my cat sleeps all day",
    "the band plays tonight",
    "recipe for apple cake",
]
LABELS = ["threat"] * 4 + ["chat"] * 4
OTHERS = ["they sell stolen credentials", "we baked a cake"]
PARAMETERS = SetFitParameters(n_steps=3, cross_fit_folds=2)


def train(output, **changes):
    options = {
        "all_labels": ["threat", "unseen", "chat"],
        "model_folder": packaged_model_folder(),
        "output": output,
        "parameters": PARAMETERS,
        "seed": 7,
    }
    return train_setfit(TEXTS, LABELS, np.ones(8), **{**options, **changes})


def gap_of_labels(encoder):
    """How much nearer texts of one label are than texts of two, as a difference of cosines."""
    vectors = encoder.encode(TEXTS)
    cosines = vectors @ vectors.T
    is_alike = np.equal.outer(np.array(LABELS), np.array(LABELS)) & ~np.eye(8, dtype=bool)
    is_apart = np.not_equal.outer(np.array(LABELS), np.array(LABELS))
    return cosines[is_alike].mean() - cosines[is_apart].mean()


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    output = tmp_path_factory.mktemp("setfit")
    steps = []
    return train(output, on_progress=lambda *at: steps.append(at)), output, steps


@pytest.mark.slow
def test_every_step_is_told_with_its_loss(trained):
    body, _, steps = trained

    assert [step for step, _, _ in steps] == list(range(1, 10))
    assert {n_steps for _, n_steps, _ in steps} == {n_training_steps(PARAMETERS)} == {9}
    assert tuple(loss for _, _, loss in steps[:3]) == body.losses


@pytest.mark.slow
def test_training_lowers_the_loss(trained):
    body, _, _ = trained

    assert body.losses[-1] < body.losses[0]


@pytest.mark.slow
def test_stock_setfit_reads_the_model_and_predicts_the_same(trained):
    """Whoever takes the run elsewhere must get what the product showed."""
    from setfit import SetFitModel  # noqa: PLC0415 - imports torch

    body, output, _ = trained
    stock = SetFitModel.from_pretrained(str(output / "model"), local_files_only=True)

    ours = body.head.predict_proba(body.encoder.encode(TEXTS + OTHERS))
    theirs = np.asarray(stock.predict_proba(TEXTS + OTHERS, as_numpy=True))

    columns = [body.head.labels.index(name) for name in stock.model_head.classes_]
    assert theirs == pytest.approx(ours[:, columns], abs=1e-3)
    assert list(stock.predict(TEXTS + OTHERS)) == [
        body.head.labels[best] for best in ours.argmax(axis=1)
    ]


@pytest.mark.slow
def test_body_has_learnt_and_is_read_without_torch(trained, base_encoder):
    """Labels lie further apart than before, in the files that the pages use."""
    body, output, _ = trained
    again = OnnxEncoder(output, body.encoder.encoder_id)

    before, after = gap_of_labels(base_encoder), gap_of_labels(again)

    assert body.encoder.encoder_id.startswith("run-")
    assert after > before + 0.1


@pytest.mark.slow
def test_out_of_fold_answers_are_honest_and_complete(trained):
    body, _, _ = trained

    assert body.out_of_fold.shape == (8, 3)
    assert body.out_of_fold.sum(axis=1) == pytest.approx(1.0)
    assert (body.out_of_fold[:, 1] == 0.0).all()
    assert not np.allclose(
        body.out_of_fold, body.head.predict_proba(body.encoder.encode(TEXTS)), atol=1e-4
    )


@pytest.mark.slow
def test_same_seed_makes_the_same_run(trained, tmp_path):
    body, _, _ = trained

    again = train(tmp_path)

    assert again.losses == pytest.approx(body.losses, rel=1e-5)
    assert again.out_of_fold == pytest.approx(body.out_of_fold, abs=1e-4)


@pytest.mark.slow
def test_cancelling_stops_within_a_step(tmp_path):
    def cancel(step, _n_steps, _loss):
        if step == 2:
            raise JobCancelledError("cancelled")

    with pytest.raises(JobCancelledError):
        train(tmp_path, on_progress=cancel)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_recomputed_gradients_train_alike(monkeypatch):
    """Long texts are learnt from without keeping their activations, to the same end."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - imports torch

    kept = SentenceTransformer(str(packaged_model_folder()), device="cpu", local_files_only=True)
    recomputed = copy.deepcopy(kept)
    parameters = dataclasses.replace(PARAMETERS, n_steps=2, micro_batch_size=3)

    def tune(body):
        return fine_tune(
            body, TEXTS, LABELS, np.ones(8), parameters=parameters, seed=1, on_step=lambda _: None
        )

    losses = tune(kept)
    monkeypatch.setattr(contrastive, "TOKENS_IN_MEMORY", 0)

    assert tune(recomputed) == pytest.approx(losses, rel=1e-3)


@pytest.mark.slow
def test_recipe_asks_the_tuned_body_about_every_message(tmp_path, base_encoder):
    texts = tuple(TEXTS + OTHERS)
    data = TrainingData(
        message_ids=tuple(f"m{row}" for row in range(10)),
        texts=texts,
        embeddings=base_encoder.encode(texts),
        encoder_id=base_encoder.encoder_id,
        training_rows=np.arange(8),
        training_labels=tuple(LABELS),
        training_weights=np.ones(8),
        all_labels=("threat", "chat"),
    )
    steps = []

    result = train_recipe(
        "setfit",
        data,
        model_folder=packaged_model_folder(),
        output=tmp_path,
        parameters={"n_steps": 2},
        seed=1,
        on_progress=lambda *at: steps.append(at),
    )

    assert steps[-1] == (7, 7, None)
    assert result.embeddings.shape == (10, 384)
    assert result.is_out_of_fold.tolist() == [True] * 8 + [False] * 2
    assert result.probabilities[8:] == pytest.approx(
        result.head.predict_proba(result.embeddings[8:])
    )
    assert result.parameters["n_steps"] == 2
    assert result.parameters["learning_rate"] == SetFitParameters().learning_rate
    assert {"torch", "setfit", "python"} <= result.versions.keys()


@pytest.mark.slow
def test_one_label_is_not_enough(tmp_path):
    with pytest.raises(NotEnoughDataError, match="at least 2 labels"):
        train_setfit(
            TEXTS[:2],
            LABELS[:2],
            np.ones(2),
            all_labels=["threat", "chat"],
            model_folder=packaged_model_folder(),
            output=tmp_path,
            parameters=PARAMETERS,
            seed=1,
        )


@pytest.mark.parametrize(
    "change",
    [
        {"n_steps": 0},
        {"learning_rate": -1.0},
        {"cross_fit_folds": 1},
        {"warmup_share": 2.0},
        {"max_tokens": 1},
    ],
)
def test_parameter_out_of_range_is_named(tmp_path, change):
    with pytest.raises(InvalidInputError, match=next(iter(change))):
        train(tmp_path, parameters=dataclasses.replace(PARAMETERS, **change))
