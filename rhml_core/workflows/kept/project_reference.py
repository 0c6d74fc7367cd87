"""The best label known for each message of a project, worked out once until something is judged."""

from dataclasses import replace

import polars as pl

from rhml_core.measures.consensus import Reference, find_reference
from rhml_core.store import adjudications, judgements, message_facts
from rhml_core.store.database import Database
from rhml_core.workflows.kept.in_memory import KeptInMemory

_MOST_KEPT = 32

_MOST_PROJECTS = 8

_kept: KeptInMemory[Reference] = KeptInMemory(most_places=_MOST_KEPT)
_kept_votes: KeptInMemory[pl.DataFrame] = KeptInMemory(most_places=_MOST_PROJECTS)


def project_reference(db: Database, project_id: str, *, without: str | None = None) -> pl.DataFrame:
    """
    What `reference_labels` says of the project as it stands, if wanted without an expert.

    Votes are weighed by how people err on all messages, as for training; with many of them that
    takes seconds, and who looks at one message must not wait for it each time.
    """
    return _found(db, project_id, without).labels


def project_posterior(db: Database, project_id: str) -> pl.DataFrame:
    """
    How likely each label is of each message of the project as it stands, by weighed votes.

    Returns:
        `message_id, label` (String), `probability` (Float64), as from `posterior_labels`; what was
        adjudicated is certain. The same columns and no rows where votes are counted.
    """
    return _found(db, project_id, None).posterior


def posterior_of(db: Database, project_id: str, message_id: str) -> tuple[tuple[str, float], ...]:
    """Each label of one message and how likely it is, likeliest first; empty where unknown."""
    known = project_posterior(db, project_id).filter(pl.col("message_id") == message_id)
    ranked = known.sort("probability", "label", descending=[True, False])
    return tuple(ranked.select("label", "probability").iter_rows())


def _found(db: Database, project_id: str, without: str | None) -> Reference:
    newest = message_facts.newest_judging(db, project_id)
    return _kept.get(
        (str(db.path), project_id, without), newest, lambda: _work_out(db, project_id, without)
    )


def _work_out(db: Database, project_id: str, without: str | None) -> Reference:
    found = find_reference(
        _votes(db, project_id),
        judgements.adjudicated_labels(db, project_id),
        without=without,
    )
    if without is not None:  # nobody asks for it, and it is the longest part
        found = replace(found, posterior=found.posterior.clear())
    return found


def _votes(db: Database, project_id: str) -> pl.DataFrame:
    """As `judgements.current_labels`; not read anew after a decision, which changes none."""
    return _kept_votes.get(
        (str(db.path), project_id),
        message_facts.newest_vote(db, project_id),
        lambda: judgements.current_labels(db, project_id),
    )


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
