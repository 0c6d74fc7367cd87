"""The library's Trainer as a run: slow, so one training serves every test."""

import dataclasses
import itertools

import numpy as np
import pytest

from rhml_core.errors import InvalidInputError, JobCancelledError
from rhml_core.machine.encoding.encoder import OnnxEncoder
from rhml_core.machine.encoding.model_files import packaged_model_folder
from rhml_core.machine.recipes.stock_recipe import (
    StockParameters,
    n_pairs,
    n_stock_steps,
    train_stock,
)

TEXTS = [
    "we leaked the database of the bank",
    "new exploit for sale, root access",
    "ransomware crew posts stolen files",
    "lovely weather for a picnic",
    "my cat sleeps all day",
    "the band plays tonight",
]
LABELS = ["threat"] * 3 + ["chat"] * 3
OTHERS = ["they sell stolen credentials", "we baked a cake"]


def train(output, *, on_progress=lambda *_: None, labels=LABELS, **changes):
    return train_stock(
        TEXTS,
        labels,
        np.ones(len(labels)),
        all_labels=["threat", "unseen", "chat"],
        model_folder=packaged_model_folder(),
        output=output,
        parameters=dataclasses.replace(StockParameters(), **changes),
        seed=7,
        on_progress=on_progress,
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    output = tmp_path_factory.mktemp("stock")
    steps = []
    return train(output, on_progress=lambda *at: steps.append(at)), output, steps


@pytest.mark.parametrize("strategy", ["oversampling", "undersampling", "unique"])
@pytest.mark.parametrize("labels", ["ab", "aab", "aaabbc", "abcdabcd"])
def test_pairs_are_counted_as_the_library_draws_them(labels, strategy):
    pairs = list(itertools.combinations_with_replacement(labels, 2))
    n_alike = sum(one == other for one, other in pairs)
    counts = (n_alike, len(pairs) - n_alike)
    expected = {
        "oversampling": 2 * max(counts),
        "undersampling": 2 * min(counts),
        "unique": sum(counts),
    }

    assert n_pairs(list(labels), strategy) == expected[strategy]


def test_steps_cover_all_pairs_of_the_training_and_of_its_folds():
    """Six messages make 24 pairs, thus 2 steps of 16; each half of three makes 8, thus 1."""
    assert n_stock_steps(LABELS, StockParameters(), seed=7) == 4
    assert n_stock_steps(LABELS, StockParameters(), seed=7, is_cross_fitted=False) == 2
    assert n_stock_steps(LABELS, StockParameters(max_steps=5), seed=7) == 15


def test_more_pairs_than_memory_are_refused_before_they_are_listed(tmp_path):
    with pytest.raises(InvalidInputError, match="setfit"):
        train_stock(
            ["text"] * 3000,
            ["a", "b"] * 1500,
            np.ones(3000),
            all_labels=["a", "b"],
            model_folder=packaged_model_folder(),
            output=tmp_path,
            parameters=StockParameters(),
            seed=1,
        )


@pytest.mark.parametrize(
    "change",
    [
        {"num_epochs": 0},
        {"batch_size": 0},
        {"max_steps": 0},
        {"body_learning_rate": -1.0},
        {"sampling_strategy": "magic"},
        {"cross_fit_folds": 1},
        {"device": "abacus"},
    ],
)
def test_setting_out_of_range_is_named(tmp_path, change):
    with pytest.raises(InvalidInputError, match=next(iter(change))):
        train(tmp_path, **change)


@pytest.mark.slow
def test_every_step_is_told_with_its_loss(trained):
    body, _, steps = trained

    assert [step for step, _, _ in steps] == [1, 2, 3, 4]
    assert {n_steps for _, n_steps, _ in steps} == {4}
    assert tuple(loss for _, _, loss in steps[:2]) == body.losses


@pytest.mark.slow
def test_run_answers_as_the_library_does_and_without_torch(trained):
    from setfit import SetFitModel  # noqa: PLC0415 - imports torch

    body, output, _ = trained
    theirs = SetFitModel.from_pretrained(str(output / "model"), local_files_only=True)
    encoder = OnnxEncoder(output, body.encoder.encoder_id)

    ours = body.head.predict_proba(encoder.encode(TEXTS + OTHERS))

    columns = [body.head.labels.index(name) for name in theirs.model_head.classes_]
    assert ours[:, columns] == pytest.approx(
        np.asarray(theirs.predict_proba(TEXTS + OTHERS, as_numpy=True)), abs=1e-3
    )
    assert (ours[:, 1] == 0).all()


@pytest.mark.slow
def test_training_messages_are_answered_out_of_fold(trained):
    body, _, _ = trained

    fitted = body.head.predict_proba(body.encoder.encode(TEXTS))

    assert body.out_of_fold.shape == (6, 3)
    assert body.out_of_fold.sum(axis=1) == pytest.approx(1.0)
    assert not np.allclose(body.out_of_fold, fitted, atol=1e-3)


@pytest.mark.slow
def test_model_card_quotes_no_message(trained):
    """The library would put training texts into it as examples."""
    _, output, _ = trained

    card = (output / "model" / "README.md").read_text()

    assert not any(text in card for text in TEXTS)


@pytest.mark.slow
def test_cancelling_stops_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    output = tmp_path / "run"
    output.mkdir()

    def cancel(*_):
        raise JobCancelledError("cancelled")

    with pytest.raises(JobCancelledError):
        train(output, on_progress=cancel)

    assert list(output.iterdir()) == []
    assert [file.name for file in tmp_path.iterdir()] == ["run"]
