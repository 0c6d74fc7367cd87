"""The definitions of two labels that are mixed up, side by side, edited and saved together."""

from dataclasses import dataclass, replace

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.empty import show_error
from app.components.marks import draw, label_chip, label_colours
from app.components.plain_lines import quiet_line
from app.views.codebook.draft import draft_of, with_label
from app.views.codebook.open_draft import keep_draft
from app.views.codebook.saved import note_saved, show_saved
from app.views.codebook.saving import ask_kind, seen_messages, show_preview
from rhml_core.domain import Codebook, Label, Person, Project
from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.safe_text import plain
from rhml_core.workflows.codebook.codebooks import change_codebook, get_codebook
from rhml_core.workflows.codebook.kinds import LabelChange, Reach, VersionKind
from rhml_core.workflows.workplace import Workplace


@dataclass(frozen=True)
class _PairEdit:
    """Whose definitions are edited, and the version that the texts come from."""

    place: Workplace
    person: Person
    project: Project
    base: Codebook
    pair: tuple[str, str]

    @property
    def key(self) -> str:
        """Begins the session keys of this edit."""
        return _key(self.project, self.pair)

    def labels(self, written: dict[str, Label]) -> list[Label]:
        """All labels with what is written in place of what was."""
        return [written.get(label.name, label) for label in self.base.labels]


def _key(project: Project, pair: tuple[str, str]) -> str:
    return f"codebook_pair_{project.project_id}_{'~'.join(pair)}"


def _forget(key: str) -> None:
    for name in [name for name in st.session_state if str(name).startswith(key)]:
        st.session_state.pop(name, None)


def edit_pair(
    place: Workplace, person: Person, project: Project, newest: Codebook, pair: tuple[str, str]
) -> None:
    """
    Draw both definitions as fields; once they differ, what saving would do.

    Where someone saved a newer version meanwhile, what was written becomes a draft of the whole
    codebook, which is shown beside that version.
    """
    key = _key(project, pair)
    version = st.session_state.setdefault(f"{key}_base", newest.version)
    base = newest if version == newest.version else get_codebook(place, project.project_id, version)
    edit = _PairEdit(place, person, project, base, pair)
    written = _show_definitions(edit)
    old = {label.name: label for label in base.labels}
    reworded = [name for name in pair if written[name] != old[name]]
    if version != newest.version:
        _forget(key)
        if reworded:
            draft = draft_of(base)
            for row in draft.rows:
                if row.was in reworded:
                    draft = with_label(draft, row.row, written[row.was])
            keep_draft(project, draft)
        st.rerun()
    if not reworded:
        quiet_line("Change a definition to see which messages that would bring back.")
        show_saved(project, newest)
        return
    _show_ending(edit, written)


def _show_definitions(edit: _PairEdit) -> dict[str, Label]:
    written = {}
    colours = label_colours(edit.base)
    labels = {label.name: label for label in edit.base.labels}
    for column, name in zip(st.columns(2, gap="medium"), edit.pair, strict=True):
        label = labels[name]
        with column:
            draw(label_chip(name, colours))
            text = st.text_area(
                f"Definition of {plain(name)}",
                label.definition,
                key=f"{edit.key}_text_{name}",
                height=110,
                label_visibility="collapsed",
            )
            if label.examples:
                quiet_line("Examples: " + " · ".join(label.examples))
        written[name] = replace(label, definition=text)
    return written


def _show_ending(edit: _PairEdit, written: dict[str, Label]) -> None:
    kind, changes = ask_kind(
        key=edit.key,
        names=edit.pair,
        reworded=edit.pair,  # what two labels mean lies in where one ends and the other begins
        has_structure=False,
        reach=Reach.MEETING,
    )
    seen, can_save = seen_messages(edit.key), False
    if kind:
        can_save = show_preview(
            edit.place,
            edit.person,
            edit.project,
            edit.labels(written),
            based_on=edit.base.version,
            kind=kind,
            changes=changes,
            key=edit.key,
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        note = st.text_input(
            "Why this change (others read it in the list of versions)",
            key=f"{edit.key}_note",
            max_chars=300,
        )
        save = st.button(
            "Save new version",
            type="primary",
            key="pair_save",
            disabled=not can_save,
            width="content",
        )
    if save and kind:
        _save(edit, written, kind, changes, seen=seen, note=note)


def _save(
    edit: _PairEdit,
    written: dict[str, Label],
    kind: VersionKind,
    changes: list[LabelChange],
    *,
    seen: tuple[str, ...],
    note: str,
) -> None:
    act = f"{edit.key}_{edit.base.version}"
    try:
        saved = change_codebook(
            edit.place,
            edit.person,
            edit.project.project_id,
            edit.labels(written),
            based_on=edit.base.version,
            kind=kind,
            changes=changes,
            previewed=seen,
            note=note,
            key=act_key(act),
        )
    except (ConflictError, InvalidInputError) as error:
        show_error(error)
        return
    close_act(act)
    _forget(edit.key)
    note_saved(edit.project, saved, len(seen))
    st.toast(f"Saved as version {saved.version}.", icon=":material/check:")
    st.rerun()
