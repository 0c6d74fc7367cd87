"""What the machine in use says of messages, never having been told their labels."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from rhml_core.domain import Run
from rhml_core.machine.protocol import Floats
from rhml_core.store import codebooks, runs
from rhml_core.store.database import Reader
from rhml_core.store.label_changes import moved_names
from rhml_core.workflows.live.explanations import LiveMachine


@dataclass(frozen=True)
class MachineAnswers:
    """
    Each label's probability for some messages.

    Attributes:
        name: for people, such as `run 3`.
        n_taught: messages that it learnt from.
        message_ids: those that it has answered.
        labels: of the codebook as it stands, in its order.
        shares: shape (n_messages, n_labels); out of fold where the machine learnt from a message.
    """

    name: str
    n_taught: int
    message_ids: tuple[str, ...]
    labels: tuple[str, ...]
    shares: Floats

    @cached_property
    def rows(self) -> dict[str, int]:
        """Message -> its row."""
        return {message_id: row for row, message_id in enumerate(self.message_ids)}


def answers_of_run(db: Reader, run: Run, wanted: Collection[str]) -> MachineAnswers:
    """
    What a run answered to some messages, its labels called as they are now.

    Shares of labels that were merged since add up; those of labels that are none any more are
    left out.
    """
    labels = tuple(codebooks.get_codebook(db, run.project_id).names)
    moved = moved_names(db, run.project_id, run.codebook_version)
    said = runs.predictions(db, run.run_id).filter(
        pl.col("message_id").is_in(pl.Series(sorted(wanted), dtype=pl.String).implode())
    )
    told = np.array(said["probabilities"].to_list(), dtype=np.float64)
    shares = np.zeros((said.height, len(labels)))
    for column, label in enumerate(runs.run_labels(db, run.run_id)):
        now = moved.get(label, label)
        if now in labels and said.height:
            shares[:, labels.index(now)] += told[:, column]
    return MachineAnswers(
        f"run {run.number}", run.n_training, tuple(said["message_id"]), labels, shares
    )


def answers_of_live(live: LiveMachine, wanted: Collection[str]) -> MachineAnswers:
    """What the machine that speaks while people label says of some messages."""
    known = tuple(message_id for message_id in sorted(wanted) if message_id in live.rows)
    at = [live.rows[message_id] for message_id in known]
    return MachineAnswers(
        "the live machine",
        live.judged.height,
        known,
        live.labels,
        live.probabilities[at].astype(np.float64),
    )
