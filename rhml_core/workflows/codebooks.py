"""The codebook: read it, change it, never lose a judged label."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rhml_core.domain import LABEL_COLOURS, Codebook, Label, Person, Role
from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.store import codebooks as codebook_store
from rhml_core.store import judgements
from rhml_core.store.events import add_event
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.workplace import Workplace

_COLOUR = re.compile(r"^#[0-9A-Fa-f]{6}$")
_KEYS = "1234567890abdeghijlmnopqtuvwyz"
_FEWEST_LABELS = 2


def get_codebook(place: Workplace, project_id: str, version: int | None = None) -> Codebook:
    """
    One version of a project's codebook, the newest where `version` is None.

    Raises:
        NotFoundError: there is no such project or version.
    """
    return codebook_store.get_codebook(place.db, project_id, version)


def list_codebook_versions(place: Workplace, project_id: str) -> list[Codebook]:
    """Every version of a project's codebook, newest first."""
    newest = codebook_store.newest_version(place.db, project_id)
    return [
        codebook_store.get_codebook(place.db, project_id, version)
        for version in range(newest, 0, -1)
    ]


def change_codebook(
    place: Workplace,
    person: Person,
    project_id: str,
    labels: Sequence[Label],
    *,
    based_on: int,
    note: str = "",
    key: str,
) -> Codebook:
    """
    Make a new version the current one.

    Args:
        place: the workplace.
        person: who changes it.
        project_id: whose codebook.
        labels: all labels of the new version, in order.
        based_on: the version that the person had before them.
        note: why.
        key: identifies this act; a repeated one changes nothing.

    Raises:
        NotAllowedError: only supervisors change codebooks.
        ConflictError: someone changed it since `based_on`.
        InvalidInputError: the labels cannot be used, or a judged label is missing.
    """
    require(person, Role.SUPERVISOR, "change the codebook")
    checked = check_labels(labels)
    with place.db.atomic() as transaction:
        current = codebook_store.get_codebook(transaction, project_id)
        if not transaction.claim(act_key(person, "codebook", project_id, key), at=place.now()):
            return current
        if current.version != based_on:
            raise ConflictError(
                f"The codebook was changed to version {current.version} while you edited version "
                f"{based_on}. Look at the new version, then apply your change to it."
            )
        names = {label.name for label in checked}
        judged = judgements.judged_labels(transaction, project_id)
        lost = [f"'{label}' ({n:,})" for label, n in judged.iter_rows() if label not in names]
        if lost:
            raise InvalidInputError(
                f"These labels have judgements and must stay: {', '.join(lost)}."
            )
        changed = Codebook(
            version=current.version + 1,
            labels=checked,
            changed_by=person.person_id,
            changed_at=place.now(),
            note=note,
        )
        codebook_store.add_codebook(transaction, project_id, changed, at=place.now())
        add_event(
            transaction,
            kind="codebook_changed",
            subject=f"codebook:{changed.version}",
            person_id=person.person_id,
            project_id=project_id,
            at=place.now(),
            detail={"version": changed.version, "note": note},
        )
    place.machines.note_change(project_id)
    return changed


def check_labels(labels: Sequence[Label]) -> tuple[Label, ...]:
    """
    The labels with missing colours and keys given out.

    Raises:
        InvalidInputError: fewer than two, an empty or repeated name, a repeated key or a
            colour that is not `#RRGGBB`.
    """
    if len(labels) < _FEWEST_LABELS:
        raise InvalidInputError("A codebook needs at least two labels.")
    names = [" ".join(label.name.split()) for label in labels]
    for name in names:
        if not name:
            raise InvalidInputError("A label has no name. Give it one or remove it.")
        if names.count(name) > 1:
            raise InvalidInputError(f"The label '{name}' stands there twice. Rename one of them.")
    given = [label.key.strip().lower() for label in labels if label.key.strip()]
    for key in given:
        if given.count(key) > 1:
            raise InvalidInputError(f"The key '{key}' is used twice. Change one of them.")
        if len(key) != 1:
            raise InvalidInputError(f"The key '{key}' must be a single character.")
    free = [key for key in _KEYS if key not in given]
    checked = []
    for position, (name, label) in enumerate(zip(names, labels, strict=True)):
        colour = label.colour.strip() or LABEL_COLOURS[position % len(LABEL_COLOURS)]
        if not _COLOUR.match(colour):
            raise InvalidInputError(
                f"The colour '{colour}' of '{name}' must be written as #RRGGBB."
            )
        key = label.key.strip().lower() or (free.pop(0) if free else "")
        checked.append(replace(label, name=name, colour=colour, key=key))
    return tuple(checked)
