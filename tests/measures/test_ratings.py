"""Judgements as codes: nothing is lost, and order does not matter."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.errors import InvalidInputError
from rhml_core.measures.ratings import encode, encoded
from tests.measures.agreement.rated import frame, votes


def named(ratings):
    """The judgements as a dictionary again."""
    return {
        (ratings.messages[message], ratings.raters[rater]): ratings.labels[label]
        for message, rater, label in zip(
            ratings.message.tolist(), ratings.rater.tolist(), ratings.label.tolist(), strict=True
        )
    }


@given(votes, st.randoms())
def test_codes_name_the_same_judgements_in_any_order(of, random):
    shuffled = list(of.items())
    random.shuffle(shuffled)

    first, second = encode(frame(of)), encode(frame(dict(shuffled)))

    assert named(first) == named(second) == of
    assert first.labels == second.labels == tuple(sorted(set(of.values())))
    assert (first.votes != second.votes).nnz == 0


@given(votes)
def test_kinds_are_the_distinct_rows_of_counts(of):
    """Oracle: numpy's own distinct rows."""
    ratings = encode(frame(of))

    kinds, n_alike = ratings.kinds

    expected, expected_n = np.unique(ratings.counts, axis=0, return_counts=True)
    if of:
        assert kinds.tolist() == expected.tolist()
        assert n_alike.tolist() == expected_n.tolist()
    assert n_alike.sum() == len(ratings.messages)


def test_kinds_of_very_many_labels_do_not_run_over():
    """Forty labels with counts up to three do not fit into one whole number."""
    of = {(f"m{n}", f"r{rater}"): f"l{(n * rater) % 40:02}" for n in range(50) for rater in (1, 3)}
    of |= {(f"x{n}", f"r{rater}"): "l00" for n in range(2) for rater in range(3)}
    ratings = encode(frame(of))

    kinds, n_alike = ratings.kinds

    expected, expected_n = np.unique(ratings.counts, axis=0, return_counts=True)
    assert kinds.tolist() == expected.tolist()
    assert n_alike.tolist() == expected_n.tolist()


def test_labels_keep_the_order_asked_for():
    ratings = encode(frame({("m1", "ana"): "spam"}), ["threat", "spam"])

    assert ratings.labels == ("threat", "spam")
    assert ratings.counts.tolist() == [[0, 1]]


def test_a_label_that_was_not_asked_for_is_refused_by_name():
    with pytest.raises(InvalidInputError, match="spam is not among"):
        encode(frame({("m1", "ana"): "spam"}), ["ham"])


def test_some_raters_keep_messages_and_labels():
    of = {("m1", "ana"): "ham", ("m1", "ben"): "spam", ("m2", "cleo"): "threat"}
    ratings = encode(frame(of))

    some = ratings.of_raters(["cleo", "ana", "nobody"])

    assert named(some) == {("m1", "ana"): "ham", ("m2", "cleo"): "threat"}
    assert some.raters == ("ana", "cleo")
    assert some.labels == ratings.labels


def test_nothing_judged_has_tables_without_rows():
    ratings = encode(frame({}))

    assert ratings.n_judgements == 0
    assert (ratings.counts.shape, ratings.votes.shape) == ((0, 0), (0, 0))
    assert encoded(ratings) is ratings
    assert ratings.messages.dtype == pl.String
