"""Looked for one by one, terms are found where they are found all at once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rhml_core.machine.terms.matching import find_terms
from rhml_core.machine.terms.word_index import index_words

WORDS = ["sell", "zero", "day", "exploit", "price", "Don't", "a.example", "ÉTÉ", "猫"]
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), max_size=8)
EXPRESSIONS = st.sampled_from(
    [
        "sell",
        "zero day",
        "don't sell",
        "sell; (zero day | exploit) AND price",
        "(été | 猫) AND sell",
        "price; price",
        "link:a.example",
        "absent",
        "absent sell",
    ]
)


@given(texts=TEXTS, expression=EXPRESSIONS)
def test_terms_are_found_as_all_at_once(texts, expression):
    rows = index_words(texts).find(expression)

    expected = np.flatnonzero(find_terms(texts, [expression]).toarray()[:, 0])
    assert rows.tolist() == expected.tolist()


def test_word_counts_once_in_a_text_and_in_any_case():
    rows = index_words(["Sell sell SELL", "buy", "don\u2019t sell"]).find("sell")

    assert rows.tolist() == [0, 2]
