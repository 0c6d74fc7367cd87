"""One card of the journal: the evidence for a concept, the decision on it, and the talk."""

from collections.abc import Mapping, Sequence

import streamlit as st

from app.components.address import open_view, set_filter
from app.components.comments import ask_for_comment, show_comments
from app.components.counted import counted
from app.components.facts import part_title
from app.components.marks import draw
from app.components.message_list import ListedMessage, message_list
from app.views.journal.concept_card_decide import offer_decisions
from app.views.journal.concept_card_life import show_life
from app.views.journal.concept_card_map import offer_map
from app.views.journal.concept_card_outlook import show_outlook
from app.views.journal.concept_card_words import (
    concept_evidence,
    concept_heading,
    machine_line,
    used_line,
    why_line,
)
from rhml_core.domain import Codebook, ConceptKind, Message, Person, Project, Role
from rhml_core.safe_text import one_line
from rhml_core.workflows.dialogue.threads import add_comment
from rhml_core.workflows.journal.cards import JournalCard, OpenCard
from rhml_core.workflows.workplace import Workplace


def show_concept(
    place: Workplace,
    person: Person,
    project: Project,
    codebook: Codebook,
    card: JournalCard,
    *,
    opened: OpenCard | None,
    people: Mapping[str, Person],
    is_next: bool,
) -> None:
    """
    Draw the card.

    Args:
        place: the workplace.
        person: who looks.
        project: where.
        codebook: for the labels' colours.
        card: what is said of the concept.
        opened: its messages, talk and life, where it is open.
        people: everyone, by identifier.
        is_next: whether it is the one to decide on next.
    """
    concept_id = card.concept.concept_id
    with st.container(border=True, gap="small", key=f"card_{concept_id}"):
        draw(concept_heading(card, codebook))
        below = [why_line(card), concept_evidence(card), machine_line(card), used_line(card)]
        st.html(
            '<div style="display:grid;gap:.3rem">'
            f"{''.join(f'<div>{part}</div>' for part in below if part)}</div>"
        )
        with st.container(horizontal=True, vertical_alignment="center", key=f"bar_{concept_id}"):
            _offer_details(card, is_open=opened is not None, is_next=is_next)
            if person.may(Role.EXPERT):
                offer_decisions(place, person, project, codebook, card.concept)
        if opened:
            _show_details(place, person, project, card, opened, people)


def _offer_details(card: JournalCard, *, is_open: bool, is_next: bool) -> None:
    concept_id = card.concept.concept_id
    n = card.n_comments
    said = f"{counted(n, 'comment')}; " if n else ""
    words = "Close" if is_open else "Details" + (f" ({n:,})" if n else "")
    st.button(
        words,
        key=f"open_{concept_id}",
        icon=":material/expand_less:" if is_open else ":material/expand_more:",
        help=None if is_open else f"{said}the messages behind it, the discussion and its life",
        type="primary" if is_next and not is_open else "secondary",
        on_click=set_filter,
        args=("concept", None if is_open else concept_id),
    )


def _show_details(
    place: Workplace,
    person: Person,
    project: Project,
    card: JournalCard,
    opened: OpenCard,
    people: Mapping[str, Person],
) -> None:
    concept, known = card.concept, card.evidence
    label = one_line(concept.label)
    sides = [
        (f"Judged {label}", opened.messages_for, known.n_for, "for"),
        (f"Judged not {label}", opened.messages_against, known.n_against, "against"),
    ]
    if concept.kind is ConceptKind.CLUSTER:
        n = known.n_for + known.n_against
        found = [*opened.messages_for, *opened.messages_against]
        sides = [("Messages of the group", found, n, "for")]
    for column, (words, messages, n, side) in zip(st.columns(len(sides)), sides, strict=True):
        with column:
            part_title(words, note=f"{len(messages):,} of {n:,}")
            nothing = "None that you may read yet." if n else "There is none."
            key = f"{side}_{concept.concept_id}"
            _list_messages(messages, key=key, title=words, nothing=nothing)
    with st.container(
        horizontal=True, vertical_alignment="center", key=f"ways_{concept.concept_id}"
    ):
        if person.may(Role.EXPERT) and concept.kind is not ConceptKind.CLUSTER:
            offer_map(place, person, project, concept)
        show_outlook(place, person, project, concept)
    talk, life = st.columns(2)
    with talk:
        part_title("Discussion")
        show_comments(opened.comments, people)
        if person.may(Role.EXPERT):
            subject = f"concept:{concept.concept_id}"
            ask_for_comment(
                subject,
                lambda text, key: add_comment(
                    place, person, project.project_id, subject, text, key=key
                ),
                label="Is this a good reason? Where does it mislead?",
            )
    with life:
        part_title("Its life", note="oldest first")
        show_life(opened.life, people, key=f"life_{concept.concept_id}")


def _list_messages(messages: Sequence[Message], *, key: str, title: str, nothing: str) -> None:
    if not messages:
        st.text(nothing)
        return
    listed = [ListedMessage(one.message_id, one.text, ()) for one in messages]
    clicked = message_list(listed, chosen="", key=key, title=title)
    if clicked:
        open_view("disagreements", message=clicked)
