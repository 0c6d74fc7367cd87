"""
Taking part in the dialogue on a message: challenge the machine, ask it, and read what is new.

Every act is an entry that stays; the machine's reply is written together with the challenge that it
answers. On hold-out messages the machine keeps silent, for it is measured there.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rhml_core.domain import (
    MACHINE_RATER,
    Message,
    Person,
    Role,
    Span,
    Split,
)
from rhml_core.errors import ConflictError, NotAllowedError
from rhml_core.store import dialogue, messages
from rhml_core.store.dialogue import Entry, EntryKind
from rhml_core.store.events import add_event
from rhml_core.workflows.agreement.machine_rater import machine_opinion
from rhml_core.workflows.dialogue.evidence import state_answer, statement_detail
from rhml_core.workflows.dialogue.threads import (
    checked_spans,
    checked_text,
    named_in,
    open_message,
    open_threads,
)
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.visibility import machine_keeps_silent, who_may_answer
from rhml_core.workflows.workplace import Workplace

_EXCERPT = 120


@dataclass(frozen=True)
class UnreadThread:
    """
    A thread in which others said something that a person has not read.

    Attributes:
        excerpt: the beginning of the message; hostile text.
        n_unread: entries of others since the person read it.
        is_mentioned: whether one of them mentions or invites the person.
        newest_at: when the newest of them was written.
        must_judge_first: whether it opens only after the person has judged the message.
    """

    message_id: str
    excerpt: str
    n_unread: int
    is_mentioned: bool
    newest_at: datetime
    must_judge_first: bool = False


def challenge(
    place: Workplace,
    person: Person,
    project_id: str,
    message_id: str,
    text: str,
    *,
    evidence: Sequence[Span] = (),
    key: str,
) -> None:
    """
    Say why the machine's answer is wrong; it answers at once with its evidence.

    Args:
        place: the workplace.
        person: who.
        project_id: where.
        message_id: of the answer that is challenged.
        text: why.
        evidence: stretches of the message that speak against the answer.
        key: of the act.

    Raises:
        NotFoundError: there is no such message.
        NotAllowedError: viewers do not write; the message must still be judged blind; or it is
            of the hold-out, where the machine keeps silent.
        ConflictError: the machine has no answer to challenge.
        InvalidInputError: the text is empty or too long, or the evidence lies outside the message.
    """
    require(person, Role.EXPERT, "challenge the machine")
    message = _spoken_message(place, person, project_id, message_id)
    opinion = machine_opinion(place.db, person, project_id, message)
    if opinion is None:
        raise ConflictError("The machine has not answered this message yet. Ask it first.")
    text = checked_text(text, "A challenge")
    detail = {
        "named": named_in(place.db, person, text),
        "label": opinion.label,
        "machine": opinion.machine,
        "evidence": checked_spans(evidence, message.text),
    }
    made = _entry(place, person.person_id, message_id, EntryKind.CHALLENGE, text, detail)
    _write(place, person, project_id, [made, _reply(place, person, project_id, message)], key)


def ask_machine(
    place: Workplace, person: Person, project_id: str, message_id: str, *, key: str
) -> None:
    """
    Have the machine state its answer and its evidence as they are now.

    Raises:
        NotFoundError, NotAllowedError: as of `challenge`.
    """
    require(person, Role.EXPERT, "ask the machine")
    message = _spoken_message(place, person, project_id, message_id)
    _write(place, person, project_id, [_reply(place, person, project_id, message)], key)


def unread_threads(place: Workplace, person: Person, project_id: str) -> list[UnreadThread]:
    """
    The threads that concern a person and have something new, those that name them first.

    A thread concerns who judged its message, spoke in it, was mentioned or invited, or read it
    before. Where an expert has still to judge the message, it is told only that they are asked in;
    where it is not given to them any more, nothing.
    """
    require(person, Role.VIEWER, "see what is new")
    found = dialogue.unread_entries(place.db, project_id, person.person_id)
    texts = {
        message.message_id: message.text
        for message in messages.get_messages(place.db, project_id, found["message_id"].to_list())
    }
    opened = open_threads(place, person, project_id, list(texts))
    threads = []
    for row in found.iter_rows(named=True):
        message_id = row["message_id"]
        is_open = message_id in opened
        is_shown = is_open or (
            message_id in texts
            and row["is_named"]
            and bool(who_may_answer(place.db, [person], project_id, message_id))
        )
        if message_id in texts and is_shown:
            threads.append(
                UnreadThread(
                    message_id,
                    texts[message_id][:_EXCERPT],
                    row["n_unread"] if is_open else 1,
                    row["is_named"],
                    row["newest_at"],
                    must_judge_first=not is_open,
                )
            )
    return threads


def mark_read(
    place: Workplace, person: Person, project_id: str, message_id: str, *, up_to: int
) -> None:
    """
    Remember that a person has read a thread up to an entry, by its `seq`; never less than before.

    Raises:
        NotFoundError, NotAllowedError: the thread is not open to this person.
    """
    require(person, Role.VIEWER, "read a thread")
    open_message(place, person, project_id, message_id)
    subject = f"message:{message_id}"
    if dialogue.read_up_to(place.db, project_id, subject, person.person_id) >= up_to:
        return
    with place.db.atomic() as transaction:
        dialogue.add_read(
            transaction, project_id, subject, person.person_id, entry_seq=up_to, at=place.now()
        )


def _spoken_message(place: Workplace, person: Person, project_id: str, message_id: str) -> Message:
    message = open_message(place, person, project_id, message_id)
    if machine_keeps_silent(place.db, person, project_id, Split.POOL):
        raise NotAllowedError(
            "In mode blind the machine keeps silent, so that what people do on their own is "
            "measured. Talk with your colleagues."
        )
    if message.split is Split.HOLDOUT:
        raise NotAllowedError(
            "This message is of the hold-out, where the machine is measured, so it keeps silent "
            "here. Talk with your colleagues."
        )
    return message


def _reply(place: Workplace, person: Person, project_id: str, message: Message) -> Entry:
    statement = state_answer(place.db, place.machines, project_id, message)
    before = machine_opinion(place.db, person, project_id, message)
    detail: dict[str, Any] = {
        "statement": statement_detail(statement),
        "asked_by": person.person_id,
    }
    if before and statement.label and before.label != statement.label:
        detail |= {"before": before.label, "machine_before": before.machine}
    return _entry(place, MACHINE_RATER, message.message_id, EntryKind.REPLY, "", detail)


def _entry(
    place: Workplace,
    person_id: str,
    message_id: str,
    kind: EntryKind,
    text: str,
    detail: dict[str, Any],
) -> Entry:
    subject = f"message:{message_id}"
    return Entry(uuid.uuid4().hex, subject, kind, person_id, text, place.now(), detail)


def _write(
    place: Workplace, person: Person, project_id: str, entries: list[Entry], key: str
) -> None:
    """Write entries as one act of one person, named after the first."""
    first = entries[0]
    with place.db.atomic() as transaction:
        if not transaction.claim(
            act_key(person, first.kind.value, first.subject, key), at=first.made_at
        ):
            return
        for entry in entries:
            dialogue.add_entry(transaction, project_id, entry)
        add_event(
            transaction,
            kind="challenged" if first.kind is EntryKind.CHALLENGE else "machine_asked",
            subject=first.subject,
            person_id=person.person_id,
            project_id=project_id,
            at=first.made_at,
        )
