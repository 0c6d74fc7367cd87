import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.machine.evidence.word_forms import are_forms, is_variant


@pytest.mark.parametrize(
    ("one", "other"),
    [("sell", "selling"), ("planned", "plans"), ("hacker", "hacking"), ("story", "stories")],
)
def test_inflected_words_are_forms(one, other):
    assert are_forms(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("card", "care"), ("car", "care"), ("as", "is"), ("price", "prize")]
)
def test_other_words_are_no_forms(one, other):
    assert not are_forms(one, other)


@given(st.text("abcdes", min_size=1, max_size=8), st.text("abcdes", min_size=1, max_size=8))
def test_it_does_not_matter_which_comes_first(one, other):
    assert are_forms(one, one)
    assert are_forms(one, other) == are_forms(other, one)


def test_phrase_around_a_form_of_the_word_is_a_variant():
    assert is_variant(["gift", "cards"], ["card"])
    assert is_variant(["card"], ["gift", "cards"])
    assert not is_variant(["gift", "card"], ["lost", "card"])
