"""The benchmark of the figures about people: its truths, and its document at a tiny size."""

import json

import numpy as np
import pytest

from rhml_core.figures import Interval
from tests.benchmarks import human_measures, known_experts
from tests.measures.simulated_experts import Truth


def test_true_reliance_of_an_expert_who_is_right_every_other_time():
    """A wrong machine contradicts right answers and half of the wrong ones: three in four."""
    half = Truth(skill=0.5, follows_right=0.8, follows_wrong=0.4)

    truth = known_experts.true_reliance([half], machine_skill=0.75)

    assert truth == pytest.approx(
        {
            "RAIR": 0.8,
            "RSR": 0.6,
            "over-reliance": 0.4,
            "under-reliance": 0.2,
            "helpful switches": 0.5 * 0.75 * 0.8 / (0.5 * 0.75 + 0.75 * 0.25),
            "harmful switches": 0.5 * 0.25 * 0.4 / (0.5 * 0.75 + 0.75 * 0.25),
            "first accuracy": 0.5,
        }
    )


@pytest.mark.parametrize("experts", [(known_experts.ANA,), known_experts.TEAM])
def test_truths_are_what_very_many_messages_show(experts):
    """Were a truth worked out wrongly, no coverage of it would mean anything."""
    random = np.random.default_rng(0)
    pairs = [
        (
            known_experts.true_reliance(experts),
            known_experts.reliance_intervals(experts, 40_000, random),
        ),
        (known_experts.true_skill(experts), known_experts.skill_intervals(experts, 20_000, random)),
        (
            known_experts.true_calibration(experts),
            known_experts.calibration_intervals(experts, 20_000, random),
        ),
    ]

    for truth, found in pairs:
        shown = {name: interval.value for name, interval in found.items() if name != "baseline"}
        assert shown == pytest.approx({name: truth[name] for name in shown}, abs=0.02)


def test_coverage_counts_the_intervals_that_hold_the_truth():
    ends = iter([0.4, 0.6, 0.8, 0.2])

    found = human_measures.coverage(
        {"share": 0.5}, lambda _: {"share": Interval(0.1, 0.0, next(ends), 9)}, n_runs=4, seed=0
    )

    assert found == {"share": 0.5}


def test_fall_is_found_more_often_than_none():
    plan = {"plan": (40, 20), "n_projects": 40, "seed": 0}

    steady = human_measures.raised(0.9, 0.0, at=0, **plan)
    fallen = human_measures.raised(0.9, 0.4, at=0, **plan)

    assert steady <= 0.2
    assert fallen >= 0.9


def test_document_is_well_formed_at_a_tiny_size(monkeypatch):
    monkeypatch.setattr(human_measures, "PLANS", ((10, 10),))

    document = human_measures.measure(n_runs=2, n_projects=4, n_whole=2)

    read = json.loads(json.dumps(document, allow_nan=False))
    assert set(read["coverage"]) == {"one expert", "a team of three"}
    assert len(read["targets"]) == 2 * 14 + 3
    assert all(sorted(one) == ["bound", "holds", "name", "value"] for one in read["targets"])
