"""A new run that nobody decided on: what it changes in numbers, to compare, promote or leave it."""

import streamlit as st

from app.components.act_key import act_key, close_act
from app.components.empty import show_error
from app.components.plain_lines import quiet_line
from app.views.training.parts import open_comparison
from app.views.training.words import figure_words
from rhml_core.domain import Person, Project, Run
from rhml_core.errors import RhmlError
from rhml_core.safe_text import plain
from rhml_core.workflows.training.promotion import leave_run, promote_run, undecided_run
from rhml_core.workflows.training.recipe_names import recipe_name
from rhml_core.workflows.training.run_registry import RunPair, compare, promoted_run
from rhml_core.workflows.workplace import Workplace


def show_undecided(place: Workplace, person: Person, project: Project) -> bool:
    """Draw the newest run with the decision on it; whether there is one to decide on."""
    newest = undecided_run(place, project.project_id)
    if newest is None:
        return False
    spoken = promoted_run(place, project.project_id)
    pair = (
        compare(place, person, project.project_id, spoken.run_id, newest.run_id) if spoken else None
    )
    with st.container(border=True, gap="xsmall", key="training_newest_box"):
        with st.container(horizontal=True, vertical_alignment="center", key="training_newest"):
            with st.container(width="stretch"):
                st.markdown(
                    f"**Run {newest.number}** ({plain(recipe_name(newest.recipe))}) is new: "
                    f"{plain(figure_words(newest.metrics))}."
                )
            _show_acts(place, person, newest, against_words(spoken, pair))
        if spoken and pair:
            quiet_line(against_words(spoken, pair))
    return True


def against_words(spoken: Run | None, pair: RunPair | None) -> str:
    """What a new run changes against the one that speaks, in numbers; empty where none speaks."""
    if spoken is None or pair is None:
        return ""
    verdict = pair.comparison.sentence if pair.comparison else pair.missing
    return f"Against run {spoken.number} (promoted), on the same hold-out messages: {verdict}"


def _show_acts(place: Workplace, person: Person, run: Run, reason: str) -> None:
    if reason:
        st.button(
            "Compare",
            key="training_compare_newest",
            icon=":material/compare_arrows:",
            help="With the promoted run: figures, and the messages whose label changed",
            on_click=open_comparison,
            width="content",
        )
    if st.button(
        f"Leave run {run.number}",
        key=f"training_leave_newest_{run.run_id}",
        help="The run promoted now goes on to speak. This one is kept, and can be promoted later.",
        width="content",
    ):
        _leave(place, person, run, reason)
    if st.button(
        f"Promote run {run.number}",
        type="primary",
        key=f"training_promote_newest_{run.run_id}",
        help="From then on its encoder reads for the machine that speaks to the experts.",
        width="content",
    ):
        promote(place, person, run)


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


def _leave(place: Workplace, person: Person, run: Run, reason: str) -> None:
    act = f"leave_{run.run_id}"
    try:
        leave_run(place, person, run.run_id, reason=reason, key=act_key(act))
    except RhmlError as error:
        show_error(error)
        return
    close_act(act)
    st.toast(f"Run {run.number} is kept and does not speak.", icon=":material/check:")
    st.rerun()
