"""
What to label next: a ranked list for each reason to choose a message.

Every list covers what its reason weighs: its first message is the one that stands for most of
it, the next for most of the rest, so that no list holds the same message ten times over.
"""

from dataclasses import dataclass

import numpy as np

from rhml_core.domain import DrawnBecause, QueueShares
from rhml_core.machine.choosing.coverage import Rows, cover
from rhml_core.machine.choosing.sampling import conflict, scarcity, spread, uncertainty
from rhml_core.machine.protocol import Floats, Vectors

Ranked = dict[DrawnBecause, list[int]]
"""Rows of messages that nobody has judged, by the reason to choose them, best first."""


@dataclass(frozen=True)
class Judged:
    """
    The judged messages of the pool.

    Attributes:
        rows: where they stand among the vectors.
        labels: column of each one's reference label among the probabilities; -1 where there
            is none, as where the experts' votes tie.
        disagreement: 0 (its experts agree, or it has one) to 1, for each.
    """

    rows: Rows
    labels: Rows
    disagreement: Floats


def rank_unread(vectors: Vectors, *, free: Rows, judged: Rows, n: int, seed: int) -> Ranked:
    """
    What to label before the machine knows anything: messages that stand for most others.

    Args:
        vectors: shape (n_messages, d), L2-normalised.
        free: rows that may be chosen.
        judged: rows that are judged already.
        n: length of the list, at most.
        seed: fixes the samples of large pools.
    """
    weights = np.zeros(len(vectors))
    weights[free] = 1.0
    return {DrawnBecause.COVERAGE: cover(vectors, weights, free=free, known=judged, n=n, seed=seed)}


def rank_read(
    vectors: Vectors,
    probabilities: Floats,
    *,
    free: Rows,
    judged: Judged,
    n: int,
    seed: int,
) -> Ranked:
    """
    What to label once the machine has learnt from some.

    Args:
        vectors: shape (n_messages, d), L2-normalised.
        probabilities: shape (n_messages, n_labels), rows sum to 1; out of fold for the judged.
        free: rows that may be chosen.
        judged: what is known.
        n: length of each list, at most.
        seed: fixes the samples of large pools.

    Returns:
        The lists of messages that the machine is unsure of; like those that experts differ on;
        like those on which it contradicts the experts; and likely of a label with few
        examples. A list is empty where nothing has its reason.
    """
    known, pool = vectors[judged.rows], vectors[free]
    settled = judged.labels >= 0
    against = np.zeros(len(judged.rows))
    against[settled] = conflict(probabilities[judged.rows[settled]], judged.labels[settled])
    counts = np.bincount(judged.labels[settled], minlength=probabilities.shape[1])
    weights = {
        DrawnBecause.UNCERTAIN: uncertainty(probabilities[free]),
        DrawnBecause.CONTESTED: spread(pool, known, judged.disagreement),
        DrawnBecause.CONFLICT: spread(pool, known, against),
        DrawnBecause.RARE: scarcity(probabilities[free], counts),
    }
    # Squared: one message in great doubt matters more than many in a little.
    return {
        because: cover(
            vectors,
            _on_rows(weight**2, free, len(vectors)),
            free=free,
            known=judged.rows,
            n=n,
            seed=seed,
        )
        for because, weight in weights.items()
    }


def reasons_to_try(shares: QueueShares, roll: float) -> list[DrawnBecause]:
    """
    The reason that a lottery by the shares gives, then those that stand in where it has none.

    Args:
        shares: how the queue mixes new messages.
        roll: drawn evenly from 0 (included) to 1 (excluded).

    Returns:
        Without repetition. A message chosen at random, or to be held out, has no list; what
        the machine is unsure of, and before it knows enough coverage, stand in for the rest.
    """
    ends = 0.0
    rolled = DrawnBecause.RANDOM
    for because, share in shares.by_reason().items():
        ends += share
        if roll < ends:
            rolled = because
            break
    if rolled is DrawnBecause.RANDOM:
        return [DrawnBecause.RANDOM, DrawnBecause.HOLDOUT]
    stand_in = [DrawnBecause.UNCERTAIN, DrawnBecause.COVERAGE]
    order = [rolled, *stand_in, DrawnBecause.RANDOM, DrawnBecause.HOLDOUT]
    return list(dict.fromkeys(order))


def _on_rows(weights: Floats, rows: Rows, n: int) -> Floats:
    """The weights of some rows among all `n`, which have none."""
    everywhere = np.zeros(n)
    everywhere[rows] = weights
    return everywhere
