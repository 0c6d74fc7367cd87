"""Who may see which answers: others' wait for the own one, the machine's for the decision."""

from collections.abc import Sequence

import polars as pl

from rhml_core.domain import Mode, Person, Role, Split
from rhml_core.store import adjudications, judgements, messages, projects
from rhml_core.store import turns as turn_store
from rhml_core.store.database import Reader
from rhml_core.workflows.turn.first_round_standing import still_asked


def answered_for(db: Reader, person: Person, project_id: str, labels: pl.DataFrame) -> pl.DataFrame:
    """
    The labels on messages that a person may know the answers to.

    An expert may know those of messages that they have judged, and of messages of the pool that
    have enough judgements and so will not come to them. What is held out may come to them as a
    probe for as long as they have not judged it. Of a message in their hands, in the midst of a
    turn too, they may know what the turn tells them and nothing else. Before they have passed the
    first round, what it may ask about is closed to them. Everyone else may know all.

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
    closed = [*held, *still_asked(db, person, project_id)]
    is_own = (pl.col("expert_id") == person.person_id).any().over("message_id")
    is_full = pl.col("expert_id").n_unique().over("message_id") >= overlap
    may_be_probe = pl.col("message_id").is_in(messages.message_ids(db, project_id, Split.HOLDOUT))
    is_closed = pl.col("message_id").is_in(closed)
    return labels.filter(~is_closed & (is_own | (is_full & ~may_be_probe)))


def machine_keeps_silent(
    db: Reader, person: Person, project_id: str, split: Split, *, is_settled: bool = False
) -> bool:
    """
    Whether the machine says nothing to a person about a message.

    Experts are never told its answers where it is measured, and in mode blind none at all: what
    they do on their own is measured there. Everyone else is told its answer to one of the
    hold-out only when that is settled: else the reference, by which the machine is measured,
    would come to depend on the machine, through who settles it or whom they talk to.

    Args:
        db: where to look.
        person: who would be told.
        project_id: where.
        split: of the message.
        is_settled: whether a decision on the message stands.
    """
    if person.role is not Role.EXPERT:
        return split is Split.HOLDOUT and not is_settled
    is_blind = projects.get_project(db, project_id).mode is Mode.BLIND
    return is_blind or split is Split.HOLDOUT


def may_see_answers(db: Reader, person: Person, project_id: str, message_id: str) -> bool:
    """Whether a person may know what others and the machine say of one message."""
    if person.role is not Role.EXPERT:
        return True
    made = judgements.labels_of_message(db, project_id, message_id)
    return not answered_for(db, person, project_id, made).is_empty()


def who_may_answer(
    db: Reader, asked: Sequence[Person], project_id: str, message_id: str
) -> list[Person]:
    """
    Those to whom what is said of a message is open, or may open.

    It opens to an expert once they have judged it. A message that is settled, or judged as often
    as it needs, is not given to others any more, unless they hold it already; but one of the pool
    that has enough judgements is open to all. That a message of the hold-out might still come to
    someone as a probe, by chance, does not count.
    """
    made = judgements.labels_of_message(db, project_id, message_id)
    is_full = made.height >= projects.get_project(db, project_id).overlap
    is_pool = messages.get_message(db, project_id, message_id).split is Split.POOL
    standing = adjudications.standing_decisions(db, project_id, message_id=message_id)
    if (is_full and is_pool) or not (is_full or standing.height):
        return list(asked)
    judged = set(made["expert_id"])
    return [
        person
        for person in asked
        if person.role is not Role.EXPERT
        or person.person_id in judged
        or message_id in turn_store.held_messages(db, project_id, person.person_id)
    ]
