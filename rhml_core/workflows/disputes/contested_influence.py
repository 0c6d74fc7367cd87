"""How much settling a message would teach: the unjudged messages that look up to it."""

import numpy as np
import polars as pl

from rhml_core.domain import Split
from rhml_core.store import judgements, message_facts, messages
from rhml_core.store.database import Database, Reader
from rhml_core.workflows.kept.beside import KeptBeside
from rhml_core.workflows.kept.in_memory import KeptInMemory
from rhml_core.workflows.live.explanations import LiveMachine
from rhml_core.workflows.workplace import Workplace

_MOST_PRODUCTS = 20_000_000
"""Similarities worked out at most, about half a second; beyond it, unjudged ones are sampled."""

_FEWEST_SAMPLED = 500
_PRODUCTS_AT_A_TIME = 4_000_000
_SEED = 0
_MOST_KEPT = 8

_SCHEMA = {"message_id": pl.String, "n_alike": pl.Int64}

_kept: KeptInMemory[pl.DataFrame] = KeptInMemory(most_places=_MOST_KEPT)
_beside: KeptBeside[pl.DataFrame] = KeptBeside(most_places=_MOST_KEPT)


def influence(place: Workplace, project_id: str) -> pl.DataFrame:
    """
    How many unjudged messages have each judged message as their nearest one.

    What is settled about a message is what the machine will say first of those nearest to it. Only
    the pool teaches, so messages of the hold-out have none. In large projects the number is
    estimated from a sample of the unjudged messages. Worked out anew only when other messages are
    judged, not at each decision, and then beside the page: it shows the last ones meanwhile.

    Returns:
        `message_id` (String), `n_alike` (Int64, 0 or more), by message. The same columns and no
        rows while the machine knows too little to speak.
    """
    live = place.machines.live(project_id)
    if live is None:
        return pl.DataFrame(schema=_SCHEMA)
    look = _beside.look(
        (str(place.db.path), project_id),
        (
            live.encoder.encoder_id,
            len(live.rows),
            message_facts.newest_vote(place.db, project_id),
            *messages.count_messages(place.db, project_id).values(),
        ),
        lambda: _work_out(place.db, project_id, live),
        place.machines.do_later,
    )
    return pl.DataFrame(schema=_SCHEMA) if look.value is None else look.value


def _work_out(db: Database, project_id: str, live: LiveMachine) -> pl.DataFrame:
    pool = _pool(db, project_id, live)
    judged = pool.filter(pl.col("is_judged"))
    fingerprint = int(judged["message_id"].hash(seed=_SEED).sum()) if judged.height else 0
    return _kept.get(
        (str(db.path), project_id),
        (live.encoder.encoder_id, pool.height, fingerprint),
        lambda: _influence(live, judged, pool.filter(~pl.col("is_judged"))),
    )


def _influence(live: LiveMachine, judged: pl.DataFrame, unjudged: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "message_id": judged["message_id"],
            "n_alike": n_nearest(
                live.vectors, judged["row"].to_numpy(), unjudged["row"].to_numpy()
            ),
        },
        schema=_SCHEMA,
    )


def n_nearest(vectors: np.ndarray, judged: np.ndarray, unjudged: np.ndarray) -> np.ndarray:
    """
    How many of the unjudged rows have each judged row as their nearest one, by cosine.

    Args:
        vectors: shape (n, dimension), of length 1 each.
        judged: rows, shape (n_judged,).
        unjudged: rows, shape (n_unjudged,); where they are too many, a sample of them stands for
            all and the counts are estimates.

    Returns:
        Shape (n_judged,), integers; equally near ones count for the first of them.
    """
    if not judged.size or not unjudged.size:
        return np.zeros(judged.size, dtype=np.int64)
    n_sampled = min(unjudged.size, max(_MOST_PRODUCTS // judged.size, _FEWEST_SAMPLED))
    sampled = (
        unjudged
        if n_sampled == unjudged.size
        else np.random.default_rng(_SEED).choice(unjudged, n_sampled, replace=False)
    )
    known = vectors[judged].T
    at_a_time = max(1, _PRODUCTS_AT_A_TIME // judged.size)
    counts = np.zeros(judged.size, dtype=np.int64)
    for start in range(0, n_sampled, at_a_time):
        nearest = (vectors[sampled[start : start + at_a_time]] @ known).argmax(axis=1)
        counts += np.bincount(nearest, minlength=judged.size)
    scaled: np.ndarray = np.rint(counts * (unjudged.size / n_sampled)).astype(np.int64)
    return scaled


def _pool(db: Reader, project_id: str, live: LiveMachine) -> pl.DataFrame:
    """`message_id, row, is_judged` of the pool's messages that the machine has read, by message."""
    rows = pl.DataFrame(
        {"message_id": list(live.rows), "row": list(live.rows.values())},
        schema={"message_id": pl.String, "row": pl.Int64},
    )
    judged = judgements.current_labels(db, project_id)["message_id"].implode()
    return (
        messages.message_keys(db, project_id)
        .filter(pl.col("split") == Split.POOL.value)
        .join(rows, on="message_id", how="inner")
        .select("message_id", "row", is_judged=pl.col("message_id").is_in(judged))
        .sort("message_id")
    )
