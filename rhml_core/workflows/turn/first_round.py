"""
A newcomer's first round: settled messages, each followed by the codebook's word on it.

It is practice: what is said here is never a judgement, teaches the machine nothing and counts in
no agreement. The queue opens when the share of right answers that the supervisor asks for is
reached; below it, the round begins again with other messages as far as there are any.
"""

import dataclasses
import uuid
from dataclasses import dataclass

from rhml_core.domain import Label, Message, Person, Phase, Project, Role
from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.store import adjudications, codebooks, first_rounds, judgements, messages, projects
from rhml_core.store.database import Reader
from rhml_core.store.events import add_event
from rhml_core.store.first_rounds import RoundAnswer, RoundRow
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.turn.earlier_message import earlier_of
from rhml_core.workflows.turn.first_round_standing import (
    FEWEST,
    FirstRound,
    label_names,
    right_to_pass,
    standing_of,
)
from rhml_core.workflows.workplace import Workplace

__all__ = [
    "FEWEST",
    "Feedback",
    "FirstRound",
    "answer_round",
    "begin_round",
    "first_round",
    "require_first_round",
    "settled_messages",
]


@dataclass(frozen=True)
class Feedback:
    """
    What a newcomer is told after an answer.

    Attributes:
        message: the one answered, without its metadata.
        earlier: the message that it replies to.
        said: the label that was given, as the codebook has it.
        reference: the settled label.
        reason: why it was settled so, in the words of whoever did; "" if nothing was written.
        error_kind: why people had differed on it; "" if nobody said.
        n, n_answered, n_right, n_needed: of the round, this answer included.
    """

    message: Message
    said: Label
    reference: Label
    reason: str
    n: int
    n_answered: int
    n_right: int
    n_needed: int
    earlier: Message | None = None
    error_kind: str = ""

    @property
    def is_right(self) -> bool:
        """Whether the answer is the settled one."""
        return self.said.name == self.reference.name

    @property
    def is_last(self) -> bool:
        """Whether the round is at its end."""
        return self.n_answered == self.n

    @property
    def is_passed(self) -> bool:
        """Whether the round is at its end and enough was right."""
        return self.is_last and self.n_right >= self.n_needed


def first_round(place: Workplace, person: Person, project_id: str) -> FirstRound | None:
    """
    Where a newcomer stands in the first round.

    Returns:
        None for whoever needs none: the project holds none or has too few settled messages, the
        person has passed or has judged here before, or is no expert.
    """
    project = projects.get_project(place.db, project_id)
    return standing_of(place.db, person, project)


def require_first_round(place: Workplace, person: Person, project: Project) -> None:
    """
    Let pass whoever needs no first round, or no more.

    Raises:
        ConflictError: the round is not passed yet.
    """
    if standing_of(place.db, person, project) is not None:
        raise ConflictError(
            "Pass the first round before you judge messages. It is on the page Label."
        )


def settled_messages(place: Workplace, person: Person, project_id: str) -> int:
    """How many settled messages of the pool there are to practise on."""
    require(person, Role.VIEWER, "see the project")
    return first_rounds.count_settled_pool(place.db, project_id, label_names(place.db, project_id))


def begin_round(
    place: Workplace, person: Person, project_id: str, *, key: str
) -> FirstRound | None:
    """
    Begin the first round, or the next one after a round that was not passed.

    Raises:
        NotAllowedError: viewers do not label.
        ConflictError: a round is under way; perhaps in a second tab.
    """
    require(person, Role.EXPERT, "label messages")
    project = projects.get_project(place.db, project_id)
    where, who, now = project.project_id, person.person_id, place.now()
    with place.db.atomic() as transaction:
        standing = standing_of(transaction, person, project)
        if standing and transaction.claim(act_key(person, "first_round", where, key), at=now):
            if standing.question is not None:
                raise ConflictError("The round has begun already. Reload the page to go on.")
            drawn = first_rounds.draw_round(
                transaction,
                where,
                who,
                label_names(transaction, where),
                n=project.first_round_messages,
                seed=uuid.uuid4().hex,
            )
            row = RoundRow(standing.number + 1, tuple(drawn), project.first_round_pass)
            first_rounds.add_round(transaction, where, who, row, at=now)
            add_event(
                transaction,
                kind="first_round_begun",
                subject=f"project:{where}",
                person_id=who,
                project_id=where,
                at=now,
                detail={"round": row.number, "n_messages": len(drawn)},
            )
    return standing_of(place.db, person, project)


