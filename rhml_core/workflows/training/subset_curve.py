"""What fewer labels would have brought: the fast head taught on nested parts of the labels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rhml_core.errors import NotEnoughDataError
from rhml_core.machine.heads.folds import assign_folds
from rhml_core.machine.heads.linear_head import LinearHead
from rhml_core.machine.heads.surroundings import Surroundings
from rhml_core.machine.protocol import Floats, Vectors
from rhml_core.machine.recipes.fast_recipe import train_fast

FIRST_SIZE = 10
N_REPEATS = 3
N_FOLDS = 5
_LEAST_STEP = 1.25
"""The last size but one is left out where the whole is hardly more than it."""


@dataclass(frozen=True)
class Judged:
    """Judged messages: texts, vectors of shape (n, d), labels and weights, aligned."""

    texts: tuple[str, ...]
    vectors: Vectors
    labels: tuple[str, ...]
    weights: Floats

    def only(self, rows: NDArray[np.int64]) -> "Judged":
        """Those in some rows."""
        return Judged(
            tuple(self.texts[row] for row in rows),
            self.vectors[rows],
            tuple(self.labels[row] for row in rows),
            self.weights[rows],
        )


@dataclass(frozen=True)
class Answers:
    """
    What heads taught on some of the labels say of the messages that measure them.

    Attributes:
        n_labels: messages that each head was taught on.
        truth: the reference of each measured message.
        said: one sequence a repeat, each aligned with `truth`.
    """

    n_labels: int
    truth: tuple[str, ...]
    said: tuple[tuple[str, ...], ...]


def nested_sizes(n: int) -> list[int]:
    """
    Sizes of the parts: doubled from 10 on, and all.

    >>> nested_sizes(100), nested_sizes(88), nested_sizes(8)
    ([10, 20, 40, 80, 100], [10, 20, 40, 88], [8])
    """
    sizes = [FIRST_SIZE]
    while sizes[-1] * 2 < n:
        sizes.append(sizes[-1] * 2)
    return [size for size in sizes if size * _LEAST_STEP <= n] + [n]


def holdout_answers(
    taught: Judged,
    holdout: Judged,
    *,
    surroundings: Surroundings,
    all_labels: Sequence[str],
    seed: int,
) -> list[Answers]:
    """
    Answers on the hold-out, by size; a size is drawn three times, the whole once.

    A part whose messages have one label alone teaches nothing and is left out.

    Args:
        taught: what parts are drawn from.
        holdout: what measures.
        surroundings: what a head may know beside; no hold-out message among it.
        all_labels: every label of the codebook, in its order.
        seed: fixes the draws.
    """
    found = []
    teach = _Teacher(surroundings, tuple(all_labels), seed)
    random = np.random.default_rng(seed)
    orders = [random.permutation(len(taught.labels)) for _ in range(N_REPEATS)]
    for size in nested_sizes(len(taught.labels)):
        parts = orders if size < len(taught.labels) else orders[:1]
        said = [_answers(taught.only(order[:size]), holdout, teach) for order in parts]
        drawn = tuple(one for one in said if one is not None)
        if drawn:
            found.append(Answers(size, holdout.labels, drawn))
    return found


def cross_validated_answers(
    judged: Judged, *, surroundings: Surroundings, all_labels: Sequence[str], seed: int
) -> list[Answers]:
    """
    Answers on each fifth of the judged messages by heads taught on parts of the other four.

    A size at which a fifth cannot be answered, for want of a second label, is left out. The
    arguments are those of `holdout_answers`.
    """
    teach = _Teacher(surroundings, tuple(all_labels), seed)
    random = np.random.default_rng(seed)
    folds = assign_folds(judged.labels, N_FOLDS, seed=seed)
    orders = {fold: random.permutation(np.flatnonzero(folds != fold)) for fold in range(N_FOLDS)}
    n_least = min(len(order) for order in orders.values())
    found = []
    for size in nested_sizes(n_least):
        truth: list[str] = []
        said: list[str] = []
        for fold, order in orders.items():
            held = judged.only(np.flatnonzero(folds == fold))
            answers = _answers(judged.only(order[:size]), held, teach)
            truth += held.labels
            said += answers or ()
        if len(said) == len(truth):
            found.append(Answers(size, tuple(truth), (tuple(said),)))
    return found


@dataclass(frozen=True)
class _Teacher:
    """How every head of a curve is taught: as the recipe `fast` does."""

    surroundings: Surroundings
    all_labels: tuple[str, ...]
    seed: int

    def head(self, part: Judged) -> LinearHead:
        return train_fast(
            part.texts,
            part.labels,
            part.weights,
            embeddings=part.vectors,
            surroundings=self.surroundings,
            all_labels=self.all_labels,
            seed=self.seed,
        ).head


def _answers(part: Judged, measured: Judged, teach: _Teacher) -> tuple[str, ...] | None:
    """The head's label of each measured message; None where the part has one label alone."""
    try:
        head = teach.head(part)
    except NotEnoughDataError:
        return None
    said = head.predict_proba(measured.vectors, head.wording.read(measured.texts))
    return tuple(teach.all_labels[place] for place in said.argmax(axis=1))
