"""Who works here: the list, and adding someone."""

import polars as pl
import streamlit as st

from app.components.empty import show_error
from app.components.plain_lines import quiet_line
from app.components.safe_text import one_line, plain
from rhml_core.domain import Person, Role
from rhml_core.errors import RhmlError
from rhml_core.workflows.people import add_person, list_people
from rhml_core.workflows.workplace import Workplace

ROLES = {
    Role.VIEWER: "reads everything, changes nothing",
    Role.EXPERT: "labels, argues, keeps the journal",
    Role.SUPERVISOR: "also imports, trains, promotes, edits the codebook",
    Role.ADMIN: "also adds people",
}


def show_people(place: Workplace, person: Person) -> None:
    """Draw everyone with their role and, for admins, the form that adds one."""
    people = list_people(place)
    shown, adding = st.columns([1.5, 1], gap="large")
    with shown:
        frame = pl.DataFrame(
            {
                "name": [one_line(one.name) for one in people],
                "role": [one.role.value for one in people],
                "may": [ROLES[one.role] for one in people],
                "kind": ["simulated" if one.is_simulated else "" for one in people],
            },
            schema={"name": pl.String, "role": pl.String, "may": pl.String, "kind": pl.String},
        )
        kept = ["name", "role", "may"]
        st.dataframe(
            frame,
            hide_index=True,
            height="content",
            column_order=[*kept, "kind"] if any(frame["kind"]) else kept,
            column_config={"kind": "", "may": "what they do"},
            key="settings_people_table",
            alt="People of this workplace",
        )
    with adding:
        if person.may(Role.ADMIN):
            _show_adding(place, person)
        else:
            quiet_line("Admins add people. Ask one of them.")


def _show_adding(place: Workplace, person: Person) -> None:
    with st.form("settings_add_person", clear_on_submit=False):
        name = st.text_input("Name", key="settings_person_name", max_chars=60)
        role = st.selectbox(
            "Role",
            list(ROLES),
            index=1,
            format_func=lambda one: f"{one.value}: {ROLES[one]}",
            key="settings_person_role",
        )
        is_asked = st.form_submit_button("Add person", key="settings_person_add", type="primary")
    if not is_asked:
        return
    try:
        added = add_person(place, person, name, Role(role))
    except RhmlError as error:
        show_error(error)
        return
    st.session_state.pop("settings_person_name", None)
    st.toast(f"{plain(added.name)} can sign in now.", icon=":material/person_add:")
    st.rerun()
