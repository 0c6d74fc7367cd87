"""The recipe for rare labels on a few texts: slow, so one training serves every test."""

import dataclasses

import numpy as np
import pytest

from rhml_core.errors import InvalidInputError
from rhml_core.machine.encoding.encoder import OnnxEncoder
from rhml_core.machine.encoding.model_files import packaged_model_folder
from rhml_core.machine.recipes.two_branch_recipe import TwoBranchParameters, train_two_branch

TEXTS = [
    "we leaked the database of the bank",
    "new exploit for sale, root access",
    "lovely weather for a picnic",
    "my cat sleeps all day",
    "the band plays tonight",
    "recipe for apple cake",
]
LABELS = ["threat"] * 2 + ["chat"] * 4
PARAMETERS = TwoBranchParameters(n_rounds=2)


def train(output, **changes):
    return train_two_branch(
        TEXTS,
        LABELS,
        np.ones(6),
        all_labels=["threat", "unseen", "chat"],
        model_folder=packaged_model_folder(),
        output=output,
        parameters=dataclasses.replace(PARAMETERS, **changes),
        seed=3,
        is_cross_fitted=not changes,
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    output = tmp_path_factory.mktemp("two-branch")
    return train(output), output


@pytest.mark.parametrize(
    "change", [{"natural_share": 1.5}, {"published_share": 0.0}, {"published_share": None}]
)
def test_share_out_of_range_is_named(tmp_path, change):
    with pytest.raises(InvalidInputError, match=next(iter(change))):
        train(tmp_path, **change)


@pytest.mark.slow
def test_run_is_one_encoder_that_reads_twice_and_one_head(trained):
    body, output = trained
    encoder = OnnxEncoder(output, "run-again")

    vectors = encoder.encode(TEXTS)

    assert vectors.shape == (6, 768)
    assert body.head.coefficients.shape == (3, 768)
    assert body.head.predict_proba(vectors).argmax(axis=1).tolist() == [0, 0, 2, 2, 2, 2]


@pytest.mark.slow
def test_natural_branch_reads_as_the_encoder_was_published(trained, base_encoder):
    """Only the balanced branch was tuned."""
    body, _ = trained
    vectors = body.encoder.encode(TEXTS) * 2**0.5

    published = base_encoder.encode(TEXTS)

    assert (vectors[:, :384] * published).sum(axis=1) == pytest.approx(1.0, abs=1e-3)
    assert ((vectors[:, 384:] * published).sum(axis=1) < 0.999).any()


@pytest.mark.slow
def test_training_messages_are_answered_out_of_fold(trained):
    body, _ = trained

    fitted = body.head.predict_proba(body.encoder.encode(TEXTS))

    assert body.out_of_fold.sum(axis=1) == pytest.approx(1.0)
    assert (body.out_of_fold[:, 1] == 0).all()
    assert not np.allclose(body.out_of_fold, fitted, atol=1e-3)


@pytest.mark.slow
def test_scale_of_the_readings_changes_no_answer(tmp_path):
    asked = [*TEXTS, "they sell stolen credentials"]
    answers = []
    for name, share in (("one", 0.3), ("two", 0.8)):
        (tmp_path / name).mkdir()
        body = train(tmp_path / name, published_share=share)
        answers.append(body.head.predict_proba(body.encoder.encode(asked)))

    assert answers[0] == pytest.approx(answers[1], abs=1e-3)
