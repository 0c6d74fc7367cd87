"""What differs between two codebooks, in words."""

from collections.abc import Sequence

from rhml_core.domain import Label
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange, in_words


def codebook_changes(before: Sequence[Label], after: Sequence[Label]) -> list[str]:
    """
    One sentence for each label that was added, removed, changed or moved; empty for none.

    >>> codebook_changes([Label("a"), Label("b")], [Label("a", "First."), Label("c")])
    ['Added c.', 'Removed b.', 'a: definition.']
    """
    old = {label.name: label for label in before}
    new = {label.name: label for label in after}
    kept = [name for name in new if name in old]
    lines = [f"Added {name}." for name in new if name not in old]
    lines += [f"Removed {name}." for name in old if name not in new]
    for name in kept:
        facts = _changed_facts(old[name], new[name])
        if facts:
            lines.append(f"{name}: {', '.join(facts)}.")
    if kept != [name for name in old if name in new]:
        lines.append(f"New order: {', '.join(new)}.")
    return lines


def draft_changes(
    before: Sequence[Label], after: Sequence[Label], declared: Sequence[LabelChange]
) -> list[str]:
    """
    What differs between two codebooks where it is known what became of the labels.

    Args:
        before: the older labels.
        after: the newer ones.
        declared: what happened to labels; names as in the older codebook.

    Returns:
        One sentence for each label that moved, was added or changed, and one for a new order.
    """
    moves = [one for one in declared if one.kind is not ChangeKind.MEANING]
    targets = {name for one in moves for name in one.becomes}
    told = {one.label for one in moves} | targets
    renamed = {one.label: one.becomes[0] for one in moves if one.kind is ChangeKind.RENAMED}
    old = {label.name: label for label in before}
    new = {label.name: label for label in after}
    lines = [in_words(one) for one in moves]
    for was, now in renamed.items():
        if now in new and (facts := _changed_facts(old[was], new[now])):
            lines.append(f"{now}: {', '.join(facts)}.")
    rest = [
        line
        for line in codebook_changes(before, after)
        if not any(line in (f"Added {name}.", f"Removed {name}.") for name in told)
    ]
    was_order = [renamed.get(label.name, label.name) for label in before]
    kept = [name for name in was_order if name in new]
    if kept == [name for name in new if name in was_order]:
        rest = [line for line in rest if not line.startswith("New order: ")]
    return lines + rest


def _changed_facts(old: Label, new: Label) -> list[str]:
    facts = []
    if old.definition != new.definition:
        facts.append("definition")
    if old.examples != new.examples:
        facts.append("examples")
    if old.colour.upper() != new.colour.upper():
        facts.append("colour")
    if old.key != new.key:
        facts.append(f"key {old.key or 'none'} to {new.key or 'none'}")
    return facts
