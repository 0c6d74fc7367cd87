"""The scoring benchmark: what it makes of its figures, and that it runs."""

import json

import pytest

from tests.benchmarks import score

FOUND = {
    "n_a_turn": 100,
    "speeds": {"encode": [(1.0, 2.0), (1.0, 2.0)], "score": [(1.25, 2.5), (1.0, 2.0)]},
    "memory": {
        "few": {"n_rows": 10, "peak_megabytes": 200.0},
        "many": {"n_rows": 100, "peak_megabytes": 300.0},
    },
    "pool": (1_000, 1.0, 0.5),
}


def test_targets_follow_from_the_figures():
    document = score.report(FOUND)

    speed, memory, pool = document["targets"]
    assert (speed["value"], speed["holds"]) == (0.9, True)
    assert (memory["value"], memory["holds"]) == (1.5, False)
    assert (pool["value"], pool["holds"]) == (0.025, True)  # 0.5 s against 20 s of reading
    assert json.loads(json.dumps(document)) == document


@pytest.mark.slow
def test_document_is_well_formed_at_a_tiny_size():
    document = score.report(score.measure(n_rows=100, n_a_turn=32, n_turns=1, n_pool=100))

    assert [set(target) for target in document["targets"]] == [
        {"name", "value", "bound", "holds"}
    ] * 3
    assert document["memory"]["many"]["n_rows"] == 100
