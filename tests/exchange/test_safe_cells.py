"""Cells that would run: an apostrophe goes in front, and comes off again."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.exchange.safe_cells import (
    guard_formula,
    guard_formulas,
    unguard_formula,
    unguard_formulas,
)


def test_formula_starts_get_an_apostrophe():
    frame = pl.DataFrame(
        {"a": ["=1", "+1", "-1", "@x", "\tx", "\rx", "\0x", "a=1", "", None], "n": -1}
    )

    safe = guard_formulas(frame)

    expected = ["'=1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "'\0x", "a=1", "", None]
    assert safe["a"].to_list() == expected
    assert safe["n"].to_list() == [-1] * 10


@given(
    texts=st.lists(
        st.text(
            st.one_of(
                st.sampled_from("'=+-@\t\r\x00\"\n,;|"), st.characters(exclude_categories=["Cs"])
            ),
            max_size=8,
        ),
        min_size=1,
        max_size=20,
    )
)
def test_guards_of_a_frame_are_those_of_its_cells(texts):
    guarded = guard_formulas(pl.DataFrame({"text": texts}))

    assert guarded["text"].to_list() == [guard_formula(text) for text in texts]
    assert unguard_formulas(guarded)["text"].to_list() == texts
    assert unguard_formulas(pl.DataFrame({"text": texts}))["text"].to_list() == [
        unguard_formula(text) for text in texts
    ]
