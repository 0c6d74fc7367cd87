import json

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score

from tests.benchmarks import imbalance
from tests.benchmarks.imbalance_peers import PEERS
from tests.machine.fakes import HashingEncoder


@pytest.fixture
def folder(tmp_path):
    """Four hundred texts, a fifth of them spam: it must be thinned out."""
    rows = ["id,text,label,split"]
    for n in range(400):
        label, words = ("spam", "cheap pills offer") if n % 5 == 0 else ("ham", "meeting notes")
        rows.append(f"m{n},{words} {n} {n % 7} {n % 11},{label},")
    (tmp_path / "mail.csv").write_text("\n".join(rows))
    return tmp_path


def test_figures_are_those_of_scikit_learn():
    random = np.random.default_rng(0)
    is_rare, scores = random.random(200) < 0.1, random.random(200)

    assert imbalance.minority_f1(is_rare, scores > 0.7) == pytest.approx(
        f1_score(is_rare, scores > 0.7)
    )
    assert imbalance.average_precision(is_rare, scores) == pytest.approx(
        average_precision_score(is_rare, scores)
    )


def test_rare_label_is_thinned_out_and_nothing_teaches_and_measures(folder):
    data = imbalance.read_labelled_texts(folder / "mail.csv")

    draw = imbalance.draw_sample(data, n_training=120, most_test=1000, seed=3)

    n_rare = draw.is_rare_taught.sum() + draw.is_rare.sum()
    assert draw.rare == "spam"
    assert n_rare / (len(draw.texts) + len(draw.asked)) == pytest.approx(0.05, abs=0.005)
    assert not set(draw.texts) & set(draw.asked)
    assert draw.is_rare_taught.sum() >= imbalance.FEWEST_RARE


@pytest.mark.parametrize("name", list(PEERS))
def test_every_peer_ranks_rare_messages_first_where_that_is_easy(name):
    random = np.random.default_rng(1)
    is_rare = np.arange(100) < 8
    vectors = random.normal(size=(100, 4)) * 0.1 + is_rare[:, None]

    scores = PEERS[name](vectors, is_rare, 0)(vectors)

    assert scores[is_rare].min() > scores[~is_rare].max()


@pytest.mark.slow
def test_document_is_well_formed_at_a_tiny_size(folder):
    document = imbalance.measure(
        folder,
        ["mail"],
        seeds=[0, 1],
        n_training=100,
        most_test=100,
        encoder=HashingEncoder(),
        recipes=(imbalance.recommended_recipe({"a": 95, "b": 5}).recipe, "fast"),
        parameters={"n_rounds": 1},
    )

    read = json.loads(json.dumps(document))
    sides = {row["name"] for row in read["overall"]}
    assert {"fast", read["recommended"]["recipe"], *PEERS} == sides
    assert read["winner"] in sides
    assert read["overall"][0]["minority_f1_behind_winner"] == 0
    assert all({"name", "value", "bound", "holds"} <= target.keys() for target in read["targets"])
