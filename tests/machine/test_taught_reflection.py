"""The lexicon weighed by judged messages: the supervised mirror of what people know."""

import time

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from rhml_core.errors import InvalidInputError, NotEnoughDataError
from rhml_core.machine import taught_reflection
from rhml_core.machine.reflection import fit_reflection
from rhml_core.machine.terms.matching import find_terms

LEXICON = {"sale": ["sell", "price", "sell; (exploit | 0day)"], "chat": ["hello", "thanks"]}
WORDS = ["sell", "price", "exploit", "hello", "thanks", "other", "words"]


@pytest.fixture
def judged():
    """Eighty texts; `thanks` stands in both labels, which no expert foresaw."""
    texts = ["sell exploit now", "what price", "hello all", "hello you, thanks"] * 10
    texts += ["sell this, thanks", "price, thanks", "hello", "nothing here"] * 10
    labels = ["sale", "sale", "chat", "chat"] * 10 + ["sale", "sale", "chat", "chat"] * 10
    return texts, labels


def test_terms_are_weighed_by_what_people_judged(judged):
    found = fit_reflection(*judged, LEXICON)

    answers = found.predict_proba(["sell it", "HELLO", "thanks"]).argmax(axis=1)
    weights = _weights(found)
    assert [found.labels[best] for best in answers[:2]] == ["sale", "chat"]
    assert weights["sell", "sale"] > 0 > weights["sell", "chat"]
    assert weights["hello", "chat"] > weights["thanks", "chat"]


def test_answers_add_up_the_weights_of_the_terms_found(judged):
    """Oracle: the model written out by hand, term by term."""
    found = fit_reflection(*judged, LEXICON)
    text = "sell an exploit, hello"
    here = find_terms([text], found.terms).toarray()[0]
    scores = found.intercepts + found.weights[:, here].sum(axis=1)

    probabilities = found.predict_proba([text])[0]

    assert probabilities == pytest.approx(np.exp(scores) / np.exp(scores).sum())


def test_fit_meets_that_of_scikit_learn_on_the_same_columns(judged):
    """Oracle: the same columns made by hand, and fitted until nothing moves any more."""
    texts, labels = judged
    lexicon = {"sale": ["price"], "chat": ["hello"]}
    found = fit_reflection(texts, labels, lexicon)
    here = find_terms(texts, found.terms).toarray()
    # As many shared columns as terms: each is its term's own column at half the scale.
    features = np.hstack([here, taught_reflection.SHARED_SCALE * here])

    oracle = LogisticRegression(
        C=found.inverse_regularisation, l1_ratio=0.5, solver="saga", max_iter=5000, tol=1e-6
    ).fit(features, labels)

    said = oracle.predict_proba(features)[:, [list(oracle.classes_).index(n) for n in found.labels]]
    assert found.predict_proba(texts) == pytest.approx(said, abs=0.05)


def test_a_text_without_a_term_gets_the_usual_share():
    """About the shares of labels among judged messages without a term."""
    texts = ["sell"] * 20 + ["nothing"] * 30
    labels = ["sale"] * 20 + ["sale"] * 6 + ["chat"] * 24

    found = fit_reflection(texts, labels, LEXICON)

    said = found.predict_proba(["of no word here", ""])
    chat = found.labels.index("chat")
    assert said[0].tolist() == said[1].tolist()
    assert said[0, chat] == pytest.approx(0.8, abs=0.1)


def test_a_term_that_nobody_judged_speaks_as_the_others_of_its_label(judged):
    lexicon = {"sale": ["sell", "price", "discount"], "chat": ["hello"]}

    found = fit_reflection(*judged, lexicon)

    weights = _weights(found)
    assert found.n_judged_with[found.terms.index("discount")] == 0
    assert weights["discount", "sale"] > 0 > weights["discount", "chat"]


def test_what_is_said_of_a_judged_text_never_saw_its_label():
    """A lone text of its kind is told by nobody else, so that its own label cannot be known."""
    texts = ["sell"] * 20 + ["hello"] * 20 + ["price"]
    labels = ["sale"] * 20 + ["chat"] * 20 + ["rare"]

    found = fit_reflection(texts, labels, LEXICON)

    rare = found.labels.index("rare")
    assert found.out_of_fold.shape == (41, 3)
    assert found.out_of_fold.sum(axis=1) == pytest.approx(np.ones(41))
    assert found.out_of_fold[-1, rare] == 0.0
    assert found.predict_proba(["price"])[0, rare] > 0.0
    assert (
        found.out_of_fold[:40].argmax(axis=1) == found.predict_proba(texts)[:40].argmax(1)
    ).all()


