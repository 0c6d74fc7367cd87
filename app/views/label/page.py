"""One message at a time: commit, hear what the machine noticed, hold or change, go on."""

import logging
from dataclasses import dataclass

import streamlit as st

from app.components.address import open_view
from app.components.empty import empty_state, show_error
from app.components.first_line import first_line
from app.components.parted import Parted, parted_at
from app.components.times import reader_zone
from app.components.turn_card import Act, key_of, read_act, sent_act, turn_card, turn_progress
from app.components.turn_data import turn_data
from app.session import check_session
from app.views.label.first_round import show_first_round
from rhml_core.domain import Codebook, Person, Project, TurnState
from rhml_core.errors import NotFoundError, RhmlError
from rhml_core.workflows.background.fault_log import log_fault
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.people import get_person
from rhml_core.workflows.turn.queue import QueueProgress, queue_progress
from rhml_core.workflows.turn.turns import (
    Agreement,
    answer_explanation,
    commit,
    correct,
    finish,
    flag,
    get_turn,
    last_turn,
    next_turn,
    skip,
)
from rhml_core.workflows.turn.view import TurnView
from rhml_core.workflows.workplace import Workplace

_log = logging.getLogger(__name__)
_OUTCOME = "label_outcome"
_LAST_PARTED = "label_last_parted"
_FAULT = "Something went wrong here, and it is not your fault. What was stored is kept."


@dataclass(frozen=True)
class _Answer:
    """
    What an act led to, handed from the click to the drawing in the same run.

    Attributes:
        key: the act's key.
        turn: the turn to show; None draws the next one.
        agreement: the machine's, where it agreed.
        parted: how the turn before ended, where they differed.
        opens: the message whose thread to go to; "" to stay.
        problem: why the act failed.
        is_fault: whether it failed for no reason that the person can do anything about.
        notice: what else to say.
    """

    key: str
    turn: TurnView | None = None
    agreement: Agreement | None = None
    parted: Parted | None = None
    opens: str = ""
    problem: str = ""
    is_fault: bool = False
    notice: str = ""


def _do(place: Workplace, person: Person, project: Project, act: Act) -> _Answer:
    """Carry out one act; what to show afterwards."""
    if act.kind == "skip":
        skip(place, person, act.turn_id, seconds=act.seconds, key=act.key)
        return _Answer(act.key)
    if act.kind == "forward":
        return _Answer(act.key)
    if act.kind == "back":
        last = last_turn(place, person, project.project_id)
        notice = "" if last else "There is no earlier message of yours to go back to."
        return _Answer(act.key, turn=last, notice=notice)
    if act.kind == "talk":
        return _Answer(act.key, opens=st.session_state.get(_LAST_PARTED, ""))
    if act.kind == "flag":
        flag(place, person, act.turn_id, note=act.text, key=act.key)
        shown = get_turn(place, person, act.turn_id)
        return _Answer(act.key, turn=shown, notice="Flagged; your colleagues will see it.")
    return _judge(place, person, act)


def _judge(place: Workplace, person: Person, act: Act) -> _Answer:
    if act.kind == "commit":
        outcome = commit(
            place,
            person,
            act.turn_id,
            label=act.label,
            confidence=act.confidence,
            rationale=act.rationale,
            seconds=act.seconds,
            key=act.key,
        )
    elif act.kind == "answer":
        outcome = answer_explanation(
            place, person, act.turn_id, label=act.label, seconds=act.seconds, key=act.key
        )
    else:
        give = finish if act.kind == "finish" else correct
        outcome = give(
            place,
            person,
            act.turn_id,
            label=act.label,
            reason=act.text,
            seconds=act.seconds,
            key=act.key,
        )
    if outcome.turn.state is TurnState.DONE:
        notice = f"Changed to {act.label}." if act.kind == "correct" else ""
        parted = None if outcome.agreement else parted_at(outcome.turn)
        if parted:
            st.session_state[_LAST_PARTED] = parted.message_id
        return _Answer(act.key, agreement=outcome.agreement, parted=parted, notice=notice)
    return _Answer(act.key, turn=outcome.turn)


def _take_act(place: Workplace, person: Person, project: Project, card_key: str) -> None:
    """Run when the card sent an act: do it, and keep its answer for the drawing that follows."""
    sent = sent_act(card_key)
    if sent is None:
        return
    try:
        act = read_act(sent)
        check_session(person)
        answer = _do(place, person, project, act)
    except RhmlError as error:
        answer = _Answer(key_of(sent), problem=str(error))
    except Exception as error:  # noqa: BLE001 -- unanswered, the card would send the act again
        log_fault(_log, "an act failed", error)
        answer = _Answer(key_of(sent), problem=_FAULT, is_fault=True)
    st.session_state[_OUTCOME] = answer


def _changed_by(place: Workplace, codebook: Codebook, names: dict[str, str]) -> str:
    """Name of who changed the codebook last; `names` keeps what was looked up before."""
    who = codebook.changed_by
    if who and who not in names:
        try:
            names[who] = get_person(place, who).name
        except NotFoundError:  # a codebook that came from elsewhere
            names[who] = ""
    return names.get(who, "")


def _show_nothing_left(place: Workplace, person: Person, project: Project) -> None:
    progress = _progress(place, person, project.project_id)
    if progress.n_messages == 0:
        first_line("There are no messages to label yet.")
        empty_state(
            "Import some messages, and they will be waiting here.",
            action="Open Messages",
            view="messages",
            key="label_import",
        )
        return
    first_line(
        f"Nothing is left for you: {progress.n_done_today:,} done today, "
        f"{progress.n_done:,} in all.",
        note="More will come when colleagues disagree or messages are added.",
    )
    empty_state(
        "You judged every message that needed you. Talk about those that are still contested.",
        action="Open Disagreements",
        view="disagreements",
        key="label_nothing_left",
        icon="done_all",
    )


@st.fragment
def _desk(place: Workplace, person: Person, project: Project, names: dict[str, str]) -> None:
    """
    The card alone, so that an act redraws nothing else of the page.

    The order is that of waiting: the next message is drawn last of what the card needs, because
    the machine then begins to read it. After an act, the queue is counted when the card is on
    its way; when the page opens, all comes at once.
    """
    where = project.project_id
    card_key = f"turn_card_{where}"
    answer: _Answer = st.session_state.pop(_OUTCOME, None) or _Answer("")
    try:
        if answer.opens:
            open_view("disagreements", message=answer.opens)
        codebook = get_codebook(place, where)
        changed_by = _changed_by(place, codebook, names)
        shown = answer.turn or next_turn(place, person, where)
        if shown is None:
            _show_nothing_left(place, person, project)
            return
        data = turn_data(
            shown,
            codebook,
            progress=None if answer.key else _progress(place, person, where),
            changed_by=changed_by,
            agreement=answer.agreement,
            parted=answer.parted,
            answers=answer.key,
            problem=answer.problem,
            is_fault=answer.is_fault,
            notice=answer.notice,
        )
        turn_card(data, key=card_key, on_act=lambda: _take_act(place, person, project, card_key))
        if answer.key:
            turn_progress(_progress(place, person, where), key=f"turn_progress_{where}")
    except RhmlError as error:
        show_error(error)


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page: the queue, or for a newcomer the first round before it."""
    if not show_first_round(place, person, project):
        _desk(place, person, project, {})


def _progress(place: Workplace, person: Person, project_id: str) -> QueueProgress:
    return queue_progress(place, person, project_id, zone=reader_zone())
