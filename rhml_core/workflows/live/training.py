"""How one state of the machine that speaks is trained, and what is kept until the next one."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from rhml_core.domain import Concept, ConceptStatus, DrawnBecause
from rhml_core.errors import NotEnoughDataError
from rhml_core.machine.heads.counterexamples import make_counterexamples
from rhml_core.machine.heads.head import train_head
from rhml_core.machine.heads.wording import NO_WORDING, Readings, Wording
from rhml_core.machine.protocol import Encoder, Vectors
from rhml_core.machine.terms.grammar import normal_terms
from rhml_core.store import codebooks, concepts, embeddings, messages, runs
from rhml_core.store.database import Database
from rhml_core.store.label_changes import moved_names
from rhml_core.workflows.concepts.rejected_terms import rejected_terms
from rhml_core.workflows.lexicon.reading import lexicon_terms, read_wording
from rhml_core.workflows.live.explanations import LiveMachine
from rhml_core.workflows.training.data import training_set

SPEAKS_FROM = 10
"""Judged messages below which the machine keeps silent: it would only guess."""


MOST_COPIES = 200
"""Counterexamples of one training: what is not read yet is read while others wait."""


@dataclass
class Bench:
    """
    What is kept between two states of one project's machine.

    Attributes:
        copies: vectors of the counterexamples of the last training, by text.
    """

    live: LiveMachine | None = None
    ranked: dict[DrawnBecause, list[str]] = field(default_factory=dict)
    n_new: int = 0
    encoder_id: str = ""
    keys: pl.DataFrame = field(default_factory=pl.DataFrame)
    vectors: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    lexicon: tuple[str, ...] = ()
    wording: Wording = NO_WORDING
    readings: Readings | None = None
    copies: dict[str, np.ndarray] = field(default_factory=dict)
    told: dict[str, list[float]] = field(default_factory=dict)
    is_due: bool = True
    is_scheduled: bool = False
    trained_at: float = 0.0


def train_live(
    db: Database,
    project_id: str,
    bench: Bench,
    *,
    encoder_id: str,
    encoder: Encoder,
    is_base: bool,
) -> LiveMachine:
    """
    The machine as it speaks after what is judged by now.

    Args:
        db: the store.
        project_id: whose messages and judgements.
        bench: what is kept from one training to the next; brought up to date.
        encoder_id: whose embeddings are read.
        encoder: for texts that are asked about.
        is_base: whether it is the packaged one, which goes without saying.

    Raises:
        NotEnoughDataError: too few messages are judged, or fewer than two labels have one.
    """
    _load_vectors(db, project_id, encoder_id, bench)
    labels = tuple(codebooks.get_codebook(db, project_id).names)
    rows = {name: row for row, name in enumerate(bench.keys["message_id"])}
    training = _training_data(db, project_id, rows)
    if training.height < SPEAKS_FROM:
        raise NotEnoughDataError(f"The machine speaks from {SPEAKS_FROM} judged messages on.")
    at = np.array([rows[name] for name in training["message_id"]])
    weights = training["weight"].to_numpy()
    answers = training["label"].to_list()
    readings = _load_wording(db, project_id, bench)
    made = make_counterexamples(
        training["text"].to_list(),
        answers,
        weights,
        rejected_terms(db, project_id),
        seed=0,
        most=MOST_COPIES,
    )
    is_honest = np.array([name not in bench.told for name in training["message_id"]])
    trained = train_head(
        np.vstack([bench.vectors[at], _read_copies(made.texts, bench, encoder)]),
        made.extended(answers),
        made.weights,
        all_labels=labels,
        seed=0,
        wording=bench.wording,
        readings=np.vstack([readings[at], bench.wording.read(made.texts)]),
        # No pool: messages that the queue chose lie where labels meet, and smoothed there
        # they would be taken for their neighbours across the border.
        pool=None,
        is_honest=is_honest,
        origins=made.origins,
        own_weights=made.own_weights,
    )
    probabilities = trained.head.predict_proba(bench.vectors, readings).astype(np.float32)
    probabilities[at] = trained.out_of_fold
    _put_out_of_fold(db, encoder_id, labels, rows, bench.told, probabilities)
    where = "" if is_base else f" on {encoder_id}"
    return LiveMachine(
        name=f"live machine{where}, {training.height} labels",
        labels=labels,
        encoder=encoder,
        head=trained.head,
        rows=rows,
        vectors=bench.vectors,
        probabilities=probabilities,
        judged=training,
        judged_rows=at,
        concepts=_standing_concepts(db, project_id),
    )


def _standing_concepts(db: Database, project_id: str) -> tuple[Concept, ...]:
    """Those that nobody rejected, adopted ones first."""
    standing = [
        concept
        for concept in concepts.list_concepts(db, project_id)
        if concept.status is not ConceptStatus.REJECTED
    ]
    return tuple(sorted(standing, key=lambda one: one.status is not ConceptStatus.ADOPTED))


def _put_out_of_fold(
    db: Database,
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
    run_id = runs.run_of_encoder(db, encoder_id)
    if run_id is None:
        return
    run = runs.get_run(db, run_id)
    moved = moved_names(db, run.project_id, run.codebook_version)
    columns = [
        (labels.index(now), place)
        for place, label in enumerate(runs.run_labels(db, run_id))
        if (now := moved.get(label, label)) in labels
    ]
    for message_id, shares in told.items():
        if message_id in rows:
            probabilities[rows[message_id]] = 0.0
            for column, place in columns:  # two labels may have been merged since
                probabilities[rows[message_id], column] += shares[place]


def _load_vectors(db: Database, project_id: str, encoder_id: str, bench: Bench) -> None:
    n_read, _ = embeddings.count_embedded(db, project_id, encoder_id)
    if bench.encoder_id != encoder_id or bench.keys.height != n_read:
        bench.keys, bench.vectors = embeddings.load_embeddings(db, project_id, encoder_id)
        bench.encoder_id = encoder_id
        bench.copies = {}
        bench.told = told_by_run(db, encoder_id)
        bench.readings = None


def _read_copies(texts: Sequence[str], bench: Bench, encoder: Encoder) -> Vectors:
    """Vectors of the counterexamples; those of the training before are not read again."""
    unread = sorted(set(texts) - set(bench.copies))
    known = bench.copies | dict(zip(unread, encoder.encode(unread), strict=True))
    bench.copies = {text: known[text] for text in texts}
    return np.array([known[text] for text in texts]).reshape(len(texts), bench.vectors.shape[1])


def told_by_run(db: Database, encoder_id: str) -> dict[str, list[float]]:
    """Out-of-fold answers of the run that tuned an encoder, by message that it learnt from."""
    run_id = runs.run_of_encoder(db, encoder_id)
    if run_id is None:
        return {}
    known = runs.predictions(db, run_id).filter("is_out_of_fold")
    return dict(known.select("message_id", "probabilities").iter_rows())


def _load_wording(db: Database, project_id: str, bench: Bench) -> Readings:
    terms = normal_terms(lexicon_terms(db, project_id))
    if bench.readings is None or bench.lexicon != terms:
        bench.lexicon = terms
        bench.wording, bench.readings = read_wording(db, project_id, bench.keys, terms)
    return bench.readings


def _training_data(db: Database, project_id: str, rows: dict[str, int]) -> pl.DataFrame:
    known = training_set(db, project_id).training.filter(pl.col("message_id").is_in(list(rows)))
    texts = pl.DataFrame(
        [
            (message.message_id, message.text)
            for message in messages.get_messages(db, project_id, known["message_id"].to_list())
        ],
        schema={"message_id": pl.String, "text": pl.String},
        orient="row",
    )
    return texts.join(known, on="message_id", how="inner", maintain_order="left").select(
        "message_id", "text", "label", "weight"
    )
