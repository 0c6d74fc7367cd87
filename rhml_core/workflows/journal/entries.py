"""What people write into the journal of their own, and take back."""

import dataclasses
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from rhml_core.domain import Concept, Person, Role, Split
from rhml_core.errors import InvalidInputError, NotAllowedError, NotFoundError
from rhml_core.store import codebooks, concepts, journal_entries, messages, people
from rhml_core.store.database import Reader
from rhml_core.store.events import add_event
from rhml_core.store.journal_entries import JournalEntry
from rhml_core.workflows.concepts.histories import open_messages
from rhml_core.workflows.cycles import cycle_of
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.workplace import Workplace

LONGEST_ENTRY = 4_000
"""Characters that one entry may have."""
MOST_LINKS = 20
"""Messages that one entry may point to."""
_KINDS = ("concept", "label", "cycle")


@dataclass(frozen=True)
class ReadEntry:
    """
    An entry as one person may read it.

    Attributes:
        entry: without its subject, its text and its messages where `is_closed`.
        author: who wrote it.
        about: what it is about, in words; "" for nothing in particular, and where `is_closed`.
        is_closed: it points to a message that the reader may still have to judge, or that is held
            out.
        is_own: whether the reader wrote it, and may take it back.
    """

    entry: JournalEntry
    author: Person
    about: str
    is_closed: bool
    is_own: bool


def write_entry(
    place: Workplace,
    person: Person,
    project_id: str,
    text: str,
    *,
    about: str = "",
    message_ids: Sequence[str] = (),
    key: str,
) -> str:
    """
    Write an entry.

    Args:
        place: the workplace.
        person: who writes.
        project_id: where.
        text: any.
        about: "", or as in `concept:ID`, `label:NAME`, `cycle:NUMBER`.
        message_ids: messages that it points to.
        key: of this act; the same again is the same entry.

    Returns:
        The entry's identifier; "" where the key was used before.

    Raises:
        NotAllowedError: viewers only read.
        InvalidInputError: there is no text, it is too long, it points to too many messages, or
            the subject is of no known kind.
        NotFoundError: there is no such concept, label, cycle or message.
    """
    require(person, Role.EXPERT, "write into the journal")
    said = text.strip()
    links = tuple(dict.fromkeys(name.strip() for name in message_ids if name.strip()))
    if not said:
        raise InvalidInputError("An entry needs some words. Write what you noticed.")
    if len(said) > LONGEST_ENTRY:
        raise InvalidInputError(
            f"An entry has at most {LONGEST_ENTRY:,} characters; this one has {len(said):,}."
        )
    if len(links) > MOST_LINKS:
        raise InvalidInputError(f"An entry points to at most {MOST_LINKS} messages.")
    now = place.now()
    with place.db.atomic() as transaction:
        _check_about(transaction, project_id, about)
        _check_links(transaction, project_id, links)
        if not transaction.claim(act_key(person, "journal", project_id, key), at=now):
            return ""
        entry = JournalEntry(
            entry_id=f"entry-{uuid.uuid4().hex[:12]}",
            about=about,
            text=said,
            message_ids=links,
            codebook_version=codebooks.newest_version(transaction, project_id),
            person_id=person.person_id,
            made_at=now,
        )
        journal_entries.add_entry(transaction, project_id, entry)
        add_event(
            transaction,
            kind="journal_written",
            subject=f"entry:{entry.entry_id}",
            person_id=person.person_id,
            project_id=project_id,
            at=now,
        )
    return entry.entry_id


