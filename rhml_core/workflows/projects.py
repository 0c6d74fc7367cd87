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
from rhml_core.workflows.codebook.codebooks import check_labels
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.workplace import Workplace

MOST_OVERLAP = 20
"""Experts a message may be given to, at most."""

MOST_BASELINE = 100
"""Baseline messages of an expert, at most."""

MOST_FIRST_ROUND = 50
"""Messages of a first round, at most."""

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
    shares: QueueShares | None = None,
    baseline_probes: int = 10,
    first_round_messages: int = 0,
    first_round_pass: float = 0.8,
) -> Project:
    """
    Begin a project with its first codebook; without `shares`, with the usual ones.

    Raises:
        NotAllowedError: only supervisors begin projects.
        ConflictError: the name is taken.
        InvalidInputError: the name, the codebook or a setting cannot be used.
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
            overlap=overlap,
            shares=shares or QueueShares(),
            created_at=now,
            baseline_probes=baseline_probes,
            first_round_messages=first_round_messages,
            first_round_pass=first_round_pass,
        )
        _check(project)
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
    baseline_probes: int | None = None,
    first_round_messages: int | None = None,
    first_round_pass: float | None = None,
    shows_ranking: bool | None = None,
    key: str,
) -> Project:
    """
    Set how a project works from now on; what is None stays as it is.

    Raises:
        NotAllowedError: only supervisors set this.
        InvalidInputError: a setting is out of range.
        NotFoundError: there is no such project.
    """
    require(person, Role.SUPERVISOR, "change a project's settings")
    with place.db.atomic() as transaction:
        project = project_store.get_project(transaction, project_id)
        if not transaction.claim(act_key(person, "project", project_id, key), at=place.now()):
            return project
        changed = replace(project, mode=Mode(mode), overlap=overlap, shares=shares)
        if baseline_probes is not None:
            changed = replace(changed, baseline_probes=baseline_probes)
        if first_round_messages is not None:
            changed = replace(changed, first_round_messages=first_round_messages)
        if first_round_pass is not None:
            changed = replace(changed, first_round_pass=first_round_pass)
        if shows_ranking is not None:
            changed = replace(changed, shows_ranking=shows_ranking)
        _check(changed)
        project_store.add_settings(transaction, changed, person_id=person.person_id, at=place.now())
        add_event(
            transaction,
            kind="project_changed",
            subject=f"project:{project.project_id}",
            person_id=person.person_id,
            project_id=project.project_id,
            at=place.now(),
            detail={
                "mode": changed.mode.value,
                "overlap": overlap,
                "shares": asdict(shares),
                "baseline_probes": changed.baseline_probes,
                "first_round_messages": changed.first_round_messages,
                "first_round_pass": changed.first_round_pass,
                "shows_ranking": changed.shows_ranking,
            },
        )
    return changed


def _check(project: Project) -> None:
    if not 1 <= project.overlap <= MOST_OVERLAP:
        raise InvalidInputError(f"The overlap must lie between 1 and {MOST_OVERLAP} experts.")
    parts = list(asdict(project.shares).values())
    # Shares that people set in per cent do not add up to 1 exactly.
    if not all(0 <= share <= 1 for share in parts) or sum(parts) > 1 + _ROUNDING:
        raise InvalidInputError("The shares must lie between 0 and 1 and add up to at most 1.")
    if not 0 <= project.baseline_probes <= MOST_BASELINE:
        raise InvalidInputError(f"The baseline must have 0 to {MOST_BASELINE} messages.")
    if not 0 <= project.first_round_messages <= MOST_FIRST_ROUND:
        raise InvalidInputError(f"The first round must have 0 to {MOST_FIRST_ROUND} messages.")
    if not 0 < project.first_round_pass <= 1:
        raise InvalidInputError("The pass mark must lie above 0 % and be at most 100 %.")


def _free_identifier(name: str, taken: set[str]) -> str:
    stem = re.sub(r"[^\w]+", "-", name.casefold()).strip("-") or "project"
    return stem if stem not in taken else f"{stem}-{uuid.uuid4().hex[:6]}"
