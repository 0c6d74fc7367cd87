"""The team's merged map: who says what, and where people contradict each other."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components.counted import counted
from app.components.empty import empty_state
from app.components.first_line import first_line
from app.components.map_canvas import map_canvas
from app.components.map_data import team_map_data
from app.components.marks import label_colours
from app.views.concept_map.mine import answered, take_acts
from rhml_core.domain import Person, Project, Role
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.concept_map.concept_map import own_map
from rhml_core.workflows.concept_map.team import TeamMap, team_map
from rhml_core.workflows.workplace import Workplace


def show_team_map(place: Workplace, person: Person, project: Project, line: DeltaGenerator) -> None:
    """Draw the merged map, to read and to take over from; its first line goes into `line`."""
    where = project.project_id
    key = f"team_map_{where}"
    answer = answered(key)
    team = team_map(place, person, where)
    with line:
        first_line(team_map_words(team), note=_note(team))
    if not team.propositions:
        empty_state(
            "As soon as somebody links two nodes of their map, what they say stands here, with "
            "who else says it.",
            key="no_team_map",
            icon="hub",
        )
        return
    is_drawing = person.may(Role.EXPERT)
    own = own_map(place, person, where).map.propositions if is_drawing else frozenset()
    data = team_map_data(
        team, label_colours(get_codebook(place, where)), own=own, can_take=is_drawing
    )
    data |= {"answers": answer.keys, "problem": answer.problem, "notice": "Taken over"}
    with st.container(key="map_paper"):
        map_canvas(data, key=key, on_acts=lambda: take_acts(place, person, project, key))


def team_map_words(team: TeamMap) -> str:
    """The answer of the page."""
    if not team.propositions:
        return "Nobody has linked anything on a concept map yet."
    who = counted(len(team.people), "person", "people")
    together = counted(len(team.propositions), "statement")
    if len(team.people) == 1:
        return f"One person has a map so far: {together}."
    if team.n_disputed:
        pairs = counted(team.n_disputed, "pair of nodes", "pairs of nodes")
        return f"{who} make {together} and contradict each other on {pairs}."
    return f"{who} make {together}; nobody contradicts anybody."


def _note(team: TeamMap) -> str:
    n_people = len(team.people)
    if n_people < 2:  # noqa: PLR2004 -- a team
        return ""
    red = "; red lines contradict each other" if team.n_disputed else ""
    return (
        f"{team.n_unanimous:,} of {len(team.propositions):,} stand on every map. The numbers at "
        f"a line say how many of {n_people:,} maps have it{red}."
    )
