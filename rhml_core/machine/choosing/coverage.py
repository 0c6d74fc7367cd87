"""Messages that stand for many others: a short list that covers the space of meanings."""

import heapq

import numpy as np
from numpy.typing import NDArray

from rhml_core.machine.protocol import Floats, Vectors

Rows = NDArray[np.int64]
"""Places of messages among the vectors."""

NEAR_DUPLICATE = 0.95
"""Cosine from which two messages say the same: judging both teaches one of them."""

_N_CANDIDATES = 800
_N_REFERENCES = 1500


def cover(
    vectors: Vectors, weights: Floats, *, free: Rows, known: Rows, n: int, seed: int
) -> list[int]:
    """
    The messages to judge so that as much weight as possible lies near a judged one.

    Greedy facility location: each next message is the one that brings most weight nearer. So
    dense regions come first, nothing is covered twice, and lone oddities come last. Where there
    are many messages, both those that may be chosen and those to be covered are sampled in
    proportion to their weight; the time does not grow beyond that.

    Args:
        vectors: shape (n_messages, d), L2-normalised.
        weights: shape (n_messages,), 0 or more: how much each message matters.
        free: rows that may be chosen; those of weight 0 never are.
        known: rows whose surroundings are covered already.
        n: length of the list, at most.
        seed: fixes the samples.

    Returns:
        Rows, the most useful first. Fewer than `n` where fewer have a weight, or where the
        others are near-duplicates of a known message or of one in the list.

    Source:
        Nemhauser, Wolsey, Fisher: An analysis of approximations for maximizing submodular set
        functions; Minoux: Accelerated greedy algorithms for maximizing submodular set functions.
    """
    rng = np.random.default_rng(seed)
    candidates, _ = _sample(free[weights[free] > 0], weights, _N_CANDIDATES, rng)
    references, masses = _sample(np.flatnonzero(weights > 0), weights, _N_REFERENCES, rng)
    is_new = (vectors[candidates] @ vectors[known].T).max(axis=1, initial=-1.0) < NEAR_DUPLICATE
    candidates = candidates[is_new]
    covered = _nearness(vectors[references], vectors[known]).max(axis=1, initial=0.0)
    nearness = _nearness(vectors[candidates], vectors[references])
    order = _greedy(nearness, masses.astype(np.float32), covered, vectors[candidates], n)
    return [int(row) for row in candidates[order]]


def _sample(rows: Rows, weights: Floats, n: int, rng: np.random.Generator) -> tuple[Rows, Floats]:
    """
    At most `n` of the rows, the weighty rather than the light, and the weight each stands for.

    Source:
        Duffield, Lund, Thorup: Priority sampling for estimation of arbitrary subset sums.
    """
    if len(rows) <= n:
        return rows, weights[rows]
    priorities = weights[rows] / (1.0 - rng.random(len(rows)))
    order = np.argpartition(-priorities, n)
    kept = np.sort(order[:n])
    return rows[kept], np.maximum(weights[rows[kept]], priorities[order[n]])


def _nearness(left: Vectors, right: Vectors) -> Vectors:
    """How well one message stands for another, 0 to 1; shape (n_left, n_right)."""
    cosines = np.maximum(left @ right.T, 0.0)
    nearness: Vectors = cosines * cosines * cosines
    return nearness


def _greedy(
    nearness: Vectors, masses: Vectors, covered: Vectors, vectors: Vectors, n: int
) -> list[int]:
    """
    Places of the candidates in the order in which they add most.

    What a candidate adds can only shrink as others are chosen, so the one whose old figure is
    still the best after it is worked out anew needs no comparison with the rest.
    """
    gains = np.maximum(nearness - covered, 0.0) @ masses
    waiting = [(-float(gain), place) for place, gain in enumerate(gains)]
    heapq.heapify(waiting)
    chosen: list[int] = []
    while waiting and len(chosen) < n:
        _, place = heapq.heappop(waiting)
        gain = float(np.maximum(nearness[place] - covered, 0.0) @ masses)
        if waiting and -gain > waiting[0][0]:
            heapq.heappush(waiting, (-gain, place))
            continue
        if (vectors[chosen] @ vectors[place] < NEAR_DUPLICATE).all():
            chosen.append(place)
            covered = np.maximum(covered, nearness[place])
    return chosen
