"""A copy of the whole workplace, taken while people work."""

import streamlit as st

from app.components.plain_lines import quiet_line
from rhml_core.domain import Person
from rhml_core.workflows.safekeeping.backup import backup_download
from rhml_core.workflows.workplace import Workplace


def show_backup(place: Workplace, person: Person) -> None:
    """Draw the download; the archive is made when it is clicked, which may take a minute."""
    quiet_line(
        "One archive with every project of this workplace as it is at this moment: messages, "
        "judgements, threads, people and all runs. Everyone may go on working. Keep it as "
        "carefully as the messages themselves."
    )

    def made() -> bytes:
        return backup_download(place, person)

    st.download_button(
        "Download a backup",
        data=made,
        file_name=f"{place.settings.database.stem}-{place.now():%Y-%m-%d}.zip",
        mime="application/zip",
        icon=":material/download:",
        key="settings_backup",
        width="content",
        on_click="ignore",
    )
    quiet_line(
        "To put it back, stop the server and run rhml restore FILE --replace. What is there "
        "then is kept under another name."
    )
