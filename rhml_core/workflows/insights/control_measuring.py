"""Measure the modes of control in the background, and keep the figures with what they rest on."""

import time
from datetime import UTC, datetime

import numpy as np
import polars as pl

from rhml_core.domain import Split
from rhml_core.errors import JobCancelledError, NotEnoughDataError
from rhml_core.jobs.pace import Pace
from rhml_core.jobs.protocol import ProgressLine
from rhml_core.machine.control_modes import ControlMode, ModeLesson
from rhml_core.machine.protocol import Vectors
from rhml_core.machine.trying_modes import try_mode
from rhml_core.store import kept_agreement, messages
from rhml_core.store.embeddings import read_messages
from rhml_core.workflows.background.desk import Desk
from rhml_core.workflows.concepts.rejected_terms import rejected_terms
from rhml_core.workflows.insights.control_figures import figures_to_json, measured_modes
from rhml_core.workflows.insights.control_modes import PART, current_terms, modes_state
from rhml_core.workflows.training.data import MIN_HOLDOUT, training_set

_MOST_POOL = 2_000
"""Messages of the pool that are looked at for similar words and surfaced terms."""
_DOING = {
    ControlMode.LEXICON: "The lexicon alone",
    ControlMode.WEIGHED: "The lexicon, weighed",
    ControlMode.SIMILAR: "With similar words",
    ControlMode.SURFACED: "With surfaced terms",
    ControlMode.ALL: "All words and meaning",
}


def measure_modes(desk: Desk, project_id: str) -> None:
    """
    Try every mode on the judged messages, measure it on the hold-out, and keep the figures.

    All of them read with the packaged encoder: one that a run has tuned knows the labels.

    Raises:
        JobCancelledError: stopped; what was kept before stays.
        NotEnoughDataError, InvalidInputError: what is missing.
        MachineError: the encoder is missing.
    """
    state = modes_state(desk.db, project_id)
    lesson, held_truth = _read(desk, project_id)
    pace = Pace()
    tried = []
    for step, mode in enumerate(ControlMode):
        if desk.is_cancelled():
            raise JobCancelledError("Cancelled.")
        desk.report(
            ProgressLine(
                step=step,
                n_steps=len(ControlMode),
                seconds_left=pace.seconds_left(step, len(ControlMode), at=time.monotonic()),
                detail=_DOING[mode],
                loss=None,
            )
        )
        tried.append(try_mode(mode, lesson, time.monotonic))
    figures = measured_modes(tried, lesson.labels, held_truth)
    with desk.db.atomic() as transaction:
        kept_agreement.keep_figures(
            transaction,
            project_id,
            {PART: figures_to_json(figures)},
            made_from=state,
            n_judgements=len(lesson.labels),
            at=datetime.now(UTC),
        )


def _read(desk: Desk, project_id: str) -> tuple[ModeLesson, list[str]]:
    """What the modes are tried on, and the labels of the hold-out where they are enough."""
    data = training_set(desk.db, project_id)
    if data.missing:
        raise NotEnoughDataError(" ".join(data.missing))
    encoder = desk.machines.base_encoder()

    def read(known: pl.DataFrame) -> tuple[pl.DataFrame, Vectors]:
        found, vectors = read_messages(
            desk.db, project_id, encoder.encoder_id, known["message_id"].to_list()
        )
        return found.join(known, on="message_id", how="left", maintain_order="left"), vectors

    judged, vectors = read(data.training.select("message_id", "label"))
    held, held_vectors = read(data.holdout.select("message_id", "label"))
    keys = messages.message_keys(desk.db, project_id)
    pool = keys.filter(pl.col("split") == Split.POOL.value).select("message_id")
    beside, pool_vectors = read(pool.sample(min(_MOST_POOL, pool.height), seed=0))
    if judged.is_empty():
        raise NotEnoughDataError(
            "The machine has read none of the judged messages yet. Let it read them first."
        )
    is_held_out = held.height >= MIN_HOLDOUT
    lesson = ModeLesson(
        texts=tuple(judged["text"]),
        labels=tuple(judged["label"]),
        vectors=vectors,
        held_texts=tuple(held["text"]) if is_held_out else (),
        held_vectors=held_vectors if is_held_out else np.zeros_like(vectors[:0]),
        pool_texts=tuple(beside["text"]),
        pool_vectors=pool_vectors,
        lexicon=current_terms(desk.db, project_id),
        rejected=frozenset((one[0], one[1]) for one in rejected_terms(desk.db, project_id)),
        all_labels=tuple(data.labels),
        encoder=encoder,
    )
    return lesson, held["label"].to_list() if is_held_out else []
