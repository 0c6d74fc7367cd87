"""People of the workplace and their signing in."""

import hashlib
import re
import secrets
from datetime import timedelta

from rhml_core.domain import MACHINE_RATER, REFERENCE_RATER, Person, Role
from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.store import people as people_store
from rhml_core.store.database import Reader, Transaction
from rhml_core.store.events import add_event
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace

_SESSION_DAYS = 30
_LONGEST_NAME = 60


def list_people(place: Workplace) -> list[Person]:
    """Everyone, real people before simulated ones, by name."""
    return people_store.list_people(place.db)


def get_person(place: Workplace, person_id: str) -> Person:
    """
    One person.

    Raises:
        NotFoundError: there is no such person.
    """
    return people_store.get_person(place.db, person_id)


def add_person(
    place: Workplace, person: Person | None, name: str, role: Role, *, is_simulated: bool = False
) -> Person:
    """
    Add someone to the workplace; the very first person is added by nobody, as an admin.

    Raises:
        NotAllowedError: only admins add people.
        ConflictError: the name is taken.
        InvalidInputError: the name is empty, too long or reserved.
    """
    if person is not None:
        require(person, Role.ADMIN, "add people")
    elif people_store.list_people(place.db):
        raise ConflictError("There are people already. Sign in as an admin to add more.")
    with place.db.atomic() as transaction:
        added = new_person(transaction, name, Role(role), is_simulated=is_simulated)
        _store(transaction, place, added, by=person)
    return added


def new_person(db: Reader, name: str, role: Role, *, is_simulated: bool = False) -> Person:
    """
    A person with a free name and an identifier made from it, not yet stored.

    Raises:
        ConflictError: the name is taken.
        InvalidInputError: the name is empty, too long or reserved.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= _LONGEST_NAME:
        raise InvalidInputError(f"A name needs 1 to {_LONGEST_NAME} characters.")
    if name.casefold() in {MACHINE_RATER, REFERENCE_RATER}:
        raise InvalidInputError(f"'{name}' has a meaning of its own. Choose another name.")
    known = people_store.list_people(db)
    if any(person.name.casefold() == name.casefold() for person in known):
        raise ConflictError(f"There is already a person named '{name}'. Choose another name.")
    stem = re.sub(r"[^\w]+", "-", name.casefold()).strip("-") or "person"
    taken = {person.person_id for person in known} | {MACHINE_RATER, REFERENCE_RATER}
    person_id, n = stem, 2
    while person_id in taken:
        person_id, n = f"{stem}-{n}", n + 1
    return Person(person_id, name, role, is_simulated)


def find_judge(db: Reader, name: str, *, is_simulated: bool | None) -> Person | None:
    """
    The person of this name or identifier, whom labels from elsewhere are said to be of.

    Args:
        db: where to look.
        name: as it stands there.
        is_simulated: what is said there of the person; None where nothing is.

    Raises:
        ConflictError: a real person has the name of a simulated one, or the other way round.
    """
    for person in people_store.list_people(db):
        if name in {person.name, person.person_id} or person.name.casefold() == name.casefold():
            if is_simulated is None or is_simulated == person.is_simulated:
                return person
            there, here = ("simulated", "real") if is_simulated else ("real", "simulated")
            raise ConflictError(
                f"'{name}' is a {there} expert in the file and a {here} one here. Give them "
                "another name in the file, so that nobody passes for what they are not."
            )
    return None


def find_or_add(
    transaction: Transaction,
    place: Workplace,
    name: str,
    *,
    by: Person,
    is_reference: bool,
    is_simulated: bool | None = None,
) -> Person:
    """
    The person of this name or identifier; unknown ones are added as experts.

    Whoever stands for the reference is nobody and is not added. Whoever is not said to be
    simulated is added as a real person.

    Args:
        transaction: the act.
        place: where they belong.
        name: as it stands in what is taken in.
        by: who takes it in; a supervisor may, since labels without their experts are worth little.
        is_reference: whether the reference's name stands for no person.
        is_simulated: what is said of the person; None where nothing is.

    Raises:
        ConflictError: as from `find_judge`.
    """
    if name == REFERENCE_RATER and is_reference:
        return Person(REFERENCE_RATER, REFERENCE_RATER, Role.VIEWER)
    found = find_judge(transaction, name, is_simulated=is_simulated)
    if found is not None:
        return found
    person = new_person(transaction, name, Role.EXPERT, is_simulated=bool(is_simulated))
    _store(transaction, place, person, by=by)
    return person


def _store(transaction: Transaction, place: Workplace, added: Person, *, by: Person | None) -> None:
    people_store.add_person(transaction, added, at=place.now())
    add_event(
        transaction,
        kind="person_added",
        subject=f"person:{added.person_id}",
        person_id=by.person_id if by else None,
        project_id=None,
        at=place.now(),
        detail={"role": added.role.value, "is_simulated": added.is_simulated},
    )


def operator(place: Workplace) -> Person:
    """Who acts on the command line: the first admin; one is added to an empty workplace."""
    for person in people_store.list_people(place.db):
        if person.role is Role.ADMIN:
            return person
    return add_person(place, None, "Admin", Role.ADMIN)


def open_session(place: Workplace, person_id: str) -> str:
    """
    Sign a person in.

    Returns:
        A token for the browser's cookie; only its hash is stored.

    Raises:
        NotFoundError: there is no such person.
        InvalidInputError: simulated experts do not sign in.
    """
    person = people_store.get_person(place.db, person_id)
    if person.is_simulated:
        raise InvalidInputError(f"{person.name} is simulated and cannot sign in.")
    token = secrets.token_urlsafe(32)
    now = place.now()
    with place.db.atomic() as transaction:
        people_store.add_session(
            transaction, _hash(token), person_id, at=now, until=now + timedelta(days=_SESSION_DAYS)
        )
        add_event(
            transaction,
            kind="signed_in",
            subject=f"person:{person_id}",
            person_id=person_id,
            project_id=None,
            at=now,
        )
    return token


def person_of_session(place: Workplace, token: str) -> Person | None:
    """Who is signed in with a token; None where it is unknown or expired."""
    return people_store.person_of_session(place.db, _hash(token), at=place.now())


def close_session(place: Workplace, token: str) -> None:
    """Sign a browser out."""
    with place.db.atomic() as transaction:
        people_store.remove_session(transaction, _hash(token))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