def answer_round(
    place: Workplace,
    person: Person,
    project_id: str,
    message_id: str,
    *,
    label: str,
    key: str,
) -> Feedback:
    """
    Answer the round's present message; what is right, and why, comes back.

    Raises:
        NotAllowedError: viewers do not label.
        ConflictError: another message is asked by now, or none.
        InvalidInputError: the label is not in the codebook.
    """
    require(person, Role.EXPERT, "label messages")
    project = projects.get_project(place.db, project_id)
    where, who, now = project.project_id, person.person_id, place.now()
    with place.db.atomic() as transaction:
        if transaction.claim(act_key(person, "first_answer", message_id, key), at=now):
            standing = standing_of(transaction, person, project)
            asked = standing.question if standing else None
            if standing is None or asked is None or asked.message_id != message_id:
                raise ConflictError(
                    "This message was answered elsewhere, perhaps in a second tab. "
                    "Reload the page to go on."
                )
            if label not in label_names(transaction, where):
                raise InvalidInputError(
                    f"'{label}' is not in the codebook. Reload the page to see it."
                )
            reference, _, _ = _settled(transaction, where, message_id)
            answer = RoundAnswer(standing.number, message_id, label, reference)
            first_rounds.add_answer(transaction, where, who, answer, key=key, at=now)
            add_event(
                transaction,
                kind="first_round_answered",
                subject=f"message:{message_id}",
                person_id=who,
                project_id=where,
                at=now,
                detail={"round": standing.number, "is_right": label == reference},
            )
    return _feedback(place.db, person, where, message_id)


def _settled(db: Reader, project_id: str, message_id: str) -> tuple[str, str, str]:
    """The label that a message was settled with, the reason given and the kind of error."""
    standing = adjudications.standing_decisions(db, project_id, message_id=message_id)
    if standing.height:
        row = standing.row(0, named=True)
        return row["label"], row["reason"], row["error_kind"] or ""
    # It was taken back while the round is under way: what it was settled with last is asked.
    made = judgements.message_judgements(db, project_id, message_id)
    newest = [one for one in made if one.phase is Phase.ADJUDICATED][-1]
    return newest.label, newest.reason, ""


def _feedback(db: Reader, person: Person, project_id: str, message_id: str) -> Feedback:
    row = first_rounds.newest_round(db, project_id, person.person_id)
    if row is None or message_id not in row.message_ids:
        raise ConflictError("This round is over. Reload the page to go on.")
    answers = first_rounds.round_answers(db, project_id, person.person_id, row.number)
    place_of = [answer.message_id for answer in answers].index(message_id)
    so_far = answers[: place_of + 1]
    answer = so_far[-1]
    labels = {label.name: label for label in codebooks.get_codebook(db, project_id).labels}
    message = messages.get_message(db, project_id, message_id)
    _, reason, error_kind = _settled(db, project_id, message_id)
    return Feedback(
        message=dataclasses.replace(message, metadata={}),
        said=labels.get(answer.label, Label(answer.label)),
        reference=labels.get(answer.reference, Label(answer.reference)),
        reason=reason,
        n=len(row.message_ids),
        n_answered=len(so_far),
        n_right=sum(one.label == one.reference for one in so_far),
        n_needed=right_to_pass(row),
        earlier=earlier_of(db, project_id, message),
        error_kind=error_kind,
    )
