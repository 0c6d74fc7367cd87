"""Messages: what do we have, and how does more come in?"""

import streamlit as st

from app.components.address_tabs import open_part, tabs_in_address
from app.components.counted import counted
from app.components.empty import empty_state
from app.components.first_line import first_line
from app.components.plain_lines import quiet_line
from app.views.messages.export import offer_export
from app.views.messages.importing import show_import
from app.views.messages.labels import show_label_import
from app.views.messages.listing import show_messages
from app.views.messages.open_list import show_open_messages
from app.views.messages.tabs import IMPORT, LABELS, LIST, tab_key
from app.views.training.job_rows import show_jobs
from rhml_core.domain import JobKind, Person, Project, Role
from rhml_core.workflows.overview.message_list import reading_progress
from rhml_core.workflows.training.training import Readiness, active_jobs, training_readiness
from rhml_core.workflows.workplace import Workplace


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    n_read, n_messages = reading_progress(place, project.project_id)
    readiness = training_readiness(place, project.project_id)
    is_supervisor = person.may(Role.SUPERVISOR)
    is_reading = any(job.kind is JobKind.EMBED for job in active_jobs(place, project.project_id))
    with st.container(horizontal=True, vertical_alignment="center"):
        first_line(_answer(n_read, n_messages, readiness, is_reading=is_reading))
        if is_supervisor and n_messages:
            offer_export(place, person, project)
    show_jobs(place, person, project, kind=JobKind.EMBED, key="messages_reading")
    show_jobs(place, person, project, kind=JobKind.SCORE, key="messages_answering")
    if not is_supervisor:
        if n_messages:
            show_open_messages(place, person, project)
        else:
            quiet_line("Supervisors import messages; then they stand here.")
        return
    listed, imported, labelled = tabs_in_address(
        [LIST, IMPORT, LABELS],
        key=tab_key(project),
        default=LIST if n_messages else IMPORT,
    )
    if listed.open:
        with listed:
            if n_messages:
                show_messages(place, person, project)
            elif empty_state(
                "There are no messages yet. Choose a file: CSV, JSON Lines, Parquet or Excel.",
                action=IMPORT,
                key="messages_empty",
            ):
                open_part(IMPORT)
                st.rerun()
    if imported.open:
        with imported:
            show_import(place, person, project)
    if labelled.open:
        with labelled:
            show_label_import(place, person, project)


def _answer(n_read: int, n_messages: int, readiness: Readiness, *, is_reading: bool) -> str:
    if not n_messages:
        return "No messages yet: import a file to begin"
    held = f"{counted(n_messages, 'message')}, {readiness.n_holdout:,} of them hold-out"
    if n_read >= n_messages:
        return f"{held}; the machine has read all"
    if is_reading:
        return f"{held}; the machine is reading them"
    return f"{held}; the machine has read {n_read:,}"
