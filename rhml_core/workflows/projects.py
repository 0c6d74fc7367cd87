"""Projects: begin one, look at one, set how it works."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import asdict, replace

from rhml_core.domain import Codebook, Label, Mode, Person, Project, QueueShares, Role
from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.store import codebooks as codebook_store
from rhml_core.store import projects as project_store
from rhml_core.store.events import add_event
from rhml_core.workflows.codebooks import check_labels
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.workplace import Workplace

MOST_OVERLAP = 20
"""Experts a message may be given to, at most."""

_ROUNDING = 1e-9


def list_projects(place: Workplace, person: Person) -> list[Project]:
    """Every project, by name."""
    require(person, Role.VIEWER, "see projects")
    return project_store.list_projects(place.db)


def get_project(place: Workplace, person: Person, project_id: str) -> Project:
    """
    One project, by identifier or name.

    Raises:
        NotFoundError: there is none; names those that exist.
    """
    require(person, Role.VIEWER, "see projects")
    return project_store.get_project(place.db, project_id)


def create_project(
    place: Workplace,
    person: Person,
    name: str,
    labels: Sequence[Label],
    *,
    description: str = "",
    mode: Mode = Mode.RECIPROCAL,
    overlap: int = 2,
) -> Project:
    """
    Begin a project with its first codebook.

    Raises:
        NotAllowedError: only supervisors begin projects.
        ConflictError: the name is taken.
        InvalidInputError: the name, the overlap or the codebook cannot be used.
    """
    require(person, Role.SUPERVISOR, "begin a project")
    name = " ".join(name.split())
    if not name:
        raise InvalidInputError("A project needs a name.")
    checked = check_labels(labels)
    now = place.now()
    with place.db.atomic() as transaction:
        known = project_store.list_projects(transaction)
        if any(name in {project.name, project.project_id} for project in known):
            raise ConflictError(f"There is already a project '{name}'. Choose another name.")
        project = Project(
            project_id=_free_identifier(name, {project.project_id for project in known}),
            name=name,
            description=description,
            mode=Mode(mode),
            overlap=_checked_overlap(overlap),
            created_at=now,
        )
        project_store.add_project(transaction, project, person_id=person.person_id, at=now)
        first = Codebook(1, checked, changed_by=person.person_id, note="first version")
        codebook_store.add_codebook(transaction, project.project_id, first, at=now)
        add_event(
            transaction,
            kind="project_created",
            subject=f"project:{project.project_id}",
            person_id=person.person_id,
            project_id=project.project_id,
            at=now,
            detail={"n_labels": len(checked)},
        )
    return project


def change_project(
    place: Workplace,
    person: Person,
    project_id: str,
    *,
    mode: Mode,
    overlap: int,
    shares: QueueShares,
    key: str,
) -> Project:
    """
    Set how a project works from now on.

    Raises:
        NotAllowedError: only supervisors set this.
        InvalidInputError: the overlap or a share is out of range.
        NotFoundError: there is no such project.
    """
    require(person, Role.SUPERVISOR, "change a project's settings")
    _check_shares(shares)
    with place.db.atomic() as transaction:
        project = project_store.get_project(transaction, project_id)
        if not transaction.claim(act_key(person, "project", project_id, key), at=place.now()):
            return project
        changed = replace(
            project,
            mode=Mode(mode),
            overlap=_checked_overlap(overlap),
            shares=shares,
        )
        project_store.add_settings(transaction, changed, person_id=person.person_id, at=place.now())
        add_event(
            transaction,
            kind="project_changed",
            subject=f"project:{project.project_id}",
            person_id=person.person_id,
            project_id=project.project_id,
            at=place.now(),
            detail={"mode": changed.mode.value, "overlap": overlap, "shares": asdict(shares)},
        )
    return changed


def _check_shares(shares: QueueShares) -> None:
    parts = list(asdict(shares).values())
    # Shares that people set in per cent do not add up to 1 exactly.
    if not all(0 <= share <= 1 for share in parts) or sum(parts) > 1 + _ROUNDING:
        raise InvalidInputError("The shares must lie between 0 and 1 and add up to at most 1.")


def _checked_overlap(overlap: int) -> int:
    if not 1 <= overlap <= MOST_OVERLAP:
        raise InvalidInputError(f"The overlap must lie between 1 and {MOST_OVERLAP} experts.")
    return overlap


def _free_identifier(name: str, taken: set[str]) -> str:
    stem = re.sub(r"[^\w]+", "-", name.casefold()).strip("-") or "project"
    return stem if stem not in taken else f"{stem}-{uuid.uuid4().hex[:6]}"
