"""The messages that an expert or a viewer may read, each the way to its thread."""

import streamlit as st

from app.components.address import open_view, set_filter
from app.components.address_choice import search_field
from app.components.empty import empty_state
from app.components.message_table import message_table
from app.components.page_turner import PAGE, page_in_address, turn_page
from app.components.plain_lines import quiet_line
from app.views.messages.listing import N_ON_PAGE
from rhml_core.domain import Person, Project, Role
from rhml_core.workflows.overview.message_list import open_messages
from rhml_core.workflows.workplace import Workplace

_COLUMNS = {
    "text": st.column_config.TextColumn("message", width=480),
    "author": st.column_config.TextColumn("author", width=130),
    "sent_at": st.column_config.DatetimeColumn("sent", format="D MMM YYYY, HH:mm", width=150),
    "n_judgements": st.column_config.NumberColumn(
        "judged", width=70, help="People who judged it so far"
    ),
}
_FOR_EXPERTS = (
    "Here stand the messages whose threads are open to you: you judged them, or enough others did. "
    "The others come to you on the page Label, one by one, so that your judgement stays your own."
)
_FOR_VIEWERS = "Here stand the messages that somebody judged. Supervisors import and see them all."


def show_open_messages(place: Workplace, person: Person, project: Project) -> None:
    """Draw a page of them; a chosen row opens its thread."""
    is_expert = person.may(Role.EXPERT)
    quiet_line(_FOR_EXPERTS if is_expert else _FOR_VIEWERS)
    search = search_field(
        "search",
        key="open_messages_search",
        title="Search in the text",
        icon=":material/search:",
        resets=PAGE,
        width=318,
    )
    page = page_in_address()
    frame, n_total = open_messages(
        place,
        person,
        project.project_id,
        search=search,
        limit=N_ON_PAGE,
        offset=(page - 1) * N_ON_PAGE,
    )
    if frame.is_empty():
        if page > 1:
            set_filter("page", None)  # of another day, when there were more
            st.rerun()
        _show_none(search, is_expert=is_expert)
        return
    chosen = message_table(
        frame,
        key=f"open_messages_table_{page}",
        alt="Messages whose threads are open",
        columns=_COLUMNS,
        height=390,
    )
    if chosen:
        open_view("disagreements", message=chosen)
    with st.container(horizontal=True, vertical_alignment="center"):
        first = (page - 1) * N_ON_PAGE + 1
        quiet_line(
            f"{first:,} to {first + frame.height - 1:,} of {n_total:,}. "
            "Choose a row to read its thread."
        )
        turn_page(-(-n_total // N_ON_PAGE), page, key="open_messages_page")


def _show_none(search: str, *, is_expert: bool) -> None:
    if search:
        if empty_state(
            "No message that you may read has these words.",
            action="Show all",
            key="open_messages_none",
            icon="search_off",
        ):
            for name in ("search", *PAGE):
                set_filter(name, None)
            st.rerun()
        return
    empty_state(
        "No thread is open to you yet: that of a message opens once you have judged it."
        if is_expert
        else "Nobody has judged a message yet. Each one stands here as soon as somebody has.",
        action="Label messages" if is_expert else "",
        view="label",
        key="open_messages_empty",
        icon="label",
    )
