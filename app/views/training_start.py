"""Start a run, watch it, and decide on the newest one."""

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.empty import show_error
from app.components.plain_lines import quiet_line
from app.components.safe_text import plain
from app.views.job_rows import show_jobs
from app.views.training_words import RECIPE_WORDS, figure_words
from rhml_core.domain import Person, Project, Role, Run, RunState
from rhml_core.errors import RhmlError
from rhml_core.workflows.run_registry import promote_run
from rhml_core.workflows.training import Readiness, start_training
from rhml_core.workflows.workplace import Workplace


def show_start(
    place: Workplace, person: Person, project: Project, runs: list[Run], readiness: Readiness
) -> None:
    """Draw the running job, else the newest undecided run and the way to start another."""
    if show_jobs(place, person, project, kind="train", key="training_job"):
        return
    if not person.may(Role.SUPERVISOR):
        return
    is_undecided = _show_undecided(place, person, runs)
    if readiness.can_train:
        _show_recipes(place, person, project, is_next_step=not is_undecided)


def _show_undecided(place: Workplace, person: Person, runs: list[Run]) -> bool:
    """Offer to promote the newest run where nobody decided on it."""
    if not runs or runs[0].state is not RunState.CANDIDATE:
        return False
    newest = runs[0]
    with st.container(horizontal=True, vertical_alignment="center", key="training_newest"):
        with st.container(width="stretch"):
            st.markdown(
                f"**Run {newest.number}** ({plain(newest.recipe)}) is new: "
                f"{plain(figure_words(newest.metrics))}."
            )
        if st.button(
            f"Promote run {newest.number}",
            type="primary",
            key=f"training_promote_newest_{newest.run_id}",
            help="From then on its encoder reads for the machine that speaks to the experts.",
            width="content",
        ):
            promote(place, person, newest)
    return True


def promote(place: Workplace, person: Person, run: Run) -> None:
    """Promote a run and draw the page again; an error is shown in place."""
    act = f"promote_{run.run_id}"
    try:
        promote_run(place, person, run.run_id, key=act_key(act))
    except RhmlError as error:
        show_error(error)
        return
    close_act(act)
    st.toast(f"Run {run.number} is promoted.", icon=":material/check:")
    st.rerun()


def _show_recipes(
    place: Workplace, person: Person, project: Project, *, is_next_step: bool
) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="training_start_row"):
        recipe = st.segmented_control(
            "Recipe",
            list(RECIPE_WORDS),
            default="fast",
            required=True,
            format_func=lambda one: RECIPE_WORDS[one][0],
            key="training_recipe",
            label_visibility="collapsed",
        )
        with st.container(width="stretch"):
            quiet_line(RECIPE_WORDS[str(recipe)][1])
        is_asked = st.button(
            "Train",
            type="primary" if is_next_step else "secondary",
            icon=":material/play_arrow:",
            key="training_start",
            width="content",
        )
    if is_asked:
        _start(place, person, project, str(recipe))


def _start(place: Workplace, person: Person, project: Project, recipe: str) -> None:
    act = f"train_{project.project_id}"
    try:
        start_training(place, person, project.project_id, recipe, key=act_key(act))
    except RhmlError as error:
        show_error(error)
        return
    close_act(act)
    st.rerun()
