"""Which messages to label next, and why: worked out beside the clicks, looked up by them."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from rhml_core.domain import DrawnBecause, Split
from rhml_core.machine.choosing.coverage import Rows
from rhml_core.machine.choosing.selection import Judged, Ranked, rank_read, rank_unread
from rhml_core.machine.protocol import Floats, Vectors
from rhml_core.measures.agreement.contested import contested_messages
from rhml_core.store import judgements
from rhml_core.store.database import Reader

N_RANKED = 200
"""Messages of a list: more than all experts draw between two states of the machine."""

_SEED = 0
_NO_LABEL = -1


def next_unread(
    db: Reader, project_id: str, keys: pl.DataFrame, vectors: Vectors
) -> dict[DrawnBecause, list[str]]:
    """
    What to label while the machine knows too little to say.

    Args:
        db: the store.
        project_id: an existing project.
        keys: `message_id, text_hash, split` of the messages that were read.
        vectors: shape (n, d), aligned with `keys`.
    """
    if keys.is_empty():
        return {}
    free, judged = _free_and_judged(db, project_id, keys)
    ranked = rank_unread(vectors, free=free, judged=judged, n=N_RANKED, seed=_SEED)
    return _named(ranked, keys)


def next_read(
    db: Reader,
    project_id: str,
    keys: pl.DataFrame,
    vectors: Vectors,
    *,
    labels: Sequence[str],
    probabilities: Floats,
    training: pl.DataFrame,
) -> dict[DrawnBecause, list[str]]:
    """
    What to label next now that the machine has learnt.

    Args:
        db: the store.
        project_id: an existing project.
        keys: `message_id, text_hash, split` of the messages that were read.
        vectors: shape (n, d), aligned with `keys`.
        labels: in the order of the probabilities' columns.
        probabilities: shape (n, n_labels); out of fold where the message was learnt from.
        training: `message_id, label` of what it learnt from; tied votes are not among it.
    """
    free, rows = _free_and_judged(db, project_id, keys)
    contested = contested_messages(judgements.current_labels(db, project_id))
    evenly_split = pl.col("entropy").clip(upper_bound=1.0)  # between two labels; or among more
    doubts = dict(contested.select("message_id", evenly_split).iter_rows())
    columns = {name: column for column, name in enumerate(labels)}
    learnt = dict(training.select("message_id", "label").iter_rows())
    names = keys["message_id"][rows].to_list()
    judged = Judged(
        rows=rows,
        labels=np.array(
            [columns[learnt[name]] if name in learnt else _NO_LABEL for name in names],
            dtype=np.int64,
        ),
        disagreement=np.array([doubts.get(name, 0.0) for name in names]),
    )
    ranked = rank_read(vectors, probabilities, free=free, judged=judged, n=N_RANKED, seed=_SEED)
    return _named(ranked, keys)


def _free_and_judged(db: Reader, project_id: str, keys: pl.DataFrame) -> tuple[Rows, Rows]:
    """
    Places in `keys` of the pool's messages that nobody has judged, and of those judged.

    What the codebook reopened is neither until it is judged again. A message with the very text
    of a hold-out message is neither: it must not teach.
    """
    judged = pl.concat(
        [
            judgements.current_labels(db, project_id).select("message_id"),
            judgements.adjudicated_labels(db, project_id).select("message_id"),
        ]
    )
    taken = judgements.reopened_judged(db, project_id)
    is_holdout = pl.col("split") == Split.HOLDOUT.value
    held_out = keys.filter(is_holdout)["text_hash"].implode()
    flags = keys.select(
        is_pool=~pl.col("text_hash").is_in(held_out),
        is_judged=pl.col("message_id").is_in(judged["message_id"].implode()),
        is_taken=pl.col("message_id").is_in(taken),
    )
    is_pool, is_judged = flags["is_pool"].to_numpy(), flags["is_judged"].to_numpy()
    is_free = is_pool & ~is_judged & ~flags["is_taken"].to_numpy()
    return np.flatnonzero(is_free), np.flatnonzero(is_pool & is_judged)


def _named(ranked: Ranked, keys: pl.DataFrame) -> dict[DrawnBecause, list[str]]:
    names = keys["message_id"]
    return {because: names[rows].to_list() for because, rows in ranked.items() if rows}
