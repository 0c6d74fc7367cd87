"""The codebook: read it, change it, never lose a judged label."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rhml_core.domain import LABEL_COLOURS, Codebook, Label, Message, Person, Role
from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.store import codebooks as codebook_store
from rhml_core.store import judgements, messages, reopenings
from rhml_core.store.database import Reader, Transaction
from rhml_core.store.events import add_event
from rhml_core.store.label_changes import LabelChange, add_label_changes, label_changes
from rhml_core.workflows.codebook.kinds import (
    VersionKind,
    check_kind,
    complete_changes,
    meaning_counts,
    version_kind,
)
from rhml_core.workflows.codebook.reach import Reopening, reopening
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.workplace import Workplace

_COLOUR = re.compile(r"^#[0-9A-Fa-f]{6}$")
_KEYS = "1234567890abdeghijlmnopqtuvwyz"
_FEWEST_LABELS = 2
_N_EXAMPLES = 10


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


@dataclass(frozen=True)
class CodebookChange:
    """
    A new version before it is saved.

    Attributes:
        labels: as they would be saved.
        changes: what happens to each label, complete.
        kind: the gravest of them.
        reopening: the messages that would come back.
        examples: some of them, in import order.
    """

    labels: tuple[Label, ...]
    changes: tuple[LabelChange, ...]
    kind: VersionKind
    reopening: Reopening
    examples: tuple[Message, ...]


@dataclass(frozen=True)
class CodebookHistory:
    """
    What became of a codebook.

    Attributes:
        versions: newest first.
        changes: what each version did, by version; absent where the program kept no account yet.
        n_reopened: messages that each version brought back, by version; absent for none.
        n_meaning: how often each present label's meaning changed.
    """

    versions: list[Codebook]
    changes: dict[int, tuple[LabelChange, ...]]
    n_reopened: dict[int, int]
    n_meaning: dict[str, int]


def codebook_history(place: Workplace, project_id: str) -> CodebookHistory:
    """Every version with what it changed, and how often each label's meaning changed."""
    versions = list_codebook_versions(place, project_id)
    changes = label_changes(place.db, project_id)
    return CodebookHistory(
        versions=versions,
        changes=changes,
        n_reopened=reopenings.count_reopened(place.db, project_id),
        n_meaning=meaning_counts(changes, versions[0].names),
    )


def preview_change(
    place: Workplace,
    person: Person,
    project_id: str,
    labels: Sequence[Label],
    *,
    based_on: int,
    kind: VersionKind | None = None,
    changes: Sequence[LabelChange] = (),
) -> CodebookChange:
    """
    What `change_codebook` would do with the same arguments, as things stand.

    Raises:
        NotAllowedError, ConflictError, InvalidInputError: as `change_codebook`.
    """
    require(person, Role.SUPERVISOR, "change the codebook")
    return _checked_change(
        place.db, project_id, labels, based_on=based_on, kind=kind, declared=changes
    )


def change_codebook(
    place: Workplace,
    person: Person,
    project_id: str,
    labels: Sequence[Label],
    *,
    based_on: int,
    kind: VersionKind | None = None,
    changes: Sequence[LabelChange] = (),
    previewed: Sequence[str] | None = None,
    note: str = "",
    key: str,
) -> Codebook:
    """
    Make a new version the current one, and ask again about the messages that it touches.

    Judgements stay as they were given. Those with a renamed or merged label are read with its new
    name; those on a message that is asked about again no longer stand, and the message comes back
    to those who judged it.

    Args:
        place: the workplace.
        person: who changes it.
        project_id: whose codebook.
        labels: all labels of the new version, in order.
        based_on: the version that the person had before them.
        kind: what kind of change the person says it is; None to leave it to the program.
        changes: what becomes of labels; see `complete_changes` for what goes without saying.
        previewed: the messages that the person was told would come back; None if not told.
        note: why.
        key: identifies this act; a repeated one changes nothing.

    Raises:
        NotAllowedError: only supervisors change codebooks.
        ConflictError: someone changed it since `based_on`, or other messages than `previewed`
            would come back.
        InvalidInputError: the labels cannot be used, the changes contradict them or are of another
            kind, or nothing is said of a judged label that is missing.
    """
    require(person, Role.SUPERVISOR, "change the codebook")
    now = place.now()
    with place.db.atomic() as transaction:
        if not transaction.claim(act_key(person, "codebook", project_id, key), at=now):
            return codebook_store.get_codebook(transaction, project_id)
        change = _checked_change(
            transaction, project_id, labels, based_on=based_on, kind=kind, declared=changes
        )
        _refuse_other_than_previewed(change, previewed)
        changed = Codebook(
            version=based_on + 1,
            labels=change.labels,
            changed_by=person.person_id,
            changed_at=now,
            note=note,
        )
        _save(transaction, project_id, changed, change, at=now)
    place.machines.note_change(project_id)
    return changed


