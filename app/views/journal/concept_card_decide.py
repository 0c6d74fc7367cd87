"""The decisions on a card of the journal: adopt, adopt elsewhere, reject, reopen, later."""

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.address import open_view
from app.components.holdout_note import HOLDOUT_NOTE
from rhml_core.domain import Codebook, Concept, ConceptKind, ConceptStatus, Person, Project, Role
from rhml_core.safe_text import one_line
from rhml_core.workflows.journal.journal import adopt_concept, reject_concept, reopen_concept
from rhml_core.workflows.workplace import Workplace

_LONGEST_REASON = 300
_LONGEST_CATEGORY = 80
LATER = "journal_later"
"""Session key of the concepts that the reader put off."""


def offer_decisions(
    place: Workplace, person: Person, project: Project, codebook: Codebook, concept: Concept
) -> None:
    """Draw what the reader may do with the concept."""
    if concept.status is not ConceptStatus.NEW:
        _offer_reopening(place, person, project, concept)
        return
    if concept.kind is ConceptKind.CLUSTER:
        _offer_codebook(person, concept)
    else:
        _offer_adoption(place, person, project, codebook, concept)
    _offer_rejection(place, person, project, concept)
    concept_id = concept.concept_id
    if concept_id not in st.session_state.get(LATER, ()):
        st.button(
            "Later",
            key=f"later_{concept_id}",
            type="tertiary",
            help="Put it at the end of its group until you sign out",
            on_click=_put_off,
            args=(concept_id,),
        )


def _put_off(concept_id: str) -> None:
    st.session_state[LATER] = (*st.session_state.get(LATER, ()), concept_id)


def _offer_reopening(place: Workplace, person: Person, project: Project, concept: Concept) -> None:
    concept_id = concept.concept_id
    if st.button(
        "Reopen",
        key=f"reopen_{concept_id}",
        icon=":material/undo:",
        type="tertiary",
        help=HOLDOUT_NOTE,
    ):
        act = f"reopen_{concept_id}"
        reopen_concept(
            place, person, project.project_id, concept_id, seen=concept.status, key=act_key(act)
        )
        _done(act)


def _offer_codebook(person: Person, concept: Concept) -> None:
    words = "Change the codebook" if person.may(Role.SUPERVISOR) else "Read the codebook"
    key = f"codebook_{concept.concept_id}"
    if st.button(words, key=key, icon=":material/list_alt:"):
        open_view("codebook")


def _offer_adoption(
    place: Workplace, person: Person, project: Project, codebook: Codebook, concept: Concept
) -> None:
    concept_id = concept.concept_id
    act = f"adopt_{concept_id}"
    if st.button("Adopt", key=act, icon=":material/check:"):
        adopt_concept(
            place, person, project.project_id, concept_id, seen=concept.status, key=act_key(act)
        )
        _done(act)
    with st.popover("as \u2026", key=f"adopt_as_{concept_id}"):
        with st.form(key=f"adopt_form_{concept_id}", border=False):
            names = codebook.names
            label = st.selectbox(
                "Label",
                names,
                index=names.index(concept.label) if concept.label in names else 0,
                format_func=one_line,
                key=f"adopt_label_{concept_id}",
            )
            category = st.text_input(
                "Category (optional)",
                key=f"adopt_category_{concept_id}",
                max_chars=_LONGEST_CATEGORY,
            )
            reason = st.text_input(
                "Why does it speak for the label?",
                key=f"adopt_reason_{concept_id}",
                max_chars=_LONGEST_REASON,
            )
            is_sent = st.form_submit_button("Adopt so", key=f"adopt_so_{concept_id}")
        if is_sent:
            adopt_concept(
                place,
                person,
                project.project_id,
                concept_id,
                label=str(label),
                category=category,
                reason=reason,
                seen=concept.status,
                key=act_key(act),
            )
            _done(act)


def _offer_rejection(place: Workplace, person: Person, project: Project, concept: Concept) -> None:
    concept_id = concept.concept_id
    is_cluster = concept.kind is ConceptKind.CLUSTER
    words = "No label missing" if is_cluster else "Wrong reason"
    with st.popover(words, key=f"wrong_{concept_id}", icon=":material/close:"):
        with st.form(key=f"reject_form_{concept_id}", border=False):
            question = (
                "Why do these messages need no label of their own?"
                if is_cluster
                else "Why does this not speak for the label?"
            )
            reason = st.text_input(
                question, key=f"reject_reason_{concept_id}", max_chars=_LONGEST_REASON
            )
            if not is_cluster:
                st.caption(
                    "The next training teaches the machine by counterexamples: messages with the "
                    "term varied, their label kept; one that is nothing but the term makes none. "
                    "The card then shows its strength before and after."
                )
            is_sent = st.form_submit_button("Reject", key=f"reject_{concept_id}")
        if is_sent and not reason.strip():
            st.warning("Say why in a few words: colleagues, and you in a month, will ask.")
        elif is_sent:
            act = f"reject_{concept_id}"
            reject_concept(
                place,
                person,
                project.project_id,
                concept_id,
                reason=reason,
                seen=concept.status,
                key=act_key(act),
            )
            _done(act)


def _done(act: str) -> None:
    close_act(act)
    st.rerun()
