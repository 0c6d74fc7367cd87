"""How many messages the terms find that nodes are tied to."""

import threading
from collections import OrderedDict
from collections.abc import Mapping

import numpy as np
import polars as pl

from rhml_core.domain import Split
from rhml_core.machine.terms.matching import find_terms
from rhml_core.store import messages
from rhml_core.store.database import Database

_MOST_KEPT = 32

_Key = tuple[str, str, int, tuple[tuple[str, ...], ...]]
_kept: "OrderedDict[_Key, tuple[int, ...]]" = OrderedDict()
_lock = threading.Lock()


def count_matches(
    db: Database, project_id: str, expressions: Mapping[str, tuple[str, ...]]
) -> dict[str, int]:
    """
    How many messages of the pool contain any of the terms of each node; hold-out ones do not count.

    Args:
        db: the store.
        project_id: an existing project.
        expressions: terms in the lexicon's notation, by node; a node without any is left out.
    """
    wanted = {node: tuple(sorted(set(terms))) for node, terms in expressions.items() if terms}
    if not wanted:
        return {}
    n_messages = messages.count_messages(db, project_id).get(Split.POOL.value, 0)
    groups = tuple(sorted(set(wanted.values())))
    key = (str(db.path), project_id, n_messages, groups)
    with _lock:
        counts = _kept.get(key)
    if counts is None:
        counts = _counted(db, project_id, groups)
        with _lock:
            _kept[key] = counts
            while len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
    by_group = dict(zip(groups, counts, strict=True))
    return {node: by_group[terms] for node, terms in wanted.items()}


def _counted(db: Database, project_id: str, groups: tuple[tuple[str, ...], ...]) -> tuple[int, ...]:
    everything = messages.message_texts(db, project_id)
    texts = everything.filter(pl.col("split") == Split.POOL.value)["text"].to_list()
    terms = sorted({term for group in groups for term in group})
    found = find_terms(texts, terms).tocsc()
    column = {term: place for place, term in enumerate(terms)}
    counts = []
    for group in groups:
        is_found = np.zeros(len(texts), dtype=bool)
        for term in group:
            is_found[found[:, column[term]].indices] = True
        counts.append(int(is_found.sum()))
    return tuple(counts)
