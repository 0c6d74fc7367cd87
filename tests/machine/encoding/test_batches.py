from hypothesis import given
from hypothesis import strategies as st

from rhml_core.machine.encoding.batches import token_batches


def test_texts_of_like_length_are_read_together():
    """By hand: 9 alone, 4 and 4 fill the eight tokens, the rest is padded to 2."""
    assert token_batches([4, 2, 9, 4, 1], tokens_a_batch=8) == [[2], [0, 3], [1, 4]]


def test_no_texts_make_no_batch():
    assert token_batches([]) == []


@given(st.lists(st.integers(min_value=0, max_value=300)), st.integers(min_value=1, max_value=600))
def test_every_text_is_read_once_within_the_budget(lengths, tokens_a_batch):
    batches = token_batches(lengths, tokens_a_batch=tokens_a_batch)

    assert sorted(row for rows in batches for row in rows) == list(range(len(lengths)))
    for rows in batches:
        padded = len(rows) * max(lengths[row] for row in rows)
        assert len(rows) == 1 or padded <= tokens_a_batch
