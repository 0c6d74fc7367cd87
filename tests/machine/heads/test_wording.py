import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.machine.evidence.phrases import words_of
from rhml_core.machine.heads.letters import fit_letters
from rhml_core.machine.heads.wording import (
    LETTER_SCALE,
    NO_WORDING,
    TERM_SCALE,
    Wording,
    find_terms,
    normal_terms,
)

ALPHABET = st.sampled_from("ab'\u2019 -_éΣ\n.")


def test_terms_are_found_word_by_word():
    """Part of a word is not the word, and the words of a phrase stand side by side."""
    texts = ["Free  ENTRY now", "freedom entry", "entry, free", "it's free-entry", ""]

    found = find_terms(texts, ["entry", "free entry", "it's"])

    assert found.tolist() == [
        [True, True, False],
        [True, False, False],
        [True, False, False],
        [True, True, True],
        [False, False, False],
    ]


@given(
    st.lists(st.text(ALPHABET, max_size=12), max_size=6),
    st.lists(st.text(ALPHABET, max_size=5), max_size=4),
)
def test_short_cut_finds_what_looking_at_every_word_finds(texts, raw_terms):
    """Most texts are passed over by their letters; none may be passed over wrongly."""
    terms = normal_terms(raw_terms)

    found = find_terms(texts, terms)

    padded = [f" {' '.join(words_of(text))} " for text in texts]
    assert found.tolist() == [[f" {term} " in text for term in terms] for text in padded]


def test_terms_are_normal_once():
    assert normal_terms(["B  c", "b C", "a", "…"]) == ("a", "b c")


def test_nothing_is_read_where_nothing_is_looked_for():
    assert NO_WORDING.n_features == 0
    assert NO_WORDING.read(["a text"]).shape == (1, 0)


def test_readings_are_spelling_first_then_terms():
    texts = [f"{word} number {n}" for word in ("sale", "leak") for n in range(20)]
    wording = Wording(("leak",), fit_letters(texts, seed=0))

    readings = wording.read(texts)

    assert readings.dtype == np.float16
    assert readings.shape == (40, wording.n_features)
    assert readings[:, -1] == pytest.approx([0.0] * 20 + [TERM_SCALE] * 20, abs=1e-3)
    assert readings[:, :-1] == pytest.approx(LETTER_SCALE * wording.letters.read(texts), abs=1e-3)
