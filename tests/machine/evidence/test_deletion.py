import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.machine.evidence.deletion import WHOLE, Deletions


def share_of_length(texts):
    """The second label's probability is the text's length in hundreds of characters."""
    long = np.array([len(text) / 100 for text in texts])
    return np.column_stack([1 - long, long])


def test_words_hold_in_any_script():
    text = "שלום — l'été 🎉 über-cool"

    deletions = Deletions(text, share_of_length)

    assert deletions.words == ["שלום", "l'été", "über-cool"]
    assert [text[span.start : span.end] for span in deletions.spans] == deletions.words


def test_left_out_words_are_gone_and_all_else_stays():
    deletions = Deletions("mum: prize now!", share_of_length)

    assert deletions.without(frozenset({0, 2})) == ": prize !"


@given(st.text(max_size=60), st.data())
def test_text_without_words_is_shorter_by_just_these(text, data):
    deletions = Deletions(text, share_of_length)
    places = data.draw(st.frozensets(st.sampled_from(range(len(deletions.words) or 1))))
    removal = frozenset(place for place in places if place < len(deletions.words))

    left = deletions.without(removal)

    assert len(left) == len(text) - sum(len(deletions.words[place]) for place in removal)


def test_fall_is_the_probability_that_goes():
    deletions = Deletions("prize now", share_of_length)

    assert deletions.fall(frozenset({0}), 1) == pytest.approx(0.05)
    assert deletions.fall(frozenset({0}), 0) == pytest.approx(-0.05)
    assert deletions.fall(WHOLE, 1) == 0


def test_what_is_known_is_not_asked_again():
    asked = []

    def predict(texts):
        asked.append(texts)
        return share_of_length(texts)

    deletions = Deletions("prize now", predict)
    deletions.ask([WHOLE, frozenset({0}), WHOLE])
    deletions.ask([frozenset({0})])
    deletions.fall(frozenset({0}), 1)

    assert asked == [["prize now", " now"]]


@pytest.mark.parametrize(("text", "is_joined"), [("a b", True), ("a, b", False), ("a  b", True)])
def test_only_space_joins_words(text, is_joined):
    assert Deletions(text, share_of_length).is_joined(0) is is_joined
