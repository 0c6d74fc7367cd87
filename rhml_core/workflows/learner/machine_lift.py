"""What the machine gained from its first measured run to its last."""

from collections.abc import Sequence

import polars as pl

from rhml_core.domain import Run
from rhml_core.figures import Metrics
from rhml_core.measures.comparison import MESSAGES_TO_COMPARE, compare_runs
from rhml_core.measures.estimates import Estimate, difference_of
from rhml_core.store import runs
from rhml_core.store.database import Reader
from rhml_core.workflows.training.data import training_set


def machine_lift(db: Reader, project_id: str, closing: Sequence[Run]) -> tuple[Estimate, str]:
    """
    Macro-F1 of the last measured run less that of the first, and how the two were compared.

    Where both answered the same judged hold-out messages, both are resampled on them together,
    held against the reference of today (`compare_runs`). Otherwise their figures are taken as
    they were measured, as if on different messages; the interval is wider then.

    Args:
        db: the store.
        project_id: an existing project.
        closing: its runs, oldest first.

    Returns:
        The lift, and a sentence for people; "" where there is no lift.
    """
    for measured_on in ("hold-out", "cross-validation"):
        measured = [
            (run, run.metrics)
            for run in closing
            if run.metrics and run.metrics.measured_on == measured_on
        ]
        if len(measured) > 1:
            (first, before), (last, after) = measured[0], measured[-1]
            paired = _paired(db, project_id, first, last) if measured_on == "hold-out" else None
            return paired or _apart(before, after)
    missing = "The machine's lift needs two training runs that were measured in the same way."
    return Estimate(None, missing), ""


def _paired(db: Reader, project_id: str, first: Run, last: Run) -> tuple[Estimate, str] | None:
    judged = (
        training_set(db, project_id)
        .holdout.join(_answers(db, first, "first"), on="message_id")
        .join(_answers(db, last, "last"), on="message_id")
        .sort("message_id")
    )
    if judged.height < MESSAGES_TO_COMPARE:
        return None
    answers = [judged[name].to_list() for name in ("label", "first", "last")]
    labels = sorted({label for column in answers for label in column})
    compared = compare_runs(answers[0], answers[1], answers[2], labels)
    return Estimate(compared.difference), (
        f"The machine's lift compares runs {first.number} and {last.number} on the same "
        f"{judged.height:,} hold-out messages, by their reference of today."
    )


def _answers(db: Reader, run: Run, name: str) -> pl.DataFrame:
    answers = runs.predicted_labels_of_judged(db, run.project_id, run.run_id)
    return answers.select("message_id", pl.col("label").alias(name))


def _apart(before: Metrics, after: Metrics) -> tuple[Estimate, str]:
    lift = difference_of(before.macro_f1, after.macro_f1, n=after.macro_f1.n)
    return Estimate(lift), (
        "The machine's lift compares two runs as if measured on different messages, so that its "
        "interval is wide."
    )
