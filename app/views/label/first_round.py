"""A newcomer's first round: one settled message at a time, then what it is and why."""

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.counted import counted
from app.components.empty import show_error
from app.components.first_line import first_line
from app.components.label_buttons import colour_label_buttons
from app.components.label_card import label_cards
from app.components.marks import NO_COLOUR, label_colours
from app.components.message_card import message_card
from app.components.plain_lines import plain_lines, quiet_line
from app.components.turn_data import codebook_data
from rhml_core.domain import Codebook, Message, Person, Project
from rhml_core.errors import RhmlError
from rhml_core.safe_text import plain
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.turn.first_round import (
    Feedback,
    FirstRound,
    answer_round,
    begin_round,
    first_round,
)
from rhml_core.workflows.workplace import Workplace

_RESERVED = "cr"
"""Keys that Streamlit keeps for itself."""

_WIDTHS = (1.75, 1)


def show_first_round(place: Workplace, person: Person, project: Project) -> bool:
    """Draw the first round where the person still has to pass it; whether anything was drawn."""
    told: Feedback | None = st.session_state.get(_told(project))
    if told is None and project.first_round_messages == 0:
        return False
    try:
        codebook = get_codebook(place, project.project_id)
        if told is not None:
            _show_feedback(place, person, project, codebook, told)
            return True
        standing = first_round(place, person, project.project_id)
        if standing is None:
            return False
        if standing.question is None:
            _show_beginning(place, person, project, standing)
        else:
            _show_question(place, person, project, codebook, standing, standing.question)
    except RhmlError as error:
        show_error(error)
    return True


def _show_beginning(
    place: Workplace, person: Person, project: Project, standing: FirstRound
) -> None:
    if standing.number == 0:
        first_line(
            f"First, {counted(standing.n, 'message')} to practise on",
            note="Settled already: after each answer you are told what it is and why.",
        )
    else:
        first_line(
            f"Not passed yet: {standing.n_right} of {standing.n_answered} right",
            note=_next_round(standing),
        )
    plain_lines(
        [
            f"Your queue opens with {standing.n_needed} of {standing.n} right.",
            "What you say here is practice: it is no judgement and teaches the machine nothing.",
        ]
    )
    name = "Begin" if standing.number == 0 else "Begin again"
    if st.button(name, key="first_round_begin", type="primary", shortcut="Enter"):
        _begin(place, person, project)


def _next_round(standing: FirstRound) -> str:
    if standing.is_repeat:
        return (
            "There are no more settled messages, so the next round has some or all of the same "
            "ones, in another order."
        )
    return "The next round has other messages."


def _show_question(
    place: Workplace,
    person: Person,
    project: Project,
    codebook: Codebook,
    standing: FirstRound,
    question: Message,
) -> None:
    first_line(
        f"First round: {standing.n_answered + 1} of {standing.n}, {standing.n_right} right",
        note=f"Choose by its key or a click. Your queue opens with {standing.n_needed} right.",
    )
    main, side = st.columns(_WIDTHS, gap="medium")
    with main:
        _show_message(question, standing.earlier)
        st.markdown("**What is it?**")
        shown = codebook_data(codebook)["labels"]
        colour_label_buttons("first_round_labels", [label["colour"] for label in shown])
        with st.container(horizontal=True, gap="xsmall", key="first_round_labels"):
            for label in shown:
                st.button(
                    plain(label["name"]),
                    key=f"first_round_{label['name']}",
                    shortcut=_shortcut(label["key"]),
                    on_click=_answer,
                    args=(place, person, project, question.message_id, label["name"]),
                )
        _show_problem()
    with side, st.container(key="first_round_codebook"):
        # It scrolls by itself, so that the message stays in sight.
        st.html(
            "<style>.st-key-first_round_codebook { max-height: calc(100vh - 8.5rem); "
            "overflow-y: auto; }</style>"
        )
        label_cards(codebook.labels, label_colours(codebook), n_columns=1, folds_examples=True)


def _show_feedback(
    place: Workplace, person: Person, project: Project, codebook: Codebook, told: Feedback
) -> None:
    first_line(
        f"First round: {told.n_answered} of {told.n}, {told.n_right} right", note=_verdict(told)
    )
    main, side = st.columns(_WIDTHS, gap="medium")
    with main:
        _show_message(told.message, told.earlier)
        _show_why(told)
        is_failed = told.is_last and not told.is_passed
        name = "Begin again" if is_failed else "Open my queue" if told.is_last else "Next message"
        if st.button(name, key="first_round_on", type="primary", shortcut="Enter"):
            st.session_state.pop(_told(project), None)
            if is_failed:
                _begin(place, person, project)
            st.rerun()
    with side:
        colours = {told.reference.name: NO_COLOUR, told.said.name: NO_COLOUR}
        shown = [told.reference] if told.is_right else [told.reference, told.said]
        label_cards(shown, colours | label_colours(codebook), n_columns=1)


def _show_message(message: Message, earlier: Message | None) -> None:
    before = [earlier] if earlier else []
    message_card(message, key=f"first_round_message_{message.message_id}", earlier=before)


def _verdict(told: Feedback) -> str:
    needed = f"{told.n_needed} {'was' if told.n_needed == 1 else 'were'} needed."
    if told.is_passed:
        return f"Passed: {needed}"
    if told.is_last:
        return f"Not passed yet: {needed}"
    return f"Your queue opens with {told.n_needed} right."


def _show_why(told: Feedback) -> None:
    said, reference = plain(told.said.name), plain(told.reference.name)
    if told.is_right:
        st.markdown(f":material/check: **Right: {reference}.**")
    else:
        st.markdown(f":material/close: **You said {said}; it is settled as {reference}.**")
    quiet_line(_why(told))


def _why(told: Feedback) -> str:
    """Why it was settled so, as far as anybody said."""
    if told.reason:
        return (
            f"Why ({told.error_kind}): {told.reason}" if told.error_kind else f"Why: {told.reason}"
        )
    kind = f"People differed on it: {told.error_kind}. " if told.error_kind else ""
    return f"{kind}Nobody wrote down why; the codebook's words are beside it."


def _begin(place: Workplace, person: Person, project: Project) -> None:
    act = f"first_round_{project.project_id}"
    try:
        begin_round(place, person, project.project_id, key=act_key(act))
    except RhmlError as error:
        show_error(error)
        return
    close_act(act)
    st.rerun()


def _answer(
    place: Workplace, person: Person, project: Project, message_id: str, label: str
) -> None:
    act = f"first_answer_{project.project_id}_{message_id}"
    try:
        told = answer_round(
            place, person, project.project_id, message_id, label=label, key=act_key(act)
        )
    except RhmlError as error:
        st.session_state["first_round_problem"] = str(error)
        return
    close_act(act)
    st.session_state[_told(project)] = told


def _show_problem() -> None:
    problem = st.session_state.pop("first_round_problem", "")
    if problem:
        st.error(plain(problem), icon=":material/error:")


def _shortcut(key: str) -> str | None:
    """The key where Streamlit can listen to it."""
    fits = len(key) == 1 and key.isascii() and key.isalnum() and key.lower() not in _RESERVED
    return key if fits else None


def _told(project: Project) -> str:
    return f"first_round_told_{project.project_id}"
