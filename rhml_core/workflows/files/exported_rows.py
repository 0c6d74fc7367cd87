"""The rows of an export: gathered from one look at what is judged, the texts block by block."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from rhml_core.domain import Person, Split
from rhml_core.exchange.own_exports import JUDGEMENT_EXPORT, MESSAGE_EXPORT
from rhml_core.store import exports, judgements, messages, people, runs
from rhml_core.store.database import Reader
from rhml_core.workflows.agreement.machine_rater import run_answers
from rhml_core.workflows.kept.project_reference import project_reference
from rhml_core.workflows.visibility import machine_keeps_silent
from rhml_core.workflows.workplace import Workplace

_BLOCK = 10_000
"""Messages held with their texts at a time."""


@dataclass(frozen=True)
class ExportedRows:
    """
    What an export says.

    Attributes:
        project_id: whose.
        n_messages: when it began; what comes in meanwhile stays out.
        n_labelled: messages with a label that counts.
        said: what was said of each message of which anything was: `message_id` and the columns of
            `MESSAGE_EXPORT` from `label` on, by message.
        judgements: `JUDGEMENT_EXPORT`.
        run: number of the promoted run; None without one.
        n_silent: messages whose answer by the machine is left out.
    """

    project_id: str
    n_messages: int
    n_labelled: int
    said: pl.DataFrame
    judgements: pl.DataFrame
    run: int | None
    n_silent: int

    def message_blocks(self, db: Reader) -> Iterator[pl.DataFrame]:
        """Yield `MESSAGE_EXPORT`, some thousand rows at a time, in import order."""
        for first in range(0, self.n_messages, _BLOCK):
            limit = min(_BLOCK, self.n_messages - first)
            block = exports.message_block(db, self.project_id, first=first, limit=limit)
            joined = block.join(self.said, on="message_id", how="left", maintain_order="left")
            yield joined.with_columns(pl.col("n_votes").fill_null(0)).select(
                pl.col(column).cast(dtype) for column, dtype in MESSAGE_EXPORT.items()
            )


def gather_rows(place: Workplace, person: Person, project_id: str) -> ExportedRows:
    """Gather what is said of an existing project's messages, as far as a person may know it."""
    db = place.db
    reference = project_reference(db, project_id)
    votes = judgements.current_labels(db, project_id)
    keys = messages.message_keys(db, project_id)
    run = runs.promoted_run(db, project_id)
    answers = run_answers(db, run) if run else pl.DataFrame(schema=_ANSWERS)
    open_answers = _told(db, person, project_id, answers, keys, reference)
    said = (
        reference.select("message_id", "label", label_source="source", label_probability="weight")
        .join(
            votes.group_by("message_id").agg(n_votes=pl.len().cast(pl.Int64)),
            on="message_id",
            how="full",
            coalesce=True,
        )
        .join(
            open_answers.select(
                "message_id",
                machine_label="label",
                machine_probability="probability",
                machine_run=pl.lit(run.number if run else None, dtype=pl.Int64),
            ),
            on="message_id",
            how="full",
            coalesce=True,
        )
        .sort("message_id")
    )
    return ExportedRows(
        project_id=project_id,
        n_messages=keys.height,
        n_labelled=reference.height,
        said=said,
        judgements=_judgements(db, project_id),
        run=run.number if run else None,
        n_silent=answers.height - open_answers.height,
    )


_ANSWERS = {"message_id": pl.String, "label": pl.String, "probability": pl.Float64}


def _told(
    db: Reader,
    person: Person,
    project_id: str,
    answers: pl.DataFrame,
    keys: pl.DataFrame,
    reference: pl.DataFrame,
) -> pl.DataFrame:
    """The machine's answers without those about which it keeps silent."""
    silent = pl.DataFrame(
        [
            (split.value, is_settled)
            for split in Split
            for is_settled in (False, True)
            if machine_keeps_silent(db, person, project_id, split, is_settled=is_settled)
        ],
        schema={"split": pl.String, "is_settled": pl.Boolean},
        orient="row",
    )
    settled = reference.filter(pl.col("source") == "adjudicated")["message_id"]
    return (
        answers.join(keys.select("message_id", "split"), on="message_id")
        .with_columns(is_settled=pl.col("message_id").is_in(settled.implode()))
        .join(silent, on=["split", "is_settled"], how="anti")
        .select(*_ANSWERS)
    )


def _judgements(db: Reader, project_id: str) -> pl.DataFrame:
    known = {one.person_id: one for one in people.list_people(db)}
    standing = exports.standing_judgements(db, project_id)
    ids = standing["expert_id"].unique(maintain_order=True)
    named = pl.DataFrame(
        {
            "expert_id": ids,
            # Who stands for the reference is nobody's sign-in, and is called as it is.
            "expert": [known[one].name if one in known else one for one in ids],
            "is_simulated": [one in known and known[one].is_simulated for one in ids],
        },
        schema={"expert_id": pl.String, "expert": pl.String, "is_simulated": pl.Boolean},
    )
    return (
        standing.join(named, on="expert_id", how="left", maintain_order="left")
        .rename({"made_at": "at"})
        .select(pl.col(column).cast(dtype) for column, dtype in JUDGEMENT_EXPORT.items())
    )
