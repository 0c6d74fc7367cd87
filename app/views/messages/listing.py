"""The list of messages, a page at a time, with its filters."""

import polars as pl
import streamlit as st

from app.components.address import open_view
from app.components.address_choice import choose_in_list, search_field
from app.components.empty import empty_state
from app.components.message_table import message_table
from app.components.plain_lines import quiet_line
from rhml_core.domain import Person, Project, Split
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.overview.message_list import list_messages
from rhml_core.workflows.workplace import Workplace

N_ON_PAGE = 200
_SPLITS = {
    "": "all messages",
    Split.POOL.value: "to learn from",
    Split.HOLDOUT.value: "hold-out",
}
_COLUMNS = {
    "message_id": st.column_config.TextColumn("id", width=66),
    "text": st.column_config.TextColumn("message", width=306),
    "author": st.column_config.TextColumn("author", width=112),
    "sent_at": st.column_config.DatetimeColumn("sent", format="D MMM YYYY, HH:mm", width=136),
    "split": st.column_config.TextColumn("split", width=100),
    "n_judgements": st.column_config.NumberColumn("judged", width=62, help="Judgements so far"),
    "reference": st.column_config.TextColumn("reference", width=84),
}


def show_messages(place: Workplace, person: Person, project: Project) -> None:
    """Draw the filters and the page that they lead to; a chosen row opens its thread."""
    search, split, label, author = _filters(place, project)
    wanted = (search, split, label, author)
    if st.session_state.get("messages_wanted") != wanted:
        st.session_state["messages_wanted"] = wanted
        st.session_state.pop("messages_page", None)
    page = int(st.session_state.get("messages_page") or 1)
    frame, n_total = list_messages(
        place,
        person,
        project.project_id,
        search=search,
        split=split,
        label=label,
        author=author or None,
        limit=N_ON_PAGE,
        offset=(page - 1) * N_ON_PAGE,
    )
    if frame.is_empty():
        empty_state(
            "No message fits these filters. Shorten the search or take a filter away.",
            key="messages_none",
            icon="search_off",
        )
        return
    chosen = message_table(
        frame.with_columns(pl.col("split").replace(_SPLITS)),
        key=f"messages_table_{page}",
        alt="Messages",
        columns=_COLUMNS,
        height=390,
    )
    if chosen:
        open_view("disagreements", message=chosen)
    with st.container(horizontal=True, vertical_alignment="center"):
        last = (page - 1) * N_ON_PAGE + frame.height
        quiet_line(
            f"{last - frame.height + 1:,} to {last:,} of {n_total:,}. "
            "Choose a row to read its thread."
        )
        if n_total > N_ON_PAGE:
            st.pagination(-(-n_total // N_ON_PAGE), key="messages_page")


def _filters(place: Workplace, project: Project) -> tuple[str, Split | None, str | None, str]:
    names = get_codebook(place, project.project_id).names
    with st.container(horizontal=True, key="messages_filters"):
        search = search_field(
            "search",
            key="messages_search",
            title="Search in the text",
            icon=":material/search:",
            width=318,
        )
        split = choose_in_list("split", _SPLITS, key="messages_split", title="Split", width=160)
        label = choose_in_list(
            "label",
            {"": "any label", **{one: one for one in names}},
            key="messages_label",
            title="Reference label",
            width=180,
        )
        author = search_field(
            "author", key="messages_author", title="Author, as written", width=190
        )
    return search, Split(split) if split else None, label or None, author
