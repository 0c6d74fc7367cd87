"""One run's figures: over the runs, per label, and who was taken for whom."""

from collections.abc import Mapping

import polars as pl
import streamlit as st

from app.components import charts
from app.components.address import open_view
from app.components.counted import counted
from app.components.empty import empty_state
from app.components.matrix import matrix
from app.components.message_table import message_table
from app.components.plain_lines import quiet_line
from app.components.safe_text import one_line, plain
from app.views.training_words import figure_words, run_words
from rhml_core.domain import Person, Project, Role, Run, RunState
from rhml_core.workflows.run_registry import confusion_messages, learning_curve, loss_curve
from rhml_core.workflows.workplace import Workplace

_MOST_BESIDE = 7
"""Labels up to which the list of messages fits beside the confusion table."""


def choose_run(runs: list[Run], *, key: str) -> Run:
    """Draw the choice of a run; the promoted one, else the newest, unless another is chosen."""
    promoted = next((i for i, run in enumerate(runs) if run.state is RunState.PROMOTED), 0)
    numbers = {run.run_id: run for run in runs}
    chosen = st.selectbox(
        "Run",
        list(numbers),
        index=promoted,
        format_func=lambda run_id: plain(run_words(numbers[run_id])),
        key=key,
        width=260,
        label_visibility="collapsed",
    )
    return numbers[chosen]


def show_curves(place: Workplace, project: Project, runs: list[Run]) -> None:
    """Draw macro-F1 over the training labels, and the newest SetFit run's loss."""
    points = learning_curve(place, project.project_id)
    if points.is_empty():
        _show_unmeasured(runs[0], key="training_no_curve")
        return
    tuned = next((run for run in runs if run.recipe == "setfit"), None)
    losses = loss_curve(place, tuned.run_id) if tuned else []
    over, loss = st.columns([1.5, 1], gap="medium") if losses else (st.container(), None)
    with over:
        charts.learning_curve(points, key="training_curve")
        quiet_line(f"Measured on {'; '.join(_bases(points))}.")
    if loss is not None and tuned is not None:
        with loss:
            charts.loss_curve(losses, key="training_loss")
            quiet_line(f"Run {tuned.number}: how far the pairs are from being told apart.")


def _bases(points: pl.DataFrame) -> list[str]:
    """Which runs were measured on what, and on how many messages."""
    grouped = points.group_by("measured_on", "n", maintain_order=True).agg("run_number")
    return [
        f"{basis}, n = {n:,}: run {', '.join(map(str, numbers))}"
        for basis, n, numbers in grouped.iter_rows()
    ]


def show_labels(runs: list[Run], colours: Mapping[str, str]) -> None:
    """Draw each label's F1 with interval, and the figures as a table."""
    run = choose_run(runs, key="training_labels_run")
    if run.metrics is None:
        _show_unmeasured(run, key="training_no_labels")
        return
    chart, table = st.columns([1.15, 1], gap="medium")
    with chart:
        charts.f1_by_label(
            run.metrics.per_label,
            colours,
            key="training_f1",
            measured_on=run.metrics.measured_on,
        )
    with table:
        frame = pl.DataFrame(
            [
                (one_line(one.label), one.precision, one.recall, one.f1, one.n)
                for one in run.metrics.per_label
            ],
            schema={
                "label": pl.String,
                "precision": pl.Float64,
                "recall": pl.Float64,
                "F1": pl.Float64,
                "n": pl.Int64,
            },
            orient="row",
        )
        st.dataframe(
            frame,
            hide_index=True,
            height="content",
            key="training_labels_table",
            placeholder="none",
            alt="Precision, recall and F1 by label",
            column_config={
                name: st.column_config.NumberColumn(name, format="%.2f", width=70)
                for name in ("precision", "recall", "F1")
            }
            | {"n": st.column_config.NumberColumn("n", width=55)},
        )
    quiet_line(
        f"Run {run.number}: {figure_words(run.metrics)}; accuracy {run.metrics.accuracy}. "
        "Precision: of those it called so, how many are; recall: of those that are, how many "
        "it found; none where it has no value."
    )


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
        _show_unmeasured(run, key="training_no_confusion")
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
    quiet_line(
        f"{counted(frame.height, 'message')}: reference {reference}, run {run.number} says {said}"
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


def _show_unmeasured(run: Run, *, key: str) -> None:
    empty_state(
        run.metrics_missing or f"Run {run.number} could not be measured yet.",
        key=key,
        icon="straighten",
    )
