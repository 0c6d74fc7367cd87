"""What a run says of texts, one chunk at a time."""

import hashlib
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.machine.heads.head import LinearHead
from rhml_core.machine.heads.wording import Wording
from rhml_core.machine.scoring import Scorer, answer_read, describe_answers, score_chunk
from tests.machine.fakes import HashingEncoder

LABELS = ("ham", "spam", "never judged")


@pytest.fixture
def scorer():
    encoder = HashingEncoder(dimension=16)
    coefficients = np.random.default_rng(3).normal(size=(3, 16))
    head = LinearHead(LABELS, coefficients, np.array([0.0, 0.5, -np.inf]))
    return Scorer(LABELS, encoder, head)


def chunk_of(texts):
    return pl.DataFrame(
        {"row": range(2, len(texts) + 2), "id": [None] * len(texts), "text": list(texts)},
        schema={"row": pl.Int64, "id": pl.String, "text": pl.String},
    )


def test_hand_computed_answers():
    answers = describe_answers(("a", "b", "c"), np.array([[0.7, 0.1, 0.2], [0.25, 0.5, 0.25]]))

    assert answers["label"].to_list() == ["a", "b"]
    assert answers["probability"].to_list() == [0.7, 0.5]
    assert answers["margin"].to_list() == pytest.approx([0.5, 0.25])
    assert answers["probabilities"].to_list() == [[0.7, 0.1, 0.2], [0.25, 0.5, 0.25]]


def test_first_label_wins_a_tie():
    answers = describe_answers(("a", "b"), np.array([[0.5, 0.5]]))

    assert answers.select("label", "margin").row(0) == ("a", 0.0)


def test_equal_texts_are_read_once_and_stand_in_their_places(scorer):
    found = score_chunk(scorer, chunk_of(["a", "b", "a"]), with_text=True)

    assert scorer.encoder.n_encoded == 2
    assert found["text"].to_list() == ["a", "b", "a"]
    assert found.row(0)[2:] == found.row(2)[2:]
    assert found["row"].to_list() == [2, 3, 4]


def test_hash_is_that_of_imported_messages(scorer):
    """So that a scored file can be laid beside the messages of a project."""
    found = score_chunk(scorer, chunk_of(["Grüße"]), with_text=False)

    assert found["text_hash"][0] == hashlib.sha256("Grüße".encode()).hexdigest()


def test_no_texts_give_no_rows_and_all_columns(scorer):
    one = score_chunk(scorer, chunk_of(["a"]), with_text=True)

    none = score_chunk(scorer, chunk_of([]), with_text=True)

    assert none.schema == one.schema
    assert none.is_empty()


def test_no_vectors_give_no_answers(scorer):
    assert answer_read(scorer.head, [], np.zeros((0, 16), dtype=np.float32)).is_empty()


def test_words_count_where_the_head_reads_them(scorer):
    """A head may look at terms beside the embedding; without them its answer would be another's."""
    wording = Wording(terms=("prize",))
    reads_terms = replace(
        scorer.head, wording=wording, wording_coefficients=np.array([[0.0], [50.0], [0.0]])
    )

    plain = score_chunk(scorer, chunk_of(["prize", "lunch"]), with_text=False)
    found = score_chunk(
        replace(scorer, head=reads_terms), chunk_of(["prize", "lunch"]), with_text=False
    )

    assert found["probability_spam"][0] > max(0.99, plain["probability_spam"][0])
    assert found["probability_spam"][1] == pytest.approx(plain["probability_spam"][1])


@given(st.lists(st.text(max_size=8), max_size=12), st.integers(1, 12))
def test_chunks_together_say_what_the_whole_says(texts, n_rows):
    """Where a chunk ends must not matter to what is said."""
    head = LinearHead(("a", "b"), np.random.default_rng(5).normal(size=(2, 16)), np.zeros(2))
    scorer = Scorer(("a", "b"), HashingEncoder(dimension=16), head)
    whole = chunk_of(texts)

    parts = [
        score_chunk(scorer, whole.slice(start, n_rows), with_text=False)
        for start in range(0, max(whole.height, 1), n_rows)
    ]

    expected = head.predict_proba(scorer.encoder.encode(texts)) if texts else np.zeros((0, 2))
    found = pl.concat(parts)
    assert found["row"].equals(whole["row"])
    assert found.select("probability_a", "probability_b").to_numpy() == pytest.approx(expected)
    assert (found["margin"] >= 0).all()
