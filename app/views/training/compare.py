"""Two runs side by side: what the second does better, and where they answer differently."""

import streamlit as st

from app.components.address import open_view
from app.components.counted import counted
from app.components.empty import empty_state
from app.components.interval import interval_metric
from app.components.meanings import PROBABILITY, REFERENCE
from app.components.message_table import message_table
from app.components.plain_lines import quiet_line
from app.components.uses import use_column, with_uses
from app.views.training.parts import COMPARED, choose_run
from rhml_core.domain import Person, Project, Role, Run, RunState
from rhml_core.figures import percent
from rhml_core.measures.comparison import RunComparison
from rhml_core.safe_text import plain
from rhml_core.workflows.training.run_registry import RunPair, compare
from rhml_core.workflows.workplace import Workplace

_COLUMNS = {
    "text": st.column_config.TextColumn("message", width=275),
    "split": use_column(width=95),
    "reference": st.column_config.TextColumn("reference", width=95, help=REFERENCE),
    "first": st.column_config.TextColumn("first says", width=95, help="Answer of the first run"),
    "probability_first": st.column_config.NumberColumn(
        "prob.", format="%.2f", width=60, help=PROBABILITY
    ),
    "second": st.column_config.TextColumn(
        "second says", width=100, help="Answer of the second run"
    ),
    "probability_second": st.column_config.NumberColumn(
        "prob. ", format="%.2f", width=60, help=PROBABILITY
    ),
}


def show_comparison(place: Workplace, person: Person, project: Project, runs: list[Run]) -> None:
    """Draw the choice of two runs and what lies between them."""
    if len(runs) == 1:
        empty_state(
            "There is one run so far. Train again after some more labels, then see here what "
            "changed.",
            key="training_compare_empty",
            icon="compare_arrows",
        )
        return
    first, second = _choose_two(runs)
    if first.run_id == second.run_id:
        quiet_line("Choose two different runs.")
        return
    pair = compare(place, person, project.project_id, first.run_id, second.run_id)
    if pair.comparison is None:
        st.markdown(f"**{plain(pair.missing)}**")
    else:
        _show_verdict(pair.comparison)
    quiet_line(f"{pair.n_changed:,} of {pair.n_messages:,} messages changed their label.")
    _show_changed(person, pair, first, second)


def _show_verdict(comparison: RunComparison) -> None:
    """Draw which run is better, if that can be told, and what would tell."""
    st.markdown(f"**{plain(comparison.sentence)}**")
    if comparison.advice:
        st.text(comparison.advice)
    if comparison.n_changed:
        quiet_line(
            f"On {counted(comparison.difference.n, 'hold-out message')}, as judged now. If both "
            "runs were equally good, chance alone would make such a difference in macro-F1 in "
            f"{percent(comparison.p_macro_f1)} of cases."
        )


def _choose_two(runs: list[Run]) -> tuple[Run, Run]:
    spoken = next((run for run in runs if run.state is RunState.PROMOTED), runs[1])
    before = spoken if spoken is not runs[0] else runs[1]
    chosen = []
    sides = st.columns(2, gap="medium")
    for side, name, default in zip(sides, COMPARED, (before, runs[0]), strict=True):
        with side:
            run = choose_run(
                runs,
                key=f"training_{name}_run",
                name=name,
                title=f"{name.capitalize()} run",
                default=default,
            )
            chosen.append(run)
            _show_figures(run)
    return chosen[0], chosen[1]


def _show_figures(run: Run) -> None:
    if run.metrics is None:
        quiet_line(run.metrics_missing or "Not measured.")
        return
    is_held_out = run.metrics.measured_on == "hold-out"
    n_word = "hold-out" if is_held_out else "cross-validated"
    means = f"Measured on {run.metrics.measured_on}, taught by {run.n_training:,} messages."
    f1, accuracy = st.columns(2)
    with f1:
        interval_metric("Macro-F1", run.metrics.macro_f1, means=means, n_word=n_word)
    with accuracy:
        interval_metric("Accuracy", run.metrics.accuracy, means=means, n_word=n_word)


def _show_changed(person: Person, pair: RunPair, first: Run, second: Run) -> None:
    if not person.may(Role.SUPERVISOR):
        return
    n = pair.n_withheld
    if n:
        quiet_line(f"{n:,} of them are held out: they are listed once they are settled.")
    if pair.changed.height < pair.n_changed - n:
        quiet_line(f"The first {pair.changed.height:,} of the others are listed.")
    if pair.changed.is_empty():
        return
    chosen = message_table(
        with_uses(pair.changed),
        key=f"training_changed_{first.run_id}_{second.run_id}",
        alt="Messages whose label changed",
        columns=_COLUMNS,
        height=300,
    )
    if chosen:
        open_view("disagreements", message=chosen)
