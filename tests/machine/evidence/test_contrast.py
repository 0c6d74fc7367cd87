import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.machine.evidence.contrast import (
    Flip,
    possible_flips,
    repeated_words,
    smallest_flip,
)
from rhml_core.machine.evidence.deletion import WHOLE, Deletions

LABELS = ("Question", "Sale")


def flip_of(text, weights, *, label=1):
    """The flip of a machine that adds up words; 0.5 and more is a sale."""

    def predict(texts):
        sale = np.array([sum(weights.get(word, 0) for word in set(t.split())) for t in texts])
        sale = np.clip(sale, 0, 1)
        return np.column_stack([1 - sale, sale])

    deletions = Deletions(text, predict)
    places = range(len(deletions.words))
    deletions.ask([WHOLE, *(frozenset({place}) for place in places), *repeated_words(deletions)])
    return smallest_flip(deletions, label, possible_flips(deletions, label, places), LABELS)


def test_one_word_that_decides_is_found():
    assert flip_of("selling rdp access", {"selling": 0.4, "access": 0.3}) == Flip(
        ("selling",), "Sale", "Question"
    )


def test_two_words_are_named_where_neither_suffices():
    flip = flip_of("selling cheap rdp", {"selling": 0.4, "cheap": 0.3, "rdp": 0.25})

    assert flip.words == ("selling", "cheap")


def test_word_is_left_out_wherever_it_occurs():
    """Without the first "selling" alone the second would still be read."""
    flip = flip_of("selling rdp selling vpn", {"selling": 0.6, "vpn": 0.3, "rdp": 0.1})

    assert flip.words == ("selling",)


def test_letter_case_makes_no_other_word():
    flip = flip_of("Selling rdp selling", {"selling": 0.6, "Selling": 0.6})

    assert flip.words == ("Selling",)


def test_nothing_is_claimed_where_nothing_that_was_tried_flips():
    assert flip_of("a b c d e f g", dict.fromkeys("abcdefg", 0.142)) is None


def test_machine_that_answers_otherwise_by_now_has_no_flip():
    """It learnt from the message: what it would say today is not what was said."""
    assert flip_of("selling", {"selling": 0.9}, label=0) is None


@given(
    st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=8),
    st.lists(st.floats(0, 0.6), min_size=8, max_size=8),
)
def test_flip_flips_and_no_part_of_it_does(words, values):
    weights = dict(zip("abcdefgh", values, strict=True))

    def is_sale(kept):
        return sum(weights[word] for word in kept) > 0.5

    flip = flip_of(" ".join(words), weights) if is_sale(set(words)) else None

    if flip:
        assert not is_sale(set(words) - set(flip.words))
        for fewer in itertools.combinations(flip.words, len(flip.words) - 1):
            assert is_sale(set(words) - set(fewer)) or sum(
                weights[word] for word in set(words) - set(fewer)
            ) == pytest.approx(0.5)
