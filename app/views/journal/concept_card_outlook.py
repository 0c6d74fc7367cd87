"""What adopting a concept would bring, worked out when somebody asks for it."""

import streamlit as st

from app.components.plain_lines import quiet_line
from rhml_core.domain import Concept, ConceptKind, ConceptStatus, Person, Project
from rhml_core.workflows.concepts.effects import expected_effect
from rhml_core.workflows.workplace import Workplace


def show_outlook(place: Workplace, person: Person, project: Project, concept: Concept) -> None:
    """Draw the question and, once it was asked, the answer; nothing for what is decided."""
    if concept.status is not ConceptStatus.NEW or concept.kind is ConceptKind.CLUSTER:
        return
    concept_id = concept.concept_id
    asked = f"outlook_asked_{concept_id}"
    if not st.session_state.get(asked):
        st.button(
            "What would adopting bring?",
            key=f"outlook_{concept_id}",
            type="tertiary",
            icon=":material/query_stats:",
            help="Trains the machine twice on what is judged now, with the term and without it",
            on_click=st.session_state.__setitem__,
            args=(asked, True),
        )
        return
    with st.spinner("Trained with it and without it\u2026"):
        found = expected_effect(place, person, project.project_id, concept_id)
    quiet_line(f"If adopted: {found.sentence}")
