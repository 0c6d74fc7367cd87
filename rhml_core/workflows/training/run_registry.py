"""The registry of runs: look and compare."""

from dataclasses import dataclass

import polars as pl

from rhml_core.domain import Person, Role, Run, Split
from rhml_core.errors import MeasureUndefinedError
from rhml_core.measures.comparison import RunComparison, compare_runs
from rhml_core.store import adjudications, kept_agreement, messages, runs
from rhml_core.store.database import Database
from rhml_core.store.judged import judged_texts
from rhml_core.workflows.kept.in_memory import KeptInMemory
from rhml_core.workflows.kept.project_reference import project_reference
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace

MOST_CHANGED = 1_000
"""Messages with different answers that are listed; in a large project they are many more."""

_MOST_PAIRS = 4


@dataclass(frozen=True)
class RunPair:
    """
    Two runs side by side.

    Attributes:
        comparison: on hold-out messages; None where `missing` says why not.
        changed: `message_id, text, split, reference` (null where none), `first, second`,
            `probability_first, probability_second`: the first `MOST_CHANGED` messages with
            different answers, those of the hold-out once they are settled.
        n_changed: all messages with different answers.
        n_withheld: those of them that are held out and not settled.
        n_messages: messages that both runs answered.
    """

    comparison: RunComparison | None
    missing: str
    changed: pl.DataFrame
    n_changed: int
    n_withheld: int
    n_messages: int


_kept: KeptInMemory[pl.DataFrame] = KeptInMemory(most_places=_MOST_PAIRS)


def list_runs(place: Workplace, project_id: str) -> list[Run]:
    """Every run in the registry, newest first."""
    return runs.list_runs(place.db, project_id)


def get_run(place: Workplace, run_id: str) -> Run:
    """
    One run.

    Raises:
        NotFoundError: there is no such run.
    """
    return runs.get_run(place.db, run_id)


def promoted_run(place: Workplace, project_id: str) -> Run | None:
    """The one run that people have promoted; None where none is."""
    return runs.promoted_run(place.db, project_id)


def compare(
    place: Workplace, person: Person, project_id: str, first_run_id: str, second_run_id: str
) -> RunPair:
    """
    Two runs on the same hold-out, and every message on which they answer differently.

    The messages themselves are for supervisors: they come with the reference of the hold-out. Who
    settles messages is not told what the machine says of a hold-out message before they have.

    Raises:
        NotFoundError: there is no such run.
    """
    require(person, Role.VIEWER, "compare runs")
    first, second = runs.get_run(place.db, first_run_id), runs.get_run(place.db, second_run_id)
    both = _answers_of_both(place.db, project_id, first.run_id, second.run_id)
    known = _reference(place, project_id)
    judged = both.filter(pl.col("split") == Split.HOLDOUT.value).join(
        known, on="message_id", how="inner", maintain_order="left"
    )
    comparison, missing = _compared(judged)
    changed = both.filter(pl.col("first") != pl.col("second"))
    told = changed.filter(_may_be_told(place, project_id))
    shown = told.head(MOST_CHANGED if person.may(Role.SUPERVISOR) else 0)
    texts = messages.texts_of(place.db, project_id, shown["message_id"].to_list())
    listed = (
        shown.join(texts, on="message_id", how="inner", maintain_order="left")
        .join(known, on="message_id", how="left", maintain_order="left")
        .select(
            "message_id",
            "text",
            "split",
            "reference",
            "first",
            "second",
            "probability_first",
            "probability_second",
        )
    )
    return RunPair(
        comparison, missing, listed, changed.height, changed.height - told.height, both.height
    )


def _answers_of_both(db: Database, project_id: str, first: str, second: str) -> pl.DataFrame:
    """As from `runs.answers_of_two`; an answer stays, so that their number names a state."""
    return _kept.get(
        (str(db.path), first, second),
        (kept_agreement.count_answers(db, first), kept_agreement.count_answers(db, second)),
        lambda: runs.answers_of_two(db, project_id, first, second),
    )


def learning_curve(place: Workplace, project_id: str) -> pl.DataFrame:
    """
    How good each measured run was, by the number of labels that it saw.

    Returns:
        `run_number` (Int64), `recipe, state` (String), `n_training` (Int64), `macro_f1, low,
        high` (Float64), `n` (Int64), `measured_on` (String), `created_at`, by run number.
    """
    rows = [
        {
            "run_number": run.number,
            "recipe": run.recipe,
            "state": run.state.value,
            "n_training": run.n_training,
            "macro_f1": run.metrics.macro_f1.value,
            "low": run.metrics.macro_f1.low,
            "high": run.metrics.macro_f1.high,
            "n": run.metrics.n,
            "measured_on": run.metrics.measured_on,
            "created_at": run.created_at,
        }
        for run in reversed(runs.list_runs(place.db, project_id))
        if run.metrics
    ]
    return pl.DataFrame(
        rows,
        schema={
            "run_number": pl.Int64,
            "recipe": pl.String,
            "state": pl.String,
            "n_training": pl.Int64,
            "macro_f1": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
            "n": pl.Int64,
            "measured_on": pl.String,
            "created_at": pl.Datetime("us", "UTC"),
        },
    )


