"""How far one may believe the machine: is it as right as it is sure?"""

import streamlit as st

from app.components.calibration_charts import coverage_chart, reliability_chart
from app.components.empty import empty_state
from app.components.interval import interval_metric
from app.components.plain_lines import plain_lines, quiet_line
from app.views.training.figures import show_unmeasured
from app.views.training.label_messages import show_surest_mistakes
from app.views.training.parts import choose_run
from app.views.training.words import coverage_words, measured_words
from rhml_core.domain import Person, Project, Run
from rhml_core.figures import Metrics
from rhml_core.workflows.workplace import Workplace


def show_calibration(place: Workplace, person: Person, project: Project, runs: list[Run]) -> None:
    """Draw a run's calibration figures, reliability diagram, accuracy by coverage, and mistakes."""
    run = choose_run(runs, key="training_calibration_run")
    metrics = run.metrics
    if metrics is None:
        show_unmeasured(run, key="training_no_calibration")
        return
    if metrics.brier is None or not metrics.reliability:
        empty_state(
            " ".join(metrics.unmeasured)
            or f"Run {run.number} was measured before calibration was. Train again to see how "
            "far its probabilities can be believed.",
            key="training_old_calibration",
            icon="balance",
        )
        return
    st.text(coverage_words(metrics.coverage))
    _show_figures(metrics)
    sure, answered = st.columns(2, gap="medium")
    with sure:
        reliability_chart(metrics.reliability, key="training_reliability")
    with answered:
        coverage_chart(metrics.coverage, key="training_coverage")
    quiet_line(
        f"Run {run.number}, measured on {measured_words(metrics)}; left, the number over each "
        "whisker says of how many. Below the dashed line it is surer than it is right."
    )
    plain_lines(metrics.unmeasured, muted=True)
    show_surest_mistakes(place, person, project, run)


def _show_figures(metrics: Metrics) -> None:
    figures = (
        ("Calibration error", metrics.calibration_error),
        ("Brier score", metrics.brier),
        ("Balanced accuracy", metrics.balanced_accuracy),
        ("Macro PR-AUC", metrics.macro_pr_auc),
    )
    n_word = "hold-out" if metrics.measured_on == "hold-out" else "cross-validated"
    for column, (name, figure) in zip(st.columns(len(figures)), figures, strict=True):
        with column:
            interval_metric(name, figure, n_word=n_word, missing="not measured")
