import json

import numpy as np
import pytest

from rhml_core.machine.encoding.encoder import load_base_encoder
from tests.benchmarks import surfacing
from tests.benchmarks.planted_phrases import as_many_of_each, plant_phrases
from tests.machine.fakes import HashingEncoder


@pytest.fixture
def folder(tmp_path):
    """Texts of two labels that differ in nothing."""
    rng = np.random.default_rng(0)
    words = np.array([f"w{number}" for number in range(80)])
    rows = ["id,text,label,split"]
    rows += [f"m{n},{' '.join(rng.choice(words, 6))},{'ab'[n % 2]}," for n in range(300)]
    (tmp_path / "mail.csv").write_text("\n".join(rows))
    return tmp_path


def test_planted_phrases_are_as_strong_as_they_say():
    labels = np.array(["a", "b"] * 100)

    planted = plant_phrases([f"text {n}" for n in range(200)], labels, seed=100)

    for mark in planted.planted:
        carries = np.array([mark.phrase in text for text in planted.texts])
        assert carries.sum() == mark.n_carriers
        assert (labels[carries] == mark.label).mean() == pytest.approx(mark.strength)
        assert 0.65 <= mark.strength <= 1.0
    assert len({mark.phrase for mark in (*planted.planted, *planted.controls)}) == 20


def test_as_many_of_each_label_are_drawn():
    labels = np.array(["a"] * 50 + ["b"] * 9)

    rows = as_many_of_each(labels, most=20, seed=100)

    assert sorted(labels[rows].tolist()) == ["a"] * 9 + ["b"] * 9


def test_lists_take_turns_and_are_compared_by_hand():
    lists = [{"a": ["x", "y"], "b": ["z"]}, {"a": ["x"], "b": ["z"]}]

    assert surfacing.in_turns(lists[0], n=2) == [("a", "x"), ("b", "z")]
    assert surfacing.agreement(lists) == pytest.approx(2 / 3)
    assert surfacing.has_found([("a", "zor")], "zor vel", "a")
    assert not surfacing.has_found([("b", "zor")], "zor vel", "a")


def test_document_is_well_formed_and_finds_what_was_planted(folder):
    document = surfacing.measure(
        folder, ["mail"], encoder=HashingEncoder(), most=300, seeds=[100], n_again=2
    )

    read = json.loads(json.dumps(document))
    assert set(read["sets"]["mail"]["sides"]) == set(surfacing.SIDES)
    assert all(sorted(one) == ["bound", "holds", "name", "value"] for one in read["targets"])
    assert len(read["targets"]) == 3
    assert read["sets"]["mail"]["sides"]["ours"]["recall_of_each_label"] >= 0.9


@pytest.mark.slow
def test_planted_phrases_are_found_in_real_messages(datasets, settings):
    document = surfacing.measure(
        datasets / "single",
        ["cti_ann_posts"],
        encoder=load_base_encoder(settings, shares_processor=True),
        most=600,
        seeds=[100],
        n_again=2,
    )

    assert all(one["holds"] for one in document["targets"])
