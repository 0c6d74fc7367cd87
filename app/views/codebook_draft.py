"""A codebook while it is being edited: plain values, changed by making new ones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rhml_core.domain import Codebook, Label

_FACTS = ("definition", "examples", "colour", "key")


@dataclass(frozen=True)
class DraftLabel:
    """
    One label of a draft.

    Attributes:
        row: stays with the label while others are added, moved or removed.
        was: its name in the version that the draft is based on; "" for a new label.
    """

    row: int
    was: str
    label: Label


@dataclass(frozen=True)
class Draft:
    """Labels being edited, in order, and the version that they come from."""

    based_on: int
    rows: tuple[DraftLabel, ...]

    @property
    def labels(self) -> list[Label]:
        """The labels as they would be saved."""
        return [row.label for row in self.rows]

    def row(self, number: int) -> DraftLabel:
        """The label with this row number."""
        return next(row for row in self.rows if row.row == number)


def draft_of(codebook: Codebook) -> Draft:
    """A draft that changes nothing yet."""
    rows = [DraftLabel(place, label.name, label) for place, label in enumerate(codebook.labels)]
    return Draft(codebook.version, tuple(rows))


def with_label(draft: Draft, number: int, label: Label) -> Draft:
    """The draft with one row's label replaced."""
    rows = [replace(row, label=label) if row.row == number else row for row in draft.rows]
    return replace(draft, rows=tuple(rows))


def with_new_label(draft: Draft) -> tuple[Draft, int]:
    """The draft with an empty label at its end, and that label's row number."""
    number = 1 + max((row.row for row in draft.rows), default=-1)
    return replace(draft, rows=(*draft.rows, DraftLabel(number, "", Label("")))), number


def without_label(draft: Draft, number: int) -> Draft:
    """The draft without one row."""
    return replace(draft, rows=tuple(row for row in draft.rows if row.row != number))


def moved(draft: Draft, number: int, steps: int) -> Draft:
    """The draft with one row moved up (below 0) or down; it stops at the ends."""
    rows = list(draft.rows)
    place = next(i for i, row in enumerate(rows) if row.row == number)
    row = rows.pop(place)
    rows.insert(min(max(place + steps, 0), len(rows)), row)
    return replace(draft, rows=tuple(rows))


def brought_together(draft: Draft, base: Sequence[Label], newest: Codebook) -> Draft:
    """
    The draft on top of a version that someone else saved meanwhile.

    What the draft changed stays as it is in the draft; what it left alone is taken from the
    newest version, labels added there included.

    Args:
        draft: based on `base`.
        base: the labels that both started from.
        newest: the other person's version.
    """
    old = {label.name: label for label in base}
    theirs = {label.name: label for label in newest.labels}
    rows = []
    for row in draft.rows:
        before, other = old.get(row.was), theirs.get(row.was)
        if before is None:
            rows.append(row)
        elif other is not None:
            rows.append(replace(row, label=_merged(before, row.label, other)))
        elif row.label != before:  # taken out there, edited here: the edit is not lost
            rows.append(replace(row, was=""))
    number = 1 + max((row.row for row in draft.rows), default=-1)
    names = {row.label.name for row in rows}
    added = [one for name, one in theirs.items() if name not in old and name not in names]
    rows += [DraftLabel(number + i, one.name, one) for i, one in enumerate(added)]
    return Draft(newest.version, tuple(rows))


def _merged(before: Label, mine: Label, theirs: Label) -> Label:
    untouched = {
        fact: getattr(theirs, fact)
        for fact in _FACTS
        if getattr(mine, fact) == getattr(before, fact)
    }
    return replace(mine, **untouched)
