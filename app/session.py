"""Who asks, and of which workplace: what pages and routes share within the one process."""

import streamlit as st

from rhml_core.domain import Person
from rhml_core.errors import NotAllowedError, NotFoundError
from rhml_core.workflows.people import person_of_session
from rhml_core.workflows.workplace import Workplace

COOKIE = "rhml_session"
"""Name of the cookie that carries a session's token."""


class _Door:
    """Holds the workplace while the server runs."""

    place: Workplace | None = None


def keep_workplace(place: Workplace | None) -> None:
    """Remember the workplace that this process serves; None when it has been closed."""
    _Door.place = place


def workplace() -> Workplace:
    """
    The workplace that this process serves.

    Raises:
        NotFoundError: none is open.
    """
    if _Door.place is None:
        raise NotFoundError("The workplace is not open yet. Start it with `rhml serve`.")
    return _Door.place


def person_behind(token: str | None) -> Person | None:
    """The person whose session has this token; None where there is no such session."""
    return person_of_session(workplace(), token) if token else None


def check_session(person: Person) -> None:
    """
    Make sure that the page's person is still the one signed in: a page outlives its session.

    Raises:
        NotAllowedError: they signed out, or someone else signed in.
    """
    if person_behind(st.context.cookies.get(COOKIE)) != person:
        raise NotAllowedError("Your session has ended. Reload the page and sign in again.")
