"""The lexicon alone: what the team's terms say of a message, without anything learnt."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from rhml_core.errors import InvalidInputError, MeasureUndefinedError
from rhml_core.machine.reflection import hit_shares, measure_reflection, reflect

LEXICON = {"spam": ["free entry", "prize", "Gew\u00e4hr"], "ham": ["station", "prize"]}
WORDS = ["free", "entry", "prize", "station", "hello", "re", "gew\u00e4hr"]

texts = st.lists(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), max_size=8)


def test_shares_of_hand_counted_hits():
    """A term counts once; `prize` stands under both labels; a word inside a word is no hit."""
    told = ["A PRIZE prize! Free  entry", "station", "freeentry prizes", "ohne GEW\u00c4HR."]

    shares = hit_shares(told, LEXICON)

    assert shares.tolist() == [[2 / 3, 1 / 3], [0, 1], [0, 0], [1, 0]]


@given(texts)
def test_each_row_is_shared_out_whole_or_not_at_all(told):
    shares = hit_shares(told, LEXICON)

    sums = shares.sum(axis=1)
    assert shares.shape == (len(told), 2)
    assert np.all(np.isclose(sums, 1) | (sums == 0))
    assert np.all(shares >= 0)


def test_most_hits_win_and_no_hit_gets_the_usual_label():
    told = ["free entry prize", "station", "good morning"]

    found = reflect(told, LEXICON, taught=["ham", "spam", "news", "news"])

    assert found.labels == ("spam", "ham", "news")
    assert found.n_hit == 2


@pytest.mark.parametrize(
    ("taught", "label"),
    [(["spam", "spam", "ham"], "spam"), (["spam", "ham", "ham"], "ham"), (["news"], "ham")],
)
def test_tie_goes_to_what_was_taught_more_often_then_to_the_alphabet(taught, label):
    assert reflect(["a prize"], LEXICON, taught=taught).labels == (label,)


@given(texts)
def test_one_more_term_of_a_label_never_takes_it_away(told):
    """A mirror: who adds `hello` to spam gets no fewer messages called spam."""
    taught = ["ham"]
    richer = LEXICON | {"spam": [*LEXICON["spam"], "hello"]}

    before = reflect(told, LEXICON, taught=taught).labels
    after = reflect(told, richer, taught=taught).labels

    assert all(new == "spam" for old, new in zip(before, after, strict=True) if old == "spam")


def test_figure_is_macro_f1_over_the_labels_of_the_reference():
    """Oracle: scikit-learn, on the labels that truly occur."""
    told = ["prize free entry", "station", "hello", "free entry", "hello", "station"] * 5
    truth = ["spam", "ham", "news", "spam", "ham", "ham"] * 5
    taught = ["news", "news", "ham"]
    answers = reflect(told, LEXICON, taught=taught).labels

    found = measure_reflection(told, truth, LEXICON, taught=taught)

    oracle = f1_score(truth, answers, average="macro", labels=["ham", "news", "spam"])
    assert found.macro_f1.value == pytest.approx(oracle)
    assert found.macro_f1.low <= oracle <= found.macro_f1.high
    assert (found.macro_f1.n, found.n_hit) == (30, 20)


def test_without_terms_or_teaching_there_is_no_answer():
    with pytest.raises(InvalidInputError, match="no term yet"):
        reflect(["x"], {"spam": ["--"]}, taught=["ham"])
    with pytest.raises(InvalidInputError, match="No message has taught"):
        reflect(["x"], LEXICON, taught=[])
    with pytest.raises(MeasureUndefinedError):
        measure_reflection([], [], LEXICON, taught=["ham"])
