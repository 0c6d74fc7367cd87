"""What a head learns from, moved towards the pool: first by nearness, then by agreement as well."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rhml_core.machine.heads.head_lesson import (
    NO_ORIGINS,
    Pool,
    joined_features,
    prepare_lesson,
)
from rhml_core.machine.heads.smoothing import Neighbourhoods, neighbourhoods
from rhml_core.machine.heads.wording import Readings, Wording
from rhml_core.machine.protocol import Floats, Vectors

FIRST_INVERSE_REGULARISATION = 2.0
"""Of the head that says which of the pool seems to have which label."""


@dataclass(frozen=True)
class PoolSmoothing:
    """
    Judged messages beside a pool.

    Attributes:
        features: shape (n, d), as they are asked about.
        moving: shape (m,), the columns that are moved: the terms, written by people, stay.
        beside: shape (n_pool, m), the pool's.
        near: the pool's neighbourhoods.
        origins: of the last rows, where those are varied copies: they are moved as their
            origins are, since what was varied would be lost among the neighbours.
    """

    features: Floats
    moving: NDArray[np.int64]
    beside: Floats
    near: Neighbourhoods
    origins: NDArray[np.int64]

    def by_nearness(self) -> Floats:
        """Shape (n, d): moved towards all that lies near."""
        return self._moved_to(self.near.smooth(self._judged()))

    def by_agreement(
        self, labels: Sequence[str], weights: Floats | None, all_labels: Sequence[str]
    ) -> Floats:
        """
        Shape (n, d): moved towards what lies near and seems to have the same label.

        A first head, taught on what nearness alone makes of the messages, tells which of the
        pool has which label. Around a rare label's messages most of what is near has another.

        Args:
            labels: of the judged messages and their copies, aligned with `features`.
            weights: how much each counts, above 0; None counts all alike.
            all_labels: every label of the codebook, in its order.

        Raises:
            NotEnoughDataError: fewer than two labels have a message.
        """
        judged = self._judged()
        n = len(judged)
        near = self.near.smooth(judged)
        lesson = prepare_lesson(
            near, near, labels[:n], None if weights is None else weights[:n], all_labels
        )
        first = lesson.rotation.to_features(lesson.fit(FIRST_INVERSE_REGULARISATION))
        answers = first.scores(self.beside).argmax(axis=1)
        return self._moved_to(self.near.smooth(judged, lesson.classes[:, None] == answers))

    def _judged(self) -> Floats:
        """The columns that move, of the messages as they were judged."""
        return self.features[: len(self.features) - len(self.origins), self.moving]

    def _moved_to(self, places: Floats) -> Floats:
        steps = places - self._judged()
        moved = self.features.copy()
        moved[: len(steps), self.moving] += steps
        moved[len(steps) :, self.moving] += steps[self.origins]
        return moved


def prepare_smoothing(
    embeddings: Vectors,
    readings: Readings | None,
    pool: Pool,
    wording: Wording,
    *,
    seed: int,
    origins: NDArray[np.int64] = NO_ORIGINS,
) -> PoolSmoothing:
    """
    Judged messages and a sample of the pool, ready to be smoothed.

    Args:
        embeddings: shape (n, d), of the judged messages and then of their varied copies.
        readings: what `wording` read of them; None where it reads nothing.
        pool: its embeddings may have fewer columns: only the first of the messages' move then.
        wording: what a head reads beside the embeddings.
        seed: fixes the sample.
        origins: shape (n_copies,): the row of each copy's origin.
    """
    features = joined_features(embeddings, readings, wording)
    n_moved = pool.embeddings.shape[1]
    n_letters = wording.n_features - len(wording.terms)
    beside = joined_features(*pool.sample(seed), wording)[:, : n_moved + n_letters]
    moving = np.r_[np.arange(n_moved), embeddings.shape[1] + np.arange(n_letters)]
    return PoolSmoothing(features, moving, beside, neighbourhoods(beside), origins)
