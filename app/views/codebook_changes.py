"""What differs between two codebooks, in words."""

from collections.abc import Sequence

from rhml_core.domain import Label


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
