"""What a person has read, so that it is offered until then and not again."""

from rhml_core.domain import Person, Role
from rhml_core.store import events
from rhml_core.store.events import add_event
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace

_KIND = "read"


def record_reading(place: Workplace, person: Person, project_id: str, what: str) -> None:
    """
    Remember that the person has opened something to read; once is enough.

    Args:
        place: the workplace.
        person: who reads.
        project_id: an existing project.
        what: as in `codebook:3` or `digest:2`.

    Raises:
        NotAllowedError: the person may not see the project.
    """
    require(person, Role.VIEWER, "see the project")
    if has_read(place, person, project_id, what):
        return
    with place.db.atomic() as transaction:
        add_event(
            transaction,
            kind=_KIND,
            subject=what,
            person_id=person.person_id,
            project_id=project_id,
            at=place.now(),
        )


def has_read(place: Workplace, person: Person, project_id: str, what: str) -> bool:
    """Whether the person has opened it before."""
    return events.has_event(
        place.db, project_id, kind=_KIND, subject=what, person_id=person.person_id
    )


def codebook_version(version: int) -> str:
    """A version of the codebook, as something to read."""
    return f"codebook:{version}"


def digest_of(run_number: int) -> str:
    """The digest of the cycle that a run has closed, as something to read."""
    return f"digest:{run_number}"
