"""One card of the journal: the evidence for a concept, the decision on it, and the talk."""

import uuid
from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from app.components.address import open_view, set_filter
from app.components.comments import ask_for_comment, show_comments
from app.components.facts import part_title
from app.components.interval import in_words
from app.components.marks import draw, label_chip, label_colours, machine_mark, text_span
from app.components.message_list import ListedMessage, message_list
from app.components.safe_text import one_line
from app.components.strength_mark import strength_mark
from rhml_core.domain import Codebook, Concept, ConceptStatus, Message, Person, Project, Role
from rhml_core.workflows.journal import (
    ConceptCard,
    adopt_concept,
    get_concept,
    reject_concept,
    reopen_concept,
)
from rhml_core.workflows.people import list_people
from rhml_core.workflows.threads import add_comment
from rhml_core.workflows.workplace import Workplace

_LONGEST_REASON = 300
_Decide = Callable[..., Concept]


def show_concept(
    place: Workplace,
    person: Person,
    project: Project,
    codebook: Codebook,
    concept_id: str,
    *,
    is_open: bool,
    is_next: bool,
) -> None:
    """
    Draw the card.

    Args:
        place: the workplace.
        person: who looks.
        project: where.
        codebook: for the labels' colours.
        concept_id: which concept.
        is_open: whether its messages and its discussion are shown.
        is_next: whether it is the one to decide on next.
    """
    card = get_concept(place, person, project.project_id, concept_id)
    with st.container(border=True, gap="small", key=f"card_{concept_id}"):
        draw(concept_heading(card, codebook))
        draw(concept_evidence(card))
        with st.container(horizontal=True, vertical_alignment="center", key=f"bar_{concept_id}"):
            _offer_details(card, is_open=is_open, is_next=is_next)
            if person.may(Role.EXPERT):
                _offer_decisions(place, person, project, card.concept)
        if is_open:
            _show_details(place, person, project, card)


def concept_heading(card: ConceptCard, codebook: Codebook) -> str:
    """Diamond, terms, label, kind and strength over the runs, as HTML, escaped."""
    concept = card.concept
    terms = ", ".join(f"\u201c{one_line(term)}\u201d" for term in concept.terms)
    seen = "new to us" if concept.is_new else "known to us"
    return (
        '<span style="display:flex;flex-wrap:wrap;align-items:center;gap:.2rem .7rem;flex:1">'
        f"{machine_mark(size=20)}"
        '<span style="font-size:1.1rem;font-weight:600;overflow-wrap:anywhere;'
        f'unicode-bidi:isolate">{escape(terms)}</span>'
        f'<span aria-hidden="true" style="opacity:.6">\u2192</span>'
        f"{label_chip(concept.label, label_colours(codebook))}"
        f"{text_span(f'{concept.kind}, {seen}', muted=True)}</span>"
        f"{strength_mark(card.strengths)}"
    )


def concept_evidence(card: ConceptCard) -> str:
    """How well the concept alone finds its label, and how many messages are on each side; HTML."""
    concept = card.concept
    n = concept.n_for + concept.n_against
    label = one_line(concept.label)
    f1 = f"Term F1 {in_words(concept.term_f1)} judged messages"
    sides = f"of {n:,} with it: {concept.n_for:,} {label}, {concept.n_against:,} not"
    return (
        '<span style="font-size:.93rem;font-variant-numeric:tabular-nums">'
        f"{text_span(f1)} <span aria-hidden='true'>·</span> {text_span(sides)}</span>"
    )


def _offer_details(card: ConceptCard, *, is_open: bool, is_next: bool) -> None:
    concept_id = card.concept.concept_id
    n = len(card.comments)
    words = "Close" if is_open else "Messages and discussion" + (f" ({n:,})" if n else "")
    st.button(
        words,
        key=f"open_{concept_id}",
        icon=":material/expand_less:" if is_open else ":material/expand_more:",
        type="primary" if is_next and not is_open else "secondary",
        on_click=set_filter,
        args=("concept", None if is_open else concept_id),
    )


def _decide(
    place: Workplace,
    person: Person,
    project: Project,
    concept_id: str,
    decide: _Decide,
    *,
    reason: str = "",
) -> None:
    # One key for each offered decision: a repeated click on the same button is one decision.
    key = st.session_state.setdefault(f"act_on_{concept_id}", uuid.uuid4().hex)
    decide(place, person, project.project_id, concept_id, reason=reason, key=key)
    st.session_state[f"act_on_{concept_id}"] = uuid.uuid4().hex
    st.rerun()


def _offer_decisions(place: Workplace, person: Person, project: Project, concept: Concept) -> None:
    concept_id = concept.concept_id
    if concept.status is not ConceptStatus.NEW:
        if st.button("Reopen", key=f"reopen_{concept_id}", icon=":material/undo:", type="tertiary"):
            _decide(place, person, project, concept_id, reopen_concept)
        return
    if st.button("Adopt", key=f"adopt_{concept_id}", icon=":material/check:"):
        _decide(place, person, project, concept_id, adopt_concept)
    with st.popover("Wrong reason", key=f"wrong_{concept_id}", icon=":material/close:"):
        with st.form(key=f"reject_form_{concept_id}", border=False):
            reason = st.text_input(
                "Why does this not speak for the label?",
                key=f"reject_reason_{concept_id}",
                max_chars=_LONGEST_REASON,
            )
            is_sent = st.form_submit_button("Reject", key=f"reject_{concept_id}")
        if is_sent:
            _decide(place, person, project, concept_id, reject_concept, reason=reason.strip())


def _show_details(place: Workplace, person: Person, project: Project, card: ConceptCard) -> None:
    concept = card.concept
    sides = (
        (one_line(concept.label), card.messages_for, concept.n_for, "for"),
        (f"not {one_line(concept.label)}", card.messages_against, concept.n_against, "against"),
    )
    for column, (words, messages, n, side) in zip(st.columns(2), sides, strict=True):
        with column:
            part_title(f"Judged {words}", note=f"{len(messages):,} of {n:,}")
            _list_messages(messages, key=f"{side}_{concept.concept_id}", title=f"Judged {words}")
    part_title("Discussion")
    people = {one.person_id: one for one in list_people(place)}
    show_comments(card.comments, people)
    if person.may(Role.EXPERT):
        subject = f"concept:{concept.concept_id}"
        ask_for_comment(
            subject,
            lambda text, key: add_comment(
                place, person, project.project_id, subject, text, key=key
            ),
            label="Is this a good reason? Where does it mislead?",
        )


def _list_messages(messages: Sequence[Message], *, key: str, title: str) -> None:
    if not messages:
        st.text("None.")
        return
    listed = [ListedMessage(one.message_id, one.text, ()) for one in messages]
    clicked = message_list(listed, chosen="", key=key, title=title)
    if clicked:
        open_view("disagreements", message=clicked)
