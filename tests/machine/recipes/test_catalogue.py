import dataclasses

import numpy as np
import pytest

from rhml_core.errors import InvalidInputError
from rhml_core.machine.recipes.catalogue import RECIPES, TrainingData, train_recipe
from tests.machine.fakes import HashingEncoder

TEXTS = ("win a prize", "prize money", "win money", "lunch today", "today at noon", "noon lunch")
LABELS = ("spam", "spam", "spam", "ham", "ham")


@pytest.fixture
def data():
    encoder = HashingEncoder()
    return TrainingData(
        message_ids=tuple(f"m{row}" for row in range(6)),
        texts=TEXTS,
        embeddings=encoder.encode(TEXTS),
        encoder_id=encoder.encoder_id,
        training_rows=np.arange(5),
        training_labels=LABELS,
        training_weights=np.ones(5),
        all_labels=("ham", "spam"),
    )


def train(data, tmp_path, recipe="fast", **parameters):
    return train_recipe(
        recipe, data, model_folder=tmp_path, output=tmp_path, parameters=parameters, seed=1
    )


def test_fast_recipe_answers_for_every_message(data, tmp_path):
    result = train(data, tmp_path)

    assert result.encoder_id == "fake-hashing"
    assert result.embeddings is None
    assert result.is_out_of_fold.tolist() == [True] * 5 + [False]
    assert result.probabilities[5] == pytest.approx(
        result.head.predict_proba(data.embeddings[5:], result.head.wording.read(TEXTS[5:]))[0]
    )
    assert result.probabilities[5].argmax() == 0
    assert {"python", "numpy", "scikit-learn"} <= result.versions.keys()
    assert list(tmp_path.iterdir()) == []


def test_training_messages_are_answered_out_of_fold(data, tmp_path):
    result = train(data, tmp_path)

    fitted = result.head.predict_proba(data.embeddings[:5], result.head.wording.read(TEXTS[:5]))
    assert not np.allclose(result.probabilities[:5], fitted, atol=1e-6)


def test_unknown_recipe_is_refused_with_the_known_ones(data, tmp_path):
    with pytest.raises(InvalidInputError, match="fast, setfit, setfit-stock, two-branch"):
        train(data, tmp_path, recipe="magic")


def test_fast_recipe_reads_the_lexicon_where_there_is_one(data, tmp_path):
    result = train(dataclasses.replace(data, lexicon=("Prize", "lunch")), tmp_path)

    assert result.head.wording.terms == ("lunch", "prize")
    assert result.parameters == {"reads_letters": True, "reads_lexicon": True}


def test_fast_recipe_can_read_the_embeddings_alone(data, tmp_path):
    result = train(data, tmp_path, reads_letters=False, reads_lexicon=False)

    assert result.head.wording.n_features == 0


def test_spelling_of_holdout_messages_is_not_looked_at(data, tmp_path):
    """Not even without their labels: they measure, and so must stay unseen."""
    other = (*TEXTS[:5], "zzz qqq zzz qqq")
    held = {"holdout_rows": np.array([5])}

    one = train(dataclasses.replace(data, **held), tmp_path)
    two = train(dataclasses.replace(data, texts=other, **held), tmp_path)

    assert one.head.wording.letters is not None
    assert np.array_equal(one.head.wording.letters.rarity, two.head.wording.letters.rarity)
    assert np.array_equal(one.head.coefficients, two.head.coefficients)


@pytest.mark.parametrize("recipe", RECIPES)
def test_unknown_parameter_is_refused(data, tmp_path, recipe):
    with pytest.raises(InvalidInputError, match="colour"):
        train(data, tmp_path, recipe=recipe, colour="blue")
