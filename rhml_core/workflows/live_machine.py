"""
The machine that speaks while people label: a fast head, retrained every few judgements.

It reads the embeddings of the promoted run's encoder, or of the packaged one where no run is
promoted. What it says of a message that it has learnt from is said out of fold, so that it never
repeats to an expert what a colleague told it about that very message.
"""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from rhml_core.domain import (
    DrawnBecause,
    Explanation,
    Neighbour,
    Opinion,
    RunState,
    WordInfluence,
)
from rhml_core.errors import NotEnoughDataError, RhmlError
from rhml_core.machine.encoding.base_model import is_tuned_encoder
from rhml_core.machine.evidence.explain import influence_of_words, nearest_judged
from rhml_core.machine.heads.head import LinearHead, train_head
from rhml_core.machine.heads.wording import NO_WORDING, Readings, Wording, normal_terms
from rhml_core.machine.protocol import Encoder
from rhml_core.machine.recipes.run_folder import load_run
from rhml_core.settings import Settings
from rhml_core.store import codebooks, messages, runs
from rhml_core.store.database import Database
from rhml_core.workflows.fault_log import log_fault
from rhml_core.workflows.lexicon import lexicon_terms, read_wording
from rhml_core.workflows.next_messages import next_read, next_unread
from rhml_core.workflows.training_data import training_set

logger = logging.getLogger(__name__)

SPEAKS_FROM = 10
"""Judged messages below which the machine keeps silent: it would only guess."""

_NICENESS = 10
_SECONDS_AFTER_CLICK = 0.4
_SECONDS_BETWEEN_TRAININGS = 10.0
_N_NEIGHBOURS = 3
_N_CONTRAST_WORDS = 5


@dataclass(frozen=True)
class LiveMachine:
    """
    One state of the machine that speaks; a retraining makes another.

    Attributes:
        name: for people and records, for example `fast head on run 3, 64 labels`.
        labels: in the order of the probabilities' columns.
        rows: row of each message's vector and probabilities.
        probabilities: (n, n_labels); out of fold where the message was learnt from.
        judged: `message_id, text, label` of the judged pool messages.
        judged_rows: their rows.
        explanations: those worked out so far, by message; they end with this state.
    """

    name: str
    labels: tuple[str, ...]
    encoder: Encoder
    head: LinearHead
    rows: dict[str, int]
    vectors: np.ndarray
    probabilities: np.ndarray
    judged: pl.DataFrame
    judged_rows: np.ndarray
    explanations: dict[str, Explanation] = field(default_factory=dict)

    def opinion(self, message_id: str) -> Opinion | None:
        """What the machine says of a message; None for one that it has not read yet."""
        row = self.rows.get(message_id)
        if row is None:
            return None
        shares = self.probabilities[row]
        by_label = {name: float(share) for name, share in zip(self.labels, shares, strict=True)}
        return Opinion(self.labels[int(shares.argmax())], by_label, self.name)

    def predict(self, texts: list[str]) -> np.ndarray:
        """Probabilities of shape (n_texts, n_labels)."""
        readings = self.head.wording.read(texts)
        return self.head.predict_proba(self.encoder.encode(texts), readings)

    def explain(self, message_id: str, text: str) -> Explanation | None:
        """
        What the machine noticed in a message: words and nearest judged messages.

        Returns:
            None for a message that it has not read yet. Neighbours carry their labels; the
            turn holds them back until the reveal.
        """
        if message_id not in self.rows:
            return None
        explanation = self.explanations.get(message_id)
        if explanation is None:
            explanation = Explanation(
                words=_influences(self, message_id, text),
                neighbours=_neighbours(self, message_id),
                machine=self.name,
            )
            self.explanations[message_id] = explanation
        return explanation

    def contrast(self, message_id: str, text: str) -> str:
        """One line that says which single word decides, such as `would say Sale without "dm"`."""
        explanation, opinion = self.explain(message_id, text), self.opinion(message_id)
        if explanation is None or opinion is None:
            return ""
        strongest = sorted(explanation.words, key=lambda word: -word.influence)
        tried = [word for word in strongest[:_N_CONTRAST_WORDS] if word.influence > 0]
        if not tried:
            return ""
        without = [text[: word.span.start] + text[word.span.end :] for word in tried]
        whole, *answers = self.predict([text, *without]).argmax(axis=1).tolist()
        if self.labels[whole] != opinion.label:
            return ""  # it knows better by now than when it was asked unprepared
        for word, answer in zip(tried, answers, strict=True):
            if answer != whole:
                return f"would say {self.labels[answer]} without “{word.word}”"
        return ""


