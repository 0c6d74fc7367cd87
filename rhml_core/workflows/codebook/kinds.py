"""What kind of change a new codebook version is: wording, meaning or structure; checked here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from rhml_core.domain import Label
from rhml_core.errors import InvalidInputError
from rhml_core.store.label_changes import MEETINGS, ChangeKind, LabelChange, Reach

__all__ = [
    "MEETINGS",
    "ChangeKind",
    "LabelChange",
    "Reach",
    "VersionKind",
    "check_kind",
    "complete_changes",
    "in_words",
    "meaning_counts",
    "version_kind",
]

MOVES = frozenset({ChangeKind.RENAMED, ChangeKind.MERGED, ChangeKind.SPLIT, ChangeKind.RETIRED})
"""Changes after which a label's old name no longer means what it meant."""

_STRUCTURE = MOVES | {ChangeKind.ADDED}
_FEWEST_PARTS = 2


class VersionKind(StrEnum):
    """How grave a version is for what was judged before; each kind may hold those before it."""

    WORDING = "wording"
    MEANING = "meaning"
    STRUCTURE = "structure"


def version_kind(changes: Sequence[LabelChange]) -> VersionKind:
    """The gravest of a version's changes; without any (colours, keys, order) it is wording."""
    kinds = {change.kind for change in changes}
    if kinds - {ChangeKind.WORDING, ChangeKind.MEANING}:
        return VersionKind.STRUCTURE
    return VersionKind.MEANING if ChangeKind.MEANING in kinds else VersionKind.WORDING


def check_kind(chosen: VersionKind, changes: Sequence[LabelChange]) -> None:
    """
    Let a choice pass that fits what is changed.

    Raises:
        InvalidInputError: the changes are graver, or less grave, than chosen.
    """
    found = version_kind(changes)
    if found is chosen:
        return
    if found is VersionKind.STRUCTURE:
        acts = "; ".join(in_words(change) for change in changes if change.kind in _STRUCTURE)
        raise InvalidInputError(
            f"You chose a change of {chosen}, but the labels themselves change: {acts} "
            "Choose structure."
        )
    if chosen is VersionKind.STRUCTURE:
        raise InvalidInputError(
            "You chose a change of structure, but every label stays. Choose wording or meaning."
        )
    if found is VersionKind.MEANING:
        raise InvalidInputError(
            "You chose a change of wording, but named labels whose meaning changes. Choose meaning."
        )
    raise InvalidInputError("Name the labels whose meaning changes, or choose wording.")


def in_words(change: LabelChange) -> str:
    """
    One sentence that says what happened to a label.

    >>> in_words(LabelChange(ChangeKind.MERGED, "Sale", ("Trade",)))
    'Sale was merged into Trade.'
    """
    names = " and ".join(change.becomes)
    return {
        ChangeKind.WORDING: f"{change.label}: wording only.",
        ChangeKind.MEANING: f"{change.label}: meaning.",
        ChangeKind.ADDED: f"{change.label} was added.",
        ChangeKind.RENAMED: f"{change.label} was renamed to {names}.",
        ChangeKind.MERGED: f"{change.label} was merged into {names}.",
        ChangeKind.SPLIT: f"{change.label} was split into {names}.",
        ChangeKind.RETIRED: f"{change.label} was retired.",
    }[change.kind]


def complete_changes(
    before: Sequence[Label],
    after: Sequence[Label],
    declared: Sequence[LabelChange],
    *,
    judged: Collection[str] = (),
) -> tuple[LabelChange, ...]:
    """
    What a new version does to each label: what its editor declared, and what goes without saying.

    An undeclared new name is an added label, an undeclared missing one that nobody has used is
    retired, and another definition or examples are wording. Reaches are put right: a split or
    retired label reaches every message judged with it, a change of meaning at least those where it
    meets another label, and a rename none.

    Args:
        before: the labels of the older version.
        after: those of the new one.
        declared: changes by the editor; names of labels as in the older version.
        judged: labels that have judgements.

    Returns:
        Declared changes first, in their order.

    Raises:
        InvalidInputError: a change names a label that is not there, contradicts the new version,
            or a judged label is missing without a word on what becomes of it.
    """
    old = {label.name: label for label in before}
    new = {label.name: label for label in after}
    moved = _moved(declared, old, new)
    targets = {name for change in declared for name in change.becomes}
    kept = [name for name in old if name in new and name not in moved]
    for change in declared:
        _check_declared(change, old, new, kept, moved)
    for name in moved:
        if name in new and name not in targets:
            raise InvalidInputError(f"'{name}' still stands in the codebook. Remove it there.")
    gone = [name for name in old if name not in new and name not in moved]
    lost = [name for name in gone if name in judged]
    if lost:
        raise InvalidInputError(
            f"These labels have judgements: {', '.join(lost)}. Say what becomes of each: rename, "
            "merge, split or retire it; then no judgement is lost."
        )
    said = {change.label for change in declared if change.kind is not ChangeKind.RENAMED}
    added = [name for name in new if name not in kept and name not in targets and name not in said]
    reworded = [
        was
        for was, now in [
            *((name, name) for name in kept),
            *((c.label, c.becomes[0]) for c in declared if c.kind is ChangeKind.RENAMED),
        ]
        if was not in said and _text(old[was]) != _text(new[now])
    ]
    return (
        *(_with_reach(change) for change in declared),
        *(LabelChange(ChangeKind.RETIRED, name, reach=Reach.EVERY) for name in gone),
        *(LabelChange(ChangeKind.ADDED, name) for name in added),
        *(LabelChange(ChangeKind.WORDING, name) for name in reworded),
    )


