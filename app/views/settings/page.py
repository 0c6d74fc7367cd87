"""Settings: how does this project work, and who is in it?"""

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.address_tabs import tabs_in_address
from app.components.counted import counted
from app.components.empty import show_error
from app.components.first_line import first_line
from app.views.settings.backup import show_backup
from app.views.settings.new_project import show_new_project
from app.views.settings.people import show_people
from app.views.settings.shares import choose_shares
from app.views.settings.tests import ExpertTests, choose_tests
from rhml_core.domain import Mode, Person, Project, QueueShares, Role
from rhml_core.errors import RhmlError
from rhml_core.safe_text import plain
from rhml_core.workflows.people import list_people
from rhml_core.workflows.projects import MOST_OVERLAP, change_project
from rhml_core.workflows.workplace import Workplace

MODES = {
    Mode.RECIPROCAL: (
        "Reciprocal",
        (
            "The expert commits first; where the machine differs, its reasons come next, "
            "its answer last. Where it agrees, one line says so. Both learn most."
        ),
    ),
    Mode.IMMEDIATE: (
        "Immediate",
        (
            "The machine's answer is shown from the start. Fastest, but people who are shown "
            "answers learn nothing from them and tend to follow them, wrong ones too."
        ),
    ),
    Mode.BLIND: (
        "Blind",
        "The machine says nothing. For measuring what people do on their own.",
    ),
}
_NUMBER_WIDTH = 300


def render(place: Workplace, person: Person, project: Project) -> None:
    """Draw the page."""
    n_real = sum(not one.is_simulated for one in list_people(place))
    first_line(
        f"{project.name}: {MODES[project.mode][0].lower()} mode, "
        f"{counted(project.overlap, 'expert')} for each message, "
        f"{counted(n_real, 'person', 'people')}",
        note=project.description,
    )
    for_admins = ["Backup"] if person.may(Role.ADMIN) else []
    working, new, people, *keeping = tabs_in_address(
        ["How we work", "New project", "People", *for_admins], key="settings_tab"
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
    for tab in keeping:
        if tab.open:
            with tab:
                show_backup(place, person)


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
        overlap = st.number_input(
            "Experts a message is given to",
            min_value=1,
            max_value=MOST_OVERLAP,
            value=project.overlap,
            key="settings_overlap",
            help="From two on, agreement can be measured and one person's slips are caught.",
            disabled=is_locked,
            width=_NUMBER_WIDTH,
        )
        shares = choose_shares(project.shares, is_locked=is_locked)
        tests = choose_tests(place, person, project, is_locked=is_locked)
        shows_ranking = st.checkbox(
            "Let the Team page sort people by a figure",
            value=project.shows_ranking,
            key="settings_ranking",
            help="Off: people stand by name. On: everyone is told so on Home. Few messages make "
            "wide intervals, so a place in a row often says little.",
            disabled=is_locked,
        )
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
            shares=shares,
            tests=tests,
            shows_ranking=shows_ranking,
        )


def _save(
    place: Workplace,
    person: Person,
    project: Project,
    *,
    mode: Mode,
    overlap: int,
    shares: QueueShares,
    tests: ExpertTests,
    shows_ranking: bool,
) -> None:
    act = f"settings_{project.project_id}"
    try:
        change_project(
            place,
            person,
            project.project_id,
            mode=mode,
            overlap=overlap,
            shares=shares,
            baseline_probes=tests.baseline_probes,
            first_round_messages=tests.first_round_messages,
            first_round_pass=tests.first_round_pass,
            shows_ranking=shows_ranking,
            key=act_key(act),
        )
    except RhmlError as error:
        show_error(error)
        return
    close_act(act)
    st.toast(f"Saved for {plain(project.name)}.", icon=":material/check:")
    st.rerun()
