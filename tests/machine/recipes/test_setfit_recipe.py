"""Real SetFit on eight texts: slow, so one training serves every test."""

import dataclasses

import numpy as np
import pytest

from rhml_core.errors import (
    InvalidInputError,
    JobCancelledError,
    MachineError,
    NotEnoughDataError,
)
from rhml_core.machine.encoding.encoder import OnnxEncoder
from rhml_core.machine.encoding.model_files import packaged_model_folder
from rhml_core.machine.encoding.twin_body import TwinBody
from rhml_core.machine.recipes.catalogue import TrainingData, train_recipe
from rhml_core.machine.recipes.contrastive import SetFitParameters, fine_tune
from rhml_core.machine.recipes.cross_fitted import n_training_steps
from rhml_core.machine.recipes.setfit_recipe import train_setfit

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
PARAMETERS = SetFitParameters(n_rounds=3, cross_fit_folds=2, enough_loss=0.0)


def train(output, **changes):
    options = {
        "all_labels": ["threat", "unseen", "chat"],
        "model_folder": packaged_model_folder(),
        "output": output,
        "parameters": PARAMETERS,
        "seed": 7,
    }
    return train_setfit(TEXTS, LABELS, np.ones(8), **{**options, **changes})


def gap_of(vectors):
    """How much nearer texts of one label are than texts of two, as a difference of cosines."""
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
    assert {n_steps for _, n_steps, _ in steps} == {n_training_steps(8, PARAMETERS)} == {9}
    assert tuple(loss for _, _, loss in steps[-3:]) == body.losses


@pytest.mark.slow
def test_training_lowers_the_loss(trained):
    body, _, _ = trained

    assert body.losses[-1] < body.losses[0]


@pytest.mark.slow
def test_setfit_library_reads_a_tuned_encoder_alone_and_predicts_the_same(tmp_path):
    """Whoever takes such a run elsewhere must get what the product showed."""
    from setfit import SetFitModel  # noqa: PLC0415 - imports torch

    parameters = dataclasses.replace(PARAMETERS, published_share=0.0)
    body = train(tmp_path, parameters=parameters, is_cross_fitted=False)
    stock = SetFitModel.from_pretrained(str(tmp_path / "model"), local_files_only=True)

    ours = body.head.predict_proba(body.encoder.encode(TEXTS + OTHERS))
    theirs = np.asarray(stock.predict_proba(TEXTS + OTHERS, as_numpy=True))

    columns = [body.head.labels.index(name) for name in stock.model_head.classes_]
    assert theirs == pytest.approx(ours[:, columns], abs=1e-3)
    assert list(stock.predict(TEXTS + OTHERS)) == [
        body.head.labels[best] for best in ours.argmax(axis=1)
    ]


@pytest.mark.slow
def test_setfit_library_reads_the_tuned_half_of_a_run(trained):
    """The library knows one encoder and one head: it gets those that the labels made."""
    from setfit import SetFitModel  # noqa: PLC0415 - imports torch

    body, output, _ = trained
    stock = SetFitModel.from_pretrained(str(output / "model"), local_files_only=True)

    theirs = stock.model_body.encode(TEXTS, normalize_embeddings=True)

    tuned = body.encoder.encode(TEXTS)[:, theirs.shape[1] :]
    assert (tuned * theirs).sum(axis=1) / np.linalg.norm(tuned, axis=1) == pytest.approx(
        1.0, abs=1e-4
    )
    assert list(stock.predict(TEXTS)) == LABELS


@pytest.mark.slow
def test_run_reads_every_text_as_published_beside_as_tuned(trained, base_encoder):
    body, _, _ = trained

    vectors = body.encoder.encode(TEXTS)

    published = base_encoder.encode(TEXTS)
    half = vectors[:, : published.shape[1]]
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert (half * published).sum(axis=1) / np.linalg.norm(half, axis=1) == pytest.approx(
        1.0, abs=1e-4
    )


@pytest.mark.slow
def test_body_has_learnt_and_is_read_without_torch(trained, base_encoder):
    """Labels lie further apart than before, in the files that the pages use."""
    body, output, _ = trained
    again = OnnxEncoder(output, body.encoder.encoder_id)

    before = gap_of(base_encoder.encode(TEXTS))
    tuned = again.encode(TEXTS)[:, base_encoder.dimension :]
    after = gap_of(tuned / np.linalg.norm(tuned, axis=1, keepdims=True))

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
def test_tuning_ends_when_the_texts_are_told_apart():
    twin = TwinBody(packaged_model_folder(), n_frozen=3)
    parameters = SetFitParameters(n_rounds=12, enough_loss=0.2)

    losses = fine_tune(
        twin, TEXTS, LABELS, np.ones(8), parameters=parameters, seed=1, on_step=lambda _: None
    )

    assert losses[-1] < 0.2
    assert all(loss >= 0.2 for loss in losses[:-1])
    assert len(losses) < 12


@pytest.mark.slow
def test_texts_beyond_one_batch_take_more_steps_a_round():
    twin = TwinBody(packaged_model_folder(), n_frozen=4)
    parameters = SetFitParameters(n_rounds=2, batch_size=4, enough_loss=0.0)

    losses = fine_tune(
        twin, TEXTS, LABELS, np.ones(8), parameters=parameters, seed=1, on_step=lambda _: None
    )

    assert len(losses) == 4


@pytest.mark.slow
def test_lower_layers_and_the_published_reading_stay_as_they_were(base_encoder):
    twin = TwinBody(packaged_model_folder(), n_frozen=3)

    fine_tune(
        twin, TEXTS, LABELS, np.ones(8), parameters=PARAMETERS, seed=1, on_step=lambda _: None
    )

    published, tuned = twin.encode(TEXTS)
    assert (published * base_encoder.encode(TEXTS)).sum(axis=1) == pytest.approx(1.0, abs=1e-4)
    assert (published * tuned).sum(axis=1).max() < 0.999


def test_number_of_frozen_layers_must_leave_some_to_tune():
    with pytest.raises(MachineError, match="frozen_layers is 6"):
        TwinBody(packaged_model_folder(), n_frozen=6)


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
        parameters={"n_rounds": 2, "enough_loss": 0.0},
        seed=1,
        on_progress=lambda *at: steps.append(at),
    )

    assert steps[-1] == (7, 7, None)
    assert result.embeddings.shape == (10, 768)
    assert result.is_out_of_fold.tolist() == [True] * 8 + [False] * 2
    assert result.probabilities[8:] == pytest.approx(
        result.head.predict_proba(result.embeddings[8:], result.head.wording.read(OTHERS))
    )
    assert result.parameters["n_rounds"] == 2
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
        {"n_rounds": 0},
        {"learning_rate": -1.0},
        {"cross_fit_folds": 1},
        {"warmup_share": 2.0},
        {"max_tokens": 1},
        {"published_share": 1.0},
    ],
)
def test_parameter_out_of_range_is_named(tmp_path, change):
    with pytest.raises(InvalidInputError, match=next(iter(change))):
        train(tmp_path, parameters=dataclasses.replace(PARAMETERS, **change))
