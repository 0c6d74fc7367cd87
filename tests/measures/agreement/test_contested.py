"""Messages on which people are divided; and what every frame of this folder keeps to."""

import math
from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy.stats import entropy  # type: ignore[import-untyped] # ships no types

from rhml_core.measures.agreement.cohen import pairwise_kappa
from rhml_core.measures.agreement.contested import contested_messages
from rhml_core.measures.agreement.label_confusion import label_confusion
from tests.measures.agreement.rated import frame, shared, votes


def test_contested_messages_come_most_divided_first():
    """An even split in two is 1 bit, 3 to 1 is 0.811, three ways is log2(3)."""
    labels = shared(
        ana=["ham", "ham", "ham", "spam", "ham"],
        ben=["ham", "spam", "ham", "ham", "spam"],
        cleo=["ham", None, "ham", None, "threat"],
        dan=["ham", None, "spam", None, None],
    )

    contested = contested_messages(labels)

    assert contested.drop("entropy").rows() == [
        ("m00004", 3, 3, ["ham", "spam", "threat"]),
        ("m00001", 2, 2, ["ham", "spam"]),
        ("m00003", 2, 2, ["ham", "spam"]),
        ("m00002", 4, 2, ["ham", "spam"]),
    ]
    assert contested["entropy"].to_list() == pytest.approx(
        [math.log2(3), 1, 1, 2 - 0.75 * math.log2(3)]
    )


@given(votes)
def test_entropy_is_scipys(of):
    """Oracle: the entropy of each message's counted labels, one message after the other."""
    said = defaultdict(Counter)
    for (message, _), label in of.items():
        said[message][label] += 1

    contested = contested_messages(frame(of))

    found = dict(contested.select("message_id", "entropy").iter_rows())
    assert found == {
        message: pytest.approx(entropy(list(counts.values()), base=2), abs=1e-9)
        for message, counts in said.items()
        if len(counts) > 1
    }
    assert contested["entropy"].is_sorted(descending=True)


@given(votes, st.randoms())
def test_frames_do_not_depend_on_the_order_of_rows(of, random):
    shuffled = list(of.items())
    random.shuffle(shuffled)
    first, second = frame(of), frame(dict(shuffled))

    for measure in (pairwise_kappa, label_confusion, contested_messages):
        assert_frame_equal(measure(first), measure(second))


@pytest.mark.parametrize("measure", [pairwise_kappa, label_confusion, contested_messages])
def test_empty_frames_keep_their_columns(measure):
    full = shared(ana=["ham", "spam"], ben=["ham", "ham"])

    empty = measure(full.clear())

    assert empty.is_empty()
    assert empty.schema == measure(full).schema
