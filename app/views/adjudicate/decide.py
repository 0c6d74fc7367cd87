"""Where a message is settled: label, kind of error, reason and dissent, by click or by key."""

from dataclasses import dataclass

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.address import set_filter
from app.components.facts import part_title
from app.views.adjudicate.batch import Batch
from rhml_core.domain import Codebook, Person, Project
from rhml_core.errors import RhmlError
from rhml_core.safe_text import one_line, plain
from rhml_core.workflows.disputes.adjudication import ErrorKind, adjudicate, undo_adjudication
from rhml_core.workflows.disputes.adjudication_case import Case
from rhml_core.workflows.workplace import Workplace

_KINDS = {
    ErrorKind.AMBIGUOUS: ("Ambiguous", "A", "The text can be read in two ways."),
    ErrorKind.GUIDELINE_GAP: ("Guideline gap", "G", "The codebook does not say."),
    ErrorKind.SLIP: ("Slip", "L", "Someone read or clicked too fast."),
    ErrorKind.KNOWLEDGE_GAP: ("Knowledge gap", "K", "One has to know something to see it."),
    ErrorKind.LABEL_MISSING: ("Label missing", "M", "No label of the codebook fits."),
}
"""Kind -> words, key and what it means."""

_HEIGHT = 68
_MOST_CHARACTERS = 4_000
_PROBLEM = "adjudicate_problem"
MESSAGE = "message"


@dataclass(frozen=True)
class Desk:
    """What every act needs."""

    place: Workplace
    person: Person
    project: Project
    codebook: Codebook
    batch: Batch


def label_keys(codebook: Codebook) -> dict[str, str]:
    """
    The number key of each label: its own where that is a number, else the lowest left over.

    Labels beyond the ninth have none.
    """
    own = {one.name: one.key for one in codebook.labels if one.key in set("123456789")}
    free = iter(key for key in "123456789" if key not in own.values())
    return {one.name: own.get(one.name) or next(free, "") for one in codebook.labels}


def show_form(desk: Desk, case: Case) -> None:
    """Draw the choices and what they do."""
    message_id = case.thread.message.message_id
    chosen = st.session_state.setdefault(_choice(message_id), {})
    part_title("It is")
    with st.container(horizontal=True, gap="xsmall", key="adjudicate_labels"):
        for name, key in label_keys(desk.codebook).items():
            _option(message_id, "label", name, name, key, "")
    part_title("They differed because of")
    with st.container(horizontal=True, gap="xsmall", key="adjudicate_kinds"):
        for kind, (words, key, means) in _KINDS.items():
            _option(message_id, "kind", kind.value, words, key, means)
    _show_texts(case)
    with st.container(horizontal=True, vertical_alignment="center", key="adjudicate_acts"):
        st.button(
            "Settle",
            key="adjudicate_decide",
            type="primary",
            shortcut="Enter",
            disabled=not {"label", "kind"} <= set(chosen),
            help="Choose a label and a kind first" if len(chosen) < 2 else None,  # noqa: PLR2004
            on_click=_decide,
            args=(desk, message_id),
        )
        st.button(
            "Skip", key="adjudicate_skip", shortcut="S", on_click=_skip, args=(desk, message_id)
        )
        undo_button(desk)
    show_problem()


def undo_button(desk: Desk) -> None:
    """Draw the button that takes this session's last decision back."""
    st.button(
        "Undo the last",
        key="adjudicate_undo",
        type="tertiary",
        shortcut="U",
        disabled=not desk.batch.settled,
        on_click=take_back,
        args=(desk, desk.batch.settled[-1] if desk.batch.settled else ""),
    )


def take_back(desk: Desk, message_id: str) -> None:
    """Take the decision on a message back, and show the message again."""
    act = f"undo_adjudication_{desk.project.project_id}_{message_id}"
    try:
        undo_adjudication(
            desk.place, desk.person, desk.project.project_id, message_id, key=act_key(act)
        )
    except RhmlError as error:
        st.session_state[_PROBLEM] = str(error)
        return
    close_act(act)
    desk.batch.settled[:] = [one for one in desk.batch.settled if one != message_id]
    set_filter(MESSAGE, message_id)


def show_problem() -> None:
    """Draw what went wrong in the last act, once."""
    problem = st.session_state.pop(_PROBLEM, "")
    if problem:
        st.error(plain(problem), icon=":material/error:")


def _option(message_id: str, what: str, value: str, words: str, key: str, means: str) -> None:
    is_chosen = st.session_state[_choice(message_id)].get(what) == value
    st.button(
        plain(words),
        key=f"adjudicate_{what}_{value}",
        icon=f":material/{'radio_button_checked' if is_chosen else 'radio_button_unchecked'}:",
        shortcut=key or None,
        help=means or None,
        on_click=_choose,
        args=(message_id, what, value),
    )


def _show_texts(case: Case) -> None:
    message_id = case.thread.message.message_id
    st.text_area(
        "Why",
        key=f"adjudicate_reason_{message_id}",
        height=_HEIGHT,
        max_chars=_MOST_CHARACTERS,
        placeholder="Why: the experts read it in the thread (optional)",
        label_visibility="collapsed",
    )
    judged = {one.expert_id for one in case.thread.judgements}
    people = {"": "Nobody dissents"} | {
        one: f"{case.thread.people[one].name} dissents" for one in sorted(judged)
    }
    with st.container(horizontal=True, vertical_alignment="center", key="adjudicate_dissent"):
        who = st.selectbox(
            "Who dissents",
            list(people),
            format_func=lambda one: one_line(people[one]),
            key=f"adjudicate_dissent_by_{message_id}",
            label_visibility="collapsed",
            width=200,
        )
        if who:
            st.text_input(
                "What they hold against it",
                key=f"adjudicate_dissent_{message_id}",
                max_chars=_MOST_CHARACTERS,
                placeholder="What they hold against it",
                label_visibility="collapsed",
                width="stretch",
            )


def _choose(message_id: str, what: str, value: str) -> None:
    st.session_state.setdefault(_choice(message_id), {})[what] = value


def _decide(desk: Desk, message_id: str) -> None:
    chosen = st.session_state[_choice(message_id)]
    act = f"adjudicate_{desk.project.project_id}_{message_id}"
    texts = {
        name: str(st.session_state.get(f"adjudicate_{name}_{message_id}") or "")
        for name in ("reason", "dissent", "dissent_by")
    }
    try:
        adjudicate(
            desk.place,
            desk.person,
            desk.project.project_id,
            message_id,
            label=chosen["label"],
            error_kind=ErrorKind(chosen["kind"]),
            key=act_key(act),
            **texts,
        )
    except RhmlError as error:
        st.session_state[_PROBLEM] = str(error)
        return
    close_act(act)
    desk.batch.settled.append(message_id)
    set_filter(MESSAGE, desk.batch.after(message_id))


def _skip(desk: Desk, message_id: str) -> None:
    desk.batch.skipped.append(message_id)
    set_filter(MESSAGE, desk.batch.after(message_id))


def _choice(message_id: str) -> str:
    return f"adjudicate_choice_{message_id}"
