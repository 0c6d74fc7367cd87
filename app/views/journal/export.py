"""The journal as a file to keep or to send: Markdown or HTML."""

import streamlit as st

from rhml_core.domain import Person, Project
from rhml_core.workflows.journal.reporting import gather_journal, write_journal
from rhml_core.workflows.workplace import Workplace

_KINDS = ((".md", "Markdown", "text/markdown"), (".html", "HTML", "text/html"))


def offer_export(place: Workplace, person: Person, project: Project) -> None:
    """Draw the downloads; the file is made when one is clicked."""
    with st.popover("Export", key="journal_export", icon=":material/download:"):
        with_texts = st.checkbox(
            "with texts",
            key="journal_texts",
            help="The file names messages by their identifiers; with this, their texts too.",
        )
        with st.container(horizontal=True, key="journal_files"):
            for suffix, name, mime in _KINDS:

                def made(suffix: str = suffix) -> str:
                    found = gather_journal(place, person, project.project_id, with_texts=with_texts)
                    return write_journal(found, suffix)

                st.download_button(
                    name,
                    data=made,
                    file_name=f"journal{suffix}",
                    mime=mime,
                    key=f"journal_file{suffix}",
                    on_click="ignore",
                )
