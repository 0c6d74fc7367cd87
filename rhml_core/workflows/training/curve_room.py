"""
What more labels bring: the fast head taught on parts of them, worked out beside the pages.

The head reads the packaged encoder: one that a run has tuned knows all labels, and a small part
of them would look better than it was.
"""

import hashlib
import logging
import threading
import time
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from rhml_core.domain import Split
from rhml_core.errors import NotEnoughDataError, RhmlError
from rhml_core.machine.heads.letters import MOST_TEXTS
from rhml_core.machine.heads.surroundings import Surroundings, survey
from rhml_core.measures.learning_curve import CurvePoint
from rhml_core.measures.repeated_f1 import mean_macro_f1
from rhml_core.store import messages
from rhml_core.store.database import Database
from rhml_core.store.embeddings import read_messages
from rhml_core.workflows.background.fault_log import log_fault
from rhml_core.workflows.background.side_thread import SideThread
from rhml_core.workflows.lexicon.reading import lexicon_terms
from rhml_core.workflows.live.machine import MachineRoom
from rhml_core.workflows.training.data import MIN_HOLDOUT, TrainingSet, training_set
from rhml_core.workflows.training.subset_curve import (
    Judged,
    cross_validated_answers,
    holdout_answers,
)

logger = logging.getLogger(__name__)

MIN_JUDGED = 20
"""Judged messages below which a curve would have one point."""

_SECONDS_BETWEEN_CURVES = 60.0
"""While people label, the curve follows them at this pace, not after each click."""


@dataclass(frozen=True)
class LabelCurve:
    """
    Macro-F1 by the number of labels, as far as it is known.

    Attributes:
        points: of the fast head, by number of labels, ascending; empty where `missing` says
            why or the first curve is being worked out.
        measured_on: `hold-out`, or `cross-validation` where too little of it is judged.
        n_judged: labels that there were to be taught on.
        is_working: whether a newer curve is being worked out.
    """

    points: tuple[CurvePoint, ...] = ()
    measured_on: str = ""
    n_judged: int = 0
    is_working: bool = False
    missing: str = ""


@dataclass
class _Shelf:
    """What is kept of one project."""

    curve: LabelCurve = field(default_factory=LabelCurve)
    revision: int = -1
    fingerprint: str = ""
    is_working: bool = False
    drawn_at: float = 0.0


class CurveRoom:
    """The learning curves of all projects, one each, drawn anew as labels arrive."""

    def __init__(self, db: Database, machines: MachineRoom, *, in_background: bool) -> None:
        """Nothing is drawn before someone looks."""
        self._db = db
        self._machines = machines
        self._beside = SideThread("curves") if in_background else None
        self._lock = threading.Lock()
        self._shelves: dict[str, _Shelf] = {}

    def close(self) -> None:
        """Finish what is under way and begin no more."""
        if self._beside:
            self._beside.close()

    def look(self, project_id: str) -> LabelCurve:
        """The newest curve; a newer one is begun where the labels have changed since."""
        with self._lock:
            shelf = self._shelves.setdefault(project_id, _Shelf())
            revision = self._db.revision
            is_due = not shelf.fingerprint or (
                time.monotonic() - shelf.drawn_at >= _SECONDS_BETWEEN_CURVES or self._beside is None
            )
            if shelf.is_working or shelf.revision == revision or not is_due:
                return replace(shelf.curve, is_working=shelf.is_working)
            shelf.is_working = True
        try:
            data = training_set(self._db, project_id)
            fingerprint = _fingerprint(data)
        except BaseException:
            shelf.is_working = False  # the next look tries again
            raise
        if fingerprint == shelf.fingerprint:
            shelf.revision, shelf.is_working = revision, False
        elif self._beside is None:
            self._draw(project_id, shelf, data, fingerprint, revision)
        elif not self._beside.begin(
            lambda: self._draw(project_id, shelf, data, fingerprint, revision)
        ):
            shelf.is_working = False  # the curve is drawn after the server's next start
        return replace(shelf.curve, is_working=shelf.is_working)

    def _draw(
        self, project_id: str, shelf: _Shelf, data: TrainingSet, fingerprint: str, revision: int
    ) -> None:
        try:
            shelf.curve = self._curve(project_id, data)
            shelf.fingerprint = fingerprint
        except RhmlError as error:
            shelf.curve = LabelCurve(missing=str(error))
            shelf.fingerprint = ""  # what is missing may come without a new label
        except Exception as error:  # noqa: BLE001 -- the edge of the thread: told, not hidden
            log_fault(logger, "the learning curve failed", error)
            shelf.curve = LabelCurve(missing="The curve could not be worked out; see the log.")
            shelf.fingerprint = fingerprint
        finally:
            shelf.revision, shelf.drawn_at, shelf.is_working = revision, time.monotonic(), False

    def _curve(self, project_id: str, data: TrainingSet) -> LabelCurve:
        if data.missing:
            raise NotEnoughDataError(" ".join(data.missing))
        taught = self._judged(project_id, data.training)
        if len(taught.labels) < MIN_JUDGED:
            raise NotEnoughDataError(
                f"The curve begins at {MIN_JUDGED} judged messages that the machine has read; "
                f"so far there are {len(taught.labels)}."
            )
        holdout = self._judged(project_id, data.holdout.with_columns(weight=pl.lit(1.0)))
        is_held_out = len(holdout.labels) >= MIN_HOLDOUT
        beside = self._surroundings(project_id)
        answers = (
            holdout_answers(taught, holdout, surroundings=beside, all_labels=data.labels, seed=0)
            if is_held_out
            else cross_validated_answers(
                taught, surroundings=beside, all_labels=data.labels, seed=0
            )
        )
        return LabelCurve(
            points=tuple(
                CurvePoint(one.n_labels, mean_macro_f1(one.truth, one.said, data.labels))
                for one in answers
            ),
            measured_on="hold-out" if is_held_out else "cross-validation",
            n_judged=len(taught.labels),
        )

    def _judged(self, project_id: str, known: pl.DataFrame) -> Judged:
        encoder_id = self._machines.base_encoder().encoder_id
        found, vectors = read_messages(
            self._db, project_id, encoder_id, known["message_id"].to_list()
        )
        read = found.join(known, on="message_id", how="left", maintain_order="left")
        weights = np.asarray(read["weight"], np.float64)
        return Judged(tuple(read["text"]), vectors, tuple(read["label"]), weights)

    def _surroundings(self, project_id: str) -> Surroundings:
        """Pool messages, a sample where they are many, and the team's terms."""
        keys = messages.message_keys(self._db, project_id)
        pool = keys.filter(pl.col("split") == Split.POOL.value)["message_id"]
        encoder_id = self._machines.base_encoder().encoder_id
        sample = pool.sample(min(MOST_TEXTS, len(pool)), seed=0).to_list()
        found, vectors = read_messages(self._db, project_id, encoder_id, sample)
        lexicon = sorted(lexicon_terms(self._db, project_id))
        return survey(found["text"].to_list(), vectors, judged=(), lexicon=lexicon, seed=0)


def _fingerprint(data: TrainingSet) -> str:
    """Changes whenever what teaches or what measures does."""
    told = hashlib.sha256(repr(data.labels).encode())
    for frame in (data.training, data.holdout):
        told.update(frame.select("message_id", "label").sort("message_id").write_csv().encode())
    return told.hexdigest()
