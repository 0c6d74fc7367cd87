"""A rejected term is untaught by every recipe, and honest answers stay honest."""

import dataclasses

import numpy as np
import pytest

from rhml_core.machine.encoding.model_files import packaged_model_folder
from rhml_core.machine.fitting import fit
from rhml_core.machine.heads.counterexamples import make_counterexamples
from rhml_core.machine.recipes.catalogue import TrainingData, train_recipe
from rhml_core.machine.recipes.tuned_reading import Lesson
from tests.machine.fakes import HashingEncoder

TEXTS = [f"escrow cheap pills {n}" for n in range(10)] + [f"lunch at noon {n}" for n in range(10)]
LABELS = ["spam"] * 10 + ["ham"] * 10
ASKED = ["lunch at noon escrow", "lunch at noon"]
REJECTED = (("escrow", "spam"),)


@pytest.fixture
def data():
    """Twenty judged messages, and two that nobody has judged."""
    encoder = HashingEncoder(128)
    texts = (*TEXTS, *ASKED)
    return TrainingData(
        message_ids=tuple(f"m{row}" for row in range(len(texts))),
        texts=texts,
        embeddings=encoder.encode(texts),
        encoder_id=encoder.encoder_id,
        training_rows=np.arange(20),
        training_labels=tuple(LABELS),
        training_weights=np.ones(20),
        all_labels=("ham", "spam"),
        encode=encoder.encode,
    )


def rise(result):
    """How much more likely spam is with the term than without."""
    return result.probabilities[20, 1] - result.probabilities[21, 1]


def test_fast_run_unlearns_a_rejected_term(data, tmp_path):
    options = {"model_folder": tmp_path, "output": tmp_path, "parameters": {}, "seed": 1}
    before = train_recipe("fast", data, **options)

    after = train_recipe("fast", dataclasses.replace(data, rejected=REJECTED), **options)

    assert rise(before) > 0.02
    assert abs(rise(after)) < rise(before) / 3
    assert after.probabilities.shape == before.probabilities.shape
    assert after.is_out_of_fold.tolist() == before.is_out_of_fold.tolist()


def test_copies_follow_their_origins_through_folds_and_parts():
    made = make_counterexamples(TEXTS, LABELS, None, REJECTED, seed=0)
    lesson = Lesson((*TEXTS, *made.texts), tuple(made.extended(LABELS)), made.weights, made.origins)
    seen = np.arange(0, 20, 2)

    rows = lesson.with_copies(seen)
    part = lesson.only(rows)

    assert part.n_judged == 10
    assert set(rows[10:] - 20) == {n for n, row in enumerate(made.origins) if row % 2 == 0}
    for copy, origin in zip(part.texts[10:], part.origins, strict=True):
        assert part.texts[origin] in TEXTS
        assert made.texts.index(copy) in np.flatnonzero(
            made.origins == TEXTS.index(part.texts[origin])
        )


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["setfit", "two-branch", "setfit-stock"])
def test_tuned_run_unlearns_a_rejected_term(recipe, data, tmp_path):
    """Real training on twenty messages: the encoder itself must not learn the decoy."""
    parameters = {"max_steps": 8, "batch_size": 8} if recipe == "setfit-stock" else {"n_rounds": 4}
    results = [
        train_recipe(
            recipe,
            dataclasses.replace(data, rejected=rejected),
            model_folder=packaged_model_folder(),
            output=_new(tmp_path, n),
            parameters={**parameters, "cross_fit_folds": 3}
            if recipe == "two-branch"
            else parameters,
            seed=1,
        )
        for n, rejected in enumerate([(), REJECTED])
    ]

    before, after = results
    assert rise(before) > 0.02
    assert rise(after) < rise(before) / 2
    assert after.probabilities[:20].sum(axis=1) == pytest.approx(np.ones(20))


def _new(folder, n):
    made = folder / f"run-{n}"
    made.mkdir()
    return made


def test_plain_lists_unlearn_alike():
    encoder = HashingEncoder(128)

    before, after = (
        fit("fast", TEXTS, LABELS, rejected=rejected, encoder=encoder, seed=1).predict_proba(ASKED)
        for rejected in ((), REJECTED)
    )

    assert before[0, 1] - before[1, 1] > 0.02
    assert abs(after[0, 1] - after[1, 1]) < (before[0, 1] - before[1, 1]) / 3
