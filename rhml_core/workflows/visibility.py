"""Which messages an expert may see answers to: others' answers wait for the own one."""

import polars as pl

from rhml_core.domain import Mode, Person, Role, Split
from rhml_core.store import judgements, messages, projects
from rhml_core.store import turns as turn_store
from rhml_core.store.database import Reader


def answered_for(db: Reader, person: Person, project_id: str, labels: pl.DataFrame) -> pl.DataFrame:
    """
    The labels on messages that a person may know the answers to.

    An expert may know those of messages that they have judged, and of messages of the pool that
    have enough judgements and so will not come to them. What is held out may come to them as a
    probe for as long as they have not judged it. Of a message in their hands, in the midst of a
    turn too, they may know what the turn tells them and nothing else. Everyone else may know all.

    Args:
        db: where to look.
        person: who asks.
        project_id: where.
        labels: `message_id, expert_id` and others.

    Returns:
        Those of the rows, in their order.
    """
    if person.role is not Role.EXPERT:
        return labels
    overlap = projects.get_project(db, project_id).overlap
    held = turn_store.held_messages(db, project_id, person.person_id)
    is_own = (pl.col("expert_id") == person.person_id).any().over("message_id")
    is_full = pl.col("expert_id").n_unique().over("message_id") >= overlap
    may_be_probe = pl.col("message_id").is_in(messages.message_ids(db, project_id, Split.HOLDOUT))
    is_in_hands = pl.col("message_id").is_in(held)
    return labels.filter(~is_in_hands & (is_own | (is_full & ~may_be_probe)))


def machine_keeps_silent(db: Reader, person: Person, project_id: str, split: Split) -> bool:
    """
    Whether the machine says nothing to a person about messages of a split.

    Experts are never told its answers where it is measured, and in mode blind none at all: what
    they do on their own is measured there.
    """
    if person.role is not Role.EXPERT:
        return False
    is_blind = projects.get_project(db, project_id).mode is Mode.BLIND
    return is_blind or split is Split.HOLDOUT


def may_see_answers(db: Reader, person: Person, project_id: str, message_id: str) -> bool:
    """Whether a person may know what others and the machine say of one message."""
    if person.role is not Role.EXPERT:
        return True
    made = judgements.labels_of_message(db, project_id, message_id)
    return not answered_for(db, person, project_id, made).is_empty()
