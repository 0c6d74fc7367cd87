"""The registry of trained runs: data, parameters, metrics, predictions and standing."""

import json
from datetime import datetime

import polars as pl

from rhml_core.domain import Run, RunState
from rhml_core.errors import NotFoundError
from rhml_core.store.database import Reader, Transaction
from rhml_core.store.kept_metrics import metrics_from_json, metrics_to_json


def next_number(db: Reader, project_id: str) -> int:
    """The number that the project's next run gets, from 1."""
    frame = db.read(
        "SELECT coalesce(max(number), 0) + 1 AS number FROM runs WHERE project_id = $project_id",
        project_id=project_id,
    )
    return int(frame["number"][0])


def add_run(
    transaction: Transaction,
    run: Run,
    *,
    labels: list[str],
    loss_curve: list[float],
    training: pl.DataFrame,
    predictions: pl.DataFrame,
) -> None:
    """
    Register a finished run as a candidate.

    Args:
        transaction: the act.
        run: what is known of it.
        labels: the labels in the order of its probabilities.
        loss_curve: one figure a training step; empty for recipes without steps.
        training: `message_id, label, weight`: the data it saw.
        predictions: `message_id, label, probability, probabilities, is_out_of_fold`.
    """
    transaction.write(
        """
        INSERT INTO runs
        VALUES ($run_id, $project_id, $number, $recipe, $encoder_id, $labels, $parameters,
            $versions, $seed, $n_training, $n_experts, $codebook_version, $seconds, $loss_curve,
            $metrics, $metrics_missing, $folder, $created_by, $created_at)
        """,
        run_id=run.run_id,
        project_id=run.project_id,
        number=run.number,
        recipe=run.recipe,
        encoder_id=run.encoder_id,
        labels=labels,
        parameters=json.dumps(run.parameters),
        versions=json.dumps(run.versions),
        seed=run.seed,
        n_training=run.n_training,
        n_experts=run.n_experts,
        codebook_version=run.codebook_version,
        seconds=run.seconds,
        loss_curve=loss_curve,
        metrics=metrics_to_json(run.metrics) if run.metrics else None,
        metrics_missing=run.metrics_missing,
        folder=run.folder,
        created_by=run.created_by,
        created_at=run.created_at,
    )
    set_run_state(transaction, run, RunState.CANDIDATE, person_id=run.created_by, at=run.created_at)
    named = pl.lit(run.run_id).alias("run_id")
    transaction.write_frame(
        "INSERT INTO run_training SELECT run_id, message_id, label, weight FROM frame",
        training.with_columns(named),
    )
    transaction.write_frame(
        """
        INSERT INTO predictions
        SELECT run_id, message_id, label, probability, probabilities, is_out_of_fold FROM frame
        """,
        predictions.with_columns(named),
    )


def set_run_state(
    transaction: Transaction,
    run: Run,
    state: RunState,
    *,
    person_id: str,
    at: datetime,
    is_return: bool = False,
) -> None:
    """Change a run's standing; `is_return`: by going back to it. Older standings stay readable."""
    transaction.write(
        """
        INSERT INTO run_states (run_id, project_id, state, made_by, made_at, is_return)
        VALUES ($run_id, $project_id, $state, $person_id, $at, $is_return)
        """,
        run_id=run.run_id,
        project_id=run.project_id,
        state=state.value,
        person_id=person_id,
        at=at,
        is_return=is_return,
    )


def list_runs(db: Reader, project_id: str) -> list[Run]:
    """Every run of the project, newest first."""
    return _runs(
        db.read(
            """
            SELECT runs.*, state FROM runs JOIN run_states USING (run_id)
            WHERE runs.project_id = $project_id
            QUALIFY row_number() OVER (PARTITION BY run_id ORDER BY seq DESC) = 1
            ORDER BY number DESC
            """,
            project_id=project_id,
        )
    )


def promoted_run(db: Reader, project_id: str) -> Run | None:
    """The one run that people have promoted; None where none is."""
    found = _runs(
        db.read(
            """
            WITH standing AS (
                SELECT runs.*, state FROM runs JOIN run_states USING (run_id)
                WHERE runs.project_id = $project_id
                QUALIFY row_number() OVER (PARTITION BY run_id ORDER BY seq DESC) = 1
            )
            SELECT * FROM standing WHERE state = 'promoted' ORDER BY number DESC LIMIT 1
            """,
            project_id=project_id,
        )
    )
    return found[0] if found else None


def get_run(db: Reader, run_id: str) -> Run:
    """
    One run.

    Raises:
        NotFoundError: there is no such run.
    """
    found = _runs(
        db.read(
            """
            SELECT runs.*, state FROM runs JOIN run_states USING (run_id)
            WHERE run_id = $run_id ORDER BY seq DESC LIMIT 1
            """,
            run_id=run_id,
        )
    )
    if not found:
        raise NotFoundError(f"There is no run '{run_id}'.")
    return found[0]


