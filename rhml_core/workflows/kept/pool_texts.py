"""The messages that people and machine may learn from, kept in memory while terms are typed."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rhml_core.domain import Split
from rhml_core.machine.terms.word_index import WordIndex, index_words
from rhml_core.store import messages
from rhml_core.store.database import Database
from rhml_core.workflows.kept.in_memory import KeptInMemory

_MOST_PROJECTS = 4


@dataclass(frozen=True)
class PoolTexts:
    """
    The texts of the pool, in import order.

    Attributes:
        message_ids: theirs, in the same order.
        is_fair: shape (n,): whether what is measured on a message says nothing of the hold-out;
            False where a message there has the very same text.
    """

    message_ids: tuple[str, ...]
    texts: tuple[str, ...]
    is_fair: NDArray[np.bool_]

    @cached_property
    def words(self) -> WordIndex:
        """For one term after the other; made when the first is looked for."""
        return index_words(self.texts)

    @property
    def is_indexed(self) -> bool:
        """Whether `words` is there, so that nobody waits for it."""
        return "words" in self.__dict__

    @cached_property
    def rows(self) -> dict[str, int]:
        """Message -> its place."""
        return {message_id: row for row, message_id in enumerate(self.message_ids)}


_kept: KeptInMemory[PoolTexts] = KeptInMemory(most_places=_MOST_PROJECTS)


def pool_texts(db: Database, project_id: str) -> PoolTexts:
    """The pool as it stands; messages are only ever added, so that their number names a state."""
    return _kept.get(
        (str(db.path), project_id), _state(db, project_id), lambda: _read(db, project_id)
    )


def _state(db: Database, project_id: str) -> tuple[int, ...]:
    return tuple(messages.count_messages(db, project_id).values())


def _read(db: Database, project_id: str) -> PoolTexts:
    everything = messages.message_texts(db, project_id)
    held = everything.filter(pl.col("split") == Split.HOLDOUT.value)["text_hash"]
    pool = everything.filter(pl.col("split") == Split.POOL.value)
    return PoolTexts(
        message_ids=tuple(pool["message_id"]),
        texts=tuple(pool["text"]),
        is_fair=~pool["text_hash"].is_in(held.unique().implode()).to_numpy(),
    )
