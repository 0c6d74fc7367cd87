import json
import os

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


def test_messages_are_held_against_their_vectors():
    """Six hundred megabytes more for a hundred of vectors are six times as much."""
    few, many = side(1_000, 2.0, 500.0), side(100_000, 102.0, 1_100.0)

    document = json.loads(json.dumps(report({"now_mb": 50.0, "peak_mb": 60.0}, few, many)))

    assert document["messages_to_vectors"] == 6.0
    assert document["ratio_to_bare"] == 22.0


def test_own_process_has_a_size():
    size = resident(os.getpid())

    assert 10 < size["now_mb"] <= size["peak_mb"]


def test_store_is_filled_with_as_many_vectors(tmp_path, encoder_cache):
    """Each of the sixty texts once, 384 numbers of four bytes."""
    database = tmp_path / "forum.duckdb"

    vectors_mb = fill_store(database, cache=encoder_cache, n_messages=60, n_judged=20)

    assert vectors_mb == 60 * 384 * 4 / 1_000_000
    assert database.is_file()
