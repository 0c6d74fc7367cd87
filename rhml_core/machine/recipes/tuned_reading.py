"""Judged messages as a published and a tuned encoder read them, and a head on both readings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rhml_core.machine.encoding.twin_body import side_by_side
from rhml_core.machine.heads.head import LinearHead, Pool, train_head
from rhml_core.machine.heads.head_lesson import NO_ORIGINS
from rhml_core.machine.heads.smoothing import asks_for_smoothing
from rhml_core.machine.heads.surroundings import Surroundings
from rhml_core.machine.protocol import Floats, Vectors


@dataclass(frozen=True)
class Reading:
    """
    Judged messages in both readings.

    Attributes:
        texts: the messages.
        published: shape (n, d).
        tuned: shape (n, d).
    """

    texts: tuple[str, ...]
    published: Vectors
    tuned: Vectors

    def joined(self, published_share: float) -> Vectors:
        """Shape (n, 2 d), or (n, d) where the published reading has no share."""
        return side_by_side(self.published, self.tuned, published_share)


@dataclass(frozen=True)
class Lesson:
    """
    Texts with their labels and weights, aligned.

    Attributes:
        origins: of the last texts, where those are varied copies of messages: the row of each
            one's origin.
        own_weights: shape (n_judged,): what the messages count by themselves, whatever they
            give to their copies; None is `weights`.
    """

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    weights: Floats
    origins: NDArray[np.int64] = field(default_factory=lambda: NO_ORIGINS)
    own_weights: Floats | None = None

    @property
    def n_judged(self) -> int:
        """How many of the texts are messages as they were judged."""
        return len(self.texts) - len(self.origins)

    def with_copies(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Some messages' rows, and then those of their copies."""
        copies = self.n_judged + np.flatnonzero(np.isin(self.origins, rows))
        return np.append(rows, copies)

    def only(self, rows: NDArray[np.int64]) -> "Lesson":
        """Some of them: messages in ascending order, and then their copies."""
        copies = rows[rows >= self.n_judged] - self.n_judged
        return Lesson(
            tuple(self.texts[row] for row in rows),
            tuple(self.labels[row] for row in rows),
            self.weights[rows],
            np.searchsorted(rows[: len(rows) - len(copies)], self.origins[copies]),
        )


class HeadFitting(Protocol):
    """Makes a head on both readings, as `fit_to_reading` does."""

    def __call__(
        self,
        reading: Reading,
        lesson: Lesson,
        published_share: float,
        around: Surroundings,
        *,
        all_labels: Sequence[str],
        seed: int,
    ) -> LinearHead:
        """A head over `all_labels`, not calibrated."""


def fit_to_reading(
    reading: Reading,
    lesson: Lesson,
    published_share: float,
    around: Surroundings,
    *,
    all_labels: Sequence[str],
    seed: int,
) -> LinearHead:
    """
    A head on both readings, smoothed towards the pool in the published one, not calibrated.

    The tuned reading knows the labels of these very messages, so that nothing which a head says
    of them, however it is cross-fitted, tells how sure it may be.
    """
    has_pool = bool(
        published_share
        and around.texts
        and around.is_random_draw
        and asks_for_smoothing(lesson.labels[: lesson.n_judged])
    )
    return train_head(
        reading.joined(published_share),
        lesson.labels,
        lesson.weights,
        all_labels=all_labels,
        seed=seed,
        wording=around.wording,
        readings=around.wording.read(reading.texts),
        pool=Pool(published_share**0.5 * around.embeddings, around.readings())
        if has_pool
        else None,
        is_honest=np.zeros(lesson.n_judged, dtype=np.bool_),
        origins=lesson.origins,
    ).head
