import numpy as np

from rhml_core.machine.evidence import candidates as module
from rhml_core.machine.evidence.candidates import gather_candidates


def gathered(texts, labels, probabilities=None):
    names = sorted(set(labels))
    is_label = np.array([[label == name for name in names] for label in labels], dtype=float)
    shares = is_label if probabilities is None else probabilities
    return gather_candidates(texts, is_label, texts, shares, seed=1)


def test_word_that_stands_in_one_phrase_alone_is_that_phrase():
    """Nobody reads "wire", "transfer" and "wire transfer" as three concepts."""
    found = gathered(["wire transfer late", "a wire transfer", "good day", "day"], list("aabb"))

    assert found.terms == ("day", "wire transfer")


def test_word_with_a_life_of_its_own_stays_beside_its_phrase():
    texts = ["gift card", "gift card", "card", "card", "card", "card"]

    found = gathered(texts, list("aabbbb"))

    assert found.terms == ("card", "gift card")


def test_messages_with_a_term_are_found_on_both_sides():
    found = gathered(["tea", "tea", "rum", "rum"], list("aabb"))

    tea = found.terms.index("tea")
    assert found.messages_with(tea).tolist() == [True, True, False, False]
    assert found.texts_with(tea).tolist() == [0, 1]


def test_no_term_in_two_messages_is_no_candidate():
    assert gathered(["tea", "rum"], list("ab")) is None


def test_pool_larger_than_is_read_is_drawn_from(monkeypatch):
    """Memory and time stay bounded however large the pool is."""
    monkeypatch.setattr(module, "MOST_TEXTS", 3)
    texts = ["tea", "tea", "rum", "rum"] * 5

    found = gathered(texts, list("aabb") * 5)

    assert len(found.rows) == found.occurs.shape[0] == 3
