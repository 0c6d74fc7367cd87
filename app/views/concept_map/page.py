"""What belongs to what? A concept map of one's own, the team's, and how both grew."""

import streamlit as st

from app.components.address import set_filter
from app.components.address_choice import choose_part
from app.components.empty import empty_state
from app.components.first_line import first_line
from app.views.concept_map.mine import show_own_map
from app.views.concept_map.team import show_team_map
from app.views.concept_map.time import show_history
from rhml_core.domain import Person, Project, Role
from rhml_core.workflows.concept_map.concept_map import links_missing
from rhml_core.workflows.workplace import Workplace

_PARTS = {"mine": "Mine", "team": "Team", "time": "Over time"}

# What waits for an answer says so itself; fading the whole drawing would be a flicker.
_STYLE = """
<style>
.st-key-map_paper [data-stale="true"] { opacity: 1 !important; transition: none !important; }
</style>
"""


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    st.html(_STYLE)
    _page(place, person, project)


@st.fragment
def _page(place: Workplace, person: Person, project: Project) -> None:
    """Everything in one fragment, so that an act on the map redraws the page without its frame."""
    is_drawing = person.may(Role.EXPERT)
    parts = {name: words for name, words in _PARTS.items() if is_drawing or name != "mine"}
    line = st.container(key="map_line")
    part = choose_part("part", parts, key="map_part", title="Which map", default=next(iter(parts)))
    missing = links_missing(place, person, project.project_id)
    if part != "mine" and missing:
        with line:
            first_line("First your own map, then everybody's.")
        n = f"{missing} more {'link' if missing == 1 else 'links'}"
        is_asked = empty_state(
            f"Draw {n} on your own map, under Mine. The maps of others open then: two maps "
            "that began apart show what each of you sees, and what the other may have missed.",
            action="Draw mine",
            key="map_blind",
            icon="visibility_off",
        )
        if is_asked:
            set_filter("part", None)
            st.rerun()
    elif part == "mine":
        show_own_map(place, person, project, line)
    elif part == "team":
        show_team_map(place, person, project, line)
    else:
        show_history(place, person, project, line)
