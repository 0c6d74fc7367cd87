"""Messages, labels and codebook as files to take away."""

import re

import streamlit as st

from app.components.plain_lines import quiet_line
from rhml_core.domain import Person, Project
from rhml_core.workflows.files.exporting import export_download
from rhml_core.workflows.workplace import Workplace

_KINDS = (
    (".zip", "CSV files", "application/zip"),
    (
        ".xlsx",
        "Excel workbook",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
)


def offer_export(place: Workplace, person: Person, project: Project) -> None:
    """Draw the downloads; a file is made when its button is clicked."""
    with st.popover("Export", key="messages_export", icon=":material/download:"):
        quiet_line(
            "All messages with the label that counts, every judgement that stands, and the "
            "codebook. The import takes them in again."
        )
        with st.container(horizontal=True, key="messages_files"):
            for ending, name, mime in _KINDS:

                def made(ending: str = ending) -> bytes:
                    return export_download(place, person, project.project_id, ending=ending)

                st.download_button(
                    name,
                    data=made,
                    file_name=_file_name(project, ending),
                    mime=mime,
                    key=f"messages_file{ending}",
                    on_click="ignore",
                )
        quiet_line(
            "Beside each message stands what the promoted run answers, but not where the message "
            "is hold-out and nobody has settled it."
        )


def _file_name(project: Project, ending: str) -> str:
    stem = re.sub(r"[^\w]+", "-", project.name).strip("-") or "export"
    return f"{stem}{ending}"
