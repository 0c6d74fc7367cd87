"""What each codebook version did to each label; judgements keep the label that was given."""

from dataclasses import dataclass
from enum import StrEnum

from rhml_core.store.database import Reader, Transaction


class ChangeKind(StrEnum):
    """What happened to one label from one version to the next."""

    WORDING = "wording"
    MEANING = "meaning"
    ADDED = "added"
    RENAMED = "renamed"
    MERGED = "merged"
    SPLIT = "split"
    RETIRED = "retired"


class Reach(StrEnum):
    """Which of the messages judged with a changed label are asked about again."""

    NONE = "none"
    MEETING = "meeting"
    UNSETTLED = "unsettled"
    EVERY = "every"


MEETINGS = (Reach.MEETING, Reach.UNSETTLED)
"""Reaches that need the other label of a pair."""


@dataclass(frozen=True)
class LabelChange:
    """
    What one version did to one label.

    Attributes:
        label: its name in the version before; the new name where it was added.
        becomes: what a renamed, merged or split label is called afterwards; else empty.
        reach: `MEETING` are messages where someone says `label` and someone says `meets`,
            `UNSETTLED` those of them that nobody settled.
        meets: the other label of a confused pair, named as in the version before; else "".
    """

    kind: ChangeKind
    label: str
    becomes: tuple[str, ...] = ()
    reach: Reach = Reach.NONE
    meets: str = ""


def add_label_changes(
    transaction: Transaction, project_id: str, version: int, changes: tuple[LabelChange, ...]
) -> None:
    """Append what a version did."""
    for change in changes:
        transaction.write(
            """
            INSERT INTO label_changes (project_id, version, kind, label, becomes, reach, meets)
            VALUES ($project_id, $version, $kind, $label, $becomes, $reach, $meets)
            """,
            project_id=project_id,
            version=version,
            kind=change.kind.value,
            label=change.label,
            becomes=list(change.becomes),
            reach=change.reach.value,
            meets=change.meets,
        )


def label_changes(db: Reader, project_id: str) -> dict[int, tuple[LabelChange, ...]]:
    """What each version did, by version, oldest first; versions of older programs are absent."""
    found: dict[int, tuple[LabelChange, ...]] = {}
    for row in db.rows(
        """
        SELECT version, kind, label, becomes, reach, meets FROM label_changes
        WHERE project_id = $project_id ORDER BY version, seq
        """,
        project_id=project_id,
    ):
        change = LabelChange(
            ChangeKind(row["kind"]),
            row["label"],
            tuple(row["becomes"]),
            Reach(row["reach"]),
            row["meets"],
        )
        found[row["version"]] = (*found.get(row["version"], ()), change)
    return found


def moved_names(db: Reader, project_id: str, version: int) -> dict[str, str | None]:
    """What moved labels of an older codebook version are called now; None for no label."""
    found = db.rows(
        """
        SELECT label, now FROM label_moves
        WHERE project_id = $project_id AND since <= $version AND $version < version
        ORDER BY label
        """,
        project_id=project_id,
        version=version,
    )
    return {row["label"]: row["now"] for row in found}
