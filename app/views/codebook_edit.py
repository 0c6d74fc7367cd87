"""Editing the codebook: one label at a time, saved as a new version with a reason."""

from typing import Any

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.empty import show_error
from app.components.label_card import label_html
from app.components.marks import label_colours
from app.components.plain_lines import plain_lines, quiet_line
from app.components.safe_text import plain
from app.views.codebook_changes import codebook_changes
from app.views.codebook_draft import (
    Draft,
    brought_together,
    draft_of,
    moved,
    with_label,
    with_new_label,
    without_label,
)
from rhml_core.domain import LABEL_COLOURS, Codebook, Label, Person, Project
from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.workflows.codebooks import change_codebook, get_codebook
from rhml_core.workflows.workplace import Workplace

_COLOUR_NAMES = dict(
    zip(
        LABEL_COLOURS,
        ("orange", "sky blue", "green", "pink", "vermilion", "blue", "yellow", "grey"),
        strict=True,
    )
)
_KEYS = "1234567890abdefghijklmnopqstuvwxyz"  # without c and r, which the page listens to itself
_FIELDS = ("name", "key", "colour", "definition", "examples")


def _draft_name(project: Project) -> str:
    return f"codebook_draft_{project.project_id}"


def _row_name(project: Project) -> str:
    return f"codebook_row_{project.project_id}"


def open_draft(project: Project) -> Draft | None:
    """The codebook that this session is editing, if it is."""
    draft = st.session_state.get(_draft_name(project))
    return draft if isinstance(draft, Draft) else None


def start_draft(project: Project, codebook: Codebook) -> None:
    """Begin to edit."""
    st.session_state[_draft_name(project)] = draft_of(codebook)


def _keep(project: Project, draft: Draft, row: int | None = None) -> None:
    st.session_state[_draft_name(project)] = draft
    if row is not None:
        st.session_state[_row_name(project)] = row


def _drop(project: Project) -> None:
    for name in (_draft_name(project), _row_name(project), f"codebook_note_{project.project_id}"):
        st.session_state.pop(name, None)


def _read_fields(project: Project, row: int) -> None:
    """Take what stands in the fields into the draft."""
    draft = open_draft(project)
    if draft is None:
        return
    name, key, colour, definition, examples = (
        st.session_state.get(f"codebook_{field}_{row}") or "" for field in _FIELDS
    )
    lines = tuple(line.strip() for line in examples.splitlines() if line.strip())
    _keep(project, with_label(draft, row, Label(name, definition, lines, colour, key)))


def _add(project: Project, draft: Draft) -> None:
    _keep(project, *with_new_label(draft))


def _move(project: Project, draft: Draft, row: int, steps: int) -> None:
    _keep(project, moved(draft, row, steps))


def _remove(project: Project, draft: Draft, row: int) -> None:
    left = without_label(draft, row)
    _keep(project, left, left.rows[0].row)


def edit_codebook(place: Workplace, person: Person, project: Project, newest: Codebook) -> None:
    """Draw the draft with its fields, and save it when asked."""
    draft = open_draft(project)
    if draft is None:
        return
    if newest.version != draft.based_on:
        _show_conflict(place, project, draft, newest)
    left, right = st.columns([1, 2.4], gap="medium")
    with left:
        row = _choose_row(project, draft)
    with right:
        _show_fields(project, draft, row)
    _show_ending(place, person, project, newest)


