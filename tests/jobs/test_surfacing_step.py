import dataclasses

import numpy as np
import pytest

from rhml_core.errors import MachineError
from rhml_core.jobs import surfacing_step
from rhml_core.jobs.job_files import read_spec
from rhml_core.jobs.surfacing_step import surface_from_training
from rhml_core.jobs.training_job import read_training_data
from rhml_core.machine.recipes.catalogue import train_recipe
from tests.machine.fakes import HashingEncoder


@pytest.fixture
def trained(train_job, tmp_path):
    """What a fast training saw, what it made, and its order, as changed."""

    def train(**changes):
        folder = train_job(**changes)
        spec = read_spec(folder)
        data = read_training_data(folder, spec)
        made = train_recipe(
            "fast", data, model_folder=tmp_path, output=tmp_path, parameters={}, seed=1
        )
        return data, made, spec

    return train


def test_machine_is_asked_about_messages_without_a_term(trained):
    data, made, spec = trained()
    asked = dataclasses.replace(made, encode=HashingEncoder().encode)

    concepts = surface_from_training(data, asked, spec)

    assert {concept.label for concept in concepts} == {"ham", "spam"}
    assert all(concept.influence is not None for concept in concepts)
    assert any(concept.influence > 0 for concept in concepts)


def test_machine_whose_encoder_is_not_at_hand_is_not_asked(trained):
    data, made, spec = trained()

    concepts = surface_from_training(data, made, spec)

    assert concepts
    assert all(concept.influence is None for concept in concepts)


def test_base_encoder_that_is_another_one_now_is_not_asked(trained, monkeypatch):
    """Vectors of two encoders do not fit one head."""
    data, made, spec = trained()
    monkeypatch.setattr(surfacing_step, "base_encoder", lambda _spec: HashingEncoder())

    concepts = surface_from_training(data, dataclasses.replace(made, encoder_id="base-x"), spec)

    assert all(concept.influence is None for concept in concepts)


def test_damaged_encoder_costs_the_influence_and_not_the_run(trained, monkeypatch):
    def refuse(_spec):
        raise MachineError("damaged")

    data, made, spec = trained()
    monkeypatch.setattr(surfacing_step, "base_encoder", refuse)

    concepts = surface_from_training(data, dataclasses.replace(made, encoder_id="base-x"), spec)

    assert concepts


def test_lexicon_that_contradicts_the_messages_is_told(trained):
    data, made, spec = trained(lexicon_by_label={"ham": ("prize",)})

    concepts = surface_from_training(data, made, spec)

    told = {concept.terms[0]: concept for concept in concepts}
    assert (told["prize"].label, told["prize"].contradicts) == ("spam", "ham")


def test_holdout_messages_change_nothing(trained):
    """What is surfaced is the same whatever the hold-out says and is said to be."""
    data, made, spec = trained()
    others = tuple(
        "claim claim claim" if row in data.holdout_rows else text
        for row, text in enumerate(data.texts)
    )
    probabilities = made.probabilities.copy()
    probabilities[data.holdout_rows] = np.array([1.0, 0.0])

    first = surface_from_training(data, made, spec)
    other = surface_from_training(
        dataclasses.replace(data, texts=others),
        dataclasses.replace(made, probabilities=probabilities),
        spec,
    )

    assert first == other
