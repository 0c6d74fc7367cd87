import json

import numpy as np
import pytest

from rhml_core.measures.agreement.alpha import krippendorff_alpha
from rhml_core.measures.agreement.cohen import pairwise_kappa
from rhml_core.measures.agreement.many_raters import gwet_ac1, percent_agreement
from tests.benchmarks import agreement
from tests.benchmarks.simulated_crowd import judge, make_crowd

pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")


def test_document_is_well_formed_at_a_tiny_size(monkeypatch):
    """Memory is left to the next test, as each side starts a process of its own."""
    monkeypatch.setattr(agreement.sides, "measure_memory", lambda *_: {"during": 2.0, "added": 1.0})

    document = agreement.measure(n_messages=200, turns=1, model_turns=1)

    document["coverage"] = {"alpha": 0.95, "kappa": 0.9}
    read = json.loads(json.dumps(document))
    rows = agreement.targets(read, is_full=True)
    held = {row["name"]: row["holds"] for row in rows}
    assert read["n_judgements"] == 800
    assert held["alpha, apart from krippendorff (at most)"]
    assert held["Dawid-Skene, apart from crowd-kit (at most)"]
    assert (held["coverage of alpha"], held["coverage of kappa"]) == (True, False)
    assert len(rows) == 9


@pytest.mark.slow
def test_memory_of_a_side_is_that_of_its_process():
    found = agreement.sides.measure_memory("our alpha", 200, 1)

    assert 0 <= found["added"] < found["during"]


def test_ratios_are_medians_over_the_turns():
    assert agreement.times_as_long([(4, 8), (9, 9), (2, 2)], [(1, 1), (3, 1), (1, 1)]) == {
        "wall": 3.0,
        "processor": 8.0,
    }


def test_true_values_of_a_crowd_are_those_of_very_many_messages():
    """The coverage stands on these formulas."""
    crowd = make_crowd(6, [0.5, 0.3, 0.2], right=(0.6, 0.95), seed=1)

    ratings = judge(crowd, 60_000, n_each=[6], seed=2)

    assert crowd.confusion.sum(axis=2) == pytest.approx(np.ones((6, 3)))
    assert krippendorff_alpha(ratings) == pytest.approx(crowd.alpha, abs=0.01)
    assert percent_agreement(ratings, n_replicates=5).value == pytest.approx(
        crowd.percent, abs=0.01
    )
    assert gwet_ac1(ratings, n_replicates=5).value == pytest.approx(crowd.ac1, abs=0.01)
    pairs = pairwise_kappa(ratings.of_raters(["r000", "r001"]), n_replicates=0)
    assert pairs.item(0, "kappa") == pytest.approx(crowd.kappa(0, 1), abs=0.015)