def withdraw_entry(
    place: Workplace, person: Person, project_id: str, entry_id: str, *, key: str
) -> None:
    """
    Take an own entry back; it stays on record and is shown no more.

    Raises:
        NotAllowedError: somebody else wrote it.
        NotFoundError: there is none such.
    """
    require(person, Role.EXPERT, "take an entry of the journal back")
    now = place.now()
    with place.db.atomic() as transaction:
        if not transaction.claim(act_key(person, "withdraw", entry_id, key), at=now):
            return
        entry = journal_entries.get_entry(transaction, project_id, entry_id)
        if entry.person_id != person.person_id:
            raise NotAllowedError("Only who wrote an entry may take it back. Ask them.")
        journal_entries.add_withdrawal(transaction, project_id, entry, at=now)
        add_event(
            transaction,
            kind="journal_withdrawn",
            subject=f"entry:{entry_id}",
            person_id=person.person_id,
            project_id=project_id,
            at=now,
        )


def list_entries(
    place: Workplace,
    person: Person,
    project_id: str,
    *,
    about: str = "",
    is_mine: bool = False,
) -> list[ReadEntry]:
    """
    The entries that stand, newest first; all, or those about one subject, or one's own.

    An expert reads an entry of a colleague that points to messages once they need not judge any
    of them any more, and never one that points to a held-out message; till then they are told
    that there is one, not what it is about.
    """
    require(person, Role.VIEWER, "read the journal")
    db = place.db
    seen = open_messages(db, person, project_id)
    authors = {one.person_id: one for one in people.list_people(db)}
    known = {one.concept_id: one for one in concepts.list_concepts(db, project_id)}
    standing = journal_entries.list_entries(db, project_id)
    linked = [name for entry in standing for name in entry.message_ids]
    held = set(held_out(db, person, project_id, linked))
    found = []
    for entry in standing:
        is_own = entry.person_id == person.person_id
        if (about and entry.about != about) or (is_mine and not is_own):
            continue
        is_closed = not is_own and (
            (seen is not None and not seen.issuperset(entry.message_ids))
            or bool(held.intersection(entry.message_ids))
        )
        if about and is_closed:  # that it is about this would be told
            continue
        shown = (
            dataclasses.replace(entry, about="", text="", message_ids=()) if is_closed else entry
        )
        author = authors[entry.person_id]
        found.append(ReadEntry(shown, author, _about_words(shown.about, known), is_closed, is_own))
    return found


def held_out(db: Reader, person: Person, project_id: str, message_ids: Sequence[str]) -> list[str]:
    """Those of the messages that the machine is measured on, and that are kept from an expert."""
    if person.role is not Role.EXPERT or not message_ids:
        return []
    found = messages.get_messages(db, project_id, list(dict.fromkeys(message_ids)))
    return [one.message_id for one in found if one.split is Split.HOLDOUT]


def _about_words(about: str, known: dict[str, Concept]) -> str:
    kind, _, name = about.partition(":")
    if kind == "concept":
        return f"“{known[name].terms[0]}”" if name in known else "a concept"
    if kind == "label":
        return f"label {name}" if name else "a label that is none any more"
    return f"cycle {name}" if kind == "cycle" else ""


def _check_about(db: Reader, project_id: str, about: str) -> None:
    kind, _, name = about.partition(":")
    if not about:
        return
    if kind not in _KINDS:
        raise InvalidInputError(
            f"An entry is about a concept, a label or a cycle, not about '{about}'."
        )
    if kind == "concept":
        concepts.get_concept(db, project_id, name)
    if kind == "label" and name not in codebooks.get_codebook(db, project_id).names:
        raise NotFoundError(f"There is no label '{name}' in the codebook. Reload the page.")
    if kind == "cycle" and name not in {
        str(number) for number in range(1, len(cycle_of(db, project_id)) + 1)
    }:
        raise NotFoundError(f"There is no cycle '{name}' in this project.")


def _check_links(db: Reader, project_id: str, links: Sequence[str]) -> None:
    known = {one.message_id for one in messages.get_messages(db, project_id, list(links))}
    unknown = [name for name in links if name not in known]
    if unknown:
        raise NotFoundError(
            f"There is no message '{unknown[0]}' in this project. Open the message's thread and "
            "choose “Note in the journal” there."
        )
