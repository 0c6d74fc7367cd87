"""What may teach the machine and what measures it: the reference labels, split once for all."""

from dataclasses import dataclass

import polars as pl

from rhml_core.domain import Split
from rhml_core.measures.consensus import reference_labels
from rhml_core.store import codebooks, judgements, message_facts, messages
from rhml_core.store.database import Database, Reader
from rhml_core.store.judged import judged_keys
from rhml_core.workflows.kept.in_memory import KeptInMemory

MIN_PER_LABEL = 2
"""Judged training messages that at least two labels need before a run can start."""

_FEWEST_LABELS = 2

_MOST_PROJECTS = 8

MIN_HOLDOUT = 20
"""Judged hold-out messages below which a run is measured by cross-validation instead."""


@dataclass(frozen=True)
class TrainingSet:
    """
    What a run may learn from and what measures it.

    Attributes:
        labels: codebook names, in order.
        training: `message_id, label, weight, source` of judged pool messages.
        holdout: `message_id, label, source` of judged hold-out messages.
        missing: sentences that say what is missing before training can start.
        codebook_version: whose labels these are.
        n_experts: people whose judgements are behind the training labels.
    """

    labels: list[str]
    training: pl.DataFrame
    holdout: pl.DataFrame
    missing: list[str]
    codebook_version: int
    n_experts: int


_kept: KeptInMemory[TrainingSet] = KeptInMemory(most_places=_MOST_PROJECTS)


def training_set(db: Reader, project_id: str) -> TrainingSet:
    """
    The reference labels as they stand, split into what teaches and what measures.

    A pool message with the very text of a hold-out message does not teach: the machine would be
    measured on what it was told. Worked out once until something is judged, renamed or imported;
    within a transaction each time, as others do not see yet what it sees.
    """
    if not isinstance(db, Database):
        return _work_out(db, project_id)
    state = (
        message_facts.newest_judging(db, project_id),
        codebooks.newest_version(db, project_id),
        *messages.count_messages(db, project_id).values(),
    )
    return _kept.get((str(db.path), project_id), state, lambda: _work_out(db, project_id))


def _work_out(db: Reader, project_id: str) -> TrainingSet:
    codebook = codebooks.get_codebook(db, project_id)
    labels = codebook.names
    current = judgements.current_labels(db, project_id)
    known = reference_labels(current, judgements.adjudicated_labels(db, project_id)).filter(
        pl.col("label").is_in(labels)
    )
    keys = judged_keys(db, project_id)
    joined = known.join(keys, on="message_id", how="inner", maintain_order="left")
    training = joined.filter((pl.col("split") == Split.POOL.value) & ~pl.col("is_text_held"))
    counts = training.group_by("label").len()
    missing = []
    if counts.filter(pl.col("len") >= MIN_PER_LABEL).height < _FEWEST_LABELS:
        have = ", ".join(f"{label} {dict(counts.iter_rows()).get(label, 0)}" for label in labels)
        missing.append(
            f"Training needs {MIN_PER_LABEL} judged messages of at least 2 labels; so far: {have}."
        )
    return TrainingSet(
        labels=labels,
        training=training.select("message_id", "label", "weight", "source"),
        holdout=joined.filter(pl.col("split") == Split.HOLDOUT.value).select(
            "message_id", "label", "source"
        ),
        missing=missing,
        codebook_version=codebook.version,
        n_experts=current.join(training, on="message_id", how="semi")["expert_id"].n_unique(),
    )
