import json

import numpy as np
import pytest

from rhml_core.machine.encoding.encoder import load_base_encoder
from tests.benchmarks import label_errors
from tests.machine.fakes import HashingEncoder


@pytest.fixture
def folder(tmp_path):
    """Texts of two labels, told apart by their words."""
    rows = ["id,text,label,split"]
    for n in range(120):
        label, words = ("spam", "cheap pills offer") if n % 2 else ("ham", "notes of our meeting")
        rows.append(f"m{n},{words} {n} {n % 7},{label},")
    (tmp_path / "mail.csv").write_text("\n".join(rows))
    return tmp_path


def test_flips_change_the_labels_they_say_and_no_other():
    labels = np.array(["a", "b", "c"] * 10)

    wrong, flipped = label_errors.flip_labels(labels, share=0.2, seed=0)

    assert flipped.sum() == 6
    assert ((wrong != labels) == flipped).all()


def test_figures_count_hits_by_hand():
    flipped = np.array([True, False, True, False])

    assert label_errors.figures([0, 1, 3], flipped) == {
        "n_listed": 3,
        "precision": pytest.approx(1 / 3),
        "recall": 0.5,
        "precision_at_20": pytest.approx(1 / 3),
        "precision_at_50": pytest.approx(1 / 3),
    }


def test_list_at_random_knows_nothing_of_the_flips():
    labels = np.array(["a", "b"] * 500)
    vectors = np.random.default_rng(0).normal(size=(1000, 4)).astype(np.float32)
    wrong, flipped = label_errors.flip_labels(labels, share=0.1, seed=0)

    lists = label_errors.lists_of(vectors, wrong, seed=0)

    assert label_errors.figures(lists["random"], flipped)["precision"] < 0.3


def test_plain_search_counts_each_pair_once():
    vectors = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)

    assert label_errors.plain_twins(vectors, np.array(["a", "b", "a"])) == 1


def test_document_is_well_formed_at_a_tiny_size(folder):
    document = label_errors.measure(
        folder, ["mail"], encoder=HashingEncoder(), n=80, seeds=[0], n_twins=200
    )

    read = json.loads(json.dumps(document))
    assert set(read["sets"]["mail"]) == {"ours", "cleanlab", "random"}
    assert read["twins"]["n_messages"] == 200
    assert len(read["targets"]) == 4
    assert all(sorted(one) == ["bound", "holds", "name", "value"] for one in read["targets"])


@pytest.mark.slow
def test_list_beats_chance_clearly_on_real_data(datasets, settings):
    """
    At least half of the first twenty were flipped, where chance finds one in ten.

    Measured with 1,000 judged messages and five seeds: 0.92 of the first twenty on sms_spam,
    1.00 on banking77, 0.88 on cti_ann_posts; of the whole list 0.67, 0.92, 0.59, which held
    0.66, 0.74 and 0.62 of all flips.
    """
    document = label_errors.measure(
        datasets / "single",
        label_errors.DATASETS,
        encoder=load_base_encoder(settings, shares_processor=True),
        n=300,
        seeds=range(2),
        n_twins=2_000,
    )

    for name, sides in document["sets"].items():
        assert sides["ours"]["precision_at_20"] >= 0.5, name
        assert sides["ours"]["precision"] >= 3 * sides["random"]["precision"], name
        assert sides["ours"]["recall"] >= 0.35, name
