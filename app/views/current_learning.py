"""Figures of learning as of the newest judgement, worked out once for all looks at a page."""

import streamlit as st

from app.views.page_key import PageKey, page_key
from rhml_core.domain import Person, Project
from rhml_core.workflows.learner.learning import (
    LearnersByCycle,
    PersonLearning,
    TeamLearning,
    learners_by_cycle,
    learning_of,
    learning_of_team,
)
from rhml_core.workflows.workplace import Workplace


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


@st.cache_data(max_entries=16, show_spinner="Counting what was learnt")
def _by_cycle(
    _place: Workplace,
    _person: Person,
    project_id: str,
    key: PageKey,  # noqa: ARG001 -- all that it depends on
) -> LearnersByCycle:
    return learners_by_cycle(_place, _person, project_id)


def current_learning(
    place: Workplace, person: Person, project: Project, expert_id: str
) -> PersonLearning:
    """How one expert learns; see `learning_of`."""
    key = page_key(place, person, project)
    return _of_person(place, person, project.project_id, expert_id, key)


def current_team(place: Workplace, person: Person, project: Project) -> TeamLearning:
    """How the team learns; see `learning_of_team`."""
    return _of_team(place, person, project.project_id, page_key(place, person, project))


def current_cycles(place: Workplace, person: Person, project: Project) -> LearnersByCycle:
    """Both learners by cycle; see `learners_by_cycle`."""
    return _by_cycle(place, person, project.project_id, page_key(place, person, project))
