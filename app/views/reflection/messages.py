"""Judged messages by how the words' answer meets the label, with the words coloured."""

import streamlit as st

from app.components.address import filter_value, open_view, set_filter
from app.components.address_choice import choose_part, choose_pill, removable_pill
from app.components.coloured_list import ColouredMessage, LabelSide, coloured_list
from app.components.coloured_text import ColouredSpan
from app.components.counted import counted
from app.components.empty import empty_state
from app.components.marks import NO_COLOUR, draw, label_chip, label_colours
from app.components.page_turner import turn_page
from app.components.plain_lines import quiet_line
from app.views.reflection.words import OUTCOME_WORDS, SIDE_WORDS
from rhml_core.domain import Codebook, Person, Project
from rhml_core.errors import InvalidInputError
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.reflection.messages import (
    Outcome,
    ReflectedMessage,
    ReflectedMessages,
    Side,
    reflected_messages,
)
from rhml_core.workflows.reflection.reflection import ReflectionFigures
from rhml_core.workflows.workplace import Workplace

_NARROWING = ("outcome", "term", "side", "page")
"""What of the address, besides the label, says which messages are listed."""


def show_messages(
    place: Workplace, person: Person, project: Project, figures: ReflectionFigures
) -> None:
    """Draw the choice of label and outcome, and the messages; one that is chosen is opened."""
    codebook = get_codebook(place, project.project_id)
    term, side = filter_value("term"), filter_value("side")
    with st.container(horizontal=True, vertical_alignment="center", key="reflected_bar"):
        label = choose_part(
            "label",
            {name: name for name in codebook.names},
            key="reflected_label",
            title="Label",
            default=codebook.names[0],
            resets=("page",),
        )
        if term:
            removable_pill("term", f"with “{term}”", key="reflected_term")
        if side in set(Side):
            removable_pill("side", SIDE_WORDS[Side(side)], key="reflected_side")
    wanted, page = filter_value("outcome"), filter_value("page")
    try:
        found = reflected_messages(
            place,
            person,
            project.project_id,
            figures,
            label,
            outcome=Outcome(wanted) if wanted in set(Outcome) else None,
            term=term,
            side=Side(side) if side in set(Side) else None,
            page=int(page) if page.isdecimal() else 1,
        )
    except InvalidInputError as error:
        quiet_line(str(error))
        return
    counts = {"": f"all {sum(found.counts.values()):,}"} | {
        one.value: f"{words} {found.counts[one]:,}" for one, words in OUTCOME_WORDS.items()
    }
    choose_pill("outcome", counts, key="reflected_outcome", title="Outcome", resets=("page",))
    _show_list(project, figures, codebook, label, found)


def _show_list(
    project: Project,
    figures: ReflectionFigures,
    codebook: Codebook,
    label: str,
    found: ReflectedMessages,
) -> None:
    if not found.n:
        _show_none()
        return
    colours = label_colours(codebook)
    draw(*(label_chip(name, colours) for name in codebook.names))
    chosen = coloured_list(
        [_row(one, colours) for one in found.messages],
        key=f"reflected_{project.project_id}",
        title=f"Judged messages, and what the lexicon says of {label}",
    )
    if chosen:
        open_view("disagreements", message=chosen)
    turn_page(found.n_pages, found.page, key="reflected_page")
    how = (
        "weighed, the message itself left out"
        if figures.is_taught
        else "the label with most of its terms"
    )
    quiet_line(
        f"{counted(found.n, 'message')}, none held out; what the lexicon says is {how}. Those with "
        "most terms come first; a word's colour is the label that it speaks for."
    )


def _show_none() -> None:
    narrowed = any(filter_value(name) for name in _NARROWING)
    if empty_state(
        "No judged message that you may know fits. "
        + ("Show all of this label." if narrowed else "Choose another label, or judge more."),
        action="Show all" if narrowed else "",
        key="none_reflected",
        icon="filter_alt_off",
    ):
        for name in _NARROWING:
            set_filter(name, None)
        st.rerun()


def _row(one: ReflectedMessage, colours: dict[str, str]) -> ColouredMessage:
    return ColouredMessage(
        message_id=one.message_id,
        text=one.text,
        spans=tuple(
            ColouredSpan(
                mark.span,
                colours.get(mark.labels[0], NO_COLOUR),
                f"{mark.expression}: {', '.join(mark.labels)}",
            )
            for mark in one.marks
        ),
        sides=(
            LabelSide("is", one.label, colours.get(one.label, NO_COLOUR)),
            LabelSide("the lexicon says", one.answer, colours.get(one.answer, NO_COLOUR)),
        ),
        note="" if one.marks else "without a term",
    )
