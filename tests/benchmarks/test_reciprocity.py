import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from rhml_core.domain import Mode
from rhml_core.figures import Interval
from rhml_core.measures.estimates import Estimate
from rhml_core.workflows.demo.simulated_mind import Traits
from tests.benchmarks import reciprocity
from tests.benchmarks.reciprocity_figures import (
    effect_targets,
    gap_figures,
    mean_of,
    true_lift,
    true_reliance,
    truth_targets,
)
from tests.benchmarks.simulated_corpus import Remembering, make_corpus
from tests.benchmarks.simulated_project import Plan, run_project
from tests.machine.fakes import HashingEncoder

PLAN = Plan(n_cycles=2, n_turns=14, n_baseline=5, n_holdout=40)
TEAM = (Traits(skill=0.9), Traits(skill=0.9))


@pytest.fixture(scope="module")
def corpus():
    """A hundred messages of two labels that anyone can tell."""
    words = {"spam": "cheap pills offer", "ham": "meeting notes agenda"}
    labels = ["spam" if n % 2 else "ham" for n in range(100)]
    texts = [f"{words[label]} {n} {n % 7} {n % 11}" for n, label in enumerate(labels)]
    return make_corpus("mail", texts, labels, encoder=HashingEncoder())


def _reliance_turns(rows):
    columns = ["first", "machine", "right", "follow_chance", "merely_followed"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _course(late, truth, *, machine=None):
    """Two cycles of one expert; unaided accuracy `late` in the second."""
    accuracy = Interval(late, late - 0.1, late + 0.1, 10)
    points = [
        SimpleNamespace(cycle=1, accuracy=accuracy),
        SimpleNamespace(cycle=2, accuracy=accuracy),
    ]
    turns = pl.DataFrame(
        {
            "cycle": [1, 2],
            "expert_id": ["a", "a"],
            "accuracy": [0.5, truth],
            "machine": [machine, machine],
            "is_holdout": [True, True],
        },
        schema_overrides={"machine": pl.String},
    )
    person = SimpleNamespace(skill=SimpleNamespace(by_cycle=points))
    return SimpleNamespace(truth=np.zeros((2, 1)), people=[person], turns=turns)


def test_mean_of_two_alike_figures_is_surer_than_each():
    one = Estimate(Interval(0.5, 0.3, 0.9, 10))

    found = mean_of([one, one], [0.4, 1.0])

    assert found["value"] == 0.5
    assert found["low"] == pytest.approx(0.5 - 0.2 / 2**0.5)
    assert found["high"] == pytest.approx(0.5 + 0.4 / 2**0.5)
    assert (found["n"], found["truth"], found["n_covered"]) == (20, 0.7, 1)


def test_mean_of_an_undefined_figure_says_why():
    known = Estimate(Interval(0.5, 0.3, 0.9, 10))

    found = mean_of([known, Estimate(None, "Nobody was asked.")])

    assert (found["value"], found["missing"]) == (None, "Nobody was asked.")


def test_true_reliance_is_the_mean_of_the_chances():
    """Turns where the machine is silent, agrees, or was merely followed tell nothing."""
    turns = _reliance_turns(
        [
            ("x", "right", "right", 0.8, False),
            ("y", "right", "right", 0.6, False),
            ("right", "x", "right", 0.2, False),
            ("y", "x", "right", 0.4, False),
            ("right", "right", "right", None, False),
            ("right", None, "right", None, False),
            ("x", "x", "right", 0.9, True),
        ]
    )

    found = true_reliance(turns)

    assert found["RAIR"] == pytest.approx(0.7)
    assert found["RSR"] == pytest.approx(0.8)
    assert found["over-reliance"] == pytest.approx(0.3)
    assert found["helpful switches"] == pytest.approx(1.4 / 4)
    assert found["harmful switches"] == pytest.approx(0.2 / 4)


def test_true_lift_is_between_the_last_and_the_first_cycle():
    assert true_lift(_course(0.6, 0.75)) == pytest.approx(0.25)


def test_gap_between_arms_is_paired():
    """Pairs that differ by the same leave no doubt, however different they are."""
    gap = gap_figures(
        [_course(0.5, 0.5), _course(0.2, 0.4)], [_course(0.7, 0.6), _course(0.4, 0.7)]
    )

    assert gap["value"] == pytest.approx(-0.2)
    assert gap["low"] == pytest.approx(gap["high"])
    assert gap["truth"] == pytest.approx((-0.1 - 0.3) / 2)


def test_targets_are_missed_where_nothing_is_learnt_and_figures_lie():
    nothing = {"value": 0.0, "low": -0.1, "high": 0.1, "truth": 0.2}
    arm = {
        "human_lift": nothing,
        "machine_lift": nothing,
        "reliance": {"over-reliance": nothing},
        "alarms": {"deskilling": 4, "deskilling_tested": 4},
    }
    arms = {mode.value: {**arm} for mode in Mode}
    arms["immediate"] = {**arm, "alarms": {"deskilling": 0, "deskilling_tested": 4}}
    gaps = {"immediate minus reciprocal": nothing}

    truths = truth_targets(arms, gaps)
    effects = effect_targets(arms, gaps)

    assert [one["value"] for one in truths] == [0.1, 0.1, 0.1, 8]
    assert not any(one["holds"] for one in (*truths, *effects))


def test_same_seed_gives_the_same_project(corpus, tmp_path):
    plan = replace(PLAN, n_cycles=1)

    courses = [
        run_project(
            corpus, Mode.IMMEDIATE, TEAM, plan, encoder=HashingEncoder(), cache=tmp_path, seed=3
        ).turns
        for _ in range(2)
    ]

    assert courses[0].equals(courses[1])
    assert courses[0].height == 2 * (14 + 5)
    assert courses[0].filter("is_holdout")["machine"].is_null().all()


def test_document_is_well_formed_at_a_tiny_size(corpus, tmp_path):
    document = reciprocity.measure(
        corpus, TEAM, PLAN, encoder=HashingEncoder(), cache=tmp_path, seeds=[0]
    )
    reciprocity.tell(document)

    read = json.loads(json.dumps(document))
    assert read["is_simulated"] is True
    assert list(read["arms"]) == ["reciprocal", "immediate", "blind"]
    assert len(read["arms"]["blind"]["unaided_by_cycle"]) == PLAN.n_cycles
    assert read["arms"]["immediate"]["reliance"]["RAIR"]["missing"]
    assert read["arms"]["immediate"]["merely_followed"] > 0
    assert read["arms"]["blind"]["merely_followed"] == 0
    assert all({"name", "value", "bound", "holds"} <= set(one) for one in read["targets"])


def test_remembering_encoder_reads_no_text_twice_and_says_the_same():
    read = []

    class Counting(HashingEncoder):
        def encode(self, texts, on_progress=None):
            read.extend(texts)
            return super().encode(texts, on_progress)

    encoder = Remembering(Counting())
    encoder.encode(["a b", "c"])
    again = encoder.encode(["c", "d", "a b", "c"])

    assert read == ["a b", "c", "d"]
    assert np.array_equal(again, HashingEncoder().encode(["c", "d", "a b", "c"]))


def test_difficulties_are_in_log_odds_around_the_middle(corpus):
    values = np.array(list(corpus.difficulty.values()))

    assert values.mean() == pytest.approx(0, abs=1e-9)
    assert values.std() == pytest.approx(1)
    assert list(corpus.difficulty) == list(corpus.labels) == list(corpus.texts)
