"""The end of editing a codebook: what kind of change it is, what comes back, save."""

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.empty import show_error
from app.components.plain_lines import quiet_line
from app.views.codebook.changes import draft_changes
from app.views.codebook.draft import Draft, reworded_rows, structure_changes
from app.views.codebook.open_draft import CHANGE_KEY, drop_draft, open_draft
from app.views.codebook.saved import note_saved
from app.views.codebook.saving import ask_kind, seen_messages, show_preview
from rhml_core.domain import Codebook, Person, Project
from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.workflows.codebook.codebooks import change_codebook, get_codebook
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange, VersionKind
from rhml_core.workflows.workplace import Workplace


def show_ending(place: Workplace, person: Person, project: Project, newest: Codebook) -> None:
    """Draw the end of the page that edits; save the draft when asked."""
    draft = open_draft(project)
    if draft is None:
        return
    base = get_codebook(place, project.project_id, draft.based_on)
    asks_merged = bool(st.session_state.get(f"{CHANGE_KEY}_merged"))
    structure = structure_changes(draft, base.labels, asks_merged=asks_merged)
    words = draft_changes(base.labels, draft.labels, structure)
    quiet_line("Your draft: " + (" ".join(words) if words else "nothing changed yet."))
    is_behind = newest.version != draft.based_on
    kind, changes = (None, structure)
    if words and not is_behind:
        kind, changes = _ask(draft, base, structure)
    seen, can_save = seen_messages(CHANGE_KEY), False
    if kind:
        can_save = show_preview(
            place,
            person,
            project,
            draft.labels,
            based_on=draft.based_on,
            kind=kind,
            changes=changes,
            key=CHANGE_KEY,
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        note = st.text_input(
            "Why this change (others read it in the list of versions)",
            key=f"codebook_note_{project.project_id}",
            max_chars=300,
        )
        save = st.button(
            "Save new version",
            type="secondary" if is_behind else "primary",
            key="codebook_save",
            disabled=not can_save,
            width="content",
        )
        st.button(
            "Discard", key="codebook_discard", on_click=drop_draft, args=(project,), width="content"
        )
    if save and kind:
        _save(place, person, project, draft, kind, changes, seen=seen, note=note)


def _ask(
    draft: Draft, base: Codebook, structure: list[LabelChange]
) -> tuple[VersionKind | None, list[LabelChange]]:
    merged = {change.label for change in structure if change.kind is ChangeKind.MERGED}
    if merged:
        st.checkbox(
            "Ask again about messages judged with a merged label (else old answers are read with "
            "the new name)",
            key=f"{CHANGE_KEY}_merged",
        )
    kind, meanings = ask_kind(
        key=CHANGE_KEY,
        names=[row.was for row in draft.rows if row.was and row.was not in merged],
        reworded=[row.was for row in reworded_rows(draft, base.labels) if row.was not in merged],
        has_structure=bool(structure) or any(not row.origins for row in draft.rows),
    )
    return kind, [*structure, *meanings]


def _save(
    place: Workplace,
    person: Person,
    project: Project,
    draft: Draft,
    kind: VersionKind,
    changes: list[LabelChange],
    *,
    seen: tuple[str, ...],
    note: str,
) -> None:
    act = f"codebook_{project.project_id}_{draft.based_on}"
    try:
        saved = change_codebook(
            place,
            person,
            project.project_id,
            draft.labels,
            based_on=draft.based_on,
            kind=kind,
            changes=changes,
            previewed=seen,
            note=note,
            key=act_key(act),
        )
    except ConflictError as error:
        if get_codebook(place, project.project_id).version != draft.based_on:
            st.rerun()  # the page then shows both versions; the draft stays
        show_error(error)
        return
    except InvalidInputError as error:
        show_error(error)
        return
    close_act(act)
    drop_draft(project)
    note_saved(project, saved, len(seen))
    st.toast(f"Saved as version {saved.version}.", icon=":material/check:")
    st.rerun()