def _choose_row(project: Project, draft: Draft) -> int:
    names = {row.row: row.label.name for row in draft.rows}
    if st.session_state.get(_row_name(project)) not in names:
        st.session_state[_row_name(project)] = draft.rows[0].row
    row = st.radio(
        "Label",
        list(names),
        format_func=lambda number: plain(names[number]) or "new label",
        key=_row_name(project),
        label_visibility="collapsed",
    )
    acts = [
        ("up", "arrow_upward", "Up", row == draft.rows[0].row),
        ("down", "arrow_downward", "Down", row == draft.rows[-1].row),
        ("remove", "delete", "Remove", len(draft.rows) == 1),
    ]
    with st.container(horizontal=True, gap="small"):
        for act, icon, words, is_off in acts:
            st.button(
                words,
                icon=f":material/{icon}:",
                key=f"codebook_{act}",
                disabled=is_off,
                width="content",
                on_click=_remove if act == "remove" else _move,
                args=(project, draft, row, *{"up": (-1,), "down": (1,)}.get(act, ())),
            )
        st.button(
            "Add",
            icon=":material/add:",
            key="codebook_add",
            on_click=_add,
            args=(project, draft),
        )
    return int(row)


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
        "Definition", label.definition, key=f"codebook_definition_{row}", height=170, **react
    )
    st.text_area(
        "Examples, one per line",
        "\n".join(label.examples),
        key=f"codebook_examples_{row}",
        height=120,
        **react,
    )


def _show_ending(place: Workplace, person: Person, project: Project, newest: Codebook) -> None:
    draft = open_draft(project)
    if draft is None:
        return
    base = get_codebook(place, project.project_id, draft.based_on)
    changes = codebook_changes(base.labels, draft.labels)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        note = st.text_input(
            "Why this change (others read it in the list of versions)",
            key=f"codebook_note_{project.project_id}",
            max_chars=300,
        )
        is_behind = newest.version != draft.based_on
        save = st.button(
            "Save new version",
            type="primary",
            key="codebook_save",
            disabled=is_behind or not changes,
            width="content",
        )
        st.button(
            "Discard", key="codebook_discard", on_click=_drop, args=(project,), width="content"
        )
    quiet_line("Your draft: " + (" ".join(changes) if changes else "nothing changed yet."))
    if save:
        _save(place, person, project, draft, note)


def _save(place: Workplace, person: Person, project: Project, draft: Draft, note: str) -> None:
    act = f"codebook_{project.project_id}_{draft.based_on}"
    try:
        saved = change_codebook(
            place,
            person,
            project.project_id,
            draft.labels,
            based_on=draft.based_on,
            note=note,
            key=act_key(act),
        )
    except ConflictError:
        st.rerun()  # the page then shows both versions; the draft stays
    except InvalidInputError as error:
        show_error(error)
        return
    close_act(act)
    _drop(project)
    st.toast(f"Saved as version {saved.version}.", icon=":material/check:")
    st.rerun()


def _show_conflict(place: Workplace, project: Project, draft: Draft, newest: Codebook) -> None:
    base = get_codebook(place, project.project_id, draft.based_on)
    with st.container(border=True, key="codebook_conflict"):
        st.warning(
            f"Version {newest.version} was saved while you edited version {draft.based_on}. "
            "Nothing of your draft is lost. Bring both together: what you changed stays yours, "
            "what you left alone comes from the new version.",
            icon=":material/merge:",
        )
        theirs, mine = st.columns(2)
        with theirs:
            quiet_line(f"What version {newest.version} changed")
            plain_lines(codebook_changes(base.labels, newest.labels) or ["Nothing."])
        with mine:
            quiet_line("What your draft changes")
            plain_lines(codebook_changes(base.labels, draft.labels) or ["Nothing yet."])
        with st.expander(f"Read version {newest.version}", key="codebook_theirs"):
            tones = label_colours(newest)
            for label in newest.labels:
                st.html(label_html(label, tones[label.name]))
        if st.button("Bring both together", type="primary", key="codebook_merge"):
            _keep(project, brought_together(draft, base.labels, newest))
            _forget_fields(draft)
            st.rerun()


def _forget_fields(draft: Draft) -> None:
    """Have the fields read from the draft again."""
    for row in draft.rows:
        for field in _FIELDS:
            st.session_state.pop(f"codebook_{field}_{row.row}", None)
