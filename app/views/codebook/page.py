"""The codebook: what does each label mean, and since when?"""

import streamlit as st

from app.components.address import open_view
from app.components.address_tabs import tabs_in_address
from app.components.counted import counted
from app.components.first_line import first_line
from app.components.label_card import label_cards
from app.components.marks import label_colours
from app.components.times import reader_date
from app.views.codebook.changes import draft_changes
from app.views.codebook.download import offer_codebook
from app.views.codebook.draft import Draft, structure_changes
from app.views.codebook.edit import edit_codebook
from app.views.codebook.open_draft import open_draft, start_draft
from app.views.codebook.pair import open_pair, pair_in_address, show_pair
from app.views.codebook.saved import show_saved
from app.views.codebook.versions import show_versions
from rhml_core.domain import Codebook, Person, Project, Role
from rhml_core.workflows.codebook.codebooks import codebook_history, get_codebook
from rhml_core.workflows.overview.first_steps import FirstSteps, first_steps
from rhml_core.workflows.overview.readings import codebook_version, record_reading
from rhml_core.workflows.people import list_people
from rhml_core.workflows.workplace import Workplace


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    newest = get_codebook(place, project.project_id)
    people = {one.person_id: one.name for one in list_people(place)}
    may_edit = person.may(Role.SUPERVISOR)
    draft = open_draft(project)
    if may_edit and draft is not None:
        first_line(_draft_answer(draft, get_codebook(place, project.project_id, draft.based_on)))
        edit_codebook(place, person, project, newest)
        return
    pair = pair_in_address(newest.names)
    if pair:
        show_pair(place, person, project, newest, pair)
        return
    record_reading(place, person, project.project_id, codebook_version(newest.version))
    steps = first_steps(place, person, project.project_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        first_line(_answer(newest, people), note=f"Why: {newest.note}" if newest.note else "")
        if steps:
            _offer_next_step(steps)
        if len(newest.labels) > 1:
            st.button(
                "Compare two",
                icon=":material/compare_arrows:",
                key="codebook_compare",
                width="content",
                on_click=open_pair,
                args=(newest.names[:2],),
            )
        if may_edit:
            st.button(
                "Edit",
                icon=":material/edit:",
                key="codebook_edit",
                width="content",
                on_click=start_draft,
                args=(project, newest),
            )
    if may_edit:
        show_saved(project, newest)
    labels, versions = tabs_in_address(["Labels", "Versions"], key="codebook_tab")
    if labels.open:
        with labels:
            label_cards(newest.labels, label_colours(newest))
            offer_codebook(place, person, project, newest)
    if versions.open:
        with versions:
            show_versions(codebook_history(place, project.project_id), people)


def _offer_next_step(steps: FirstSteps) -> None:
    """A newcomer has read it: on to the first round, or to the first message."""
    name = "Go on to the first round" if steps.round else "Label the first message"
    if st.button(
        name,
        icon=":material/arrow_forward:",
        key="codebook_next_step",
        type="primary",
        width="content",
    ):
        open_view("label")


def _draft_answer(draft: Draft, base: Codebook) -> str:
    changes = draft_changes(base.labels, draft.labels, structure_changes(draft, base.labels))
    n = counted(len(changes), "change") if changes else "no change yet"
    return f"Your draft makes {n} to version {base.version} of the codebook"


def _answer(codebook: Codebook, people: dict[str, str]) -> str:
    n = counted(len(codebook.labels), "label")
    by = people.get(codebook.changed_by, codebook.changed_by)
    when = reader_date(codebook.changed_at)
    changed = " ".join(part for part in (f"by {by}" if by else "", f"on {when}" if when else ""))
    return f"{n}, version {codebook.version}" + (f", last changed {changed}" if by else "")
