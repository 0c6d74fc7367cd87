import json

from tests.benchmarks import fast_head
from tests.machine.fakes import HashingEncoder


def test_document_is_well_formed_at_a_tiny_size():
    sizes = {"n_messages": 400, "n_labelled": 120, "n_read": 4}

    sides, readings = fast_head.measure((HashingEncoder(), HashingEncoder()), repeats=2, **sizes)
    document = json.loads(json.dumps(fast_head.report(sides, readings, **sizes)))

    assert [head["n_labels"] for head in document["heads"]] == list(fast_head.LABELS)
    assert all(ratio > 0 for head in document["heads"] for ratio in head["ratios"].values())
    assert len(document["targets"]) == 2 * len(fast_head.LABELS)
    assert all(
        sorted(target) == ["bound", "holds", "name", "value"] for target in document["targets"]
    )


def test_texts_are_distinct_however_many():
    texts = fast_head.texts_of(3_000)

    assert len(set(texts)) == len(texts) == 3_000
