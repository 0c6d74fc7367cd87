"""A codebook while it is being edited: plain values, changed by making new ones."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rhml_core.domain import Codebook, Label
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange, Reach


@dataclass(frozen=True)
class DraftLabel:
    """
    One label of a draft.

    Attributes:
        row: stays with the label while others are added, moved or removed.
        was: its name in the version that the draft is based on; "" for a new label.
        takes: names in that version of labels that were merged into this one.
        part_of: name in that version of the label that this one was split from; "" for none.
    """

    row: int
    was: str
    label: Label
    takes: tuple[str, ...] = ()
    part_of: str = ""

    @property
    def origins(self) -> tuple[str, ...]:
        """Names in the older version of everything that lives on in this label."""
        return tuple(name for name in (self.was, *self.takes, self.part_of) if name)


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


def structure_changes(
    draft: Draft, base: Sequence[Label], *, asks_merged: bool = False
) -> list[LabelChange]:
    """
    What a draft does to the labels themselves: renamed, merged, split and retired ones.

    With `asks_merged`, messages judged with a merged label are asked about again.
    """
    reach = Reach.EVERY if asks_merged else Reach.NONE
    changes, parts = [], defaultdict(list)
    for row in draft.rows:
        name = " ".join(row.label.name.split())
        merged = [*row.takes, *([row.was] if row.was and row.was != name else [])]
        if row.takes:
            changes += [LabelChange(ChangeKind.MERGED, one, (name,), reach) for one in merged]
        elif merged:
            changes.append(LabelChange(ChangeKind.RENAMED, row.was, (name,)))
        if row.part_of:
            parts[row.part_of].append(name)
    changes += [LabelChange(ChangeKind.SPLIT, was, tuple(names)) for was, names in parts.items()]
    living = {name for row in draft.rows for name in row.origins}
    changes += [
        LabelChange(ChangeKind.RETIRED, label.name) for label in base if label.name not in living
    ]
    return changes


def reworded_rows(draft: Draft, base: Sequence[Label]) -> list[DraftLabel]:
    """The rows whose definition or examples are others than in the version they come from."""
    old = {label.name: label for label in base}
    return [
        row
        for row in draft.rows
        if row.was in old
        and (row.label.definition, row.label.examples)
        != (old[row.was].definition, old[row.was].examples)
    ]


def with_label(draft: Draft, number: int, label: Label) -> Draft:
    """The draft with one row's label replaced."""
    rows = [replace(row, label=label) if row.row == number else row for row in draft.rows]
    return replace(draft, rows=tuple(rows))


def with_new_label(draft: Draft) -> tuple[Draft, int]:
    """The draft with an empty label at its end, and that label's row number."""
    number = 1 + max((row.row for row in draft.rows), default=-1)
    return replace(draft, rows=(*draft.rows, DraftLabel(number, "", Label("")))), number


def without_label(draft: Draft, number: int) -> Draft:
    """The draft without one row; the last remaining part of a split label is that label again."""
    removed = draft.row(number)
    rows = [row for row in draft.rows if row.row != number]
    parts = [row for row in rows if removed.part_of and row.part_of == removed.part_of]
    if len(parts) == 1:
        whole = replace(parts[0], was=removed.part_of, part_of="")
        rows = [whole if row.row == whole.row else row for row in rows]
    return replace(draft, rows=tuple(rows))


def merged_into(draft: Draft, number: int, other: int) -> Draft:
    """The draft with one row's label merged into another's; examples of both are kept."""
    source, target = draft.row(number), draft.row(other)
    examples = dict.fromkeys((*target.label.examples, *source.label.examples))
    joined = replace(
        target,
        takes=(*target.takes, *source.origins),
        label=replace(target.label, examples=tuple(examples)),
    )
    rows = [joined if row.row == other else row for row in draft.rows if row.row != number]
    return replace(draft, rows=tuple(rows))


def split_in_two(draft: Draft, number: int) -> tuple[Draft, int]:
    """The draft with one row's label in two parts, and the second part's row number."""
    source = draft.row(number)
    origin = source.part_of or source.was
    second_number = 1 + max(row.row for row in draft.rows)
    name = source.label.name
    first = replace(source, was="", part_of=origin, label=replace(source.label, name=f"{name} 1"))
    second = DraftLabel(second_number, "", Label(f"{name} 2"), part_of=origin)
    rows: list[DraftLabel] = []
    for row in draft.rows:
        rows += [first, second] if row.row == number else [row]
    return replace(draft, rows=tuple(rows)), second_number


def moved(draft: Draft, number: int, steps: int) -> Draft:
    """The draft with one row moved up (below 0) or down; it stops at the ends."""
    rows = list(draft.rows)
    place = next(i for i, row in enumerate(rows) if row.row == number)
    row = rows.pop(place)
    rows.insert(min(max(place + steps, 0), len(rows)), row)
    return replace(draft, rows=tuple(rows))
