"""Which run's figures are shown, and who was taken for whom."""

from collections.abc import Mapping

import polars as pl
import streamlit as st

from app.components.address import open_view
from app.components.counted import counted
from app.components.empty import empty_state
from app.components.matrix import matrix
from app.components.message_table import message_table
from app.components.plain_lines import quiet_line
from app.components.safe_text import one_line
from app.views.training.words import figure_words, run_words
from rhml_core.domain import Person, Project, Role, Run, RunState
from rhml_core.workflows.training.run_registry import confusion_messages
from rhml_core.workflows.workplace import Workplace

_MOST_BESIDE = 7
"""Labels up to which the list of messages fits beside the confusion table."""
_ONLY_SETTLED = ". Those of the hold-out are listed once they are settled."


def choose_run(runs: list[Run], *, key: str) -> Run:
    """Draw the choice of a run; the promoted one, else the newest, unless another is chosen."""
    promoted = next((i for i, run in enumerate(runs) if run.state is RunState.PROMOTED), 0)
    numbers = {run.run_id: run for run in runs}
    chosen = st.selectbox(
        "Run",
        list(numbers),
        index=promoted,
        format_func=lambda run_id: one_line(run_words(numbers[run_id])),
        key=key,
        width=260,
        label_visibility="collapsed",
    )
    return numbers[chosen]


def show_confusion(
    place: Workplace,
    person: Person,
    project: Project,
    runs: list[Run],
    colours: Mapping[str, str],
) -> None:
    """Draw who was taken for whom; a chosen cell lists its messages."""
    run = choose_run(runs, key="training_confusion_run")
    if run.metrics is None:
        show_unmeasured(run, key="training_no_confusion")
        return
    counts = pl.DataFrame(
        run.metrics.confusion,
        schema={"reference": pl.String, "predicted": pl.String, "n": pl.Int64},
        orient="row",
    )
    labels = [one.label for one in run.metrics.per_label]
    if len(labels) <= _MOST_BESIDE:
        drawn, listed = st.columns([1.4, 1], gap="medium")
    else:
        drawn, listed = st.container(), st.container()
    with drawn:
        cell = matrix(
            counts,
            labels,
            key=f"training_matrix_{run.run_id}",
            colours=colours,
            row_title="reference",
            column_title="run says",
            caption=figure_words(run.metrics),
        )
    name = f"training_cell_{run.run_id}"
    if cell is not None:
        st.session_state[name] = cell
    with listed:
        if not person.may(Role.SUPERVISOR):
            quiet_line("Supervisors can read the messages behind each count.")
        elif name in st.session_state:
            _show_cell(place, person, project, run, *st.session_state[name])
        else:
            quiet_line("Choose a count to read its messages.")


def _show_cell(
    place: Workplace, person: Person, project: Project, run: Run, reference: str, said: str
) -> None:
    frame = confusion_messages(place, person, project.project_id, run.run_id, reference, said)
    is_held_out = run.metrics is not None and run.metrics.measured_on == "hold-out"
    quiet_line(
        f"{counted(frame.height, 'message')}: reference {reference}, run {run.number} says "
        f"{said}{_ONLY_SETTLED if is_held_out else ''}"
    )
    chosen = message_table(
        frame,
        key=f"training_cell_table_{run.run_id}_{reference}_{said}",
        alt="Messages behind this count",
        columns={
            "text": st.column_config.TextColumn("message", width=245),
            "probability": st.column_config.NumberColumn("prob.", format="%.2f", width=60),
        },
        height=320,
    )
    if chosen:
        open_view("disagreements", message=chosen)


def show_unmeasured(run: Run, *, key: str) -> None:
    """Draw why a run has no figures."""
    empty_state(
        run.metrics_missing or f"Run {run.number} could not be measured yet.",
        key=key,
        icon="straighten",
    )
