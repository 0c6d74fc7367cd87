import json

import pytest

from tests.benchmarks import encode
from tests.benchmarks.matrix_work import Shape, n_operations, padded_lengths
from tests.machine.fakes import HashingEncoder


class Counting(HashingEncoder):
    """The fake, which also counts tokens."""

    def count_tokens(self, texts):
        """A token for each word, and the two ends."""
        return [len(text.split()) + 2 for text in texts]


@pytest.fixture
def folder(tmp_path):
    rows = ["id,text,label,split"]
    for n in range(120):
        label, words = ("spam", "cheap pills offer") if n % 2 else ("ham", "meeting notes today")
        rows.append(f"m{n},{words} {n},{label},")
    rows.append("m120,meeting notes today 0,ham,")
    (tmp_path / "mail.csv").write_text("\n".join(rows))
    return tmp_path


@pytest.fixture
def model(tmp_path):
    sizes = {"num_hidden_layers": 1, "hidden_size": 4, "intermediate_size": 8}
    (tmp_path / "config.json").write_text(json.dumps(sizes))
    return tmp_path


def test_operations_are_those_of_the_products():
    """By hand: 2 tokens x 2 x (4 x 3 x 3 + 2 x 3 x 5) and 2 x 2 x 3 x 2 x 2 for attention."""
    assert n_operations(Shape(1, 3, 5), [2]) == 2 * 2 * (36 + 30) + 48
    assert n_operations(Shape(2, 3, 5), [2, 2]) == 4 * n_operations(Shape(1, 3, 5), [2])


def test_padding_fills_every_text_of_a_batch():
    assert padded_lengths([3, 9, 4], [[1], [2, 0]]) == [4, 9, 4]


def test_document_is_well_formed_at_a_tiny_size(folder, model):
    sides = {encode.PEER: Counting(), "fp32": Counting(), "int8": Counting()}

    document = encode.measure(
        folder,
        ["mail"],
        sides=sides,
        model=model,
        texts_a_set=40,
        rounds=2,
        n_threads=1,
        shots=16,
        most_test=60,
        max_classes=None,
    )

    read = json.loads(json.dumps(document))
    assert read["n_texts"] == 40
    assert read["speeds"][encode.PEER]["ratio"] == 1.0
    assert read["least_cosine"] == {"fp32": 1.0, "int8": 1.0}
    assert read["share_of_peak"]["fp32"]["real_tokens"] > 0
    assert 0 <= read["padding_share"] < 1
    assert read["quality"][0]["macro_f1"]["fp32"] == read["quality"][0]["macro_f1"]["int8"] > 0.5
    assert [sorted(target) for target in read["targets"]] == [
        ["bound", "holds", "name", "value"]
    ] * 4
    assert read["targets"][3]["value"] == 0.0
