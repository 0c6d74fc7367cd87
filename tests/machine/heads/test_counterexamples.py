"""A rejected term's counterexamples: what they change, and above all what they do not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.machine.heads.counterexamples import (
    make_counterexamples,
    no_counterexamples,
)
from rhml_core.machine.heads.head import train_head
from rhml_core.machine.heads.head_calibration import fit_temperature
from rhml_core.machine.terms.matching import find_terms
from tests.machine.fakes import HashingEncoder

TEXTS = [
    "win a prize escrow now",
    "cheap escrow offer",
    "cheap pills",
    "lunch at noon",
    "see you at the office",
    "hello my friend",
]
LABELS = ["spam", "spam", "spam", "ham", "ham", "ham"]
REJECTED = [("escrow", "spam")]


def share_with(term, texts, labels, weights, label):
    """Share of a label's weight that stands in texts with the term."""
    has = np.asarray(find_terms(texts, [term]).todense()).ravel()
    of_label = np.array(labels) == label
    return weights[has & of_label].sum() / weights[of_label].sum()


def test_term_is_cut_from_its_label_and_put_into_the_others():
    made = make_counterexamples(TEXTS, LABELS, None, REJECTED, seed=0)

    cut = {made.texts[n] for n, row in enumerate(made.origins) if LABELS[row] == "spam"}
    put = [made.texts[n] for n, row in enumerate(made.origins) if LABELS[row] == "ham"]
    assert cut == {"win a prize now", "cheap offer"}
    assert len(put) == 2
    assert all("escrow" in text.split() for text in put)
    assert [text.replace("escrow", "").split() for text in put] == [
        TEXTS[row].split() for row in made.origins if LABELS[row] == "ham"
    ]


def test_copies_take_their_weight_from_the_messages_that_they_stand_for():
    """
    By hand: two of three spam messages have the term, and get a copy that counts half.

    It is to stand in a third of the weight of ham too: two copies take it from all three.
    """
    made = make_counterexamples(TEXTS, LABELS, None, REJECTED, seed=0)

    of_messages, of_copies = made.weights[:6], made.weights[6:]
    assert of_messages == pytest.approx([0.5, 0.5, 1.0, 2 / 3, 2 / 3, 2 / 3])
    assert of_copies == pytest.approx([0.5] * 4)
    assert made.own_weights.tolist() == [1.0] * 6


words = st.lists(st.sampled_from(["escrow", "cheap", "lunch", "noon", "pills"]), min_size=1)


@given(
    st.lists(
        st.tuples(words, st.sampled_from(["spam", "ham", "news"]), st.floats(0.1, 5)),
        min_size=1,
        max_size=25,
    ),
    st.integers(2, 40),
)
def test_every_label_weighs_what_it_did_and_no_weight_is_lost(rows, most):
    """Whatever is rejected and however few copies are made, labels count as before."""
    texts = [" ".join(found) for found, _, _ in rows]
    labels = [label for _, label, _ in rows]
    weights = np.array([weight for _, _, weight in rows])

    made = make_counterexamples(texts, labels, weights, REJECTED, seed=1, most=most)

    after = made.extended(labels)
    assert (made.weights > 0).all()
    assert len(made) <= most
    for label in set(labels):
        is_label = np.array(after) == label
        assert made.weights[is_label].sum() == pytest.approx(
            weights[np.array(labels) == label].sum()
        )


@given(
    st.lists(st.tuples(words, st.sampled_from(["spam", "ham", "news"])), min_size=1, max_size=25)
)
def test_term_is_at_most_as_frequent_in_its_label_as_elsewhere(rows):
    """So that it speaks no more for the label: equal where room is left to put it."""
    texts = [" ".join(found) for found, _ in rows]
    labels = [label for _, label in rows]

    made = make_counterexamples(texts, labels, None, REJECTED, seed=1)

    after, of_copies = [*texts, *made.texts], made.extended(labels)
    if len(made) and any(set(found) != {"escrow"} for found, label in rows if label == "spam"):
        whole = [text for text, label in zip(texts, labels, strict=True) if label == "spam"]
        if all(set(text.split()) != {"escrow"} for text in whole):
            here = share_with("escrow", after, of_copies, made.weights, "spam")
            for label in {"ham", "news"} & set(labels):
                elsewhere = share_with("escrow", after, of_copies, made.weights, label)
                assert here <= elsewhere + 1e-9


def test_copies_stay_as_they_are_when_a_message_joins():
    """In the serving process each new text costs time; what was read once is not read again."""
    before = make_counterexamples(TEXTS, LABELS, None, REJECTED, seed=0)

    more = make_counterexamples([*TEXTS, "news of today"], [*LABELS, "ham"], None, REJECTED, seed=0)

    assert len(set(before.texts) & set(more.texts)) >= 3


def test_few_copies_stand_for_many_messages():
    texts = [f"escrow offer {n}" for n in range(50)] + [f"lunch at {n}" for n in range(50)]
    labels = ["spam"] * 50 + ["ham"] * 50

    made = make_counterexamples(texts, labels, None, REJECTED, seed=0, most=10)

    assert len(made) == 10
    assert made.weights == pytest.approx(np.full(110, 10 / 11))


def test_several_rejections_share_one_bound():
    """By hand: each of two labels' messages gives a quarter to either rejection."""
    texts = [f"escrow offer {n}" for n in range(20)] + [f"lunch at {n}" for n in range(20)]
    labels = ["spam"] * 20 + ["ham"] * 20

    made = make_counterexamples(texts, labels, None, [*REJECTED, ("lunch", "ham")], seed=0)

    assert len(made) == 80
    assert made.weights == pytest.approx([*[0.5] * 40, *[0.25] * 80])


