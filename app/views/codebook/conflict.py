"""Two people edited a codebook at once: where they differ, and both brought together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.views.codebook.draft import Draft, DraftLabel
from rhml_core.domain import Codebook, Label
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange

FIELDS = ("name", "definition", "examples", "colour", "key")

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class FieldDifference:
    """
    One field of one label that stands differently in a draft and in the newer version.

    Attributes:
        row: the draft's row.
        label: the label's name in the newer version.
        field: one of `FIELDS`.
        before: the text that both started from; "" where both added the label.
        mine: the draft's text.
        theirs: the newer version's text.
    """

    row: int
    label: str
    field: str
    before: str
    mine: str
    theirs: str

    @property
    def is_contested(self) -> bool:
        """Whether both changed it."""
        return self.before not in (self.mine, self.theirs)

    @property
    def usual_side(self) -> str:
        """Whose text stands if nobody chooses: the draft's where it changed anything."""
        return THEIRS if self.mine == self.before else MINE


def names_now(base: Sequence[Label], newer: Sequence[Sequence[LabelChange]]) -> dict[str, str]:
    """
    What labels are called after newer versions; merged, split and retired ones are absent.

    Args:
        base: the labels to follow.
        newer: what each later version did, oldest first.
    """
    names = {label.name: label.name for label in base}
    for changes in newer:
        renamed = {c.label: c.becomes[0] for c in changes if c.kind is ChangeKind.RENAMED}
        gone = {
            c.label
            for c in changes
            if c.kind in {ChangeKind.MERGED, ChangeKind.SPLIT, ChangeKind.RETIRED}
        }
        names = {was: renamed.get(now, now) for was, now in names.items() if now not in gone}
    return names


def field_differences(
    draft: Draft, base: Sequence[Label], newest: Codebook, names: Mapping[str, str]
) -> list[FieldDifference]:
    """
    Every field that differs between a draft and the newer version, label by label.

    Args:
        draft: based on `base`.
        base: the labels that both started from.
        newest: the other person's version.
        names: as from `names_now`.
    """
    old = {label.name: label for label in base}
    theirs = {label.name: label for label in newest.labels}
    called = _called_there(draft, newest, names)
    found = []
    for row in draft.rows:
        if row.row not in called or called[row.row] not in theirs:
            continue
        before, other = old.get(row.was), theirs[called[row.row]]
        nothing = dict.fromkeys(FIELDS, "")
        texts = (_texts(before) if before else nothing, _texts(row.label), _texts(other))
        found += [
            FieldDifference(row.row, other.name, field, *(text[field] for text in texts))
            for field in FIELDS
            if texts[1][field] != texts[2][field]
        ]
    return found


def brought_together(
    draft: Draft,
    base: Sequence[Label],
    newest: Codebook,
    names: Mapping[str, str],
    sides: Mapping[tuple[int, str], str] | None = None,
) -> Draft:
    """
    The draft on top of a version that someone else saved meanwhile.

    What the draft changed stays as it is in the draft; what it left alone is taken from the
    newest version, labels added there included. A label that both added is one label. A label
    that is gone there but was edited here stays as a new one.

    Args:
        draft: based on `base`.
        base: the labels that both started from.
        newest: the other person's version.
        names: as from `names_now`.
        sides: whose text to take, by row and field, where not the usual one.
    """
    old = {label.name: label for label in base}
    theirs = {label.name: label for label in newest.labels}
    chosen = {
        (one.row, one.field): (sides or {}).get((one.row, one.field), one.usual_side)
        for one in field_differences(draft, base, newest, names)
    }
    called = _called_there(draft, newest, names)
    rows = []
    for row in draft.rows:
        other = theirs.get(called.get(row.row, ""))
        followed = replace(
            row,
            was=called.get(row.row, ""),
            takes=tuple(names[one] for one in row.takes if one in names),
            part_of=names.get(row.part_of, ""),
        )
        if other is not None:
            taken = {
                field: getattr(other, field)
                for field in FIELDS
                if chosen.get((row.row, field)) == THEIRS
            }
            rows.append(replace(followed, label=replace(row.label, **taken)))
        elif row.label != old.get(row.was) or row.takes or row.part_of:
            rows.append(followed)
    number = 1 + max((row.row for row in draft.rows), default=-1)
    carried = {*names.values(), *called.values()}
    added = [one for one in newest.labels if one.name not in carried]
    rows += [DraftLabel(number + i, one.name, one) for i, one in enumerate(added)]
    return Draft(newest.version, tuple(rows))


def _called_there(draft: Draft, newest: Codebook, names: Mapping[str, str]) -> dict[int, str]:
    """
    What the labels of a draft's rows are called in the newest version, by row.

    A row from which no label lives on there is the label of its own name, where there is one that
    came from no older label.
    """
    called = {row.row: names[row.was] for row in draft.rows if row.was in names}
    free = {label.name for label in newest.labels}.difference(names.values())
    for row in draft.rows:
        name = " ".join(row.label.name.split())
        if name in free and not any(one in names for one in row.origins):
            called[row.row] = name
            free.remove(name)
    return called


def _texts(label: Label) -> dict[str, str]:
    return {
        "name": label.name,
        "definition": label.definition,
        "examples": "\n".join(label.examples),
        "colour": label.colour.upper(),
        "key": label.key,
    }
