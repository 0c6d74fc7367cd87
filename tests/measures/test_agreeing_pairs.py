import itertools

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.measures.agreeing_pairs import agreeing_pairs

NOBODY = "Nobody judged together."


def frame(rows):
    return pl.DataFrame(
        rows, schema=["message_id", "expert_id", "label"], orient="row", schema_overrides={}
    ).cast(pl.String)


def test_share_of_pairs_by_hand():
    """m1: one pair, alike. m2: three pairs, one alike. m3: one person, no pair."""
    labels = frame(
        [
            ("m1", "ana", "spam"),
            ("m1", "ben", "spam"),
            ("m2", "ana", "spam"),
            ("m2", "ben", "spam"),
            ("m2", "cho", "ham"),
            ("m3", "ana", "ham"),
        ]
    )

    found = agreeing_pairs(labels, missing=NOBODY).interval

    assert (found.value, found.n) == (0.5, 4)
    assert 0 <= found.low < 0.5 < found.high <= 1


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("mno"), st.sampled_from("abcd")), st.sampled_from(["x", "y"])
    )
)
def test_share_is_that_of_pairs_counted_one_by_one(said):
    """Oracle: every pair of people on every message, in a plain loop."""
    labels = frame([(message, expert, label) for (message, expert), label in said.items()])

    found = agreeing_pairs(labels, missing=NOBODY)

    pairs = [
        said[message, one] == said[message, other]
        for message in "mno"
        for one, other in itertools.combinations("abcd", 2)
        if (message, one) in said and (message, other) in said
    ]
    if not pairs:
        assert (found.interval, found.missing) == (None, NOBODY)
    else:
        assert found.interval.value == pytest.approx(sum(pairs) / len(pairs))
        assert found.interval.n == len(pairs)
