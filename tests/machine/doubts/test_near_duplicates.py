import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.errors import InvalidInputError
from rhml_core.machine.doubts import near_duplicates
from rhml_core.machine.doubts.near_duplicates import contradicting_twins, normalised_text


def _unit(rows):
    vectors = np.asarray(rows, dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _by_hand(texts, vectors, labels, least):
    """The pairs found by looking at every one."""
    cosines = vectors @ vectors.T
    names = [normalised_text(text) for text in texts]
    firsts = {}
    for row, key in enumerate(zip(names, labels, strict=True)):
        firsts.setdefault(key, row)
    rows = sorted(firsts.values())
    best = {}
    pairs = set()
    for i in rows:
        earlier = [j for j in rows if names[j] == names[i] and j < i]
        if earlier:
            pairs.add((earlier[0], i))
        near = [j for j in rows if labels[j] != labels[i] and names[j] != names[i]]
        near = [j for j in near if cosines[i, j] >= least]
        if near:
            best[i] = max(cosines[i, j] for j in near)
            pairs.add(tuple(sorted((i, max(near, key=lambda j: cosines[i, j])))))
    return pairs, best


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Free Money", "free\u00a0 money\n"),
        ("\uff26\uff32\uff25\uff25", "free"),
        ("pay\u200bpal", "PayPal"),
        ("STRASSE", "stra\u00dfe"),
    ],
)
def test_what_a_reader_does_not_tell_apart_is_one_text(one, other):
    assert normalised_text(one) == normalised_text(other)


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_is_read_the_short_way_as_any_other(text):
    """A character that is not plain makes the same text go the long way."""
    long_way = normalised_text(f"{text} \u00e9")

    assert long_way == f"{normalised_text(text)} \u00e9".strip()


def test_punctuation_is_kept_since_it_may_mean_something():
    assert normalised_text("Really?") != normalised_text("Really!")


def test_same_text_under_two_labels_is_a_pair_whatever_the_vectors_say():
    """A message that the machine has not read yet has a row of zeros."""
    found = contradicting_twins(["Hi there", "hi  THERE", "bye"], np.zeros((3, 4)), list("aba"))

    assert found.rows() == [(0, 1, 1.0, True)]


def test_near_texts_under_two_labels_are_a_pair_and_under_one_label_none():
    vectors = _unit([[1, 0], [1, 0.1], [1, 0.05], [0, 1]])

    found = contradicting_twins(list("wxyz"), vectors, ["a", "b", "a", "b"])

    cosine = pytest.approx(float(vectors[1] @ vectors[2]), abs=1e-6)
    assert found.rows() == [
        (1, 2, cosine, False),
        (0, 1, pytest.approx(float(vectors[0] @ vectors[1]), abs=1e-6), False),
    ]


def test_copies_stand_behind_the_first_of_them():
    """A thousand copies of one message under two labels are one thing to settle."""
    texts = ["win now"] * 1000
    labels = ["ham" if row % 2 else "spam" for row in range(1000)]

    found = contradicting_twins(texts, np.ones((1000, 1), dtype=np.float32), labels)

    assert found.rows() == [(0, 1, 1.0, True)]


def test_similarity_below_the_threshold_is_no_twin():
    vectors = _unit([[1, 0], [1, 0.4]])

    assert contradicting_twins(["a", "b"], vectors, ["x", "y"]).is_empty()
    assert contradicting_twins(["a", "b"], vectors, ["x", "y"], least_similarity=0.9).height == 1


def test_nothing_judged_is_no_pair():
    found = contradicting_twins([], np.zeros((0, 4), dtype=np.float32), [])

    assert found.columns == ["row", "twin", "similarity", "is_same_text"]
    assert found.is_empty()


def test_parts_of_different_lengths_are_refused():
    with pytest.raises(InvalidInputError):
        contradicting_twins(["a"], np.zeros((2, 4), dtype=np.float32), ["x"])


@given(
    seed=st.integers(0, 10_000),
    n=st.integers(1, 60),
    n_texts=st.integers(1, 60),
    least=st.sampled_from([0.6, 0.9, 0.95]),
    block=st.sampled_from([1, 7, 1024]),
    few=st.sampled_from([0.0, 1.0]),
)
def test_search_in_blocks_finds_what_looking_at_every_pair_finds(
    seed, n, n_texts, least, block, few
):
    """Whatever the blocks' size and however few of a block's pairs are worked out."""
    chance = np.random.default_rng(seed)
    vectors = _unit(chance.normal(size=(n, 3)) + 2)
    texts = [f"text {number}" for number in chance.integers(0, n_texts, n)]
    labels = [str(number) for number in chance.integers(0, 3, n)]
    kept = near_duplicates._BLOCK, near_duplicates._N_LEADING, near_duplicates._FEW
    near_duplicates._BLOCK, near_duplicates._N_LEADING, near_duplicates._FEW = block, 1, few
    try:
        found = contradicting_twins(texts, vectors, labels, least_similarity=least)
    finally:
        near_duplicates._BLOCK, near_duplicates._N_LEADING, near_duplicates._FEW = kept

    pairs, best = _by_hand(texts, vectors, labels, least)
    near = found.filter(~found["is_same_text"])
    assert set(found.select("row", "twin").rows()) == pairs
    for row, similarity in best.items():
        mine = near.filter((near["row"] == row) | (near["twin"] == row))
        assert mine["similarity"].max() == pytest.approx(similarity, abs=1e-5)
    assert found["similarity"].to_list() == sorted(found["similarity"], reverse=True)


def test_memory_does_not_grow_with_the_square(monkeypatch):
    """Where every message resembles every other, no more pairs than messages are kept."""
    monkeypatch.setattr(near_duplicates, "_BLOCK", 64)
    chance = np.random.default_rng(0)
    vectors = _unit(np.ones(8) + chance.normal(scale=0.01, size=(600, 8)))
    labels = ["a" if row % 2 else "b" for row in range(600)]

    found = contradicting_twins([f"t{row}" for row in range(600)], vectors, labels)

    assert 300 <= found.height <= 600
