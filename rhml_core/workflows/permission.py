"""Who may do what; checked by every workflow before it reads or writes."""

from rhml_core.domain import Person, Role
from rhml_core.errors import NotAllowedError

_PLURALS = {
    Role.VIEWER: "viewers",
    Role.EXPERT: "experts",
    Role.SUPERVISOR: "supervisors",
    Role.ADMIN: "admins",
}


def act_key(person: Person, act: str, subject: str, key: str) -> str:
    """
    What makes one act of one person on one thing unmistakable.

    Keys come from browsers and programs; two people's, or one's on two things, may be equal.
    """
    return f"{person.person_id}:{act}:{subject}:{key}"


def require(person: Person, role: Role, act: str) -> None:
    """
    Let a person with at least this role pass.

    Raises:
        NotAllowedError: the role is lower; names the act and who may do it.
    """
    if not person.may(role):
        raise NotAllowedError(
            f"{person.name} is signed in as {person.role.value} and may not {act}. "
            f"Ask one of the {_PLURALS[role]}."
        )
