"""What more labels bring: by labels, and cycle by cycle."""

import polars as pl
import streamlit as st

from app.components.empty import empty_state
from app.components.plain_lines import quiet_line
from app.components.training_charts import labels_chart, runs_chart
from rhml_core.domain import Person, Project
from rhml_core.workflows.training.curve_room import LabelCurve
from rhml_core.workflows.training.learning_curves import label_curve
from rhml_core.workflows.training.run_registry import learning_curve
from rhml_core.workflows.workplace import Workplace

_SECONDS_BETWEEN_LOOKS = 2.0


def show_curves(place: Workplace, person: Person, project: Project, curve: LabelCurve) -> None:
    """Draw macro-F1 over the labels and over the cycles, each run a diamond."""
    runs = learning_curve(place, project.project_id)
    if curve.is_working:
        _await_curve(place, person, project)
    if runs.is_empty() and not curve.points:
        empty_state(
            curve.missing or "The curve is being worked out.",
            key="training_no_curve",
            icon="show_chart",
        )
        return
    by_labels, by_cycle = st.columns([1.5, 1], gap="medium")
    with by_labels:
        labels_chart(curve.points, runs, key="training_curve")
        quiet_line(_curve_words(curve))
    if not runs.is_empty():
        with by_cycle:
            runs_chart(runs, key="training_cycles")
            quiet_line(f"Measured on {'; '.join(_bases(runs))}. Filled: promoted.")


def _await_curve(place: Workplace, person: Person, project: Project) -> None:
    """Look again until the newer curve is there, then draw the page with it."""

    @st.fragment(run_every=_SECONDS_BETWEEN_LOOKS, key="training_curve_wait")
    def look() -> None:
        if not label_curve(place, person, project.project_id).is_working:
            st.rerun()

    look()


def _curve_words(curve: LabelCurve) -> str:
    """What the line is, what it was measured on, and how fresh it is."""
    if not curve.points:
        return curve.missing or "The curve by labels is being worked out."
    basis = (
        f"n = {curve.points[-1].macro_f1.n:,} hold-out messages"
        if curve.measured_on == "hold-out"
        else f"cross-validation, n = {curve.points[-1].macro_f1.n:,}"
    )
    newer = " A newer one is being worked out." if curve.is_working else ""
    return (
        f"Line: the recipe Fast, taught on random parts of {curve.n_judged:,} judged messages, "
        f"measured on {basis}; band: 95 %. Diamonds: runs.{newer}"
    )


def _bases(runs: pl.DataFrame) -> list[str]:
    """Which runs were measured on what, and on how many messages."""
    grouped = runs.group_by("measured_on", "n", maintain_order=True).agg("run_number")
    return [
        f"{basis}, n = {n:,} (run {', '.join(map(str, numbers))})"
        for basis, n, numbers in grouped.iter_rows()
    ]
