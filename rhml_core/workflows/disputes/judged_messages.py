"""What was judged of the pool, message by message: the label known, who said what, who may look."""

import polars as pl

from rhml_core.domain import REFERENCE_RATER, Person, Role, Split
from rhml_core.measures.consensus import reference_labels
from rhml_core.store import judgements
from rhml_core.store import turns as turn_store
from rhml_core.store.database import Reader
from rhml_core.store.judged import judged_texts
from rhml_core.store.label_reviews import adjudicated_by
from rhml_core.workflows.visibility import answered_for


def judged_messages(db: Reader, project_id: str) -> pl.DataFrame:
    """
    Every judged message of the pool; hold-out messages stay out of it.

    Returns:
        `message_id, text` (String), `label` (String, the reference; null where the votes tie),
        `is_decided` (Boolean, a person adjudicated it; an imported reference that names nobody
        is no decision), `labels, expert_ids` (List[String], aligned; empty where the message
        was only adjudicated), in import order. The same columns and no rows if nothing is
        judged.
    """
    labels = judgements.current_labels(db, project_id)
    adjudicated = judgements.adjudicated_labels(db, project_id)
    known = reference_labels(labels, adjudicated).select("message_id", "label")
    decided = adjudicated_by(db, project_id).select(
        "message_id", is_decided=pl.col("expert_id") != REFERENCE_RATER
    )
    said = labels.group_by("message_id", maintain_order=True).agg(
        labels="label", expert_ids="expert_id"
    )
    nobody = pl.lit([], dtype=pl.List(pl.String))
    return (
        judged_texts(db, project_id)
        .filter(pl.col("split") == Split.POOL.value)
        .select("message_id", "text")
        .join(known, on="message_id", how="left", maintain_order="left")
        .join(said, on="message_id", how="left", maintain_order="left")
        .filter(pl.col("label").is_not_null() | pl.col("labels").is_not_null())
        .join(decided, on="message_id", how="left", maintain_order="left")
        .select(
            "message_id",
            "text",
            "label",
            pl.col("is_decided").fill_null(value=False),
            pl.col("labels").fill_null(nobody),
            pl.col("expert_ids").fill_null(nobody),
        )
    )


def finally_judged(db: Reader, person: Person, project_id: str, judged: pl.DataFrame) -> set[str]:
    """
    The judged messages of which a person may be told what the machine and others say.

    An expert may know of messages that they have judged themselves. Nobody may of a message
    that lies before them: its turn is not at its end.

    Args:
        db: where to look.
        person: who asks.
        project_id: where.
        judged: as from `judged_messages`.

    Returns:
        Identifiers of messages.
    """
    held = turn_store.held_messages(db, project_id, person.person_id)
    free = judged.filter(~pl.col("message_id").is_in(held))
    if person.role is not Role.EXPERT:
        return set(free["message_id"])
    own = free.filter(pl.col("expert_ids").list.contains(person.person_id))
    votes = own.select("message_id", expert_id="expert_ids").explode("expert_id")
    return set(answered_for(db, person, project_id, votes)["message_id"])
