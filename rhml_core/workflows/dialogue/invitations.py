"""Asking a colleague into a dialogue."""

import uuid

from rhml_core.domain import Person, Role
from rhml_core.errors import InvalidInputError
from rhml_core.store import dialogue, people
from rhml_core.store.dialogue import Entry, EntryKind
from rhml_core.store.events import add_event
from rhml_core.workflows.dialogue.threads import LONGEST_TEXT, named_in, open_message
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.turn.first_round_standing import still_asked
from rhml_core.workflows.visibility import who_may_answer
from rhml_core.workflows.workplace import Workplace


def colleagues(place: Workplace, person: Person, project_id: str, message_id: str) -> list[Person]:
    """
    Everyone whom a person can ask into the dialogue on a message, by name.

    Real people who may write, and to whom the thread is open or may open: an expert who has still
    to judge the message can only be asked where it may come to them.
    """
    return who_may_answer(place.db, _who_write(place, person), project_id, message_id)


def invite(
    place: Workplace,
    person: Person,
    project_id: str,
    message_id: str,
    colleague_id: str,
    *,
    text: str = "",
    key: str,
) -> None:
    """
    Ask a colleague into the dialogue on a message, with a word to them.

    Where the colleague has still to judge the message, the invitation waits until then; their
    queue gives them the message as soon as it may.

    Raises:
        NotFoundError: there is no such message.
        NotAllowedError: viewers do not write, or the message must still be judged blind.
        InvalidInputError: the text is too long, or the colleague cannot answer here, now or later.
    """
    require(person, Role.EXPERT, "ask colleagues in")
    open_message(place, person, project_id, message_id)
    text = text.strip()
    if len(text) > LONGEST_TEXT:
        raise InvalidInputError(f"Please say it in at most {LONGEST_TEXT:,} characters.")
    asked = next((one for one in _who_write(place, person) if one.person_id == colleague_id), None)
    if asked is None:
        raise InvalidInputError("Ask a colleague who may write here: an expert or a supervisor.")
    if not who_may_answer(place.db, [asked], project_id, message_id):
        raise InvalidInputError(
            f"{asked.name} could never answer: they have not judged this message, and it is not "
            "given out any more. Ask someone who has judged it, or a supervisor."
        )
    now, subject = place.now(), f"message:{message_id}"
    named = dict.fromkeys([colleague_id, *named_in(place.db, person, text)])
    made = Entry(
        uuid.uuid4().hex,
        subject,
        EntryKind.INVITATION,
        person.person_id,
        text,
        now,
        {"named": list(named), "invited": colleague_id},
    )
    with place.db.atomic() as transaction:
        if transaction.claim(act_key(person, "invite", f"{subject}:{colleague_id}", key), at=now):
            dialogue.add_entry(transaction, project_id, made)
            add_event(
                transaction,
                kind="invited",
                subject=subject,
                person_id=person.person_id,
                project_id=project_id,
                at=now,
                detail={"invited": colleague_id},
            )


def is_asked_in(place: Workplace, person: Person, project_id: str, message_id: str) -> bool:
    """Whether a person is invited to or mentioned in a thread that opens once they have judged."""
    said = dialogue.list_entries(place.db, project_id, f"message:{message_id}")
    return (
        any(person.person_id in entry.detail.get("named", []) for entry in said)
        and message_id not in still_asked(place.db, person, project_id)
        and bool(who_may_answer(place.db, [person], project_id, message_id))
    )


def _who_write(place: Workplace, person: Person) -> list[Person]:
    """Real people who may write, the person apart, by name."""
    return [
        one
        for one in people.list_people(place.db)
        if one.may(Role.EXPERT) and not one.is_simulated and one.person_id != person.person_id
    ]
