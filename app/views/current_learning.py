"""Figures of learning as of the newest write, worked out once for all looks at a page."""

import streamlit as st

from rhml_core.domain import Person, Project, Role
from rhml_core.workflows.learning import (
    LearnersByCycle,
    PersonLearning,
    TeamLearning,
    learners_by_cycle,
    learning_of,
    learning_of_team,
)
from rhml_core.workflows.workplace import Workplace

Who = tuple[str, Role]
State = tuple[str, int]


@st.cache_data(max_entries=64, show_spinner="Counting what was learnt")
def _of_person(
    _place: Workplace,
    _person: Person,
    project_id: str,
    expert_id: str,
    who: Who,  # noqa: ARG001 -- part of the cache's key: not everyone may see everything
    state: State,  # noqa: ARG001 -- part of the cache's key: what it is made of
) -> PersonLearning:
    return learning_of(_place, _person, project_id, expert_id)


@st.cache_data(max_entries=16, show_spinner="Counting what was learnt")
def _of_team(
    _place: Workplace,
    _person: Person,
    project_id: str,
    who: Who,  # noqa: ARG001 -- part of the cache's key: not everyone may see everything
    state: State,  # noqa: ARG001 -- part of the cache's key: what it is made of
) -> TeamLearning:
    return learning_of_team(_place, _person, project_id)


@st.cache_data(max_entries=16, show_spinner="Counting what was learnt")
def _by_cycle(
    _place: Workplace,
    _person: Person,
    project_id: str,
    who: Who,  # noqa: ARG001 -- part of the cache's key: not everyone may see everything
    state: State,  # noqa: ARG001 -- part of the cache's key: what it is made of
) -> LearnersByCycle:
    return learners_by_cycle(_place, _person, project_id)


def current_learning(
    place: Workplace, person: Person, project: Project, expert_id: str
) -> PersonLearning:
    """How one expert learns; see `learning_of`."""
    return _of_person(
        place, person, project.project_id, expert_id, (person.person_id, person.role), _state(place)
    )


def current_team(place: Workplace, person: Person, project: Project) -> TeamLearning:
    """How the team learns; see `learning_of_team`."""
    who = (person.person_id, person.role)
    return _of_team(place, person, project.project_id, who, _state(place))


def current_cycles(place: Workplace, person: Person, project: Project) -> LearnersByCycle:
    """Both learners by cycle; see `learners_by_cycle`."""
    who = (person.person_id, person.role)
    return _by_cycle(place, person, project.project_id, who, _state(place))


def _state(place: Workplace) -> State:
    return str(place.settings.database), place.db.revision