def test_labels_without_terms_and_terms_without_labels_are_borne(judged):
    """A label nobody judged is never answered; one without a term can be."""
    texts, labels = judged
    texts, labels = [*texts, *["words"] * 40], [*labels, *["news"] * 40]

    found = fit_reflection(
        texts,
        labels,
        {**LEXICON, "empty": [], "gone": ["exploit"]},
        all_labels=["gone", "news", "sale", "chat", "empty"],
    )

    said = found.predict_proba(["exploit", "words"])
    assert found.labels == ("gone", "news", "sale", "chat", "empty")
    assert said[:, [0, 4]].tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert said[1].argmax() == 1
    assert set(found.term_weights()["label"]) == {"news", "sale", "chat"}


def test_table_of_weights_has_a_row_for_each_term_and_judged_label(judged):
    found = fit_reflection(*judged, LEXICON)

    table = found.term_weights()

    assert table.columns == ["term", "label", "weight", "n_judged_with"]
    assert table.height == len(found.terms) * 2
    assert table["term"].to_list() == sorted(table["term"])
    assert table.filter(term="thanks")["n_judged_with"].to_list() == [30, 30]
    sums = table.group_by("term").agg(pl.col("weight").sum())["weight"]
    assert sums.to_list() == pytest.approx([0.0] * len(found.terms), abs=1e-9)


def test_weights_count_messages_more_or_less():
    texts, labels = ["sell", "sell"] * 20, ["sale", "chat"] * 20

    found = fit_reflection(texts, labels, LEXICON, weights=[3.0, 1.0] * 20)

    sale = found.labels.index("sale")
    assert found.predict_proba(["sell"])[0, sale] == pytest.approx(0.75, abs=0.05)


def test_two_messages_are_enough_to_begin():
    found = fit_reflection(["sell", "hello"], ["sale", "chat"], LEXICON)

    assert found.out_of_fold.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert found.inverse_regularisation == taught_reflection.DEFAULT


@pytest.mark.parametrize(
    ("texts", "labels", "lexicon", "kind", "said"),
    [
        (["sell"], ["sale"], {}, InvalidInputError, "no term yet"),
        (["sell"], ["sale"], {"sale": ["--"]}, InvalidInputError, "no term yet"),
        (["sell"], [], LEXICON, InvalidInputError, "one length"),
        (["sell"], ["sale"], LEXICON, NotEnoughDataError, "1 judged messages have 1"),
        ([], [], LEXICON, NotEnoughDataError, "0 judged messages have 0"),
        (["a", "b"], ["sale", "chat"], LEXICON, NotEnoughDataError, "None of the 2 judged"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused_in_words(texts, labels, lexicon, kind, said):
    with pytest.raises(kind, match=said):
        fit_reflection(texts, labels, lexicon)


def test_a_label_outside_the_codebook_is_refused(judged):
    with pytest.raises(InvalidInputError, match="sale, which the codebook does not have"):
        fit_reflection(*judged, LEXICON, all_labels=["chat", "other"])


@settings(max_examples=15)
@given(
    st.lists(st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join), min_size=4, max_size=12)
)
def test_every_answer_is_a_distribution_and_the_same_again(told):
    texts = ["sell", *told]
    labels = ["sale" if place % 2 else "chat" for place in range(len(texts))]

    found = fit_reflection(texts, labels, LEXICON)

    said = found.predict_proba([*told, ""])
    assert np.isfinite(said).all()
    assert said.sum(axis=1) == pytest.approx(np.ones(len(said)))
    assert found.out_of_fold.sum(axis=1) == pytest.approx(np.ones(len(texts)))
    again = fit_reflection(texts, labels, LEXICON).predict_proba([*told, ""])
    assert said.tolist() == again.tolist()


def test_two_hundred_labels_and_three_hundred_terms_take_about_a_second():
    """Processor time, so that a busy machine does not decide."""
    chance = np.random.default_rng(0)
    names = [f"label{number}" for number in range(6)]
    lexicon = {name: [f"{name}word{n}" for n in range(50)] for name in names}
    labels = [names[number % 6] for number in range(200)]
    texts = [
        " ".join(f"{label if chance.random() < 0.7 else names[0]}word{n}" for n in own)
        for label, own in zip(labels, chance.integers(0, 50, (200, 8)), strict=True)
    ]
    fit_reflection(texts[:20], labels[:20], lexicon)  # libraries are loaded
    started = time.process_time()

    fit_reflection(texts, labels, lexicon)

    assert time.process_time() - started < 2.5


def _weights(found):
    rows = found.term_weights().iter_rows(named=True)
    return {(row["term"], row["label"]): row["weight"] for row in rows}
