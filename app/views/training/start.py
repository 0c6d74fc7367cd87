"""Start a run, watch it, and decide on the newest one."""

from collections.abc import Mapping

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.counted import counted
from app.components.empty import show_error
from app.components.label_bars import label_bars
from app.components.plain_lines import lead_and_quiet_lines
from app.components.two_sides import two_sides
from app.views.training.job_rows import show_jobs
from app.views.training.undecided import show_undecided
from app.views.training.words import (
    rare_words,
    recipe_words,
    time_words,
)
from rhml_core.domain import JobKind, Person, Project, Role
from rhml_core.errors import RhmlError
from rhml_core.workflows.training.choice import RecipeChoice, recipe_choice
from rhml_core.workflows.training.recipe_names import recipe_name
from rhml_core.workflows.training.time import estimate_training
from rhml_core.workflows.training.training import Readiness, active_jobs, start_training
from rhml_core.workflows.workplace import Workplace


def show_start(
    place: Workplace,
    person: Person,
    project: Project,
    readiness: Readiness,
    colours: Mapping[str, str],
) -> None:
    """Draw the running job, else the newest undecided run and the way to start another."""
    expected = _expected(place, project, readiness)
    if show_jobs(place, person, project, kind=JobKind.TRAIN, key="training_job", expected=expected):
        return
    if not person.may(Role.SUPERVISOR):
        return
    is_undecided = show_undecided(place, person, project)
    if not readiness.can_train:
        return
    choice = recipe_choice(place, person, project.project_id, readiness)
    with st.container(border=True, key="training_start_box", gap="xsmall"):
        left, right = two_sides((7, 3), (22, 15), key="training_start_sides", gap="medium")
        with left.container(gap="xsmall"):
            recipe = _show_recipes(place, person, project, choice, is_next_step=not is_undecided)
            lead_and_quiet_lines(
                time_words(choice.times[recipe]), _facts(recipe, choice, readiness)
            )
        with right:
            label_bars(
                list(readiness.per_label.select("label", "n_training").iter_rows()),
                colours,
                title=f"What teaches: {counted(readiness.n_training, 'judged message')}",
            )


def _expected(place: Workplace, project: Project, readiness: Readiness) -> str:
    """How long the training under way is likely to take; empty where none is."""
    job = next(
        (job for job in active_jobs(place, project.project_id) if job.kind is JobKind.TRAIN), None
    )
    if job is None:
        return ""
    n_per_label = dict(readiness.per_label.select("label", "n_training").iter_rows())
    time = estimate_training(place, project.project_id, job.recipe, n_per_label=n_per_label)
    return f"{time_words(time)} It counts from its start; another job may stand before it."


def _show_recipes(
    place: Workplace, person: Person, project: Project, choice: RecipeChoice, *, is_next_step: bool
) -> str:
    """Draw the choice of a recipe and the button that starts it; the recipe chosen."""
    with st.container(horizontal=True, vertical_alignment="center", key="training_start_row"):
        with st.container(width="stretch"):
            chosen = st.segmented_control(
                "Recipe",
                list(choice.times),
                default=choice.suggested,
                required=True,
                format_func=recipe_name,
                key="training_recipe",
                label_visibility="collapsed",
            )
        is_asked = st.button(
            "Train",
            type="primary" if is_next_step else "secondary",
            icon=":material/play_arrow:",
            key="training_start",
            width="content",
        )
    recipe = str(chosen or choice.suggested)
    if is_asked:
        _start(place, person, project, recipe)
    return recipe


def _facts(recipe: str, choice: RecipeChoice, readiness: Readiness) -> list[str]:
    """What a recipe is good for, what is suggested and which label is rare."""
    named = "" if recipe == choice.suggested else f" is {recipe_name(choice.suggested)}"
    lines = [
        recipe_words(recipe),
        f"Suggested{named}: {choice.reason}",
        rare_words(readiness),
    ]
    return [line for line in lines if line]


def _start(place: Workplace, person: Person, project: Project, recipe: str) -> None:
    act = f"train_{project.project_id}"
    try:
        start_training(place, person, project.project_id, recipe, key=act_key(act))
    except RhmlError as error:
        show_error(error)
        return
    close_act(act)
    st.rerun()
