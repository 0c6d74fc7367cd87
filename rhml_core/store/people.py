"""People and their sign-in sessions."""

from datetime import datetime
from typing import Any

from rhml_core.domain import Person, Role
from rhml_core.errors import NotFoundError
from rhml_core.store.database import Reader, Transaction


def list_people(db: Reader) -> list[Person]:
    """Everyone, real people before simulated ones, by name."""
    found = db.rows(
        "SELECT person_id, name, role, is_simulated FROM people ORDER BY is_simulated, name"
    )
    return _people(found)


def get_person(db: Reader, person_id: str) -> Person:
    """
    The person with this identifier.

    Raises:
        NotFoundError: there is none.
    """
    found = db.rows(
        """
        SELECT person_id, name, role, is_simulated FROM people
        WHERE person_id = $person_id ORDER BY person_id
        """,
        person_id=person_id,
    )
    if not found:
        raise NotFoundError(f"There is no person '{person_id}'.")
    return _people(found)[0]


def add_person(transaction: Transaction, person: Person, *, at: datetime) -> None:
    """Add a person whose identifier and name are not taken."""
    transaction.write(
        """
        INSERT INTO people (person_id, name, role, is_simulated, added_at)
        VALUES ($person_id, $name, $role, $is_simulated, $at)
        """,
        person_id=person.person_id,
        name=person.name,
        role=person.role.value,
        is_simulated=person.is_simulated,
        at=at,
    )


def add_session(
    transaction: Transaction, token_hash: str, person_id: str, *, at: datetime, until: datetime
) -> None:
    """Remember a signed-in browser by the hash of its token."""
    transaction.write(
        "INSERT INTO sessions VALUES ($token_hash, $person_id, $at, $until)",
        token_hash=token_hash,
        person_id=person_id,
        at=at,
        until=until,
    )


def person_of_session(db: Reader, token_hash: str, *, at: datetime) -> Person | None:
    """Whose session a token's hash stands for; None where unknown or expired."""
    found = db.rows(
        """
        SELECT person_id, name, role, is_simulated
        FROM sessions JOIN people USING (person_id)
        WHERE token_hash = $token_hash AND expires_at > $at
        ORDER BY person_id
        """,
        token_hash=token_hash,
        at=at,
    )
    return _people(found)[0] if found else None


def remove_session(transaction: Transaction, token_hash: str) -> None:
    """Forget a signed-in browser."""
    transaction.write("DELETE FROM sessions WHERE token_hash = $token_hash", token_hash=token_hash)


def _people(rows: list[dict[str, Any]]) -> list[Person]:
    return [
        Person(row["person_id"], row["name"], Role(row["role"]), row["is_simulated"])
        for row in rows
    ]
