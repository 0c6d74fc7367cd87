"""What became of a codebook: each version with its kind, its changes and what it brought back."""

from collections.abc import Mapping

import streamlit as st

from app.components.counted import counted
from app.components.empty import empty_state
from app.components.plain_lines import plain_lines, quiet_line
from app.components.times import reader_date
from app.views.codebook.changes import draft_changes
from rhml_core.domain import Codebook
from rhml_core.workflows.codebook.codebooks import CodebookHistory
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange, version_kind


def show_versions(history: CodebookHistory, people: Mapping[str, str]) -> None:
    """Draw how often each label's meaning changed, then the versions, newest first."""
    versions = history.versions
    if len(versions) == 1:
        empty_state(
            "This is the first version. Each change that a supervisor saves is listed here, "
            "with what changed and why.",
            key="codebook_versions",
            icon="history",
        )
        return
    quiet_line(meaning_sentence(history.n_meaning))
    for newer, older in zip(versions, [*versions[1:], None], strict=True):
        with st.container(border=True, key=f"codebook_version_{newer.version}"):
            quiet_line(version_line(newer, history, people))
            if older is not None:
                plain_lines(_lines(older, newer, history.changes.get(newer.version, ())))


def meaning_sentence(counts: Mapping[str, int]) -> str:
    """
    How often the meaning of each label changed.

    >>> meaning_sentence({"Sale": 2, "Leak": 0})
    'Meaning changed since the first version: Sale 2 times. Unchanged: Leak.'
    >>> meaning_sentence({"Sale": 0})
    'No label has changed its meaning since the first version.'
    """
    changed = [f"{name} {counted(n, 'time')}" for name, n in counts.items() if n]
    same = [name for name, n in counts.items() if not n]
    if not changed:
        return "No label has changed its meaning since the first version."
    rest = f" Unchanged: {', '.join(same)}." if same else ""
    return f"Meaning changed since the first version: {', '.join(changed)}.{rest}"


def version_line(version: Codebook, history: CodebookHistory, people: Mapping[str, str]) -> str:
    """Number, kind, author, date, what came back and why, on one line."""
    changes = history.changes.get(version.version)
    n = history.n_reopened.get(version.version, 0)
    parts = [
        f"Version {version.version}",
        str(version_kind(changes)) if changes else "",
        people.get(version.changed_by, version.changed_by) or "unknown",
        reader_date(version.changed_at),
        f"{counted(n, 'message')} came back" if n else "",
        version.note,
    ]
    return " · ".join(part for part in parts if part)


def _lines(older: Codebook, newer: Codebook, changes: tuple[LabelChange, ...]) -> list[str]:
    moves = [one for one in changes if one.kind not in {ChangeKind.WORDING, ChangeKind.ADDED}]
    lines = draft_changes(older.labels, newer.labels, moves)
    meanings = [one.label for one in moves if one.kind is ChangeKind.MEANING]
    return [*lines, *([f"Meaning changed: {', '.join(meanings)}."] if meanings else [])]
