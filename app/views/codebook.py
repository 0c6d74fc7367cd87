"""The codebook: what does each label mean, and since when?"""

import streamlit as st

from app.components.empty import empty_state
from app.components.first_line import first_line
from app.components.label_card import label_cards
from app.components.marks import label_colours
from app.components.plain_lines import plain_lines, quiet_line
from app.components.times import reader_date
from app.views.codebook_changes import codebook_changes
from app.views.codebook_edit import edit_codebook, open_draft, start_draft
from rhml_core.domain import Codebook, Person, Project, Role
from rhml_core.workflows.codebooks import get_codebook, list_codebook_versions
from rhml_core.workflows.people import list_people
from rhml_core.workflows.workplace import Workplace


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    newest = get_codebook(place, project.project_id)
    people = {one.person_id: one.name for one in list_people(place)}
    may_edit = person.may(Role.SUPERVISOR)
    draft = open_draft(project)
    if may_edit and draft is not None:
        first_line(f"You are editing version {draft.based_on} of the codebook")
        edit_codebook(place, person, project, newest)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        first_line(_answer(newest, people), note=f"Why: {newest.note}" if newest.note else "")
        if may_edit:
            st.button(
                "Edit",
                icon=":material/edit:",
                key="codebook_edit",
                width="content",
                on_click=start_draft,
                args=(project, newest),
            )
    labels, versions = st.tabs(["Labels", "Versions"], key="codebook_tab", on_change="rerun")
    if labels.open:
        with labels:
            label_cards(newest.labels, label_colours(newest))
    if versions.open:
        with versions:
            _show_versions(list_codebook_versions(place, project.project_id), people)


def _answer(codebook: Codebook, people: dict[str, str]) -> str:
    n = len(codebook.labels)
    by = people.get(codebook.changed_by, codebook.changed_by)
    when = reader_date(codebook.changed_at)
    changed = " ".join(part for part in (f"by {by}" if by else "", f"on {when}" if when else ""))
    return f"{n} labels, version {codebook.version}" + (f", last changed {changed}" if by else "")


def _show_versions(versions: list[Codebook], people: dict[str, str]) -> None:
    if len(versions) == 1:
        empty_state(
            "This is the first version. Each change that a supervisor saves is listed here, "
            "with what changed and why.",
            key="codebook_versions",
            icon="history",
        )
        return
    for newer, older in zip(versions, [*versions[1:], None], strict=True):
        by = people.get(newer.changed_by, newer.changed_by) or "unknown"
        with st.container(border=True, key=f"codebook_version_{newer.version}"):
            line = f"Version {newer.version} · {by} · {reader_date(newer.changed_at)}"
            quiet_line(line + (f" · {newer.note}" if newer.note else ""))
            if older is not None:
                plain_lines(codebook_changes(older.labels, newer.labels))
