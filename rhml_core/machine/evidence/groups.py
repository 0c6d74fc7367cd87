"""Messages in groups by meaning, and the words that mark a group off."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rhml_core.machine.evidence.phrases import single_words_of
from rhml_core.machine.protocol import Floats, Vectors
from rhml_core.measures.association import association

TYPICAL_SIZE = 40
FEWEST, MOST = 2, 40
"""Groups that messages are put into."""
LEAST_SURE = 3.0
"""Standard errors from which on a word marks a group off: of many words some reach 2 by chance."""
LEAST_ALIKE = 0.75
"""Cosine of two groups' middles from which on they are one."""


def group_vectors(vectors: Vectors, *, most: int, seed: int) -> NDArray[np.int64]:
    """
    The group of each vector.

    Args:
        vectors: shape (n, d), L2-normalised.
        most: how many groups at most; there is about one for every 40 vectors.
        seed: fixes the starting points.

    Returns:
        Shape (n,): numbers from 0.
    """
    from sklearn.cluster import KMeans  # noqa: PLC0415 - slow to import

    n_groups = int(np.clip(len(vectors) // TYPICAL_SIZE, FEWEST, max(FEWEST, min(MOST, most))))
    means = KMeans(min(n_groups, len(vectors)), n_init=3, random_state=seed)
    groups: NDArray[np.int64] = means.fit_predict(vectors).astype(np.int64)
    return groups


def merge_alike(
    groups: NDArray[np.int64], named: Sequence[int], vectors: Vectors
) -> list[NDArray[np.bool_]]:
    """Named groups as masks of their members, those with nearly the same middle as one."""
    merged: list[NDArray[np.bool_]] = []
    for group in named:
        is_member = groups == group
        alike = [at for at, mask in enumerate(merged) if _are_alike(vectors, is_member, mask)]
        for place in reversed(alike):
            is_member = is_member | merged.pop(place)
        merged.append(is_member)
    return sorted(merged, key=lambda mask: -int(mask.sum()))


def _are_alike(vectors: Vectors, one: NDArray[np.bool_], other: NDArray[np.bool_]) -> bool:
    middles = [vectors[mask].mean(axis=0) for mask in (one, other)]
    lengths = [float(np.linalg.norm(middle)) for middle in middles]
    return float(middles[0] @ middles[1]) >= LEAST_ALIKE * max(lengths[0] * lengths[1], 1e-12)


def leading_terms(texts: Sequence[str], is_member: NDArray[np.bool_], *, n: int) -> tuple[str, ...]:
    """
    The words that occur in a group's texts most surely more often than in the others.

    Args:
        texts: of the group and of all others.
        is_member: shape (len(texts),).
        n: how many words at most.

    Returns:
        Surest first; the surest alone where all others may be chance. Empty where no word is in
        two texts of the group.
    """
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415 - slow to import

    counter = CountVectorizer(analyzer=single_words_of, binary=True, dtype=np.float64)
    try:
        counter.fit([text for text, inside in zip(texts, is_member, strict=True) if inside])
    except ValueError:  # no text has a word
        return ()
    occurs = counter.transform(texts)
    n_inside: Floats = np.asarray(occurs.T @ is_member.astype(np.float64))
    n_with: Floats = np.asarray(occurs.sum(axis=0)).ravel()
    surely = association(n_inside, n_with, float(is_member.sum()), len(texts))
    surely = np.where(n_inside > 1, surely, 0.0)
    order = np.argsort(-surely, kind="stable")[:n]
    best = [place for place in order if surely[place] >= LEAST_SURE]
    best = best or [place for place in order[:1] if surely[place] > 0]
    return tuple(str(counter.get_feature_names_out()[place]) for place in best)
