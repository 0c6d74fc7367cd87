"""Editing the codebook: one label at a time, saved as a new version with a reason."""

from typing import Any

import streamlit as st

from app.components.plain_lines import quiet_line
from app.views.codebook.both import show_both
from app.views.codebook.draft import (
    Draft,
    merged_into,
    moved,
    split_in_two,
    with_label,
    with_new_label,
    without_label,
)
from app.views.codebook.ending import show_ending
from app.views.codebook.open_draft import FIELDS, forget_fields, keep_draft, open_draft, row_name
from rhml_core.domain import LABEL_COLOURS, Codebook, Label, Person, Project
from rhml_core.safe_text import plain
from rhml_core.workflows.people import list_people
from rhml_core.workflows.workplace import Workplace

_COLOUR_NAMES = dict(
    zip(
        LABEL_COLOURS,
        ("orange", "sky blue", "green", "pink", "vermilion", "blue", "yellow", "grey"),
        strict=True,
    )
)
_KEYS = "1234567890abdefghijklmnopqstuvwxyz"  # without c and r, which the page listens to itself
_FEWEST_LABELS = 2


def _read_fields(project: Project, row: int) -> None:
    """Take what stands in the fields into the draft."""
    draft = open_draft(project)
    if draft is None:
        return
    name, key, colour, definition, examples = (
        st.session_state.get(f"codebook_{field}_{row}") or "" for field in FIELDS
    )
    lines = tuple(line.strip() for line in examples.splitlines() if line.strip())
    keep_draft(project, with_label(draft, row, Label(name, definition, lines, colour, key)))


def _add(project: Project, draft: Draft) -> None:
    keep_draft(project, *with_new_label(draft))


def _move(project: Project, draft: Draft, row: int, steps: int) -> None:
    keep_draft(project, moved(draft, row, steps))


def _remove(project: Project, draft: Draft, row: int) -> None:
    left = without_label(draft, row)
    keep_draft(project, left, left.rows[0].row)


def _merge(project: Project, draft: Draft, row: int, other: int) -> None:
    forget_fields(draft)
    keep_draft(project, merged_into(draft, row, other), other)


def _split(project: Project, draft: Draft, row: int) -> None:
    forget_fields(draft)
    keep_draft(project, *split_in_two(draft, row))


def edit_codebook(place: Workplace, person: Person, project: Project, newest: Codebook) -> None:
    """Draw the draft with its fields, and save it when asked."""
    draft = open_draft(project)
    if draft is None:
        return
    if newest.version != draft.based_on:
        who = {one.person_id: one.name for one in list_people(place)}.get(newest.changed_by, "")
        both = show_both(place, project, draft, newest, who=who)
        if both is not None:
            keep_draft(project, both)
            forget_fields(draft)
            st.rerun()
    left, right = st.columns([1, 2.4], gap="medium")
    with left:
        row = _choose_row(project, draft)
    with right:
        _show_fields(project, draft, row)
    show_ending(place, person, project, newest)


def _choose_row(project: Project, draft: Draft) -> int:
    names = {row.row: row.label.name for row in draft.rows}
    if st.session_state.get(row_name(project)) not in names:
        st.session_state[row_name(project)] = draft.rows[0].row
    row = st.radio(
        "Label",
        list(names),
        format_func=lambda number: plain(names[number]) or "new label",
        key=row_name(project),
        label_visibility="collapsed",
    )
    acts = [
        ("up", "arrow_upward", "Up", row == draft.rows[0].row),
        ("down", "arrow_downward", "Down", row == draft.rows[-1].row),
    ]
    with st.container(horizontal=True, gap="small"):
        for act, icon, words, is_off in acts:
            st.button(
                words,
                icon=f":material/{icon}:",
                key=f"codebook_{act}",
                disabled=is_off,
                width="content",
                on_click=_move,
                args=(project, draft, row, {"up": -1, "down": 1}[act]),
            )
        st.button(
            "Add",
            icon=":material/add:",
            key="codebook_add",
            on_click=_add,
            args=(project, draft),
        )
        _show_structure_acts(project, draft, int(row))
    return int(row)


def _show_structure_acts(project: Project, draft: Draft, row: int) -> None:
    chosen = draft.row(row)
    is_whole = bool(chosen.was)
    with st.popover(
        "Merge",
        icon=":material/call_merge:",
        disabled=not is_whole or len(draft.rows) <= _FEWEST_LABELS,
        key="codebook_merging",
    ):
        quiet_line(f"Read every answer {chosen.was} as")
        for other in draft.rows:
            if other.row != row:
                st.button(
                    plain(other.label.name) or "new label",
                    key=f"codebook_merge_{other.row}",
                    on_click=_merge,
                    args=(project, draft, row, other.row),
                )
    st.button(
        "Split",
        icon=":material/call_split:",
        key="codebook_split",
        disabled=not is_whole or bool(chosen.takes),
        help="Two labels in place of one; messages judged with it are asked about again",
        on_click=_split,
        args=(project, draft, row),
    )
    st.button(
        "Retire" if is_whole else "Remove",
        icon=":material/delete:",
        key="codebook_remove",
        disabled=len(draft.rows) == 1,
        help="Nobody can choose it any more; messages judged with it are asked about again",
        on_click=_remove,
        args=(project, draft, row),
    )


def _show_fields(project: Project, draft: Draft, row: int) -> None:
    label = draft.row(row).label
    others = {other.label.key for other in draft.rows if other.row != row}
    keys = ["", *(key for key in _KEYS if key not in others)]
    keys += [label.key] if label.key not in keys else []
    colours = list(dict.fromkeys([label.colour or "", *LABEL_COLOURS]))
    react: dict[str, Any] = {"on_change": _read_fields, "args": (project, row)}
    name, key, colour = st.columns([2.4, 1, 1.6], vertical_alignment="bottom")
    name.text_input("Name", label.name, key=f"codebook_name_{row}", max_chars=60, **react)
    key.selectbox(
        "Key",
        keys,
        index=keys.index(label.key),
        format_func=lambda one: one or "none",
        key=f"codebook_key_{row}",
        **react,
    )
    colour.selectbox(
        "Colour",
        colours,
        index=0,
        format_func=lambda one: _COLOUR_NAMES.get(one.upper(), one or "next free"),
        key=f"codebook_colour_{row}",
        **react,
    )
    st.text_area(
        "Definition", label.definition, key=f"codebook_definition_{row}", height=110, **react
    )
    st.text_area(
        "Examples, one per line",
        "\n".join(label.examples),
        key=f"codebook_examples_{row}",
        height=80,
        **react,
    )
