"""Everything that was said of one message, and saying something oneself."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from rhml_core.domain import (
    MACHINE_RATER,
    Comment,
    Judgement,
    Message,
    Person,
    Role,
    Span,
    Split,
)
from rhml_core.errors import InvalidInputError, NotAllowedError
from rhml_core.evidence import Opinion
from rhml_core.store import (
    adjudications,
    comments,
    concepts,
    dialogue,
    judgements,
    messages,
    people,
)
from rhml_core.store.database import Reader
from rhml_core.store.dialogue import Entry, EntryKind
from rhml_core.store.events import add_event
from rhml_core.workflows.agreement.machine_rater import machine_opinion
from rhml_core.workflows.dialogue.entries import entries_in_order, people_named
from rhml_core.workflows.dialogue.evidence import fit_for
from rhml_core.workflows.dialogue.mentions import mentioned
from rhml_core.workflows.disputes.adjudication_entries import people_dissenting, with_decisions
from rhml_core.workflows.kept.project_reference import reference_of
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.turn.first_round_standing import still_asked
from rhml_core.workflows.visibility import answered_for, may_see_answers
from rhml_core.workflows.workplace import Workplace

LONGEST_TEXT = 4_000
"""Characters that one entry may have."""

_LONGEST_CONVERSATION = 50


@dataclass(frozen=True)
class MessageThread:
    """
    Everything that was said of one message.

    Attributes:
        conversation: the messages of its own thread, oldest first, itself among them.
        judgements: all, of every person and phase, oldest first.
        people: who appears in judgements and entries, by identifier.
        entries: the dialogue, oldest first: reasons given with judgements, what was said here,
            and the decision where a person settled it.
        opinion: the machine's answer, formed without this message's labels; None if none.
        reference: the best label known, and where it is from (`adjudicated`, `consensus`).
        flags: notes of people who flagged the message.
        settled: the adjudication that counts; None where nobody decided.
        own_label: what the reader says at present; None if nothing.
        read_up_to: `seq` of the last entry that the reader has read; -1 where none.
        labels_now: what each judgement that stands says under today's names, by its identifier.
    """

    message: Message
    conversation: list[Message]
    judgements: list[Judgement]
    people: dict[str, Person]
    entries: list[Entry]
    opinion: Opinion | None
    reference: str | None
    reference_source: str
    flags: list[Comment]
    settled: Judgement | None = None
    own_label: str | None = None
    read_up_to: int = -1
    labels_now: Mapping[str, str] = field(default_factory=dict)

    @property
    def newest_seq(self) -> int:
        """Place of the newest entry in the order of all events; -1 where nothing was said."""
        return max((entry.seq for entry in self.entries if entry.seq), default=-1)


def message_thread(
    place: Workplace,
    person: Person,
    project_id: str,
    message_id: str,
    *,
    with_consensus: bool = True,
) -> MessageThread:
    """
    Everything that was said of one message.

    Args:
        place: the workplace.
        person: who reads it.
        project_id: where.
        message_id: which.
        with_consensus: also work out what people's votes come to, where nobody decided.

    Raises:
        NotFoundError: there is no such message.
        NotAllowedError: the expert still has to judge it, so it must stay blind.
    """
    require(person, Role.VIEWER, "see what was said of a message")
    message = open_message(place, person, project_id, message_id)
    made = judgements.message_judgements(place.db, project_id, message_id)
    opinion = machine_opinion(place.db, person, project_id, message)
    subject = f"message:{message_id}"
    said = dialogue.list_entries(place.db, project_id, subject)
    if message.split is Split.HOLDOUT:
        said = [entry for entry in said if entry.person_id != MACHINE_RATER]
    decisions = adjudications.adjudications_of(place.db, project_id, message_id)
    told = with_decisions(entries_in_order(made, said, subject), decisions)
    entries = fit_for(place.db, person, project_id, told)
    flags = comments.list_comments(place.db, project_id, subject, kind="flag")
    names = {judgement.expert_id for judgement in made} | {flag.person_id for flag in flags}
    names |= {named for entry in entries for named in people_named(entry)}
    names |= people_dissenting(decisions)
    standing = adjudications.standing_decisions(place.db, project_id, message_id=message_id)
    known = reference_of(place.db, project_id, message_id, with_consensus=with_consensus)
    decided = standing["judgement_id"].to_list()
    return MessageThread(
        message=message,
        conversation=messages.thread_messages(
            place.db, project_id, message.thread, limit=_LONGEST_CONVERSATION
        )
        if message.thread
        else [],
        judgements=made,
        people=_people(place.db, names),
        entries=entries,
        opinion=opinion,
        reference=known.get("label"),
        reference_source=known.get("source", ""),
        flags=flags,
        settled=next((one for one in made if one.judgement_id in decided), None),
        own_label=own_label(place.db, person, project_id, message_id),
        labels_now=judgements.labels_as_now(place.db, project_id, message_id),
        read_up_to=dialogue.read_up_to(place.db, project_id, subject, person.person_id),
    )


def open_message(place: Workplace, person: Person, project_id: str, message_id: str) -> Message:
    """
    The message, where a person may know what is said of it.

    Raises:
        NotFoundError: there is no such message.
        NotAllowedError: the expert still has to judge it, is in the midst of it, or may be asked
            about it in the first round.
    """
    message = messages.get_message(place.db, project_id, message_id)
    if may_see_answers(place.db, person, project_id, message_id):
        return message
    if message_id in still_asked(place.db, person, project_id):
        raise NotAllowedError(
            "The first round may ask you about this message. Pass it first, on the page Label; "
            "what others and the machine say is shown afterwards."
        )
    made = judgements.labels_of_message(place.db, project_id, message_id)
    if person.person_id in made["expert_id"]:
        raise NotAllowedError(
            "You are in the midst of judging this message. Finish it on the page Label; what "
            "others and the machine say is shown afterwards."
        )
    raise NotAllowedError(
        "You have not judged this message yet. Judge it first; what others and the machine say is "
        "shown afterwards."
    )


def open_threads(
    place: Workplace, person: Person, project_id: str, message_ids: list[str]
) -> set[str]:
    """Those of the messages of which a person may know what is said, as `open_message` tells."""
    if person.role is not Role.EXPERT:
        return set(message_ids)
    labels = judgements.current_labels(place.db, project_id).filter(
        pl.col("message_id").is_in(message_ids)
    )
    return set(answered_for(place.db, person, project_id, labels)["message_id"])


def own_label(db: Reader, person: Person, project_id: str, message_id: str) -> str | None:
    """What a person says of a message at present, as it is called now; None if nothing."""
    labels = judgements.labels_of_message(db, project_id, message_id)
    own = labels.filter(pl.col("expert_id") == person.person_id)["label"].to_list()
    return own[0] if own else None


def add_comment(
    place: Workplace, person: Person, project_id: str, subject: str, text: str, *, key: str
) -> None:
    """
    Say something on a message (`message:ID`) or a concept (`concept:ID`); `@Name` mentions someone.

    Raises:
        NotAllowedError: viewers do not write.
        NotFoundError: there is no such message or concept.
        InvalidInputError: the text is empty or too long.
    """
    require(person, Role.EXPERT, "write comments")
    _check_subject(place, person, project_id, subject)
    text = checked_text(text, "A comment")
    now = place.now()
    entry = Entry(
        uuid.uuid4().hex,
        subject,
        EntryKind.COMMENT,
        person.person_id,
        text,
        now,
        {"named": named_in(place.db, person, text)},
    )
    with place.db.atomic() as transaction:
        if transaction.claim(act_key(person, "comment", subject, key), at=now):
            dialogue.add_entry(transaction, project_id, entry)
            add_event(
                transaction,
                kind="commented",
                subject=subject,
                person_id=person.person_id,
                project_id=project_id,
                at=now,
            )


def checked_text(text: str, what: str) -> str:
    """
    The text without white space around it.

    Raises:
        InvalidInputError: it is empty or too long; `what` names it.
    """
    text = text.strip()
    if not 0 < len(text) <= LONGEST_TEXT:
        raise InvalidInputError(f"{what} needs 1 to {LONGEST_TEXT:,} characters.")
    return text


def checked_spans(evidence: Sequence[Span], text: str) -> list[list[int]]:
    """
    Marked stretches of a message as JSON-able values.

    Raises:
        InvalidInputError: one lies outside the text.
    """
    if any(not 0 <= span.start < span.end <= len(text) for span in evidence):
        raise InvalidInputError("The marked words lie outside the message. Mark them again.")
    return [[span.start, span.end] for span in evidence]


def named_in(db: Reader, person: Person, text: str) -> list[str]:
    """Identifiers of the colleagues whom a person mentions; nobody mentions themselves."""
    return mentioned(
        text,
        [
            one
            for one in people.list_people(db)
            if not one.is_simulated and one.person_id != person.person_id
        ],
    )


def _check_subject(place: Workplace, person: Person, project_id: str, subject: str) -> None:
    kind, _, name = subject.partition(":")
    if kind == "concept":
        concepts.get_concept(place.db, project_id, name)
    elif kind == "message":
        open_message(place, person, project_id, name)
    else:
        raise InvalidInputError("A comment belongs to a message or a concept.")


def _people(db: Reader, person_ids: set[str]) -> dict[str, Person]:
    known = {found.person_id: found for found in people.list_people(db)}
    return {
        person_id: known.get(person_id, Person(person_id, person_id, Role.VIEWER))
        for person_id in sorted(person_ids)
    }
