"""Messages that say the same and are labelled differently."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped] # ships no types

from rhml_core.errors import InvalidInputError
from rhml_core.machine.protocol import Floats, Vectors

LEAST_SIMILARITY = 0.95
"""Cosine from which two messages count as near-twins."""

Rows = NDArray[np.int64]

# People are served by the same processor meanwhile.
_ONE_THREAD = {"limits": 1, "user_api": "blas"}
_BLOCK = 1024
_N_LEADING = 32
"""Directions that bound a cosine before it is worked out in full."""
_ROUNDING = 1e-4
_GATHERED = 16_384
_FEW = 1 / 64
"""Share of a block's pairs below which it is cheaper to compare them one by one."""

_SCHEMA = {
    "row": pl.Int64,
    "twin": pl.Int64,
    "similarity": pl.Float64,
    "is_same_text": pl.Boolean,
}


def normalised_text(text: str) -> str:
    r"""
    The text without what does not change its meaning: case, width, spacing, unseen characters.

    >>> normalised_text("Free\u200b  MONEY\n now") == normalised_text("free money now")
    True
    """
    if text.isascii():  # has neither widths nor unseen characters: most texts, and much faster
        return " ".join(text.casefold().split())
    folded = unicodedata.normalize("NFKC", text).casefold()
    seen = (c for c in folded if unicodedata.category(c) != "Cf")
    return " ".join("".join(seen).split())


def contradicting_twins(
    texts: Sequence[str],
    vectors: Vectors,
    labels: Sequence[str],
    *,
    least_similarity: float = LEAST_SIMILARITY,
) -> pl.DataFrame:
    """
    Pairs of messages that say the same and bear different labels, most similar first.

    Of messages with one text and one label the first stands for all. Every message is paired
    with one of the same text and another label, and with the most similar one of another
    text and another label, so there are at most twice as many pairs as messages. The search
    is exact; its memory does not grow with the square of the messages.

    Args:
        texts: of the judged messages.
        vectors: shape (n, d), L2-normalised, aligned; a row of zeros for a message that was
            not read yet, which is compared by its text alone.
        labels: theirs, aligned.
        least_similarity: cosine from which texts count as the same, above 0 to 1.

    Returns:
        `row`, `twin` (Int64, places in `texts`, `row` before `twin`), `similarity` (Float64,
        up to 1.0; 1.0 for the same text), `is_same_text` (Boolean), ordered by similarity,
        highest first, then `row`, `twin`. The same columns and no rows if there is none.

    Raises:
        InvalidInputError: the parts are not aligned.
    """
    if not len(texts) == len(vectors) == len(labels):
        raise InvalidInputError("Texts, vectors and labels must be of one length.")
    rows, text_of, label_of = _distinct(texts, labels)
    by_label = np.argsort(label_of, kind="stable")
    nodes = _Nodes(vectors[rows[by_label]], rows[by_label], text_of[by_label], label_of[by_label])
    with threadpool_limits(**_ONE_THREAD):
        pairs = _same_text(rows, text_of) + _near(nodes, least_similarity)
    return (
        pl.DataFrame(pairs, schema=_SCHEMA, orient="row")
        .unique(["row", "twin"])
        .sort("similarity", "row", "twin", descending=[True, False, False])
    )


@dataclass
class _Nodes:
    """
    Distinct texts with distinct labels, each with the most similar one found so far.

    They stand by label, so that what lies between two of the same label has that label too.
    """

    vectors: Vectors
    rows: Rows
    text_of: Rows
    label_of: Rows
    best: Floats = field(init=False)
    twin: Rows = field(init=False)

    def __post_init__(self) -> None:
        self.best = np.full(len(self.rows), -1.0)
        self.twin = np.full(len(self.rows), -1, dtype=np.int64)

    def may_contradict(self, left: Rows, right: Rows) -> NDArray[np.bool_]:
        """Whether pairs of nodes differ in label and in text; each pair counts once."""
        differs = (self.label_of[left] != self.label_of[right]) & (left < right)
        wanted: NDArray[np.bool_] = differs & (self.text_of[left] != self.text_of[right])
        return wanted

    def keep_best(self, left: Rows, right: Rows, similarity: Floats) -> None:
        """Note the pairs where they are more similar than what a node has."""
        order = np.argsort(similarity, kind="stable")
        for here, there in ((left[order], right[order]), (right[order], left[order])):
            is_better = similarity[order] > self.best[here]
            # Of several for one node the last assignment holds: the most similar.
            self.twin[here[is_better]] = there[is_better]
            self.best[here[is_better]] = similarity[order][is_better]


