"""Which messages of the pool contain which terms of the lexicon, looked up once a version."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix  # type: ignore[import-untyped] # ships no types

from rhml_core.machine.terms.grammar import read_term
from rhml_core.machine.terms.matching import find_terms
from rhml_core.store import messages
from rhml_core.store.database import Database
from rhml_core.workflows.kept.in_memory import KeptInMemory
from rhml_core.workflows.kept.pool_texts import pool_texts
from rhml_core.workflows.lexicon.reading import current_lexicon

_MOST_PROJECTS = 4


@dataclass(frozen=True)
class PoolMatches:
    """
    Where the terms of one lexicon occur.

    Attributes:
        expressions: each of the lexicon once, sorted.
        matrix: shape (n_messages, n_expressions), bool, messages in the pool's order.
    """

    expressions: tuple[str, ...]
    matrix: csc_matrix

    @cached_property
    def columns(self) -> dict[str, int]:
        """Expression -> its column."""
        return {expression: column for column, expression in enumerate(self.expressions)}

    @cached_property
    def counts(self) -> Counter[str]:
        """Expression -> messages of the pool that contain it; 0 for one that cannot be read."""
        counts = np.diff(self.matrix.indptr).tolist()
        return Counter(dict(zip(self.expressions, counts, strict=True)))

    def rows_with(self, expression: str) -> NDArray[np.int64]:
        """Places in the pool of the messages that contain a term of the lexicon, ascending."""
        column = self.columns[expression]
        start, end = self.matrix.indptr[column : column + 2]
        return np.sort(self.matrix.indices[start:end]).astype(np.int64)

    def count_any(self, expressions: Iterable[str]) -> int:
        """
        How many messages of the pool contain at least one of these terms.

        One that is not in the lexicon any more is in none.
        """
        known = {expression for expression in expressions if expression in self.columns}
        columns = sorted(self.columns[expression] for expression in known)
        if not columns:
            return 0
        is_found = np.zeros(self.matrix.shape[0], dtype=np.bool_)
        is_found[self.matrix[:, columns].indices] = True
        return int(is_found.sum())


_kept: KeptInMemory[PoolMatches] = KeptInMemory(most_places=_MOST_PROJECTS)


def pool_matches(db: Database, project_id: str) -> PoolMatches:
    """Where the terms of the lexicon as it stands occur; looked up once a version and import."""
    lexicon = current_lexicon(db, project_id)
    n_messages = tuple(messages.count_messages(db, project_id).values())

    def find() -> PoolMatches:
        expressions = tuple(text for text in lexicon.expressions if read_term(text))
        found = find_terms(pool_texts(db, project_id).texts, expressions)
        return PoolMatches(expressions, csc_matrix(found))

    return _kept.get((str(db.path), project_id), (lexicon.version, n_messages), find)
