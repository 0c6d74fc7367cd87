import json
import os

import pytest

from tests.benchmarks.serving_memory import fill_store, report, resident


def side(n_messages, vectors_mb, opened_mb):
    sizes = {"now_mb": opened_mb, "peak_mb": opened_mb + 10.0}
    return {
        "n_messages": n_messages,
        "vectors_mb": vectors_mb,
        "started": sizes,
        "learnt": sizes,
        "opened": sizes,
    }


@pytest.mark.parametrize(("opened_mb", "holds"), [(1_000.0, True), (1_100.0, False)])
def test_messages_are_held_against_their_vectors(opened_mb, holds):
    """Five hundred megabytes more for a hundred of vectors are five times as much."""
    few, many = side(1_000, 2.0, 500.0), side(100_000, 102.0, opened_mb)

    document = json.loads(json.dumps(report({"now_mb": 50.0, "peak_mb": 60.0}, few, many)))

    (target,) = document["targets"]
    assert sorted(target) == ["bound", "holds", "name", "value"]
    assert target["value"] == (opened_mb - 500.0) / 100.0
    assert target["holds"] is holds
    assert document["ratio_to_bare"] == opened_mb / 50.0


def test_own_process_has_a_size():
    size = resident(os.getpid())

    assert 10 < size["now_mb"] <= size["peak_mb"]


def test_store_is_filled_with_as_many_vectors(tmp_path, encoder_cache):
    """Each of the sixty texts once, 384 numbers of four bytes."""
    database = tmp_path / "forum.duckdb"

    vectors_mb = fill_store(database, cache=encoder_cache, n_messages=60, n_judged=20)

    assert vectors_mb == 60 * 384 * 4 / 1_000_000
    assert database.is_file()
