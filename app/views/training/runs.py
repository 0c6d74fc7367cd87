"""The registry: every run, its particulars, and which one speaks."""

import polars as pl
import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.address import set_filter
from app.components.counted import counted
from app.components.empty import show_error
from app.components.meanings import meaning_of
from app.components.plain_lines import plain_lines, quiet_line
from app.components.run_states import state_name
from app.components.times import duration, reader_time
from app.components.training_charts import loss_chart
from app.views.training.parameters import parameter_words
from app.views.training.parts import RUN, run_in_address
from app.views.training.undecided import promote
from app.views.training.words import figure_words, name_of
from rhml_core.domain import Person, Project, Role, Run, RunState
from rhml_core.errors import RhmlError
from rhml_core.safe_text import one_line
from rhml_core.workflows.people import list_people
from rhml_core.workflows.training.promotion import roll_back, run_before
from rhml_core.workflows.training.recipe_names import recipe_name
from rhml_core.workflows.training.run_registry import loss_curve
from rhml_core.workflows.workplace import Workplace

_TABLE = "training_runs_table"
_IN_ROWS = "training_runs_in_rows"
_COLUMNS = {
    "run": st.column_config.NumberColumn("run", width=42),
    "state": st.column_config.TextColumn(
        "state", width=92, help="Promoted: its answers are shown. Retired: they were before"
    ),
    "recipe": st.column_config.TextColumn("recipe", width=88),
    "figure": st.column_config.TextColumn(
        "macro-F1, 95 % interval, measured on", width=306, help=meaning_of("Macro-F1")
    ),
    "n_training": st.column_config.NumberColumn(
        "taught by", width=72, help="Messages that it learnt from"
    ),
    "took": st.column_config.TextColumn("took", width=52, help="How long the training took"),
    "by": st.column_config.TextColumn("by", width=106, help="Who started it"),
    "when": st.column_config.TextColumn("when", width=108, help="When it was finished"),
}


def show_runs(place: Workplace, person: Person, project: Project, runs: list[Run]) -> None:
    """Draw every run; that in the address, which a chosen row names, with its particulars below."""
    people = {one.person_id: one for one in list_people(place)}
    run = run_in_address(runs)
    st.session_state[_IN_ROWS] = [one.run_id for one in runs]
    st.session_state[_TABLE] = {"selection": {"rows": [runs.index(run)]}}
    st.dataframe(
        _runs_frame(runs, people),
        key=_TABLE,
        hide_index=True,
        column_order=list(_COLUMNS),
        column_config=_COLUMNS,
        on_select=_open_run,
        selection_mode="single-row-required",
        height="content" if len(runs) <= 6 else 250,  # noqa: PLR2004 -- six rows fit the page
        alt="All runs",
    )
    _show_run(place, person, project, run)


def _open_run() -> None:
    """Have the run of the row that was chosen named in the address."""
    rows, names = st.session_state[_TABLE]["selection"]["rows"], st.session_state[_IN_ROWS]
    if rows and rows[0] < len(names):
        set_filter(RUN, names[rows[0]])


def _runs_frame(runs: list[Run], people: dict[str, Person]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "run": [run.number for run in runs],
            "state": [state_name(run.state) for run in runs],
            "recipe": [one_line(recipe_name(run.recipe)) for run in runs],
            "figure": [figure_words(run.metrics).removeprefix("macro-F1 ") for run in runs],
            "n_training": [run.n_training for run in runs],
            "took": [duration(run.seconds) for run in runs],
            "by": [one_line(name_of(run.created_by, people)) for run in runs],
            "when": [reader_time(run.created_at) for run in runs],
        }
    )


def _show_run(place: Workplace, person: Person, project: Project, run: Run) -> None:
    with st.container(border=True, key="training_run_box"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                st.markdown(f"**Run {run.number}**, {state_name(run.state)}")
            if person.may(Role.SUPERVISOR):
                _show_acts(place, person, project, run)
        left, right = st.columns(2, gap="medium")
        with left:
            quiet_line("Data and parameters")
            plain_lines(
                [
                    (
                        f"{counted(run.n_training, 'message')} to learn from, judged by "
                        f"{counted(run.n_experts, 'expert')}"
                    ),
                    f"codebook version {run.codebook_version}, seed {run.seed}",
                    f"encoder {run.encoder_id}",
                    *(parameter_words(name, value) for name, value in run.parameters.items()),
                ]
            )
        with right:
            quiet_line("Versions")
            plain_lines([f"{name} {version}" for name, version in run.versions.items()])
        if run.metrics_missing:
            quiet_line(run.metrics_missing)
        if losses := loss_curve(place, run.run_id):
            loss_chart(list(enumerate(losses, start=1)), key=f"training_loss_{run.run_id}")


def _show_acts(place: Workplace, person: Person, project: Project, run: Run) -> None:
    if run.state is not RunState.PROMOTED:
        if st.button(
            f"Promote run {run.number}", key=f"training_promote_{run.run_id}", width="content"
        ):
            promote(place, person, run)
        return
    before = run_before(place, project.project_id)
    if before is not None:
        _offer_roll_back(place, person, project, run, before)


def _offer_roll_back(
    place: Workplace, person: Person, project: Project, run: Run, before: Run
) -> None:
    """Draw the way back, which says where it leads before it goes there."""
    with st.popover("Roll back", icon=":material/undo:", width="content", key="training_back"):
        st.text(
            f"Run {before.number} ({recipe_name(before.recipe)}) spoke before. It speaks again, "
            f"run {run.number} is retired. Nothing is deleted: run {run.number} can be "
            "promoted again."
        )
        quiet_line(f"Run {before.number}: {figure_words(before.metrics)}.")
        if st.button(f"Roll back to run {before.number}", key="training_roll_back"):
            _roll_back(place, person, project, run, before)


def _roll_back(place: Workplace, person: Person, project: Project, run: Run, before: Run) -> None:
    act = f"roll_back_{run.run_id}"
    try:
        back = roll_back(place, person, project.project_id, to=before.run_id, key=act_key(act))
    except RhmlError as error:
        show_error(error)
        return
    close_act(act)
    st.toast(f"Run {back.number} speaks again.", icon=":material/undo:")
    st.rerun()
