"""The machine as one more rater: what it says of each message before learning its label."""

import polars as pl

from rhml_core.domain import Message, Person, Run
from rhml_core.evidence import Opinion
from rhml_core.store import adjudications, judgements, runs
from rhml_core.store.database import Reader
from rhml_core.store.label_changes import moved_names
from rhml_core.workflows.visibility import machine_keeps_silent


def rating_run(db: Reader, project_id: str) -> Run | None:
    """The run whose answers are the machine's: the promoted one, else the newest; None without."""
    return runs.promoted_run(db, project_id) or next(iter(runs.list_runs(db, project_id)), None)


def run_opinion(db: Reader, run: Run, message_id: str) -> Opinion | None:
    """
    What a run answered to one message, its labels called as they are now.

    Shares of labels that were merged since add up; those of labels that are none any more are
    left out. None where it gave no answer, or one that is no label any more.
    """
    answer = runs.prediction(db, run.run_id, message_id)
    if answer is None:
        return None
    moved = moved_names(db, run.project_id, run.codebook_version)
    shares: dict[str, float] = {}
    for label, share in zip(runs.run_labels(db, run.run_id), answer[1], strict=True):
        now = moved.get(label, label)
        if now is not None:
            shares[now] = shares.get(now, 0.0) + share
    label_now = moved.get(answer[0], answer[0])
    return None if label_now is None else Opinion(label_now, shares, f"run {run.number}")


def run_answers(db: Reader, run: Run, *, judged_only: bool = False) -> pl.DataFrame:
    """
    What a run answered to each message, its labels called as they are now.

    Args:
        db: the store.
        run: whose answers.
        judged_only: whether messages that nobody has judged are left out, which are many.

    Returns:
        `message_id, label` (String), `probability` (Float64), by message; an answer that is no
        label any more is absent.
    """
    answers = (
        runs.predicted_labels_of_judged(db, run.project_id, run.run_id)
        if judged_only
        else runs.predicted_labels(db, run.run_id)
    )
    moved = moved_names(db, run.project_id, run.codebook_version)
    if not moved:
        return answers
    now = pl.Series(list(moved.values()), dtype=pl.String)
    return answers.with_columns(
        pl.col("label").replace_strict(list(moved), now, default=pl.col("label"))
    ).filter(pl.col("label").is_not_null())


def machine_opinion(
    db: Reader, person: Person, project_id: str, message: Message
) -> Opinion | None:
    """
    The machine's answer to a message as it is shown, formed without the message's labels.

    None where it has none, and where it keeps silent.
    """
    is_settled = not adjudications.standing_decisions(
        db, project_id, message_id=message.message_id
    ).is_empty()
    if machine_keeps_silent(db, person, project_id, message.split, is_settled=is_settled):
        return None
    run = rating_run(db, project_id)
    if run is not None:
        answer = run_opinion(db, run, message.message_id)
        if answer is not None:
            return answer
    said = judgements.opinions_before_learning(db, project_id).filter(
        pl.col("message_id") == message.message_id
    )
    if said.is_empty():
        return None
    row = said.row(0, named=True)
    return Opinion(row["label"], {row["label"]: row["probability"]}, row["machine"])


def machine_labels(db: Reader, project_id: str, *, judged_only: bool = False) -> pl.DataFrame:
    """
    The machine's label for each message on which it has an honest opinion.

    A run's answer to a message that it was trained on is its out-of-fold one; labels that the
    codebook renamed or merged since are read as they are called now. Messages that no run
    answered keep what the machine said when an expert committed, before it learnt from it.

    Args:
        db: the store.
        project_id: where.
        judged_only: whether messages that nobody has judged are left out, which are many.

    Returns:
        `message_id, label` (String), `probability` (Float64), by message.
    """
    columns = ["message_id", "label", "probability"]
    said = judgements.opinions_before_learning(db, project_id).select(columns)
    run = rating_run(db, project_id)
    if run is None:
        return said
    answers = run_answers(db, run, judged_only=judged_only)
    rest = said.join(answers, on="message_id", how="anti")
    return pl.concat([answers, rest]).sort("message_id")