def extend_codebook(
    transaction: Transaction,
    person: Person,
    project_id: str,
    names: Sequence[str],
    *,
    note: str,
    at: datetime,
) -> Codebook:
    """
    Within an act, add labels at the codebook's end as its next version; nothing comes back.

    Returns:
        The codebook as it stands then; the present one where no name is new.

    Raises:
        NotAllowedError: only supervisors change codebooks.
        InvalidInputError: a name cannot be used.
    """
    require(person, Role.SUPERVISOR, "change the codebook")
    current = codebook_store.get_codebook(transaction, project_id)
    new = [Label(name, "") for name in names if name not in current.names]
    if not new:
        return current
    change = _checked_change(
        transaction,
        project_id,
        [*current.labels, *new],
        based_on=current.version,
        kind=None,
        declared=(),
    )
    changed = Codebook(
        version=current.version + 1,
        labels=change.labels,
        changed_by=person.person_id,
        changed_at=at,
        note=note,
    )
    _save(transaction, project_id, changed, change, at=at)
    return changed


def _refuse_other_than_previewed(change: CodebookChange, previewed: Sequence[str] | None) -> None:
    reopened = change.reopening.message_ids
    if previewed is not None and set(previewed) != set(reopened):
        raise ConflictError(
            f"Labels were given since you looked: {len(reopened):,} messages would come back "
            f"now, not {len(previewed):,}. Look at the new count, then save."
        )


def _save(
    transaction: Transaction,
    project_id: str,
    changed: Codebook,
    change: CodebookChange,
    *,
    at: datetime,
) -> None:
    """Keep a new version, what it does to each label and message, and its audit event."""
    codebook_store.add_codebook(transaction, project_id, changed, at=at)
    add_label_changes(transaction, project_id, changed.version, change.changes)
    reopenings.add_reopenings(
        transaction,
        project_id,
        change.reopening.message_ids,
        codebook_version=changed.version,
        person_id=changed.changed_by,
        at=at,
    )
    add_event(
        transaction,
        kind="codebook_changed",
        subject=f"codebook:{changed.version}",
        person_id=changed.changed_by,
        project_id=project_id,
        at=at,
        detail={
            "version": changed.version,
            "note": changed.note,
            "kind": change.kind.value,
            "n_reopened": len(change.reopening.message_ids),
        },
    )


def _checked_change(
    db: Reader,
    project_id: str,
    labels: Sequence[Label],
    *,
    based_on: int,
    kind: VersionKind | None,
    declared: Sequence[LabelChange],
) -> CodebookChange:
    checked = check_labels(labels)
    current = codebook_store.get_codebook(db, project_id)
    if current.version != based_on:
        raise ConflictError(
            f"The codebook was changed to version {current.version} while you edited version "
            f"{based_on}. Look at the new version, then apply your change to it."
        )
    judged = judgements.judged_labels(db, project_id)["label"].to_list()
    changes = complete_changes(current.labels, checked, declared, judged=judged)
    if kind is not None:
        check_kind(kind, changes)
    found = reopening(db, project_id, changes)
    some = messages.get_messages(db, project_id, list(found.message_ids[:_N_EXAMPLES]))
    return CodebookChange(checked, changes, version_kind(changes), found, tuple(some))


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