def meaning_counts(
    history: Mapping[int, Sequence[LabelChange]], names: Sequence[str]
) -> dict[str, int]:
    """
    How often the meaning of each present label has changed since it was first in a codebook.

    A rename carries the count along. What is merged into a label changes its meaning; the label
    made of several has the count of that which changed most, and one more.

    Args:
        history: what each version did, by version, in ascending order.
        names: the labels of the newest version.
    """
    counts: dict[str, int] = {}
    for version in sorted(history):
        counts = _counts_after(counts, history[version])
    return {name: counts.get(name, 0) for name in names}


def _counts_after(counts: dict[str, int], changes: Sequence[LabelChange]) -> dict[str, int]:
    gone = {change.label for change in changes if change.kind in MOVES}
    after = {name: n for name, n in counts.items() if name not in gone}
    changed = {change.label for change in changes if change.kind is ChangeKind.MEANING}
    names = {c.label: c.becomes[0] for c in changes if c.kind is ChangeKind.RENAMED}
    for was, name in names.items():
        after[name] = counts.get(was, 0)
    merged = {change.becomes[0] for change in changes if change.kind is ChangeKind.MERGED}
    for name in merged:
        parts = [c.label for c in changes if c.kind is ChangeKind.MERGED and c.becomes[0] == name]
        after[name] = 1 + max(counts.get(part, 0) for part in [*parts, name])
    for name in {names.get(was, was) for was in changed} - merged:
        after[name] = after.get(name, 0) + 1
    return after


def _moved(
    declared: Sequence[LabelChange], old: Mapping[str, Label], new: Mapping[str, Label]
) -> set[str]:
    moves = [change for change in declared if change.kind in MOVES]
    names = [change.label for change in moves]
    for change in moves:
        if change.label not in old:
            raise InvalidInputError(f"There is no label '{change.label}' to change.")
        if names.count(change.label) > 1:
            raise InvalidInputError(f"Only one thing can become of '{change.label}' at a time.")
        wanted = {ChangeKind.RETIRED: 0, ChangeKind.SPLIT: None}.get(change.kind, 1)
        n = len(set(change.becomes))
        if n < _FEWEST_PARTS if wanted is None else n != wanted:
            raise InvalidInputError(f"It is not said what '{change.label}' becomes. Name it.")
        missing = [name for name in change.becomes if name not in new]
        if missing:
            raise InvalidInputError(
                f"'{change.label}' becomes '{missing[0]}', which is not in the new codebook."
            )
    return set(names)


def _check_declared(
    change: LabelChange,
    old: Mapping[str, Label],
    new: Mapping[str, Label],
    kept: Sequence[str],
    moved: Collection[str],
) -> None:
    if change.kind in {ChangeKind.RENAMED, ChangeKind.SPLIT}:
        taken = [name for name in change.becomes if name in kept]
        if taken:
            raise InvalidInputError(
                f"'{change.label}' cannot become '{taken[0]}', which is a label already. "
                "Merge the two instead."
            )
    if change.kind is ChangeKind.ADDED and (change.label not in new or change.label in kept):
        raise InvalidInputError(f"'{change.label}' is not a new label.")
    is_of_text = change.kind in {ChangeKind.WORDING, ChangeKind.MEANING}
    if is_of_text and change.label not in kept and change.label not in moved:
        raise InvalidInputError(f"There is no label '{change.label}' to change.")
    if change.reach in MEETINGS and (change.meets == change.label or change.meets not in old):
        raise InvalidInputError(f"Name the label that '{change.label}' is confused with.")


def _with_reach(change: LabelChange) -> LabelChange:
    if change.kind in {ChangeKind.SPLIT, ChangeKind.RETIRED}:
        return replace(change, reach=Reach.EVERY, meets="")
    if change.kind in {ChangeKind.WORDING, ChangeKind.ADDED, ChangeKind.RENAMED}:
        return replace(change, reach=Reach.NONE, meets="")
    if change.kind is ChangeKind.MEANING and change.reach is Reach.NONE:
        return replace(change, reach=Reach.EVERY, meets="")
    return change


def _text(label: Label) -> tuple[str, tuple[str, ...]]:
    return label.definition, label.examples
