"""The recipes on plain lists; one real training each, on a few texts."""

import numpy as np
import pytest

from rhml_core.errors import InvalidInputError, NotEnoughDataError
from rhml_core.machine import fitting
from rhml_core.machine.fitting import fit
from rhml_core.machine.recipes.catalogue import RECIPES
from tests.machine.fakes import HashingEncoder

TEXTS = [
    "win a prize",
    "prize money now",
    "win money",
    "lunch today",
    "today at noon",
    "noon lunch",
]
LABELS = ["spam"] * 3 + ["ham"] * 3
QUICK = {
    "setfit": {"n_rounds": 2},
    "two-branch": {"n_rounds": 2},
    "setfit-stock": {"max_steps": 2},
}


def test_fast_model_answers_for_new_texts():
    model = fit("fast", TEXTS, LABELS, encoder=HashingEncoder())

    found = model.predict_proba(["prize prize", "lunch at noon"])

    assert model.labels == ("ham", "spam")
    assert found.argmax(axis=1).tolist() == [1, 0]
    assert model.loss_curve == ()


def test_labels_stand_in_the_order_given():
    model = fit(
        "fast", TEXTS, LABELS, all_labels=["spam", "unseen", "ham"], encoder=HashingEncoder()
    )

    assert model.labels == ("spam", "unseen", "ham")
    assert (model.predict_proba(["prize", ""])[:, 1] == 0).all()


def test_nothing_to_ask_is_answered_with_no_row():
    model = fit("fast", TEXTS, LABELS, encoder=HashingEncoder())

    assert model.predict_proba([]).shape == (0, 2)


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"texts": TEXTS[:5]}, "5 texts, 6 labels"),
        ({"weights": [1.0]}, "1 weights"),
        ({"parameters": {"colour": "blue"}}, "colour"),
    ],
)
def test_what_does_not_fit_together_is_refused(recipe, change, match):
    given = {"texts": TEXTS, "labels": LABELS, "encoder": HashingEncoder(), **change}

    with pytest.raises(InvalidInputError, match=match):
        fit(recipe, **given)


def test_unknown_recipe_is_refused():
    with pytest.raises(InvalidInputError, match="magic"):
        fit("magic", TEXTS, LABELS)


@pytest.mark.parametrize("recipe", ["fast", "setfit-stock"])
def test_one_label_is_not_enough(recipe):
    with pytest.raises(NotEnoughDataError, match="at least 2 labels"):
        fit(recipe, TEXTS[:3], LABELS[:3], encoder=HashingEncoder())


@pytest.mark.slow
@pytest.mark.parametrize("recipe", list(QUICK))
def test_every_tuned_recipe_fits_plain_lists(recipe):
    steps = []

    model = fit(
        recipe,
        TEXTS,
        LABELS,
        parameters=QUICK[recipe],
        seed=1,
        on_progress=lambda *told: steps.append(told),
    )

    found = model.predict_proba([*TEXTS, "they won a prize"])
    assert (model.recipe, model.labels) == (recipe, ("ham", "spam"))
    assert found.shape == (7, 2)
    assert found.sum(axis=1) == pytest.approx(1.0)
    assert found[:6].argmax(axis=1).tolist() == [1, 1, 1, 0, 0, 0]
    assert np.isfinite(model.loss_curve).all()
    assert len(model.loss_curve) == 2


def test_no_file_is_left_where_none_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(fitting.tempfile, "tempdir", str(tmp_path))

    fit("fast", TEXTS, LABELS, encoder=HashingEncoder())

    assert list(tmp_path.iterdir()) == []
