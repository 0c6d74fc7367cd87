"""Who works here: the list, and adding someone."""

from urllib.parse import urlsplit

import polars as pl
import streamlit as st

from app.components.empty import show_error
from app.components.people_words import ROLE_WORDS
from app.components.plain_lines import quiet_line
from rhml_core.domain import Person, Role
from rhml_core.errors import RhmlError
from rhml_core.safe_text import one_line, plain
from rhml_core.workflows.people import add_person, list_people
from rhml_core.workflows.workplace import Workplace

_NAME, _ROLE = "settings_person_name", "settings_person_role"
_INVITED, _PROBLEM = "settings_person_invited", "settings_person_problem"


def show_people(place: Workplace, person: Person) -> None:
    """Draw everyone with their role and, for admins, the form that adds one."""
    people = list_people(place)
    shown, adding = st.columns([1.5, 1], gap="large")
    with shown:
        frame = pl.DataFrame(
            {
                "name": [one_line(one.name) for one in people],
                "role": [one.role.value for one in people],
                "may": [ROLE_WORDS[one.role] for one in people],
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
            _show_invitation()
        else:
            quiet_line("Admins add people. Ask one of them.")


def _show_adding(place: Workplace, person: Person) -> None:
    with st.form("settings_add_person", clear_on_submit=False):
        st.text_input("Name", key=_NAME, max_chars=60)
        st.selectbox(
            "Role",
            list(ROLE_WORDS),
            index=1,
            format_func=lambda one: f"{one.value}: {ROLE_WORDS[one]}",
            key=_ROLE,
        )
        st.form_submit_button(
            "Add person",
            key="settings_person_add",
            type="primary",
            on_click=_add,
            args=(place, person),
        )
    problem = st.session_state.pop(_PROBLEM, None)
    if problem is not None:
        show_error(problem)


def _add(place: Workplace, person: Person) -> None:
    """Add whom the form names; before the page is drawn, so that the list has them."""
    try:
        added = add_person(place, person, st.session_state[_NAME], Role(st.session_state[_ROLE]))
    except RhmlError as error:
        st.session_state[_PROBLEM] = error
        return
    st.session_state[_NAME] = ""
    st.session_state[_INVITED] = added


def _show_invitation() -> None:
    """Say what the newcomer needs to be told, ready to copy, until somebody else is added."""
    added: Person | None = st.session_state.get(_INVITED)
    if added is None:
        return
    st.success(
        f"{plain(added.name)} can sign in now. Send them these words:",
        icon=":material/person_add:",
    )
    st.code(
        invitation(added, _front_door(str(st.context.url or ""))), language=None, wrap_lines=True
    )


def invitation(added: Person, address: str) -> str:
    """
    What somebody who was added has to know to begin.

    >>> invitation(Person("ana", "Ana", Role.EXPERT), "http://localhost:8501/")
    'Open http://localhost:8501/ and choose your name, Ana. Home tells you what to do first.'
    """
    name = one_line(added.name)
    return f"Open {address} and choose your name, {name}. Home tells you what to do first."


def _front_door(url: str) -> str:
    """
    Where the workplace is entered, from the address of one of its pages.

    >>> _front_door("http://localhost:8501/settings?project=study")
    'http://localhost:8501/'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else "the workplace"
