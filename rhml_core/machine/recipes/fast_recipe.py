"""The recipe `fast`: a calibrated head on the way in which the machine reads already."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rhml_core.machine.heads.counterexamples import Counterexamples, no_counterexamples
from rhml_core.machine.heads.head import Pool, TrainedHead, train_head
from rhml_core.machine.heads.surroundings import Surroundings
from rhml_core.machine.protocol import Floats, Vectors


@dataclass(frozen=True)
class FastParameters:
    """
    What a fast run reads beside the embeddings.

    Attributes:
        reads_letters: whether the head also reads how a text is spelt.
        reads_lexicon: whether it also reads which of the team's terms a text has.
    """

    reads_letters: bool = True
    reads_lexicon: bool = True


def train_fast(
    texts: Sequence[str],
    labels: Sequence[str],
    weights: Floats,
    *,
    embeddings: Vectors,
    surroundings: Surroundings,
    all_labels: Sequence[str],
    seed: int,
    counterexamples: Counterexamples | None = None,
    copy_embeddings: Vectors | None = None,
) -> TrainedHead:
    """
    A head on embeddings and wording, and what heads that never saw a message say about it.

    Args:
        texts: judged messages.
        labels: theirs, aligned.
        weights: how much each message counts, above 0.
        embeddings: shape (n, d), of the judged messages.
        surroundings: what the head may know beside.
        all_labels: every label of the codebook, in its order.
        seed: fixes everything drawn.
        counterexamples: varied copies of the messages, learnt from with them.
        copy_embeddings: shape (n_copies, d), of the copies; needed where there are any.

    Raises:
        NotEnoughDataError: fewer than two labels have a message.
    """
    wording = surroundings.wording
    made = counterexamples or no_counterexamples(weights)
    return train_head(
        np.vstack([embeddings, copy_embeddings]) if copy_embeddings is not None else embeddings,
        made.extended(labels),
        made.weights,
        all_labels=all_labels,
        seed=seed,
        wording=wording,
        readings=wording.read([*texts, *made.texts]),
        pool=Pool(surroundings.embeddings, surroundings.readings())
        if surroundings.texts and surroundings.is_random_draw
        else None,
        origins=made.origins,
        own_weights=made.own_weights,
    )
