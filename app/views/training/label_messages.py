"""The messages behind a run's figures: of one label, and those it was surest of and wrong."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from app.components.address import open_view
from app.components.address_choice import choose_in_list, choose_pill
from app.components.facts import part_title
from app.components.meanings import PROBABILITY, REFERENCE
from app.components.message_table import message_table
from app.components.plain_lines import quiet_line
from rhml_core.domain import Person, Project, Role, Run
from rhml_core.workflows.training.run_registry import label_messages, surest_mistakes
from rhml_core.workflows.workplace import Workplace

LABEL = "label"
"""The filter in the address that names the label."""
ONLY_SETTLED = "Those of the hold-out are listed once they are settled."

_OUTCOMES = {"missed": "Missed", "mistaken": "Called so wrongly", "right": "Right"}
_HEIGHT = 320


def show_label_messages(
    place: Workplace, person: Person, project: Project, run: Run, labels: Sequence[str]
) -> None:
    """Draw the choice of a label, and of its messages those that the run got right or wrong."""
    if not person.may(Role.SUPERVISOR):
        quiet_line("Supervisors can read the messages behind each label.")
        return
    with st.container(horizontal=True, vertical_alignment="center", key="training_label_bar"):
        label = choose_in_list(
            LABEL,
            {"": "Messages of a label", **{one: one for one in labels}},
            key="training_label",
            title="Messages of a label",
            resets=("outcome",),
            width=240,
        )
        if not label:
            quiet_line("Choose a label here or in the table to read its messages.")
            return
        found = label_messages(place, person, project.project_id, run.run_id, label)
        outcome = _choose_outcome(found)
    _show_rows(
        found.filter(pl.col("outcome") == outcome),
        run,
        key=f"training_label_table_{run.run_id}_{label}_{outcome}",
        alt=f"Messages of {label}",
    )


def show_surest_mistakes(place: Workplace, person: Person, project: Project, run: Run) -> None:
    """Draw the messages of which the run was surest and wrong."""
    if not person.may(Role.SUPERVISOR):
        quiet_line("Supervisors can read the messages of which it was sure and wrong.")
        return
    part_title("Its surest mistakes", note="to read and to talk about")
    _show_rows(
        surest_mistakes(place, person, project.project_id, run.run_id),
        run,
        key=f"training_mistakes_{run.run_id}",
        alt="Surest mistakes",
    )


def _show_rows(found: pl.DataFrame, run: Run, *, key: str, alt: str) -> None:
    """Draw what a run said of messages; a chosen row opens its thread."""
    is_held_out = run.metrics is not None and run.metrics.measured_on == "hold-out"
    settled = f" {ONLY_SETTLED}" if is_held_out else ""
    if found.is_empty():
        quiet_line(f"There is none to read.{settled}")
        return
    chosen = message_table(
        found,
        key=key,
        alt=alt,
        columns={
            "text": st.column_config.TextColumn("message", width=560),
            "reference": st.column_config.TextColumn("reference", width=110, help=REFERENCE),
            "predicted": st.column_config.TextColumn(
                "run says", width=110, help=f"Answer of run {run.number}"
            ),
            "probability": st.column_config.NumberColumn(
                "prob.", format="%.2f", width=60, help=PROBABILITY
            ),
        },
        height=_HEIGHT,
    )
    quiet_line(f"Choose a row to read its thread.{settled}")
    if chosen:
        open_view("disagreements", message=chosen)


def _choose_outcome(found: pl.DataFrame) -> str:
    counts = dict(found.group_by("outcome").len().iter_rows())
    words = {name: f"{words} {counts.get(name, 0):,}" for name, words in _OUTCOMES.items()}
    return choose_pill(
        "outcome", words, key="training_outcome", title="Right or wrong", default="missed"
    )
