"""
Judgements as whole numbers, encoded once for every measure on the same data.

A frame of judgements is read into codes, and from these come the tables that the measures
share: how often each message got each label, and which rater gave which label where.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array  # type: ignore[import-untyped] # ships no types

from rhml_core.errors import InvalidInputError

_LARGEST_CODE = 2**62
"""Rows of counts are told apart by one whole number each up to here."""


@dataclass(frozen=True, eq=False)
class Ratings:
    """
    Judgements as codes; a code is the place of the name in its list.

    Attributes:
        message: shape (judgements,): which message was judged.
        rater: shape (judgements,): who judged.
        label: shape (judgements,): what was said.
        messages: names of the messages, sorted.
        raters: names of the raters, sorted.
        labels: names of the labels; sorted, or in the order that was asked for.
    """

    message: NDArray[np.int32]
    rater: NDArray[np.int32]
    label: NDArray[np.int32]
    messages: pl.Series
    raters: tuple[str, ...]
    labels: tuple[str, ...]

    @property
    def n_judgements(self) -> int:
        """How many labels were given."""
        return self.message.size

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How often each message got each label: shape (messages, labels)."""
        n_messages, n_labels = len(self.messages), len(self.labels)
        cells = self.message * np.int64(n_labels) + self.label
        return np.bincount(cells, minlength=n_messages * n_labels).reshape(n_messages, n_labels)

    @cached_property
    def kinds(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """
        The different rows of `counts`, and how many messages have each.

        Messages whose labels were given equally often are alike to every measure that does not
        ask who gave them. Shape (kinds, labels), sorted, and shape (kinds,).
        """
        counts = self.counts
        base = int(counts.max(initial=0)) + 1
        if base ** counts.shape[1] > _LARGEST_CODE:
            kinds, n_alike = np.unique(counts, axis=0, return_counts=True)
            return kinds, n_alike
        places = base ** np.arange(counts.shape[1] - 1, -1, -1, dtype=np.int64)
        codes, n_alike = np.unique(counts @ places, return_counts=True)
        return codes[:, np.newaxis] // places % base, n_alike

    @cached_property
    def votes(self) -> csr_array:
        """
        Who gave which label where: 1.0 in row `message`, column `rater * labels + label`.

        Shape (messages, raters * labels), sparse, its columns sorted within each row, so that
        sums do not depend on the order of the judgements.
        """
        columns = self.rater * np.int32(len(self.labels)) + self.label
        shape = (len(self.messages), len(self.raters) * len(self.labels))
        votes = csr_array((np.ones(self.n_judgements), (self.message, columns)), shape=shape)
        votes.sum_duplicates()
        return votes

    def of_raters(self, names: Sequence[str]) -> "Ratings":
        """The judgements of some raters alone; all messages and labels keep their codes."""
        kept = [name for name in self.raters if name in set(names)]
        new_code = np.full(len(self.raters), -1, dtype=np.int32)
        new_code[[self.raters.index(name) for name in kept]] = np.arange(len(kept))
        is_kept = new_code[self.rater] >= 0
        return Ratings(
            message=self.message[is_kept],
            rater=new_code[self.rater[is_kept]],
            label=self.label[is_kept],
            messages=self.messages,
            raters=tuple(kept),
            labels=self.labels,
        )


def encode(judgements: pl.DataFrame, labels: Sequence[str] | None = None) -> Ratings:
    """
    Judgements as codes.

    Args:
        judgements: `message_id`, `expert_id`, `label` (String); one row per message and rater.
            A message that a rater skipped is an absent row.
        labels: the labels there are, in the order wanted, such as those of the codebook; None
            takes the labels in use, sorted.

    Returns:
        The same whatever the order of the rows.

    Raises:
        InvalidInputError: a judgement has a label that is not among `labels`.

    >>> two = {"message_id": ["m2", "m1"], "expert_id": ["ana"] * 2, "label": ["ham", "spam"]}
    >>> encode(pl.DataFrame(two)).label.tolist()
    [0, 1]
    """
    messages, message = _codes(judgements["message_id"])
    raters, rater = _codes(judgements["expert_id"])
    in_use, label = _codes(judgements["label"])
    names = in_use.to_list()
    if labels is not None:
        unknown = sorted(set(names) - set(labels))
        if unknown:
            raise InvalidInputError(
                f"{unknown[0]} is not among the labels to measure. Add it or leave it out."
            )
        places = np.array([list(labels).index(name) for name in names], dtype=np.int32)
        names, label = list(labels), places[label]
    return Ratings(
        message=message,
        rater=rater,
        label=label,
        messages=messages,
        raters=tuple(raters.to_list()),
        labels=tuple(names),
    )


def encoded(judgements: pl.DataFrame | Ratings) -> Ratings:
    """The judgements as codes, encoded now unless they already are."""
    return judgements if isinstance(judgements, Ratings) else encode(judgements)


def _codes(names: pl.Series) -> tuple[pl.Series, NDArray[np.int32]]:
    """The distinct names, sorted, and each row's place among them."""
    distinct = names.unique().sort()
    codes = names.cast(pl.Enum(distinct)).to_physical().cast(pl.Int32).to_numpy()
    return distinct, codes
