"""Who was taken for whom, each count with its messages, and what a run without figures says."""

from collections.abc import Mapping

import polars as pl
import streamlit as st

from app.components.address import filter_value, open_view, set_filter
from app.components.counted import counted
from app.components.empty import empty_state
from app.components.matrix import matrix
from app.components.meanings import PROBABILITY
from app.components.message_table import message_table
from app.components.plain_lines import quiet_line
from app.views.training.parts import choose_run
from app.views.training.words import figure_words
from rhml_core.domain import Person, Project, Role, Run
from rhml_core.workflows.training.run_registry import confusion_messages
from rhml_core.workflows.workplace import Workplace

_MOST_BESIDE = 7
"""Labels up to which the list of messages fits beside the confusion table."""
_CELL = ("reference", "said")
"""The filters in the address that name the chosen count: the right label, and the run's."""
_ONLY_SETTLED = ". Those of the hold-out are listed once they are settled."


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
    if cell is not None:
        for name, label in zip(_CELL, cell, strict=True):
            set_filter(name, label)
    reference, said = (filter_value(name) for name in _CELL)
    with listed:
        if not person.may(Role.SUPERVISOR):
            quiet_line("Supervisors can read the messages behind each count.")
        elif reference in labels and said in labels:
            _show_cell(place, person, project, run, reference, said)
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
            "probability": st.column_config.NumberColumn(
                "prob.", format="%.2f", width=60, help=PROBABILITY
            ),
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
