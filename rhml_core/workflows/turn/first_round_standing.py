"""Where a newcomer stands in the first round, and which messages it may still ask about."""

import dataclasses
import math
from dataclasses import dataclass

from rhml_core.domain import Message, Person, Project, Role
from rhml_core.store import codebooks, first_rounds, judgements, messages, projects
from rhml_core.store.database import Reader
from rhml_core.store.first_rounds import RoundRow
from rhml_core.workflows.turn.earlier_message import earlier_of

FEWEST = 3
"""Settled messages below which there is no round: it would test luck."""


@dataclass(frozen=True)
class FirstRound:
    """
    Where a newcomer stands.

    Attributes:
        number: 1, 2, ...; 0 before the first is begun.
        n: messages of the round; of the one to come, where none is under way.
        n_answered, n_right: so far; of the last round, where none is under way.
        n_needed: right answers that `n` messages need to pass.
        question: the message to answer now, without its metadata; None where a round is to be
            begun.
        earlier: the message that it replies to.
        is_repeat: whether the next round has messages that were asked before, because there are
            no others.
    """

    number: int
    n: int
    n_answered: int
    n_right: int
    n_needed: int
    question: Message | None
    is_repeat: bool
    earlier: Message | None = None


def standing_of(db: Reader, person: Person, project: Project) -> FirstRound | None:
    """
    Where a newcomer stands.

    Returns:
        None for whoever needs no first round, or no more.
    """
    if project.first_round_messages == 0 or person.role is not Role.EXPERT:
        return None
    where, who = project.project_id, person.person_id
    row = first_rounds.newest_round(db, where, who)
    answers = first_rounds.round_answers(db, where, who, row.number) if row else []
    n_right = sum(answer.label == answer.reference for answer in answers)
    if row and len(answers) < len(row.message_ids):
        asked = messages.get_message(db, where, row.message_ids[len(answers)])
        return FirstRound(
            number=row.number,
            n=len(row.message_ids),
            n_answered=len(answers),
            n_right=n_right,
            n_needed=right_to_pass(row),
            question=dataclasses.replace(asked, metadata={}),
            is_repeat=False,
            earlier=earlier_of(db, where, asked),
        )
    if row and n_right >= right_to_pass(row):
        return None
    n_settled = first_rounds.count_settled_pool(db, where, label_names(db, where))
    if n_settled < FEWEST or who in judgements.experts_of(db, where):
        return None
    n = min(project.first_round_messages, n_settled)
    n_met = first_rounds.count_met(db, where, who)
    return FirstRound(
        number=row.number if row else 0,
        n=n,
        n_answered=len(answers),
        n_right=n_right,
        n_needed=right_to_pass(RoundRow(0, ("",) * n, project.first_round_pass)),
        question=None,
        is_repeat=n_met > 0 and n_met + n > n_settled,
    )


def still_asked(db: Reader, person: Person, project_id: str) -> list[str]:
    """
    Identifiers of the messages that a person's first round may still ask about, sorted.

    Those of a round under way are among them, also where their decision was taken back meanwhile.
    Empty for whoever needs no first round, or no more.
    """
    project = projects.get_project(db, project_id)
    standing = standing_of(db, person, project)
    if standing is None:
        return []
    where = project.project_id
    settled = first_rounds.settled_pool(db, where, label_names(db, where))
    row = first_rounds.newest_round(db, where, person.person_id)
    asked = row.message_ids if row and standing.question else ()
    return sorted({*settled, *asked})


def right_to_pass(row: RoundRow) -> int:
    """How many right answers pass a round."""
    # 0.7 of 10 is a little more than 7 for a computer.
    return math.ceil(round(row.pass_share * len(row.message_ids), 9))


def label_names(db: Reader, project_id: str) -> list[str]:
    """The labels of the newest codebook, in its order."""
    return codebooks.get_codebook(db, project_id).names
