"""Which texts are read together: of like length, and few enough to stay in a processor's cache."""

from collections.abc import Sequence

TOKENS_A_BATCH = 256
"""Tokens read together: fewer leave the weights little used, more overflow the cache."""


def token_batches(
    lengths: Sequence[int], *, tokens_a_batch: int = TOKENS_A_BATCH
) -> list[list[int]]:
    """
    The rows of each batch, longest texts first, so that hardly any padding is read.

    Args:
        lengths: each text's number of tokens.
        tokens_a_batch: at most this many, padding counted; a longer text is read alone.

    Returns:
        Each row exactly once; no empty batch.

    >>> token_batches([3, 9, 4], tokens_a_batch=8)
    [[1], [2, 0]]
    """
    longest_first = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    batches: list[list[int]] = []
    at = 0
    while at < len(longest_first):
        longest = max(lengths[longest_first[at]], 1)
        n_texts = max(tokens_a_batch // longest, 1)
        batches.append(longest_first[at : at + n_texts])
        at += n_texts
    return batches
