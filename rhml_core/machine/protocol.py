"""What the machine's parts expect of each other."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""Probabilities, weights and coefficients."""

Vectors = NDArray[np.float32]
"""Embeddings: one row per text, L2-normalised."""

EncodingProgress = Callable[[int, int], None]
"""Told `(n_done, n_total)` distinct texts; may raise `JobCancelledError` to stop."""

TrainingProgress = Callable[[int, int, float | None], None]
"""
Told `(step, n_steps, loss)`; may raise `JobCancelledError` to stop.

Every step costs about the same time. `loss` is None while messages are read rather than
learnt from.
"""


class Encoder(Protocol):
    """Turns texts into vectors whose cosine says how near their meanings are."""

    @property
    def encoder_id(self) -> str:
        """Name that changes whenever the vectors would."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str], on_progress: EncodingProgress | None = None) -> Vectors:
        """One L2-normalised row per text, in the texts' order; shape (n, dimension)."""


def ignore_progress(_step: int, _n_steps: int, _loss: float | None = None) -> None:
    """Stand in where nobody watches."""
