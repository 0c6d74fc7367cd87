"""Five modes of control: how much of the decision shall be ours, and what does that cost?"""

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.counted import counted
from app.components.empty import empty_state, show_error
from app.components.holdout_note import HOLDOUT_NOTE
from app.components.insight_charts import DrawnMode, modes_chart
from app.components.plain_lines import lead_and_quiet_lines, plain_lines, quiet_line
from app.components.plain_table import plain_table
from app.components.times import reader_time
from app.views.training.job_rows import show_jobs
from rhml_core.domain import JobKind, Person, Project, Role
from rhml_core.errors import RhmlError
from rhml_core.figures import percent
from rhml_core.workflows.insights.control_figures import ModeFigure
from rhml_core.workflows.insights.control_modes import (
    ModesLook,
    look_at_modes,
    start_measuring,
)
from rhml_core.workflows.workplace import Workplace

_NAMES = {
    "lexicon": ("1 Lexicon alone", "The label with most of a message's terms; nothing is learnt"),
    "weighed": (
        "2 Lexicon, weighed",
        "Each of its terms has a weight learnt from judged messages",
    ),
    "similar": ("3 + similar words", "And words that mean nearly the same as a term"),
    "surfaced": ("4 + surfaced terms", "And terms that the machine surfaces"),
    "all": ("5 All words", "The machine: all words and their meaning"),
}
_OF_PEOPLE = ("lexicon", "weighed")
_MODE_HEADS = (
    ("mode", "From most control to least"),
    ("judged messages", "Macro-F1, each message answered by a machine that had not learnt from it"),
    ("hold-out", "Macro-F1; taught by judged messages, the hold-out left out"),
    ("to fit", "Seconds, from messages that the encoder has read"),
    ("1,000 answers", "Seconds for a thousand new messages, reading included where needed"),
    (
        "read and edit",
        "Words and terms that one can read, change and strike out; hidden: numbers nobody can read",
    ),
    ("our words decide", "Of what moves the answers, the share that comes from our own terms"),
)


def show_modes(place: Workplace, person: Person, project: Project) -> None:
    """Draw the modes as last measured, and the button that measures them."""
    look = look_at_modes(place, person, project.project_id)
    is_measuring = show_jobs(place, person, project, kind=JobKind.MODES, key="modes_job")
    if look.modes:
        _show_measured(look)
    if not is_measuring:
        _offer(place, person, project, look)


def _show_measured(look: ModesLook) -> None:
    name, means = _NAMES[look.advised]
    why = (
        "Of the modes that are not shown to be worse than the best on judged messages, it leaves "
        f"you most control. {HOLDOUT_NOTE}"
    )
    lead_and_quiet_lines(f"Advice: mode {name}. {means}.", [why])
    modes_chart([_drawn(one) for one in look.modes], key="modes_chart")
    quiet_line(
        "Filled: judged messages, cross-validated; open: hold-out. Circles are the lexicon "
        "alone or weighed, "
        "diamonds need the machine. Above: seconds to fit."
    )
    plain_table(
        _MODE_HEADS,
        [(_NAMES[one.name][0], _cells(one)) for one in look.modes],
        title="What each mode gives and costs",
    )
    for one in look.modes:
        if one.n_added:
            with st.expander(f"{_NAMES[one.name][0]}: {counted(one.n_added, 'added term')}"):
                plain_lines([f"{term} → {label}, {origin}" for term, label, origin in one.added])
                if one.n_added > len(one.added):
                    quiet_line(f"The first {len(one.added):,} of {one.n_added:,}.")
    since = "" if look.is_current else " Something they depend on has changed since."
    quiet_line(
        f"Measured {reader_time(look.measured_at)} with "
        f"{counted(look.n_judged, 'judged message')}.{since}"
    )


def _offer(place: Workplace, person: Person, project: Project, look: ModesLook) -> None:
    if look.missing:
        empty_state(look.missing, key="modes_missing", icon="tune")
        return
    if not person.may(Role.SUPERVISOR):
        if not look.modes:
            empty_state(
                "The modes of control have not been measured yet. A supervisor can have it done.",
                key="modes_unmeasured",
                icon="tune",
            )
        return
    if look.modes and look.is_current:
        return
    words = "Measure again" if look.modes else "Measure now"
    if not look.modes:
        st.text(
            "From our lexicon alone to all words: each of five modes is taught with the judged "
            "messages and measured on this project. It takes a minute or so, beside your work."
        )
    if st.button(words, key="modes_measure", type="primary", icon=":material/speed:"):
        try:
            start_measuring(place, person, project.project_id, key=act_key("modes"))
        except RhmlError as error:
            show_error(error)
        else:
            close_act("modes")
            st.rerun()


def _drawn(one: ModeFigure) -> DrawnMode:
    return DrawnMode(
        name=_NAMES[one.name][0],
        control=f"ours {_percent(one.own_share)}",
        note=_seconds(one.seconds_to_fit),
        crossed=one.crossed,
        held_out=one.held_out,
        is_of_people=one.name in _OF_PEOPLE,
    )


def _cells(one: ModeFigure) -> list[tuple[str, str]]:
    readable = f"{one.n_own:,}" + (f" + {one.n_added:,}" if one.n_added else "")
    hidden = f" · {one.n_hidden:,} hidden" if one.n_hidden else ""
    held = one.held_out
    return [
        (str(one.crossed), ""),
        (
            str(held) if held else "\N{EN DASH}",
            "" if held else "Too few hold-out messages have a reference label",
        ),
        (_seconds(one.seconds_to_fit), ""),
        (_seconds(one.seconds_a_thousand), ""),
        (f"{readable}{hidden}", ""),
        (_percent(one.own_share), "" if one.own_share is not None else "Nothing speaks"),
    ]


def _percent(share: float | None) -> str:
    return "\N{EN DASH}" if share is None else percent(share)


def _seconds(seconds: float) -> str:
    if not seconds:
        return "0 s"
    return f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.1f} s"
