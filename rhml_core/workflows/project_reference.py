"""The best label known for each message of a project, worked out once until something is judged."""

import threading
from collections import OrderedDict

import polars as pl

from rhml_core.measures.consensus import reference_labels
from rhml_core.store import adjudications, judgements, message_facts
from rhml_core.store.database import Database

_MOST_KEPT = 32

_kept: "OrderedDict[tuple[str, str, int, str | None], pl.DataFrame]" = OrderedDict()
_lock = threading.Lock()


def project_reference(db: Database, project_id: str, *, without: str | None = None) -> pl.DataFrame:
    """
    What `reference_labels` says of the project as it stands, if wanted without an expert.

    Votes are weighed by how people err on all messages, as for training; with many of them that
    takes seconds, and who looks at one message must not wait for it each time.
    """
    newest = message_facts.newest_judging(db, project_id)
    key = (str(db.path), project_id, newest, without)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = reference_labels(
        judgements.current_labels(db, project_id),
        judgements.adjudicated_labels(db, project_id),
        without=without,
    )
    with _lock:
        _kept[key] = found
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return found


def reference_of(
    db: Database, project_id: str, message_id: str, *, with_consensus: bool = True
) -> dict[str, str]:
    """
    The `label` of one message as training has it, and its `source`; empty where none is known.

    Without consensus, only what a person decided.
    """
    standing = adjudications.standing_decisions(db, project_id, message_id=message_id)
    if standing.height:
        return {"label": standing["label"][0], "source": "adjudicated"}
    judged = judgements.labels_of_message(db, project_id, message_id)
    if not with_consensus or judged.is_empty():
        return {}
    found = project_reference(db, project_id).filter(pl.col("message_id") == message_id)
    return found.select("label", "source").row(0, named=True) if found.height else {}
