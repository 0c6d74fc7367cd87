"""The list of messages, a page at a time, with its filters."""

import streamlit as st

from app.components.address import filter_value, open_view, set_filter
from app.components.address_choice import choose_in_list, removable_pill, search_field
from app.components.empty import empty_state
from app.components.message_table import message_table
from app.components.page_turner import PAGE, page_in_address, turn_page
from app.components.plain_lines import quiet_line
from app.components.uses import USES, use_column, with_uses
from rhml_core.domain import Person, Project, Split
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.disputes.disagreements import list_experts
from rhml_core.workflows.overview.message_list import Basis, list_messages
from rhml_core.workflows.workplace import Workplace

N_ON_PAGE = 200
_SPLITS = {"": "all messages"} | USES
BASIS, JUDGED_BY = "basis", "by"
"""Filters in the address to which figures of other pages lead."""
_FILTERS = ("search", "split", "label", "author", BASIS, JUDGED_BY)
_BASES: dict[Basis, str] = {
    "decided": "settled",
    "votes": "label follows from the votes",
    "tied": "votes are tied",
}
_COLUMNS = {
    "message_id": st.column_config.TextColumn("id", width=66),
    "text": st.column_config.TextColumn("message", width=306),
    "author": st.column_config.TextColumn("author", width=112),
    "sent_at": st.column_config.DatetimeColumn("sent", format="D MMM YYYY, HH:mm", width=136),
    "split": use_column(width=100),
    "n_judgements": st.column_config.NumberColumn("judged", width=62, help="Judgements so far"),
    "reference": st.column_config.TextColumn("reference", width=84),
}


def show_messages(place: Workplace, person: Person, project: Project) -> None:
    """Draw the filters and the page that they lead to; a chosen row opens its thread."""
    search, split, label, author = _filters(place, project)
    basis, judged_by = _filters_from_elsewhere(place, project)
    page = page_in_address()
    frame, n_total = list_messages(
        place,
        person,
        project.project_id,
        search=search,
        split=split,
        label=label,
        author=author or None,
        basis=basis,
        judged_by=judged_by,
        limit=N_ON_PAGE,
        offset=(page - 1) * N_ON_PAGE,
    )
    if frame.is_empty():
        if page > 1:
            set_filter("page", None)  # of another day, when there were more
            st.rerun()
        if empty_state(
            "No message fits these filters.",
            action="Show all",
            key="messages_none",
            icon="search_off",
        ):
            for name in (*_FILTERS, *PAGE):
                set_filter(name, None)
            st.rerun()
        return
    chosen = message_table(
        with_uses(frame),
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
        turn_page(-(-n_total // N_ON_PAGE), page, key="messages_page")


def _filters(place: Workplace, project: Project) -> tuple[str, Split | None, str | None, str]:
    names = get_codebook(place, project.project_id).names
    with st.container(horizontal=True, key="messages_filters"):
        search = search_field(
            "search",
            key="messages_search",
            title="Search in the text",
            icon=":material/search:",
            resets=PAGE,
            width=318,
        )
        split = choose_in_list(
            "split", _SPLITS, key="messages_split", title="Use", resets=PAGE, width=160
        )
        label = choose_in_list(
            "label",
            {"": "any label", **{one: one for one in names}},
            key="messages_label",
            title="Reference label",
            resets=PAGE,
            width=180,
        )
        author = search_field(
            "author",
            key="messages_author",
            title="Author, as written",
            resets=PAGE,
            width=190,
        )
    return search, Split(split) if split else None, label or None, author


def _filters_from_elsewhere(place: Workplace, project: Project) -> tuple[Basis | None, str | None]:
    """Draw what a link from another page narrows the list to, to be taken away; what that is."""
    basis = next((one for one in _BASES if one == filter_value(BASIS)), None)
    wanted = filter_value(JUDGED_BY)
    experts = list_experts(place, project.project_id) if wanted else []
    judge = next((one for one in experts if one.person_id == wanted), None)
    if basis or judge:
        with st.container(horizontal=True, gap="small", key="messages_narrowed"):
            if basis:
                removable_pill(BASIS, _BASES[basis], key="messages_basis", resets=PAGE)
            if judge:
                removable_pill(
                    JUDGED_BY, f"judged by {judge.full_name}", key="messages_by", resets=PAGE
                )
    return basis, judge.person_id if judge else None
