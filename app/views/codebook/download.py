"""The codebook as a file to send, or to begin another project with."""

import streamlit as st

from rhml_core.domain import Codebook, Person, Project
from rhml_core.workflows.files.exporting import codebook_file
from rhml_core.workflows.workplace import Workplace


def offer_codebook(place: Workplace, person: Person, project: Project, newest: Codebook) -> None:
    """Draw the download; the file is made when it is clicked."""

    def made() -> str:
        return codebook_file(place, person, project.project_id)

    st.download_button(
        "Download as CSV",
        data=made,
        file_name=f"codebook-{newest.version}.csv",
        mime="text/csv",
        icon=":material/download:",
        key="codebook_download",
        help="A new project can begin with it.",
        width="content",
        on_click="ignore",
    )