def confusion_messages(
    place: Workplace, person: Person, project_id: str, run_id: str, reference: str, predicted: str
) -> pl.DataFrame:
    """
    The messages behind one cell of a run's confusion, by the reference as it is now.

    For a cross-validated run the reference is the label that it was taught. Messages of the
    hold-out are listed once they are settled, so that no decision follows the machine.

    Returns:
        `message_id, text, reference, predicted` (String), `probability` (Float64), in import
        order.

    Raises:
        NotAllowedError: only supervisors see the reference of hold-out messages.
    """
    return _told_answers(place, person, project_id, run_id).filter(
        (pl.col("reference") == reference) & (pl.col("predicted") == predicted)
    )


def label_messages(
    place: Workplace, person: Person, project_id: str, run_id: str, label: str
) -> pl.DataFrame:
    """
    The messages behind a label's figures: those that have it, and those that a run gave it.

    Which messages, and by which reference, is as of `confusion_messages`.

    Returns:
        `message_id, text, reference, predicted` (String), `probability` (Float64), `outcome`
        (String: `missed` has the label and was not found, `mistaken` was given it wrongly,
        `right`), in import order.

    Raises:
        NotAllowedError: only supervisors see the reference of hold-out messages.
    """
    has_it, given_it = pl.col("reference") == label, pl.col("predicted") == label
    return (
        _told_answers(place, person, project_id, run_id)
        .filter(has_it | given_it)
        .with_columns(
            outcome=pl.when(has_it & given_it)
            .then(pl.lit("right"))
            .when(has_it)
            .then(pl.lit("missed"))
            .otherwise(pl.lit("mistaken"))
        )
    )


def surest_mistakes(place: Workplace, person: Person, project_id: str, run_id: str) -> pl.DataFrame:
    """
    The messages that a run took for something else, those it was surest of first.

    Which messages, and by which reference, is as of `confusion_messages`.

    Returns:
        `message_id, text, reference, predicted` (String), `probability` (Float64); where two
        are as sure, in import order.

    Raises:
        NotAllowedError: only supervisors see the reference of hold-out messages.
    """
    return (
        _told_answers(place, person, project_id, run_id)
        .filter(pl.col("reference") != pl.col("predicted"))
        .sort("probability", descending=True, maintain_order=True)
    )


def _told_answers(place: Workplace, person: Person, project_id: str, run_id: str) -> pl.DataFrame:
    """What a run said of the messages that it is measured on, as far as a person may be told."""
    require(person, Role.SUPERVISOR, "see the messages behind a figure")
    run = runs.get_run(place.db, run_id)
    on_holdout = run.metrics is not None and run.metrics.measured_on == "hold-out"
    split = "holdout" if on_holdout else "pool"
    known = (
        _reference(place, project_id)
        if on_holdout
        else runs.training_labels(place.db, run_id).rename({"label": "reference"})
    )
    return (
        judged_texts(place.db, project_id)
        .filter((pl.col("split") == split) & _may_be_told(place, project_id))
        .select("message_id", "text")
        .join(known, on="message_id", how="inner", maintain_order="left")
        .join(
            runs.predicted_labels_of_judged(place.db, project_id, run_id).rename(
                {"label": "predicted"}
            ),
            on="message_id",
            how="inner",
            maintain_order="left",
        )
        .select("message_id", "text", "reference", "predicted", "probability")
    )


def loss_curve(place: Workplace, run_id: str) -> list[float]:
    """The training loss by step; empty for recipes without steps."""
    return runs.loss_curve(place.db, run_id)


def _may_be_told(place: Workplace, project_id: str) -> pl.Expr:
    """Whether the machine's answer to a message may be told to who settles messages."""
    settled = adjudications.standing_decisions(place.db, project_id)["message_id"]
    return (pl.col("split") != Split.HOLDOUT.value) | pl.col("message_id").is_in(settled.implode())


def _reference(place: Workplace, project_id: str) -> pl.DataFrame:
    return project_reference(place.db, project_id).select("message_id", reference="label")


def _compared(judged: pl.DataFrame) -> tuple[RunComparison | None, str]:
    answers = [judged[name].to_list() for name in ("reference", "first", "second")]
    labels = sorted({label for column in answers for label in column})
    try:
        return compare_runs(answers[0], answers[1], answers[2], labels), ""
    except MeasureUndefinedError as error:
        return None, str(error)
