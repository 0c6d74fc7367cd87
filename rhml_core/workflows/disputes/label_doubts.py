"""What puts labels in doubt: a machine that was not told them, and messages that say the same."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from rhml_core.machine.doubts.label_errors import MIN_OF_A_LABEL, contradicted_labels
from rhml_core.machine.doubts.near_duplicates import contradicting_twins
from rhml_core.machine.protocol import Floats, Vectors
from rhml_core.store.embeddings import vectors_of
from rhml_core.store.label_reviews import predictions_of
from rhml_core.store.runs import run_labels, training_labels
from rhml_core.workflows.training.run_registry import promoted_run
from rhml_core.workflows.workplace import Workplace

_PAIR = ["message_id", "twin_id"]
_OF_TWIN = {"message_id": "twin_id"} | {
    name: f"twin_{name}" for name in ("text", "label", "is_decided", "labels", "expert_ids")
}
_NOBODY = pl.lit([], dtype=pl.List(pl.String))


@dataclass(frozen=True)
class Answers:
    """
    What a machine says of messages whose labels it was not told.

    Attributes:
        machine: its name, for example `run 3`.
        labels: in the order of the probabilities' columns.
        message_ids: of the rows.
        probabilities: shape (n, n_labels), rows sum to 1.
        known: the labels of which it was taught enough messages to be asked about them.
    """

    machine: str
    labels: list[str]
    known: list[str]
    message_ids: list[str]
    probabilities: Floats


@dataclass(frozen=True)
class Suspects:
    """
    The labels that a machine contradicts.

    Attributes:
        found: `machine_label` (String), `machine_probability, label_probability` (Float64)
            and the columns of the judged messages but `is_decided`, most suspicious first.
        n_compared: judged messages of which the machine spoke.
        n_agreeing: those of them to which it gives the same label.
    """

    found: pl.DataFrame
    n_compared: int
    n_agreeing: int


def blind_answers(place: Workplace, project_id: str, judged: pl.DataFrame) -> Answers | None:
    """
    What the promoted run says of the judged messages, else the live machine.

    Either speaks out of fold of what it was trained on.

    Returns:
        None where neither can speak.
    """
    message_ids = judged["message_id"].to_list()
    run = promoted_run(place, project_id)
    if run is not None:
        found = predictions_of(place.db, run.run_id, message_ids)
        if found.height:
            return Answers(
                f"run {run.number}",
                run_labels(place.db, run.run_id),
                _often(training_labels(place.db, run.run_id)),
                found["message_id"].to_list(),
                np.array(found["probabilities"].to_list(), dtype=np.float64),
            )
    live = place.machines.live(project_id)
    if live is None:
        return None
    read = [name for name in message_ids if name in live.rows]
    return Answers(
        live.name,
        list(live.labels),
        _often(live.judged),
        read,
        live.probabilities[[live.rows[name] for name in read]],
    )


def suspects(judged: pl.DataFrame, answers: Answers | None) -> Suspects:
    """
    The labels that a machine contradicts, but for those that a person adjudicated.

    Args:
        judged: as from `judged_messages`.
        answers: what the machine says of them; None where it cannot speak.
    """
    if answers is None:
        nothing = contradicted_labels(np.zeros((0, 0)), [], [])
        return Suspects(_with_messages(nothing, judged.clear()), 0, 0)
    preferred = answers.probabilities.argmax(axis=1).tolist()
    said = pl.DataFrame(
        {
            "message_id": answers.message_ids,
            "place": range(len(preferred)),
            "preferred": [answers.labels[column] for column in preferred],
        },
        schema={"message_id": pl.String, "place": pl.Int64, "preferred": pl.String},
    )
    compared = judged.filter(pl.col("label").is_in(answers.known)).join(
        said, on="message_id", how="inner", maintain_order="left"
    )
    found = contradicted_labels(
        answers.probabilities[compared["place"].to_numpy()],
        compared["label"].to_list(),
        answers.labels,
    )
    return Suspects(
        _with_messages(found, compared.drop("place", "preferred")),
        n_compared=compared.height,
        n_agreeing=compared.filter(pl.col("label") == pl.col("preferred")).height,
    )


def twins(place: Workplace, project_id: str, judged: pl.DataFrame) -> pl.DataFrame:
    """
    Pairs of messages that say the same and whose labels differ, or one expert's labels do.

    Args:
        place: the workplace.
        project_id: where.
        judged: as from `judged_messages`.

    Returns:
        The columns of the judged messages but `is_decided`, the same with `twin_` before it
        (`twin_id` for the identifier), `similarity` (Float64), `is_same_text` (Boolean),
        `contradicts_self` (List[String], experts who labelled both, and differently), most
        similar first. Pairs of two adjudicated messages are left out.
    """
    vectors = _vectors(place, project_id, judged["message_id"].to_list())
    numbered = judged.with_columns(row=pl.int_range(pl.len(), dtype=pl.Int64))
    votes = (
        numbered.select("row", "message_id", label="labels", expert_id="expert_ids")
        .explode("label", "expert_id")
        .drop_nulls()
    )
    views = [numbered.drop_nulls("label").select("row", "label")]
    views += votes.partition_by("expert_id", maintain_order=True)
    found = pl.concat([_pairs(judged, vectors, view) for view in views])
    found = found.unique(_PAIR, keep="first", maintain_order=True)
    return (
        found.join(judged, on="message_id", how="inner", maintain_order="left")
        .join(judged.rename(_OF_TWIN), on="twin_id", how="inner", maintain_order="left")
        .filter(~(pl.col("is_decided") & pl.col("twin_is_decided")))
        .drop("is_decided", "twin_is_decided")
        .join(_own_contradictions(found, votes), on=_PAIR, how="left", maintain_order="left")
        .with_columns(pl.col("contradicts_self").fill_null(_NOBODY))
        .sort("similarity", maintain_order=True, descending=True)
    )


def _often(taught: pl.DataFrame) -> list[str]:
    counts = taught.group_by("label").len().filter(pl.col("len") >= MIN_OF_A_LABEL)
    return counts["label"].sort().to_list()


def _with_messages(found: pl.DataFrame, compared: pl.DataFrame) -> pl.DataFrame:
    numbered = compared.with_columns(row=pl.int_range(pl.len(), dtype=pl.Int64))
    return (
        found.join(numbered, on="row", how="inner", maintain_order="left")
        .filter(~pl.col("is_decided"))
        .drop("row", "is_decided")
    )


def _pairs(judged: pl.DataFrame, vectors: Vectors, view: pl.DataFrame) -> pl.DataFrame:
    """The pairs that contradict in one view of the labels: `row, label` of some messages."""
    rows = view["row"].to_numpy()
    found = contradicting_twins(
        judged["text"][rows].to_list(), vectors[rows], view["label"].to_list()
    )
    ids = judged["message_id"]
    return found.select(
        pl.Series("message_id", ids[rows[found["row"].to_numpy()]]),
        pl.Series("twin_id", ids[rows[found["twin"].to_numpy()]]),
        "similarity",
        "is_same_text",
    )


def _own_contradictions(pairs: pl.DataFrame, votes: pl.DataFrame) -> pl.DataFrame:
    said = votes.select("message_id", "expert_id", "label")
    return (
        pairs.select(_PAIR)
        .join(said, on="message_id", how="inner")
        .join(
            said.rename({"label": "other"}),
            left_on=["twin_id", "expert_id"],
            right_on=["message_id", "expert_id"],
            how="inner",
        )
        .filter(pl.col("label") != pl.col("other"))
        .group_by(_PAIR)
        .agg(contradicts_self=pl.col("expert_id").sort())
    )


def _vectors(place: Workplace, project_id: str, message_ids: list[str]) -> Vectors:
    """One row a message, by the packaged encoder: a tuned one draws together what a label joins."""
    encoder = place.machines.base_encoder()
    known, found = vectors_of(place.db, project_id, encoder.encoder_id, message_ids)
    vectors = np.zeros((len(message_ids), encoder.dimension), dtype=np.float32)
    if known:
        row_of = {name: row for row, name in enumerate(message_ids)}
        vectors[[row_of[name] for name in known]] = found
    return vectors
