"""Settings: how does this project work, and who is in it?"""

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.counted import counted
from app.components.empty import show_error
from app.components.first_line import first_line
from app.components.plain_lines import quiet_line
from app.components.safe_text import plain
from app.views.settings_new_project import show_new_project
from app.views.settings_people import show_people
from rhml_core.domain import Mode, Person, Project, Role
from rhml_core.errors import RhmlError
from rhml_core.workflows.people import list_people
from rhml_core.workflows.projects import MOST_OVERLAP, change_project
from rhml_core.workflows.workplace import Workplace

MODES = {
    Mode.RECIPROCAL: (
        "Reciprocal",
        (
            "The expert commits first; where the machine differs, its reasons come next, "
            "its answer last. Both learn most."
        ),
    ),
    Mode.IMMEDIATE: (
        "Immediate",
        "The machine's answer is shown from the start. Fastest, but people tend to follow it.",
    ),
    Mode.BLIND: (
        "Blind",
        "The machine says nothing. For measuring what people do on their own.",
    ),
}
_ONE = 100


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    n_real = sum(not one.is_simulated for one in list_people(place))
    first_line(
        f"{project.name}: {MODES[project.mode][0].lower()} mode, "
        f"{counted(project.overlap, 'expert')} for each message, "
        f"{counted(n_real, 'person', 'people')}",
        note=project.description,
    )
    working, new, people = st.tabs(
        ["How we work", "New project", "People"], key="settings_tab", on_change="rerun"
    )
    if working.open:
        with working:
            _show_work(place, person, project)
    if new.open:
        with new:
            show_new_project(place, person)
    if people.open:
        with people:
            show_people(place, person)


def _show_work(place: Workplace, person: Person, project: Project) -> None:
    is_locked = not person.may(Role.SUPERVISOR)
    with st.form("settings_work", border=False):
        mode = st.radio(
            "What the machine tells, and when",
            list(MODES),
            index=list(MODES).index(project.mode),
            # Not as captions: Streamlit draws those too pale to read.
            format_func=lambda one: f"**{MODES[one][0]}.** {MODES[one][1]}",
            key="settings_mode",
            disabled=is_locked,
        )
        left, middle, right = st.columns(3, gap="medium")
        overlap = left.number_input(
            "Experts a message is given to",
            min_value=1,
            max_value=MOST_OVERLAP,
            value=project.overlap,
            key="settings_overlap",
            help="From two on, agreement can be measured and one person's slips are caught.",
            disabled=is_locked,
        )
        uncertain = middle.slider(
            "New messages the machine is least sure of",
            0,
            _ONE,
            round(project.shares.uncertain * _ONE),
            step=5,
            format="%d %%",
            key="settings_uncertain",
            help="They teach the machine most.",
            disabled=is_locked,
        )
        holdout = right.slider(
            "New messages from the hold-out",
            0,
            _ONE,
            round(project.shares.holdout * _ONE),
            step=5,
            format="%d %%",
            key="settings_holdout",
            help="Random messages that only measure; the machine never learns from them.",
            disabled=is_locked,
        )
        quiet_line("What remains to 100 % is drawn at random. Changes count from the next turn on.")
        save = st.form_submit_button(
            "Save", type="primary", key="settings_save", disabled=is_locked
        )
    if save:
        _save(
            place,
            person,
            project,
            mode=Mode(mode),
            overlap=int(overlap),
            uncertain=uncertain / _ONE,
            holdout=holdout / _ONE,
        )


def _save(
    place: Workplace,
    person: Person,
    project: Project,
    *,
    mode: Mode,
    overlap: int,
    uncertain: float,
    holdout: float,
) -> None:
    act = f"settings_{project.project_id}"
    try:
        change_project(
            place,
            person,
            project.project_id,
            mode=mode,
            overlap=overlap,
            uncertain_share=uncertain,
            holdout_share=holdout,
            key=act_key(act),
        )
    except RhmlError as error:
        show_error(error)
        return
    close_act(act)
    st.toast(f"Saved for {plain(project.name)}.", icon=":material/check:")
    st.rerun()
