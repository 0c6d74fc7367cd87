import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from rhml_core.machine.heads import letters
from rhml_core.machine.heads.letters import LetterSpace, fit_letters

TEXTS = [
    *(f"selling access number {n} to a clinic" for n in range(30)),
    *(f"leaked database of shop {n} attached" for n in range(30)),
]


def test_pieces_are_counted_inside_words_only():
    """The word "ab" between its spaces has three pairs of letters, two triples, one of four."""
    rows, _, counts = letters._count_pieces(["ab", "ab ab", ""])

    assert counts[rows == 0].tolist() == [1] * 6
    assert counts[rows == 1].tolist() == [2] * 6
    assert counts[rows == 2].sum() == 0


def test_likeness_of_spelling_is_that_of_scikit_learn():
    """Nothing but collisions of hashes and the last directions stands between the two."""
    words = ["maleware", "malware", "ransomware", "phishing kit", "fishing kit", "smishing"]
    oracle = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=2)
    expected = oracle.fit_transform(words)

    space = fit_letters(words, seed=0)
    places = space.read(words)

    ours = places @ places.T
    theirs = (expected @ expected.T).toarray()
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.97


def test_text_does_not_depend_on_its_company():
    space = fit_letters(TEXTS, seed=0)

    alone = space.read(["selling access to a bank"])
    in_company = space.read([*TEXTS, "selling access to a bank"])

    assert in_company[-1] == pytest.approx(alone[0], abs=1e-6)


def test_letter_case_and_spacing_say_nothing():
    space = fit_letters(TEXTS, seed=0)

    plain, shouted = space.read(["leaked database", "  LEAKED\n database "])

    assert shouted == pytest.approx(plain)


def test_text_without_letters_is_nowhere():
    space = fit_letters(TEXTS, seed=0)

    assert not space.read(["", " \n"]).any()


def test_same_seed_gives_the_same_space():
    one, other = fit_letters(TEXTS, seed=3), fit_letters(TEXTS, seed=3)

    assert (one.directions == other.directions).all()


@pytest.mark.parametrize("texts", [[], ["alone"], ["", ""], ["one", "two"]])
def test_too_few_or_too_different_texts_have_no_space(texts):
    assert fit_letters(texts, seed=0) is None


@given(st.lists(st.text(max_size=30), max_size=8))
def test_no_text_is_longer_than_one(texts):
    """A text's place is what the directions keep of a vector of length 1."""
    space = LetterSpace(
        np.ones(letters._N_BUCKETS, dtype=np.float32),
        np.eye(letters._N_BUCKETS, 50, dtype=np.float32),
    )

    lengths = np.linalg.norm(space.read(texts), axis=1)

    assert len(lengths) == len(texts)
    assert (lengths <= 1 + 1e-5).all()