@dataclass
class _Bench:
    """What is kept between two states of one project's machine."""

    live: LiveMachine | None = None
    ranked: dict[DrawnBecause, list[str]] = field(default_factory=dict)
    n_new: int = 0
    encoder_id: str = ""
    keys: pl.DataFrame = field(default_factory=pl.DataFrame)
    vectors: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    wording: Wording = NO_WORDING
    readings: Readings | None = None
    told: dict[str, list[float]] = field(default_factory=dict)
    is_due: bool = True
    is_scheduled: bool = False
    trained_at: float = 0.0


class MachineRoom:
    """The live machines of all projects, retrained and asked from any thread."""

    def __init__(
        self,
        db: Database,
        settings: Settings,
        *,
        load_encoder: Callable[[Settings], Encoder],
        in_background: bool,
    ) -> None:
        """Nothing is loaded before it is needed."""
        self._db = db
        self._settings = settings
        self._load_encoder = load_encoder
        self._pool = (
            ThreadPoolExecutor(1, "machine", initializer=_give_way) if in_background else None
        )
        self._lock = threading.Lock()
        self._training = threading.Lock()
        self._benches: dict[str, _Bench] = {}
        self._base: Encoder | None = None
        self._tuned: dict[str, Encoder] = {}

    def close(self) -> None:
        """Finish what is under way and take no more."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def base_encoder(self) -> Encoder:
        """
        The packaged encoder, loaded once.

        Raises:
            MachineError: its files are missing or not the ones expected.
        """
        with self._lock:
            if self._base is None:
                self._base = self._load_encoder(self._settings)
            return self._base

    def live(self, project_id: str) -> LiveMachine | None:
        """The machine as it stands; None while it knows too little to speak."""
        bench = self._bench(project_id)
        if bench.is_due:
            bench.is_due = False
            self._run(lambda: self.refresh(project_id))
        return bench.live

    def ranked(self, project_id: str) -> dict[DrawnBecause, list[str]]:
        """Unjudged messages of the pool by the reason to choose them, as last worked out."""
        self.live(project_id)
        return self._bench(project_id).ranked

    def note_judgement(self, project_id: str) -> None:
        """Count a judgement; every few of them the head is retrained, beside the clicks."""
        bench = self._bench(project_id)
        bench.n_new += 1
        if bench.n_new >= self._settings.retrain_every and not bench.is_scheduled:
            bench.n_new = 0
            bench.is_scheduled = True
            rested = time.monotonic() - bench.trained_at
            wait = max(_SECONDS_AFTER_CLICK, _SECONDS_BETWEEN_TRAININGS - rested)
            self._run(lambda: self.refresh(project_id), after_seconds=wait)

    def note_change(self, project_id: str) -> None:
        """Have the head retrained when it is next asked: labels, messages or runs changed."""
        self._bench(project_id).is_due = True

    def prepare(self, project_id: str, message_id: str, text: str) -> None:
        """Work out the explanation of a message while its expert reads it."""
        live = self.live(project_id)
        if self._pool and live:
            self._run(lambda: live.explain(message_id, text), after_seconds=_SECONDS_AFTER_CLICK)

    def refresh(self, project_id: str) -> LiveMachine | None:
        """Retrain the head on what is judged now; None where that is too little."""
        with self._training:
            bench = self._bench(project_id)
            bench.is_scheduled = False
            try:
                bench.live = self._train(project_id, bench)
            except NotEnoughDataError:
                bench.live = None
            finally:
                bench.trained_at = time.monotonic()
            bench.ranked = self._rank(project_id, bench)
            return bench.live

    def encoder_of(self, project_id: str) -> tuple[str, Encoder]:
        """Identifier and encoder of the promoted run, or of the base where none is promoted."""
        base = self.base_encoder()
        for run in runs.list_runs(self._db, project_id):
            if run.state is RunState.PROMOTED and is_tuned_encoder(run.encoder_id):
                if run.run_id not in self._tuned:
                    loaded = load_run(
                        self._settings.runs_folder / run.folder, shares_processor=True
                    )
                    self._tuned[run.run_id] = loaded.encoder or base
                return run.encoder_id, self._tuned[run.run_id]
        return base.encoder_id, base

    def _bench(self, project_id: str) -> _Bench:
        with self._lock:
            return self._benches.setdefault(project_id, _Bench())

    def _run(self, work: Callable[[], object], *, after_seconds: float = 0.0) -> None:
        if self._pool is None:
            work()
        elif after_seconds:
            # The click that asked for it is still being answered: that comes first.
            timer = threading.Timer(after_seconds, self._submit, (work,))
            timer.daemon = True
            timer.start()
        else:
            self._submit(work)

    def _submit(self, work: Callable[[], object]) -> None:
        try:
            if self._pool:
                self._pool.submit(work).add_done_callback(_log_failure)
        except RuntimeError:
            # The server is stopping; what is judged is stored and will be learnt at its start.
            logger.debug("no more background work")

    def _train(self, project_id: str, bench: _Bench) -> LiveMachine:
        encoder_id, encoder = self.encoder_of(project_id)
        self._load_vectors(project_id, encoder_id, bench)
        labels = tuple(codebooks.get_codebook(self._db, project_id).names)
        rows = {name: row for row, name in enumerate(bench.keys["message_id"])}
        training = self._training_data(project_id, rows)
        if training.height < SPEAKS_FROM:
            raise NotEnoughDataError(f"The machine speaks from {SPEAKS_FROM} judged messages on.")
        at = np.array([rows[name] for name in training["message_id"]])
        weights = training["weight"].to_numpy()
        answers = training["label"].to_list()
        readings = self._load_wording(project_id, bench)
        trained = train_head(
            bench.vectors[at],
            answers,
            weights,
            all_labels=labels,
            seed=0,
            wording=bench.wording,
            readings=readings[at],
            # No pool: messages that the queue chose lie where labels meet, and smoothed there
            # they would be taken for their neighbours across the border.
            pool=None,
            is_honest=np.array([name not in bench.told for name in training["message_id"]]),
        )
        probabilities = trained.head.predict_proba(bench.vectors, readings).astype(np.float32)
        probabilities[at] = trained.out_of_fold
        self._put_out_of_fold(encoder_id, labels, rows, bench.told, probabilities)
        where = "" if encoder_id == self.base_encoder().encoder_id else f" on {encoder_id}"
        return LiveMachine(
            name=f"fast head{where}, {training.height} labels",
            labels=labels,
            encoder=encoder,
            head=trained.head,
            rows=rows,
            vectors=bench.vectors,
            probabilities=probabilities,
            judged=training,
            judged_rows=at,
        )

    def _rank(self, project_id: str, bench: _Bench) -> dict[DrawnBecause, list[str]]:
        live = bench.live
        if live is None:
            return next_unread(self._db, project_id, bench.keys, bench.vectors)
        return next_read(
            self._db,
            project_id,
            bench.keys,
            bench.vectors,
            labels=live.labels,
            probabilities=live.probabilities,
            training=live.judged,
        )

    def _put_out_of_fold(
        self,
        encoder_id: str,
        labels: tuple[str, ...],
        rows: dict[str, int],
        told: dict[str, list[float]],
        probabilities: np.ndarray,
    ) -> None:
        """
        Put a tuned run's own out-of-fold answers in the place of the live head's.

        The run's encoder was tuned with the labels of its training messages, so that no head on
        it, however it is cross-fitted, speaks of them without having been told.
        """
        run_id = runs.run_of_encoder(self._db, encoder_id)
        if run_id is None:
            return
        columns = [
            (labels.index(label), place)
            for place, label in enumerate(runs.run_labels(self._db, run_id))
            if label in labels
        ]
        for message_id, shares in told.items():
            if message_id in rows:
                probabilities[rows[message_id]] = 0.0
                for column, place in columns:
                    probabilities[rows[message_id], column] = shares[place]

    def _load_vectors(self, project_id: str, encoder_id: str, bench: _Bench) -> None:
        n_read, _ = messages.count_embedded(self._db, project_id, encoder_id)
        if bench.encoder_id != encoder_id or bench.keys.height != n_read:
            bench.keys, bench.vectors = messages.load_embeddings(self._db, project_id, encoder_id)
            bench.encoder_id = encoder_id
            bench.told = self._told_by_run(encoder_id)
            bench.readings = None

    def _told_by_run(self, encoder_id: str) -> dict[str, list[float]]:
        """Out-of-fold answers of the run that tuned an encoder, by message that it learnt from."""
        run_id = runs.run_of_encoder(self._db, encoder_id)
        if run_id is None:
            return {}
        known = runs.predictions(self._db, run_id).filter("is_out_of_fold")
        return dict(known.select("message_id", "probabilities").iter_rows())

    def _load_wording(self, project_id: str, bench: _Bench) -> Readings:
        terms = normal_terms(lexicon_terms(self._db, project_id))
        if bench.readings is None or bench.wording.terms != terms:
            bench.wording, bench.readings = read_wording(self._db, project_id, bench.keys, terms)
        return bench.readings

    def _training_data(self, project_id: str, rows: dict[str, int]) -> pl.DataFrame:
        known = training_set(self._db, project_id).training.filter(
            pl.col("message_id").is_in(list(rows))
        )
        texts = pl.DataFrame(
            [
                (message.message_id, message.text)
                for message in messages.get_messages(
                    self._db, project_id, known["message_id"].to_list()
                )
            ],
            schema={"message_id": pl.String, "text": pl.String},
            orient="row",
        )
        return texts.join(known, on="message_id", how="inner", maintain_order="left").select(
            "message_id", "text", "label", "weight"
        )


def _influences(live: LiveMachine, message_id: str, text: str) -> tuple[WordInfluence, ...]:
    preferred = int(live.probabilities[live.rows[message_id]].argmax())
    return influence_of_words(text, live.predict, label_index=preferred)


def _neighbours(live: LiveMachine, message_id: str) -> tuple[Neighbour, ...]:
    return nearest_judged(
        live.vectors[live.rows[message_id]],
        live.vectors[live.judged_rows],
        live.judged["message_id"].to_list(),
        live.judged["text"].to_list(),
        live.judged["label"].to_list(),
        k=_N_NEIGHBOURS,
        exclude=message_id,
    )


def hide_labels(explanation: Explanation) -> Explanation:
    """The explanation without its neighbours' labels, fit to be shown before the reveal."""
    return replace(
        explanation,
        neighbours=tuple(replace(neighbour, label="") for neighbour in explanation.neighbours),
    )


def _give_way() -> None:
    """Let the threads that answer people go first; where the system cannot, nothing is lost."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def _log_failure(done: "Future[object]") -> None:
    error = done.exception()
    if isinstance(error, RhmlError):
        logger.warning("background training gave up: %s", error)
    elif error is not None:
        log_fault(logger, "background training failed", error)
