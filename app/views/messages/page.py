"""Messages: what do we have, and how does more come in?"""

import streamlit as st

from app.components.empty import empty_state
from app.components.first_line import first_line
from app.components.plain_lines import quiet_line
from app.views.messages.importing import show_import
from app.views.messages.labels import show_label_import
from app.views.messages.listing import show_messages
from app.views.training.job_rows import show_jobs
from rhml_core.domain import Person, Project, Role
from rhml_core.workflows.overview.message_list import reading_progress
from rhml_core.workflows.training.training import Readiness, training_readiness
from rhml_core.workflows.workplace import Workplace

LIST, IMPORT, LABELS = "List", "Import messages", "Import labels"


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    n_read, n_messages = reading_progress(place, project.project_id)
    readiness = training_readiness(place, project.project_id)
    is_supervisor = person.may(Role.SUPERVISOR)
    first_line(_answer(n_read, n_messages, readiness))
    show_jobs(place, person, project, kind="embed", key="messages_reading")
    show_jobs(place, person, project, kind="score", key="messages_answering")
    if not is_supervisor:
        quiet_line(
            "Supervisors import messages and see the list with its labels; you meet messages "
            "one by one on the Label page, so that your judgement stays your own."
        )
        return
    tab = f"messages_tab_{project.project_id}"
    # Set once rather than as a default, which would leave the import when its messages are in.
    st.session_state.setdefault(tab, LIST if n_messages else IMPORT)
    listed, imported, labelled = st.tabs([LIST, IMPORT, LABELS], key=tab, on_change="rerun")
    if listed.open:
        with listed:
            if n_messages:
                show_messages(place, person, project)
            else:
                empty_state(
                    "There are no messages yet. Open “Import messages” and choose a file: CSV, "
                    "JSON Lines, Parquet or Excel.",
                    key="messages_empty",
                )
    if imported.open:
        with imported:
            show_import(place, person, project)
    if labelled.open:
        with labelled:
            show_label_import(place, person, project)


def _answer(n_read: int, n_messages: int, readiness: Readiness) -> str:
    if not n_messages:
        return "No messages yet: import a file to begin"
    held = f"{n_messages:,} messages, {readiness.n_holdout:,} of them hold-out"
    if n_read >= n_messages:
        return f"{held}; the machine has read all"
    return f"{held}; the machine has read {n_read:,}"
