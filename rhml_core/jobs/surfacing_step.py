"""What a training brings to light for people: concepts, and messages that no label covers."""

import logging
from collections.abc import Callable, Sequence

import numpy as np

from rhml_core.errors import MachineError
from rhml_core.jobs.embedding_job import base_encoder
from rhml_core.jobs.protocol import TrainSpec
from rhml_core.machine.evidence.surface import Judged, surface_concepts
from rhml_core.machine.evidence.surfaced import SurfacedConcept
from rhml_core.machine.evidence.uncovered import Pool, uncovered_groups
from rhml_core.machine.protocol import Floats, Vectors
from rhml_core.machine.recipes.catalogue import TrainingData, TrainingResult

_LOG = logging.getLogger(__name__)


def surface_from_training(
    data: TrainingData, trained: TrainingResult, spec: TrainSpec
) -> tuple[SurfacedConcept, ...]:
    """
    Terms, phrases and patterns by label, then groups of messages that no label covers.

    The hold-out has no part in it.

    Args:
        data: what the recipe saw.
        trained: what it made; asked about messages from which a term is taken out.
        spec: the job's order.
    """
    is_pool = np.ones(len(data.texts), dtype=np.bool_)
    is_pool[data.holdout_rows] = False
    pool = np.flatnonzero(is_pool)
    texts = [data.texts[row] for row in pool]
    probabilities = trained.probabilities[pool]
    concepts = surface_concepts(
        Judged(
            tuple(data.message_ids[row] for row in data.training_rows),
            tuple(data.training_texts),
            data.training_labels,
        ),
        texts=texts,
        probabilities=probabilities,
        all_labels=data.all_labels,
        lexicon=spec.lexicon,
        lexicon_by_label=spec.lexicon_by_label,
        predict=_speaker(trained, spec),
        seed=spec.seed,
    )
    groups = uncovered_groups(
        Pool(
            [data.message_ids[row] for row in pool],
            texts,
            probabilities,
            data.embeddings[pool],
            trained.is_out_of_fold[pool],
        ),
        all_labels=data.all_labels,
        lexicon=spec.lexicon,
        seed=spec.seed,
    )
    return (*concepts, *groups)


def _speaker(trained: TrainingResult, spec: TrainSpec) -> Callable[[list[str]], Floats] | None:
    """Asks the new machine about any text; None where what it reads with is not at hand."""
    encode = trained.encode or _base_reader(trained.encoder_id, spec)
    if encode is None:
        _LOG.warning("The encoder %s is not at hand; no influence is measured", trained.encoder_id)
        return None
    head = trained.head
    return lambda texts: head.predict_proba(encode(texts), head.wording.read(texts))


def _base_reader(encoder_id: str, spec: TrainSpec) -> Callable[[Sequence[str]], Vectors] | None:
    """Reads as the job's embeddings were read; None where the base encoder is another one now."""
    if not encoder_id.startswith("base-"):
        return None
    try:
        encoder = base_encoder(spec)
    except MachineError:
        return None
    return encoder.encode if encoder.encoder_id == encoder_id else None
