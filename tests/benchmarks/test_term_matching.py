import json

import pytest

from rhml_core.machine.terms.grammar import kind_of
from rhml_core.machine.terms.matching import find_terms
from tests.benchmarks import term_matching
from tests.benchmarks.term_matching import Size, invented_messages, mixed_terms, naive_loop

TERMS = ["it's", "free entry", "sell; (exploit | zero day) AND price", "link:shop1.example", "day"]


@pytest.mark.parametrize(
    "text",
    [
        "It\u2019s a free - entry, day!",
        "price: I sell this and that - zero day",
        "sell a b c d e f zero day, price",
        "https://www.shop1.example/x it's's yesterday free the entry",
        "www.shop1.example.org, zero-day shop1.example",
    ],
)
def test_peer_means_the_same_as_we_do(text):
    """Otherwise its speed says nothing."""
    assert naive_loop([text], TERMS).tolist() == find_terms([text], TERMS).toarray().tolist()


def test_terms_are_of_every_kind_and_some_occur():
    texts = invented_messages(300, seed=1)

    terms = mixed_terms(texts, 100, seed=2)

    assert {kind_of(term).value for term in terms} == {"word", "phrase", "pattern", "link"}
    assert find_terms(texts, terms).nnz > len(terms)
    assert invented_messages(300, seed=1) == texts


def test_document_is_well_formed_at_a_tiny_size():
    document = term_matching.measure(Size(400, 60, (30, 200), rounds=1))

    read = json.loads(json.dumps(document))
    assert (read["n_texts"], read["n_terms"], read["naive"]["n_terms"]) == (400, 60, 30)
    assert read["n_different_cells"] == 0
    assert read["naive"]["n_found"] > 0
    assert [sorted(one) for one in read["targets"]] == [["bound", "holds", "name", "value"]] * 3
