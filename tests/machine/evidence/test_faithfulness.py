import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.evidence import Faithfulness
from rhml_core.machine.evidence.deletion import Deletions
from rhml_core.machine.evidence.faithfulness import faithfulness_of, other_removals


def deletions_of(text, weights):
    """Of a machine that gives the second label the sum of its words' weights."""

    def predict(texts):
        share = np.array([sum(weights.get(word, 0.0) for word in t.split()) for t in texts])
        return np.column_stack([1 - share, share])

    return Deletions(text, predict)


def test_fall_is_held_against_the_mean_of_others_by_hand():
    deletions = deletions_of("sell rdp a b", {"sell": 0.5, "rdp": 0.3, "a": 0.1})

    found = faithfulness_of(deletions, frozenset({0}), [frozenset({2}), frozenset({3})], 1)

    assert found == Faithfulness(
        n_words=1,
        fall=pytest.approx(0.5),
        random_fall=pytest.approx(0.05),
        n_draws=2,
        is_convincing=True,
    )


@pytest.mark.parametrize(
    ("shown", "why"), [("c", "no better than chance"), ("b", "hardly moves the machine")]
)
def test_words_that_explain_little_are_not_convincing(shown, why):
    weights = {"sell": 0.5, "rdp": 0.3, "c": 0.1, "b": 0.04}
    deletions = deletions_of("sell rdp c b", weights)
    place = deletions.words.index(shown)

    found = faithfulness_of(
        deletions, frozenset({place}), [frozenset({0})] if shown == "c" else [frozenset({2})], 1
    )

    assert found.is_convincing is False, why  # plain, so that it can be stored


def test_nothing_to_compare_with_is_undefined_rather_than_zero():
    deletions = deletions_of("sell", {"sell": 0.5})

    assert faithfulness_of(deletions, frozenset({0}), [], 1) is None
    assert faithfulness_of(deletions, frozenset(), [frozenset({0})], 1) is None


@given(st.integers(0, 12), st.integers(0, 5), st.integers(0, 3))
def test_draws_are_as_many_other_words_each_time_anew(n_others, n_words, seed):
    others = list(range(100, 100 + n_others))

    draws = other_removals(others, n_words, seed=seed)

    assert all(len(draw) == n_words and draw <= set(others) for draw in draws)
    assert len(set(draws)) == len(draws) <= 10
    assert bool(draws) == (0 < n_words <= n_others)
    assert draws == other_removals(others, n_words, seed=seed)
