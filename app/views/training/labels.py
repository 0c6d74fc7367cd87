"""Per label: how well it is recognised, and from which probability on to look."""

from collections.abc import Mapping

import polars as pl
import streamlit as st

from app.components.address import set_filter
from app.components.charts import score_by_label
from app.components.meanings import INTERVAL, meaning_of
from app.components.plain_lines import plain_lines, quiet_line
from app.components.plain_table import plain_table
from app.views.training.figures import show_unmeasured
from app.views.training.label_messages import LABEL, show_label_messages
from app.views.training.parts import choose_run
from app.views.training.words import figure_words, weakest_words
from rhml_core.domain import Person, Project, Run
from rhml_core.figures import Interval, LabelMetrics, percent
from rhml_core.measures.classification import precision_interval, recall_interval
from rhml_core.safe_text import one_line
from rhml_core.workflows.training.training import Readiness
from rhml_core.workflows.workplace import Workplace

_NAMES = "training_labels_in_rows"
_FIGURES = ("precision", "recall", "F1", "PR-AUC")
_SCHEMA = {"label": pl.String, "n": pl.Int64} | dict.fromkeys(_FIGURES, pl.String)


def show_labels(
    place: Workplace,
    person: Person,
    project: Project,
    runs: list[Run],
    readiness: Readiness,
    colours: Mapping[str, str],
) -> None:
    """Draw each label's F1 and PR-AUC with intervals, every figure as a table, and messages."""
    run = choose_run(runs, key="training_labels_run")
    metrics = run.metrics
    if metrics is None:
        show_unmeasured(run, key="training_no_labels")
        return
    quiet_line(f"Run {run.number}: {figure_words(metrics)}. {weakest_words(metrics, readiness)}")
    has_ranking = any(one.pr_auc for one in metrics.per_label)
    f1, ranking = st.columns([1.25, 1], gap="small") if has_ranking else (st.container(), None)
    with f1:
        score_by_label(
            [(one.label, _f1(one), one.n) for one in metrics.per_label],
            colours,
            name="F1",
            key="training_f1",
        )
    if ranking is not None:
        with ranking:
            score_by_label(
                [(one.label, one.pr_auc, one.n) for one in metrics.per_label],
                colours,
                name="PR-AUC",
                key="training_pr_auc",
                with_names=False,
            )
    _show_table(metrics.per_label)
    _show_thresholds(metrics.per_label)
    show_label_messages(place, person, project, run, [one.label for one in metrics.per_label])
    left_out = [one_line(one.label) for one in metrics.per_label if one.f1 is None]
    target = next((one.threshold.target for one in metrics.per_label if one.threshold), None)
    flags = (
        f"To find {percent(target)} of a label, look at messages from this probability on; chosen "
        "on training messages, measured on the hold-out: the share found, and the share of those "
        "looked at that are right."
        if target is not None
        else ""
    )
    plain_lines(
        [
            (
                "Precision: of those it called so, how many are. Recall: of those that are, how "
                "many it found. PR-AUC: how well it ranks them first; chance is the label's share."
            ),
            *([flags] if flags else []),
            *([f"Without an F1, for want of messages: {', '.join(left_out)}."] if left_out else []),
            *(() if has_ranking else _unmeasured(run)),
        ],
        muted=True,
    )


def _f1(one: LabelMetrics) -> Interval | None:
    if one.f1 is None:
        return None
    low = one.f1 if one.f1_low is None else one.f1_low
    return Interval(one.f1, low, one.f1 if one.f1_high is None else one.f1_high, one.n)


def _unmeasured(run: Run) -> tuple[str, ...]:
    """Why the ranking figures are missing, and what brings them."""
    if run.metrics is not None and run.metrics.unmeasured:
        return run.metrics.unmeasured
    return (
        (
            f"Run {run.number} was measured before PR-AUC and thresholds were; train again to "
            "see them."
        ),
    )


def _show_table(per_label: tuple[LabelMetrics, ...]) -> None:
    """Draw every label's figures with their intervals; a chosen row lists its messages."""
    frame = pl.DataFrame([_row(one) for one in per_label], schema=_SCHEMA, orient="row")
    figures = [name for name in _FIGURES if frame[name].count()]
    st.session_state[_NAMES] = [one.label for one in per_label]
    st.dataframe(
        frame,
        hide_index=True,
        height="content",
        key="training_labels_table",
        on_select=_open_label,
        selection_mode="single-row",
        placeholder="none",
        alt="Figures by label",
        column_order=["label", "n", *figures],
        column_config={
            name: st.column_config.TextColumn(
                f"{name}, 95 %", width=148, help=f"{meaning_of(name)} In brackets: {INTERVAL.says}"
            )
            for name in _FIGURES
        }
        | {
            "n": st.column_config.NumberColumn(
                "n", width=50, help="Messages measured that have the label"
            )
        },
    )


def _show_thresholds(per_label: tuple[LabelMetrics, ...]) -> None:
    """Draw from which probability on to look at messages of a label, where that was chosen."""
    chosen = [(one.label, one.threshold) for one in per_label if one.threshold]
    if not chosen:
        return
    plain_table(
        (
            ("label", ""),
            ("look from", "Probability of the label from which on to look at a message"),
            ("finds", "Of the messages that have the label, the share that lies there"),
            ("of these right", "Of the messages that lie there, the share that has the label"),
        ),
        [
            (
                label,
                [
                    (f"{threshold.threshold:.2f}", ""),
                    (_share(threshold.recall) or "none", ""),
                    (_share(threshold.precision) or "none", ""),
                ],
            )
            for label, threshold in chosen
        ],
        title="From which probability on to look",
    )


def _open_label() -> None:
    """Have the messages of the row that was chosen listed."""
    rows = st.session_state["training_labels_table"].selection.rows
    names = st.session_state[_NAMES]
    set_filter(LABEL, names[rows[0]] if rows and rows[0] < len(names) else None)


def _row(one: LabelMetrics) -> tuple[object, ...]:
    return (
        one_line(one.label),
        one.n,
        _share(precision_interval(one)),
        _share(recall_interval(one)),
        _f1_words(one),
        _share(one.pr_auc),
    )


def _share(share: Interval | None) -> str | None:
    """A figure with its interval, short enough for a cell; None where there is none."""
    return f"{share.value:.2f} [{share.low:.2f}, {share.high:.2f}]" if share else None


def _f1_words(one: LabelMetrics) -> str | None:
    if one.f1 is None:
        return None
    return f"{one.f1:.2f}" if one.f1_low is None else _share(_f1(one))
