"""Before a codebook version is saved: what kind of change it is, and what it brings back."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from app.components.counted import counted
from app.components.plain_lines import plain_lines, quiet_line
from rhml_core.domain import Label, Message, Person, Project
from rhml_core.errors import InvalidInputError
from rhml_core.safe_text import excerpt, plain
from rhml_core.workflows.codebook.codebooks import preview_change
from rhml_core.workflows.codebook.kinds import (
    MEETINGS,
    ChangeKind,
    LabelChange,
    Reach,
    VersionKind,
)
from rhml_core.workflows.codebook.reach import Reopening
from rhml_core.workflows.workplace import Workplace

_PAIR = 2
_N_CHARACTERS = 150

_KINDS = {
    VersionKind.WORDING: "Wording",
    VersionKind.MEANING: "Meaning",
    VersionKind.STRUCTURE: "Structure",
}
_MEANS = (
    "Wording: said better, meant the same; nothing comes back. Meaning: messages judged with the "
    "named labels come back. Structure: labels are added, renamed, merged, split or retired."
)
_REACHES = {
    Reach.EVERY: "Ask again about every message judged with one of them",
    Reach.MEETING: "Only about messages where both meet",
    Reach.UNSETTLED: "Only about those of them that are not settled",
}


def ask_kind(
    *,
    key: str,
    names: Sequence[str],
    reworded: Sequence[str],
    has_structure: bool,
    reach: Reach = Reach.EVERY,
) -> tuple[VersionKind | None, list[LabelChange]]:
    """
    Draw the question what kind of change this is.

    Args:
        key: begins the widgets' keys.
        names: labels whose meaning may change, as they are called before the change.
        reworded: those whose text changed; they are named first.
        has_structure: whether labels themselves change.
        reach: what is proposed where two labels are named.

    Returns:
        The kind, None while none is chosen, and the changes of meaning.
    """
    usual = VersionKind.STRUCTURE if has_structure else None if reworded else VersionKind.WORDING
    left, right = st.columns([1, 2.2], gap="small")
    chosen = left.segmented_control(
        "What kind of change is this?",
        list(_KINDS),
        default=usual,
        format_func=_KINDS.__getitem__,
        key=f"{key}_kind",
        help=_MEANS,
    )
    kind = VersionKind(chosen) if chosen else None
    if kind is None or kind is VersionKind.WORDING:
        return kind, []
    default = [name for name in reworded if name in names] if kind is VersionKind.MEANING else []
    named = right.pills(
        "Labels whose meaning changes",
        list(names),
        selection_mode="multi",
        default=default,
        format_func=plain,
        key=f"{key}_named_{kind}",
    )
    if len(named) != _PAIR:
        return kind, meaning_changes(named, Reach.EVERY)
    asked = st.radio(
        "Ask again about",
        list(_REACHES),
        index=list(_REACHES).index(reach),
        format_func=_REACHES.__getitem__,
        horizontal=True,
        key=f"{key}_reach",
        label_visibility="collapsed",
    )
    return kind, meaning_changes(named, Reach(asked))


def meaning_changes(named: Sequence[str], reach: Reach) -> list[LabelChange]:
    """A change of meaning for each named label; of two, each may meet the other."""
    if reach in MEETINGS and len(named) == _PAIR:
        return [
            LabelChange(ChangeKind.MEANING, one, reach=reach, meets=other)
            for one, other in (named, named[::-1])
        ]
    return [LabelChange(ChangeKind.MEANING, one, reach=Reach.EVERY) for one in named]


def reopening_sentence(found: Reopening) -> str:
    """What saving would bring back, as one sentence."""
    if not found.message_ids:
        return "Saving brings no message back; every answer stands."
    n = len(found.message_ids)
    back = f"Saving brings {counted(n, 'message')} back"
    parts = []
    if found.n_judgements:
        back += f" to {counted(found.n_people, 'person', 'people')}"
        parts.append(counted(found.n_judgements, "answer"))
    if found.n_adjudicated:
        parts.append(counted(found.n_adjudicated, "decision"))
    n_old = found.n_judgements + found.n_adjudicated
    stand = "no longer stands" if n_old == 1 else "no longer stand"
    n = found.n_holdout
    held_out = f" {counted(n, 'message')} of the hold-out among them." if n else ""
    return f"{back}; {' and '.join(parts)} {stand}, but stay on record.{held_out}"


def lines_by_label(by_label: pl.DataFrame) -> list[str]:
    """One line for each touched label; `by_label` as in `Reopening`."""
    return [
        f"{row['label']}: {counted(row['n_messages'], 'message')}, "
        f"{counted(row['n_judgements'], 'answer')}, {counted(row['n_adjudicated'], 'decision')}"
        for row in by_label.iter_rows(named=True)
    ]


def show_reopening(found: Reopening, examples: Sequence[Message], *, key: str) -> None:
    """Draw what comes back, by label, with some of the messages behind a click."""
    quiet_line(reopening_sentence(found))
    if not found.message_ids:
        return
    shown = f"first {len(examples)} of {len(found.message_ids):,}"
    title = f"By label, and the {shown if len(examples) < len(found.message_ids) else 'messages'}"
    with st.expander(title, key=f"{key}_reopened"):
        plain_lines(lines_by_label(found.by_label))
        plain_lines([excerpt(one.text, _N_CHARACTERS) for one in examples], muted=True)


def show_preview(
    place: Workplace,
    person: Person,
    project: Project,
    labels: Sequence[Label],
    *,
    based_on: int,
    kind: VersionKind,
    changes: Sequence[LabelChange],
    key: str,
) -> bool:
    """
    Draw what saving would do; whether it can be saved.

    Args:
        place: the workplace.
        person: who would save.
        project: where.
        labels: of the new version.
        based_on: the version that was changed.
        kind: of the change.
        changes: what each label's change is.
        key: begins the session keys; what is said to come back is remembered under it.
    """
    try:
        found = preview_change(
            place,
            person,
            project.project_id,
            labels,
            based_on=based_on,
            kind=kind,
            changes=changes,
        )
    except InvalidInputError as error:
        st.info(plain(error), icon=":material/info:")
        return False
    show_reopening(found.reopening, found.examples, key=key)
    st.session_state[f"{key}_seen"] = found.reopening.message_ids
    return True


def seen_messages(key: str) -> tuple[str, ...]:
    """The messages that the page last said would come back."""
    return tuple(st.session_state.get(f"{key}_seen", ()))
