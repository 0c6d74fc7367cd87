"""What a trained run says of texts: one function that answers a chunk, and the run to ask."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rhml_core.machine.choosing.sampling import uncertainty
from rhml_core.machine.encoding.encoder import load_base_encoder, load_encoder
from rhml_core.machine.heads.head import LinearHead, load_head
from rhml_core.machine.protocol import Encoder, EncodingProgress, Floats, Vectors
from rhml_core.machine.recipes.run_folder import HEAD, load_run, verify_run_folder
from rhml_core.settings import Settings

PROBABILITY_OF = "probability_"
"""Before a label's name: the column of its probability."""


@dataclass(frozen=True)
class Scorer:
    """
    A run with the encoder that its head reads.

    Attributes:
        labels: in the order of the probabilities.
    """

    labels: tuple[str, ...]
    encoder: Encoder
    head: LinearHead


def open_scorer(run_folder: Path, settings: Settings) -> Scorer:
    """
    A run ready to score texts, verified by its manifest; torch is not needed.

    Raises:
        MachineError: a file is missing, changed, extra or unreadable, or the run was trained on
            another encoder than the one that is set, and that one is no longer at hand.
    """
    run = load_run(run_folder)
    encoder = run.encoder or load_base_encoder(settings)
    if encoder.encoder_id != run.encoder_id:
        encoder = load_encoder(run.encoder_id, settings)
    return Scorer(run.labels, encoder, run.head)


def open_head(run_folder: Path) -> LinearHead:
    """
    A run's head alone, verified by its manifest, for texts that were read before.

    Raises:
        MachineError: a file is missing, changed, extra or unreadable.
    """
    verify_run_folder(run_folder)
    return load_head(run_folder / HEAD)


def score_chunk(
    scorer: Scorer,
    chunk: pl.DataFrame,
    *,
    with_text: bool,
    on_progress: EncodingProgress | None = None,
) -> pl.DataFrame:
    """
    What a run says of a chunk of texts, each distinct one read once.

    Args:
        scorer: the run.
        chunk: `row` (Int64), `id`, `text` (String).
        with_text: whether the text itself is kept.
        on_progress: told `(n_done, n_total)` distinct texts; what it raises stops the work.

    Returns:
        `row` (Int64), `id`, `text_hash` (String, SHA-256 in hex), `text` if asked for, `label`
        (String), `probability` (Float64, of that label), `margin` (Float64, 0 to 1: to the next
        best label), then `probability_LABEL` (Float64) for each label; in the chunk's order.
        No texts: no rows.
    """
    texts = chunk["text"].unique(maintain_order=True)
    distinct = texts.to_list()
    answers = answer_read(scorer.head, distinct, scorer.encoder.encode(distinct, on_progress))
    each = answers["probabilities"].arr.to_struct(fields=_columns(scorer.labels)).struct.unnest()
    hashes = [hashlib.sha256(text.encode()).hexdigest() for text in distinct]
    known = pl.DataFrame({"text": texts, "text_hash": pl.Series(hashes, dtype=pl.String)})
    whole = known.hstack(answers.drop("probabilities")).hstack(each)
    asked = ["row", "id", "text_hash", *(["text"] if with_text else [])]
    return chunk.join(whole, on="text", how="left", maintain_order="left").select(
        *asked, *answers.drop("probabilities").columns, *each.columns
    )


def answer_read(head: LinearHead, texts: Sequence[str], vectors: Vectors) -> pl.DataFrame:
    """
    What a head says of texts that an encoder has read.

    Args:
        head: a run's.
        texts: any.
        vectors: shape (n, d), theirs by the encoder that the head reads.

    Returns:
        `label` (String), `probability`, `margin` (Float64), `probabilities` (Array of Float64,
        in label order), aligned with the texts; no rows for none.
    """
    return describe_answers(head.labels, head.predict_proba(vectors, head.wording.read(texts)))


def describe_answers(labels: Sequence[str], probabilities: Floats) -> pl.DataFrame:
    """
    The answers that probabilities of shape (n, n_labels) amount to.

    Returns:
        As `answer_read`. Where labels tie, the first in codebook order.

    >>> import numpy as np
    >>> describe_answers(("a", "b"), np.array([[0.25, 0.75]])).select("label", "margin").row(0)
    ('b', 0.5)
    """
    names = pl.Series(list(labels), dtype=pl.String)
    return pl.DataFrame(
        {
            "label": names.gather(probabilities.argmax(axis=1)),
            "probability": probabilities.max(axis=1, initial=0.0),
            "margin": 1.0 - uncertainty(probabilities),
            "probabilities": pl.Series(probabilities, dtype=pl.Array(pl.Float64, len(labels))),
        }
    )


def _columns(labels: Sequence[str]) -> list[str]:
    return [PROBABILITY_OF + label for label in labels]
