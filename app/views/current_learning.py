"""Figures of learning, worked out once for all looks at a page or beside it."""

import streamlit as st

from app.components.empty import TRIED_AGAIN
from app.views.page_key import PageKey, page_key
from rhml_core.domain import Person, Project
from rhml_core.workflows.kept.beside import Looked
from rhml_core.workflows.learner.cycles_beside import look_at_cycles
from rhml_core.workflows.learner.learning import (
    LearnersByCycle,
    PersonLearning,
    TeamLearning,
    learning_of,
    learning_of_team,
)
from rhml_core.workflows.workplace import Workplace

_SECONDS_BETWEEN_LOOKS = 2.0


@st.cache_data(max_entries=64, show_spinner="Counting what was learnt")
def _of_person(
    _place: Workplace,
    _person: Person,
    project_id: str,
    expert_id: str,
    key: PageKey,  # noqa: ARG001 -- all that it depends on
) -> PersonLearning:
    return learning_of(_place, _person, project_id, expert_id)


@st.cache_data(max_entries=16, show_spinner="Counting what was learnt")
def _of_team(
    _place: Workplace,
    _person: Person,
    project_id: str,
    key: PageKey,  # noqa: ARG001 -- all that it depends on
) -> TeamLearning:
    return learning_of_team(_place, _person, project_id)


def current_learning(
    place: Workplace, person: Person, project: Project, expert_id: str
) -> PersonLearning:
    """How one expert learns; see `learning_of`."""
    key = page_key(place, person, project)
    return _of_person(place, person, project.project_id, expert_id, key)


def current_team(place: Workplace, person: Person, project: Project) -> TeamLearning:
    """How the team learns; see `learning_of_team`."""
    return _of_team(place, person, project.project_id, page_key(place, person, project))


def current_cycles(place: Workplace, person: Person, project: Project) -> Looked[LearnersByCycle]:
    """
    Both learners by cycle as last worked out; see `look_at_cycles`.

    While newer figures are being made beside the page, it is drawn again once they are there.
    """
    found = look_at_cycles(place, person, project.project_id)
    if found.is_working:
        _await_cycles(place, person, project)
    return found


def _await_cycles(place: Workplace, person: Person, project: Project) -> None:
    @st.fragment(run_every=_SECONDS_BETWEEN_LOOKS, key="cycles_wait")
    def wait() -> None:
        if not look_at_cycles(place, person, project.project_id).is_working:
            st.rerun()

    wait()


def newer_words(look: Looked[LearnersByCycle]) -> str:
    """
    How fresh figures of both learners are; "" where nothing has changed since.

    >>> newer_words(Looked(None, is_current=False, is_working=True))
    'Newer figures are being worked out.'
    """
    if look.has_failed:
        return f"Newer figures could not be worked out. {TRIED_AGAIN}"
    return "" if look.is_current else "Newer figures are being worked out."