def _distinct(texts: Sequence[str], labels: Sequence[str]) -> tuple[Rows, Rows, Rows]:
    """First row of each text with each label, and numbers for the text and the label."""
    text_number: dict[str, int] = {}
    label_number: dict[str, int] = {}
    first: dict[tuple[int, int], int] = {}
    for row, (text, label) in enumerate(zip(texts, labels, strict=True)):
        of_text = text_number.setdefault(normalised_text(text), len(text_number))
        of_label = label_number.setdefault(label, len(label_number))
        first.setdefault((of_text, of_label), row)
    keys = np.array(list(first), dtype=np.int64).reshape(-1, 2)
    return np.array(list(first.values()), dtype=np.int64), keys[:, 0], keys[:, 1]


def _same_text(rows: Rows, text_of: Rows) -> list[tuple[int, int, float, bool]]:
    """Each later label of a text beside its first one."""
    first: dict[int, int] = {}
    pairs = []
    for row, text in zip(rows.tolist(), text_of.tolist(), strict=True):
        if text in first:
            pairs.append((first[text], row, 1.0, True))
        else:
            first[text] = row
    return pairs


def _near(nodes: _Nodes, least_similarity: float) -> list[tuple[int, int, float, bool]]:
    bounds = _bounds(nodes.vectors)
    n = len(nodes.rows)
    for top in range(0, n, _BLOCK):
        for side in range(top, n, _BLOCK):
            if nodes.label_of[top] == nodes.label_of[min(side + _BLOCK, n) - 1]:
                continue  # one label alone
            upper = bounds[top : top + _BLOCK] @ bounds[side : side + _BLOCK].T
            at = np.flatnonzero(upper >= least_similarity - _ROUNDING)
            left, right = np.divmod(at, upper.shape[1])
            left, right = left + top, right + side
            is_wanted = nodes.may_contradict(left, right)
            left, right = left[is_wanted], right[is_wanted]
            similarity = _cosines(nodes.vectors, left, right, top, side)
            is_near = similarity >= least_similarity
            nodes.keep_best(left[is_near], right[is_near], similarity[is_near])
    found = np.flatnonzero(nodes.twin >= 0)
    here, there = nodes.rows[found], nodes.rows[nodes.twin[found]]
    return [
        (min(a, b), max(a, b), min(similarity, 1.0), False)
        for a, b, similarity in zip(
            here.tolist(), there.tolist(), nodes.best[found].tolist(), strict=True
        )
    ]


def _bounds(vectors: Vectors) -> Vectors:
    """
    Short vectors whose products are never below the cosines, shape (n, at most 33).

    In the directions that matter most the product is exact; what is left of two vectors adds
    at most the product of their lengths (Cauchy and Schwarz).
    """
    if not vectors.size:
        return vectors
    scatter = vectors.T @ vectors
    _, directions = np.linalg.eigh(scatter)
    leading = vectors @ directions[:, -_N_LEADING:]
    left_over = (vectors * vectors).sum(axis=1) - (leading * leading).sum(axis=1)
    rest = np.sqrt(np.maximum(left_over, 0.0))
    return np.column_stack([leading, rest]).astype(np.float32)


def _cosines(vectors: Vectors, left: Rows, right: Rows, top: int, side: int) -> Floats:
    """Cosines of pairs of one block, all of it at once where most of it is asked for."""
    if len(left) > _FEW * _BLOCK * _BLOCK:
        whole = vectors[top : top + _BLOCK] @ vectors[side : side + _BLOCK].T
        return np.asarray(whole[left - top, right - side], dtype=np.float64)
    cosines = np.empty(len(left))
    for start in range(0, len(left), _GATHERED):
        part = slice(start, start + _GATHERED)
        cosines[part] = np.einsum("ij,ij->i", vectors[left[part]], vectors[right[part]])
    return cosines
