"""Everything that was said of one message, and saying something oneself."""

import uuid
from dataclasses import dataclass

import polars as pl

from rhml_core.domain import (
    Comment,
    Judgement,
    Message,
    Opinion,
    Person,
    Role,
    Split,
)
from rhml_core.errors import InvalidInputError, NotAllowedError
from rhml_core.measures.consensus import reference_labels
from rhml_core.store import comments, concepts, judgements, messages, people, runs
from rhml_core.store.database import Reader
from rhml_core.store.events import add_event
from rhml_core.workflows.machine_rater import speaking_run
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.visibility import may_see_answers
from rhml_core.workflows.workplace import Workplace

_LONGEST_COMMENT = 4_000


_LONGEST_CONVERSATION = 50


@dataclass(frozen=True)
class MessageThread:
    """
    Everything that was said of one message.

    Attributes:
        conversation: the messages of its own thread, oldest first, itself among them.
        judgements: all, of every person and phase, oldest first.
        people: who appears in judgements and comments, by identifier.
        opinion: the machine's answer, formed without this message's labels; None if none.
        reference: the best label known, and where it is from (`adjudicated`, `consensus`).
        flags: notes of people who flagged the message.
    """

    message: Message
    conversation: list[Message]
    judgements: list[Judgement]
    people: dict[str, Person]
    comments: list[Comment]
    opinion: Opinion | None
    reference: str | None
    reference_source: str
    flags: list[Comment]


def message_thread(
    place: Workplace, person: Person, project_id: str, message_id: str
) -> MessageThread:
    """
    Everything that was said of one message.

    Raises:
        NotFoundError: there is no such message.
        NotAllowedError: the expert still has to judge it, so it must stay blind.
    """
    require(person, Role.VIEWER, "see what was said of a message")
    message = messages.get_message(place.db, project_id, message_id)
    made = judgements.message_judgements(place.db, project_id, message_id)
    if not may_see_answers(place.db, person, project_id, message_id):
        raise NotAllowedError(
            "You have not judged this message yet. Judge it first; what others and the machine "
            "say is shown afterwards."
        )
    subject = f"message:{message_id}"
    said = comments.list_comments(place.db, project_id, subject)
    flags = comments.list_comments(place.db, project_id, subject, kind="flag")
    names = {judgement.expert_id for judgement in made}
    names |= {comment.person_id for comment in [*said, *flags]}
    known = _reference(place.db, project_id, message_id)
    return MessageThread(
        message=message,
        conversation=messages.thread_messages(
            place.db, project_id, message.thread, limit=_LONGEST_CONVERSATION
        )
        if message.thread
        else [],
        judgements=made,
        people=_people(place.db, names),
        comments=said,
        opinion=None
        if person.role is Role.EXPERT and message.split is Split.HOLDOUT
        else _opinion(place.db, project_id, message_id),
        reference=known.get("label"),
        reference_source=known.get("source", ""),
        flags=flags,
    )


def add_comment(
    place: Workplace, person: Person, project_id: str, subject: str, text: str, *, key: str
) -> None:
    """
    Say something on a message (`message:ID`) or a concept (`concept:ID`).

    Raises:
        NotAllowedError: viewers do not write.
        NotFoundError: there is no such message or concept.
        InvalidInputError: the text is empty or too long.
    """
    require(person, Role.EXPERT, "write comments")
    text = text.strip()
    _check_subject(place, person, project_id, subject)
    if not 0 < len(text) <= _LONGEST_COMMENT:
        raise InvalidInputError(f"A comment needs 1 to {_LONGEST_COMMENT:,} characters.")
    now = place.now()
    with place.db.atomic() as transaction:
        if transaction.claim(act_key(person, "comment", subject, key), at=now):
            comments.add_comment(
                transaction,
                project_id,
                Comment(uuid.uuid4().hex, subject, person.person_id, text, now),
                kind="comment",
            )
            add_event(
                transaction,
                kind="commented",
                subject=subject,
                person_id=person.person_id,
                project_id=project_id,
                at=now,
            )


def _check_subject(place: Workplace, person: Person, project_id: str, subject: str) -> None:
    kind, _, name = subject.partition(":")
    if kind == "concept":
        concepts.get_concept(place.db, project_id, name)
    elif kind == "message":
        messages.get_message(place.db, project_id, name)
        if not may_see_answers(place.db, person, project_id, name):
            raise NotAllowedError("Judge this message first; then you can talk about it.")
    else:
        raise InvalidInputError("A comment belongs to a message or a concept.")


def _people(db: Reader, person_ids: set[str]) -> dict[str, Person]:
    known = {found.person_id: found for found in people.list_people(db)}
    return {
        person_id: known.get(person_id, Person(person_id, person_id, Role.VIEWER))
        for person_id in sorted(person_ids)
    }


def _reference(db: Reader, project_id: str, message_id: str) -> dict[str, str]:
    found = reference_labels(
        judgements.labels_of_message(db, project_id, message_id),
        judgements.adjudicated_labels(db, project_id).filter(pl.col("message_id") == message_id),
    )
    return found.row(0, named=True) if found.height else {}


def _opinion(db: Reader, project_id: str, message_id: str) -> Opinion | None:
    run = speaking_run(db, project_id)
    if run is not None:
        answer = runs.prediction(db, run.run_id, message_id)
        if answer is not None:
            labels = runs.run_labels(db, run.run_id)
            shares = dict(zip(labels, answer[1], strict=True))
            return Opinion(answer[0], shares, f"run {run.number}")
    said = judgements.opinions_before_learning(db, project_id).filter(
        pl.col("message_id") == message_id
    )
    if said.is_empty():
        return None
    row = said.row(0, named=True)
    return Opinion(row["label"], {row["label"]: row["probability"]}, row["machine"])