def test_copies_of_many_rejections_stay_within_their_number():
    """Sixty labels, a word of each called no reason: still so many copies, of every label."""
    names = [f"l{n}" for n in range(60)]
    texts = [f"w{n} thing {k}" for n in range(60) for k in range(5)]
    labels = [name for name in names for _ in range(5)]
    rejected = [(f"w{n}", f"l{n}") for n in range(60)]

    made = make_counterexamples(texts, labels, None, rejected, seed=0)

    assert len(made) == 400
    assert {labels[row] for row in made.origins} == set(names)


many = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["escrow", "lunch", "pills", "noon", "cheap"]), min_size=1),
        st.sampled_from(["spam", "ham", "news", "talk"]),
        st.floats(0.1, 5),
    ),
    min_size=1,
    max_size=25,
)
rejections = st.sets(
    st.tuples(
        st.sampled_from(["escrow", "lunch", "pills"]),
        st.sampled_from(["spam", "ham", "news", "talk"]),
    )
)


@given(many, rejections, st.integers(0, 60))
def test_what_people_judged_counts_first(rows, rejected, most):
    """However much is rejected: half of each message stays, no copy outweighs its origin."""
    texts = [" ".join(found) for found, _, _ in rows]
    labels = [label for _, label, _ in rows]
    weights = np.array([weight for _, _, weight in rows])

    made = make_counterexamples(texts, labels, weights, rejected, seed=1, most=most)

    of_messages, of_copies = made.weights[: len(rows)], made.weights[len(rows) :]
    assert (of_messages >= weights / 2 - 1e-9).all()
    assert (of_messages <= weights + 1e-9).all()
    assert (of_copies > 0).all()
    assert (of_copies <= of_messages[made.origins] + 1e-9).all()
    assert len(made) <= most
    assert made.weights.sum() == pytest.approx(weights.sum())


def test_message_that_is_the_term_alone_gets_no_empty_copy():
    made = make_counterexamples(["escrow", "noon"], ["spam", "ham"], None, REJECTED, seed=0)

    assert len(made) == 0
    assert made.weights.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("rejected", [[], [("absent", "spam")], [("escrow", "no label")]])
def test_nothing_to_unteach_leaves_all_as_it_was(rejected):
    made = make_counterexamples(TEXTS, LABELS, None, rejected, seed=0)

    assert len(made) == 0
    assert made.weights.tolist() == no_counterexamples(np.ones(6)).weights.tolist()


def test_head_forgets_the_term_and_keeps_what_stood_beside_it():
    """The point of it all: the term alone says nothing any more, the honest words still do."""
    texts = [f"escrow cheap pills {n}" for n in range(20)]
    texts += [f"lunch at noon {n}" for n in range(20)]
    labels = ["spam"] * 20 + ["ham"] * 20
    encoder = HashingEncoder(256)

    def taught(rejected):
        made = make_counterexamples(texts, labels, None, rejected, seed=0)
        return train_head(
            encoder.encode([*texts, *made.texts]),
            made.extended(labels),
            made.weights,
            all_labels=["ham", "spam"],
            seed=0,
            origins=made.origins,
            own_weights=made.own_weights,
        )

    def said(trained, text):
        return trained.head.predict_proba(encoder.encode([text]))[0, 1]

    def rise(trained):
        return said(trained, "pills at noon escrow") - said(trained, "pills at noon")

    before, after = taught([]), taught(REJECTED)
    assert rise(before) > 0.03
    assert abs(rise(after)) < rise(before) / 5
    assert said(after, "cheap pills") > 0.9
    assert after.out_of_fold.shape == before.out_of_fold.shape == (40, 2)


def test_copies_tell_neither_temperature_nor_regularisation():
    """What people judged tells how sure a head may be, each message by its own weight."""
    rng = np.random.default_rng(0)
    texts = [f"escrow w{rng.integers(9)} {n}" for n in range(60)]
    labels = rng.permutation(["spam", "ham"] * 30).tolist()
    weights = rng.uniform(0.2, 3, 60)
    made = make_counterexamples(texts, labels, weights, REJECTED, seed=0)
    encoder = HashingEncoder(256)

    trained = train_head(
        encoder.encode([*texts, *made.texts]),
        made.extended(labels),
        made.weights,
        all_labels=["ham", "spam"],
        seed=0,
        origins=made.origins,
        own_weights=made.own_weights,
    )

    scores = np.log(trained.out_of_fold) * trained.temperature
    classes = (np.array(labels) == "spam").astype(np.int64)
    assert trained.temperature == pytest.approx(fit_temperature(scores, classes, weights), rel=1e-3)
    assert trained.temperature != pytest.approx(
        fit_temperature(scores, classes, made.weights[:60]), rel=1e-3
    )


def test_copies_are_held_back_with_their_origins():
    """
    A head that had seen the copy would recognise the message, and its answer would flatter.

    Labels are drawn at random and every message is alone with its words: whoever knows neither
    the message nor its copy can only guess.
    """
    rng = np.random.default_rng(0)
    texts = [f"escrow w{n}a w{n}b w{n}c" for n in range(60)]
    labels = rng.permutation(["spam", "ham"] * 30).tolist()
    encoder = HashingEncoder(1024)
    made = make_counterexamples(texts, labels, None, REJECTED, seed=0)

    trained = train_head(
        encoder.encode([*texts, *made.texts]),
        made.extended(labels),
        made.weights,
        all_labels=["ham", "spam"],
        seed=0,
        origins=made.origins,
    )

    right = trained.out_of_fold.argmax(axis=1) == (np.array(labels) == "spam")
    assert len(made) >= 30
    assert right.mean() < 0.65
