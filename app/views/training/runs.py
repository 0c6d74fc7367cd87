"""The registry: every run, its particulars, and which one speaks."""

import json

import polars as pl
import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.address import filter_value
from app.components.empty import show_error
from app.components.meanings import meaning_of
from app.components.plain_lines import plain_lines, quiet_line
from app.components.safe_text import one_line
from app.components.times import duration, reader_time
from app.components.training_charts import loss_chart
from app.views.training.parts import RUN
from app.views.training.undecided import promote
from app.views.training.words import figure_words, name_of, state_name
from rhml_core.domain import Person, Project, Role, Run, RunState
from rhml_core.errors import RhmlError
from rhml_core.workflows.people import list_people
from rhml_core.workflows.training.promotion import roll_back, run_before
from rhml_core.workflows.training.recipe_names import recipe_name
from rhml_core.workflows.training.run_registry import loss_curve
from rhml_core.workflows.workplace import Workplace

_COLUMNS = {
    "run": st.column_config.NumberColumn("run", width=42),
    "state": st.column_config.TextColumn("state", width=92),
    "recipe": st.column_config.TextColumn("recipe", width=88),
    "figure": st.column_config.TextColumn(
        "macro-F1, 95 % interval, measured on", width=306, help=meaning_of("Macro-F1")
    ),
    "n_training": st.column_config.NumberColumn("taught by", width=72),
    "took": st.column_config.TextColumn("took", width=52),
    "by": st.column_config.TextColumn("by", width=106),
    "when": st.column_config.TextColumn("when", width=108),
}


def show_runs(place: Workplace, person: Person, project: Project, runs: list[Run]) -> None:
    """Draw every run; the chosen one, else that in the address, with its particulars below."""
    people = {one.person_id: one for one in list_people(place)}
    state = st.dataframe(
        _runs_frame(runs, people),
        key="training_runs_table",
        hide_index=True,
        column_order=list(_COLUMNS),
        column_config=_COLUMNS,
        on_select="rerun",
        selection_mode="single-row",
        height="content" if len(runs) <= 6 else 250,  # noqa: PLR2004 -- six rows fit the page
        alt="All runs",
    )
    rows = state.selection.rows
    named = next((run for run in runs if run.run_id == filter_value(RUN)), runs[0])
    run = runs[rows[0]] if rows and rows[0] < len(runs) else named
    _show_run(place, person, project, run)


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
                    f"{run.n_training:,} training messages of {run.n_experts:,} experts",
                    f"codebook version {run.codebook_version}, seed {run.seed}",
                    f"encoder {run.encoder_id}",
                    *(f"{name}: {_value(value)}" for name, value in run.parameters.items()),
                ]
            )
        with right:
            quiet_line("Versions")
            plain_lines([f"{name} {version}" for name, version in run.versions.items()])
        if run.metrics_missing:
            quiet_line(run.metrics_missing)
        if losses := loss_curve(place, run.run_id):
            loss_chart(list(enumerate(losses, start=1)), key=f"training_loss_{run.run_id}")


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


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
        if st.button(f"Roll back to run {before.number}", type="primary", key="training_roll_back"):
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