def promotions(db: Reader, project_id: str) -> list[tuple[str, bool]]:
    """Every promotion, oldest first: the run, and whether it was gone back to."""
    rows = db.rows(
        """
        SELECT run_id, coalesce(is_return, false) AS is_return FROM run_states
        WHERE project_id = $project_id AND state = 'promoted' ORDER BY seq
        """,
        project_id=project_id,
    )
    return [(row["run_id"], row["is_return"]) for row in rows]


def run_folders(db: Reader) -> set[str]:
    """Names of all runs' folders, of every project."""
    return set(db.read("SELECT folder FROM runs ORDER BY folder")["folder"])


def run_of_encoder(db: Reader, encoder_id: str) -> str | None:
    """Identifier of the run that made an encoder; None for the packaged one."""
    frame = db.read(
        """
        SELECT run_id FROM runs
        WHERE encoder_id = $encoder_id AND recipe <> 'fast' ORDER BY run_id LIMIT 1
        """,
        encoder_id=encoder_id,
    )
    return str(frame["run_id"][0]) if frame.height else None


def training_labels(db: Reader, run_id: str) -> pl.DataFrame:
    """`message_id, label` (String): what a run was taught, by message."""
    return db.read(
        "SELECT message_id, label FROM run_training WHERE run_id = $run_id ORDER BY message_id",
        run_id=run_id,
    )


def run_labels(db: Reader, run_id: str) -> list[str]:
    """The labels in the order of a run's probabilities."""
    frame = db.read("SELECT labels FROM runs WHERE run_id = $run_id ORDER BY run_id", run_id=run_id)
    return list(frame["labels"][0])


def loss_curve(db: Reader, run_id: str) -> list[float]:
    """The training loss by step; empty for recipes without steps."""
    frame = db.read(
        "SELECT loss_curve FROM runs WHERE run_id = $run_id ORDER BY run_id", run_id=run_id
    )
    return list(frame["loss_curve"][0])


def predictions(db: Reader, run_id: str) -> pl.DataFrame:
    """
    What a run says of each message; of those it was trained on, out of fold.

    Returns:
        `message_id, label` (String), `probability` (Float64), `probabilities` (List[Float64],
        in the run's label order), `is_out_of_fold` (Boolean), by message.
    """
    return db.read(
        """
        SELECT message_id, label, probability, probabilities, is_out_of_fold
        FROM predictions WHERE run_id = $run_id ORDER BY message_id
        """,
        run_id=run_id,
    )


def predicted_labels(db: Reader, run_id: str) -> pl.DataFrame:
    """`message_id, label` (String), `probability` (Float64) of a run, by message."""
    return db.read(
        """
        SELECT message_id, label, probability
        FROM predictions WHERE run_id = $run_id ORDER BY message_id
        """,
        run_id=run_id,
    )


def answers_of_two(db: Reader, project_id: str, first: str, second: str) -> pl.DataFrame:
    """
    What two runs answered to the messages that both answered.

    Returns:
        `message_id, split, first, second` (String), `probability_first, probability_second`
        (Float64), in import order.
    """
    return db.read(
        """
        SELECT message_id, split, one.label AS first, other.label AS second,
            one.probability AS probability_first, other.probability AS probability_second
        FROM messages
        JOIN (SELECT * FROM predictions WHERE run_id = $first) AS one USING (message_id)
        JOIN (SELECT * FROM predictions WHERE run_id = $second) AS other USING (message_id)
        WHERE project_id = $project_id
        ORDER BY position
        """,
        project_id=project_id,
        first=first,
        second=second,
    )


def predicted_labels_of_judged(db: Reader, project_id: str, run_id: str) -> pl.DataFrame:
    """Those rows of `predicted_labels` whose message anybody in the project has judged."""
    return db.read(
        """
        SELECT message_id, label, probability
        FROM predictions
        SEMI JOIN (SELECT message_id FROM judgements WHERE project_id = $project_id)
            USING (message_id)
        WHERE run_id = $run_id ORDER BY message_id
        """,
        project_id=project_id,
        run_id=run_id,
    )


def prediction(db: Reader, run_id: str, message_id: str) -> tuple[str, list[float]] | None:
    """A run's label and probabilities for one message; None where it gave none."""
    frame = db.read(
        """
        SELECT label, probabilities FROM predictions
        WHERE run_id = $run_id AND message_id = $message_id ORDER BY message_id
        """,
        run_id=run_id,
        message_id=message_id,
    )
    return (frame["label"][0], list(frame["probabilities"][0])) if frame.height else None


def _runs(frame: pl.DataFrame) -> list[Run]:
    return [
        Run(
            run_id=row["run_id"],
            project_id=row["project_id"],
            number=row["number"],
            recipe=row["recipe"],
            state=RunState(row["state"]),
            encoder_id=row["encoder_id"],
            parameters=json.loads(row["parameters"]),
            versions=json.loads(row["versions"]),
            seed=row["seed"],
            n_training=row["n_training"],
            n_experts=row["n_experts"],
            codebook_version=row["codebook_version"],
            seconds=row["seconds"],
            metrics=metrics_from_json(row["metrics"]) if row["metrics"] else None,
            metrics_missing=row["metrics_missing"],
            folder=row["folder"],
            created_by=row["created_by"],
            created_at=row["created_at"],
        )
        for row in frame.iter_rows(named=True)
    ]
