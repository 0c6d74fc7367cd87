"""The way from a card of the journal onto the reader's own concept map."""

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.address import open_view
from rhml_core.domain import Concept, Person, Project
from rhml_core.workflows.concept_map.proposals import add_concept, is_on_map
from rhml_core.workflows.workplace import Workplace


def offer_map(place: Workplace, person: Person, project: Project, concept: Concept) -> None:
    """Draw the button that puts the concept onto the map, or opens the map that has it."""
    key = f"map_{concept.concept_id}"
    if is_on_map(place, person, project.project_id, concept):
        if st.button("On your concept map", key=key, icon=":material/hub:", type="tertiary"):
            open_view("concept_map")
        return
    if st.button(
        "Add to my concept map",
        key=key,
        icon=":material/hub:",
        type="tertiary",
        help="As indicating its label; you can change or remove it there",
    ):
        add_concept(place, person, project.project_id, concept.concept_id, key=act_key(key))
        close_act(key)
        st.rerun()
