"""Groups of messages that no judged message is like: maybe the codebook lacks a label."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom  # type: ignore[import-untyped] # ships no types

from rhml_core.domain import ConceptKind
from rhml_core.machine.evidence.groups import group_vectors, leading_terms, merge_alike
from rhml_core.machine.evidence.judged import N_EXAMPLES
from rhml_core.machine.evidence.surfaced import SurfacedConcept
from rhml_core.machine.one_thread import one_thread
from rhml_core.machine.protocol import Floats, Vectors
from rhml_core.machine.terms.matching import find_terms
from rhml_core.measures.terms import term_f1

FEWEST_JUDGED = 30
MOST_TEXTS = 4_000
"""Of larger pools so many messages are looked at, drawn at random, besides those judged."""
N_NEAREST = 3
"""Judged messages whose mean nearness says how well a message is covered."""
STRANGE = 0.1
"""Share of the judged messages that are at least as strange as one that counts as strange."""
LEAST_STRANGE = 1 / 3
"""Share of a group's messages that must be strange; where all is covered, a tenth is."""
LEAST_SIZE = 8
LEVEL = 0.01
"""Chance of naming any group where the judged messages are a random draw from all."""
JUDGED_PER_GROUP = 10
"""Judged messages for each group: of fewer, none in a group is no surprise."""
MOST_GROUPS = 3
N_TERMS = 5


@dataclass(frozen=True)
class Pool:
    """
    The project's messages but for the hold-out, as the machine sees them; the parts are aligned.

    Attributes:
        probabilities: shape (n, n_labels); out of fold for those judged.
        vectors: shape (n, d), L2-normalised, as the published encoder reads them.
        is_judged: shape (n,).
    """

    message_ids: Sequence[str]
    texts: Sequence[str]
    probabilities: Floats
    vectors: Vectors
    is_judged: NDArray[np.bool_]


def uncovered_groups(
    pool: Pool, *, all_labels: Sequence[str], lexicon: Collection[str] = (), seed: int
) -> tuple[SurfacedConcept, ...]:
    """
    Groups of messages that lie together, apart from what is judged, with the model unsure.

    A message is strange where it is farther from the nearest judged messages, and the model
    less sure of it, than nine in ten judged messages are, each of these held against the
    others. All messages are put into groups by meaning. A group is named where a third of its
    messages are strange and where it holds fewer judged messages than chance would have
    (binomial test, corrected for the number of groups). Where the codebook covers the
    messages, the judged ones lie among all others, and nothing is named.

    Args:
        pool: all messages that may be looked at; no hold-out message is among them.
        all_labels: in the order of the probabilities.
        lexicon: the team's expressions, to tell what is new.
        seed: fixes the messages that are looked at and the groups' starting points.

    Returns:
        At most three concepts of the kind `cluster`, largest first; the label of each is the
        one that the model now gives most of its messages. Empty with fewer than 30 judged
        messages, since what is far from so few is not strange.

    Source:
        Vovk, Gammerman, Shafer: Algorithmic learning in a random world (conformal p-values).
    """
    if pool.is_judged.sum() < FEWEST_JUDGED or pool.is_judged.all():
        return ()
    rows = _rows_to_read(pool.is_judged, seed)
    vectors = pool.vectors[rows].astype(np.float32)
    is_judged = pool.is_judged[rows]
    with one_thread():
        distance = 1.0 - _nearness(vectors, is_judged)
        groups = group_vectors(vectors, most=int(is_judged.sum()) // JUDGED_PER_GROUP, seed=seed)
    doubt = 1.0 - pool.probabilities[rows].max(axis=1)
    evidence = _share_as_great(distance, is_judged), _share_as_great(doubt, is_judged)
    strangeness = -np.log(evidence[0]) - np.log(evidence[1])
    is_strange = _share_as_great(strangeness, is_judged) <= STRANGE
    named = _named(groups, is_strange, is_judged)
    found = [
        _concept(pool, rows, is_member, doubt, all_labels, lexicon=lexicon)
        for is_member in merge_alike(groups, named, vectors)[:MOST_GROUPS]
    ]
    return tuple(concept for concept in found if concept is not None)


def _rows_to_read(is_judged: NDArray[np.bool_], seed: int) -> NDArray[np.int64]:
    """All rows, or of very many a random draw of the judged ones and one of the others."""
    random = np.random.default_rng(seed)
    drawn = [
        random.permutation(np.flatnonzero(is_judged == part))[:MOST_TEXTS] for part in (True, False)
    ]
    return np.sort(np.concatenate(drawn))


def _nearness(vectors: Vectors, is_judged: NDArray[np.bool_]) -> Floats:
    """Mean cosine with the nearest judged messages, the message itself not among them."""
    similarities = vectors @ vectors[is_judged].T
    judged = np.flatnonzero(is_judged)
    similarities[judged, np.arange(len(judged))] = -1.0
    nearest = np.partition(similarities, -N_NEAREST, axis=1)[:, -N_NEAREST:]
    mean: Floats = nearest.mean(axis=1).astype(np.float64)
    return mean


def _share_as_great(values: Floats, is_judged: NDArray[np.bool_]) -> Floats:
    """Share of the judged messages whose value is as great, each counted with the message."""
    known = np.sort(values[is_judged])
    n_as_great = len(known) - np.searchsorted(known, values, side="left")
    shares: Floats = np.minimum((n_as_great + 1.0) / (len(known) + 1.0), 1.0)
    return shares


def _named(
    groups: NDArray[np.int64], is_strange: NDArray[np.bool_], is_judged: NDArray[np.bool_]
) -> list[int]:
    """Groups of strange messages with too few judged ones for chance, largest first."""
    sizes = np.bincount(groups)
    n_strange = np.bincount(groups, weights=is_strange)
    n_judged = np.bincount(groups, weights=is_judged)
    # How often chance leaves a group of this size so few of all judged messages.
    by_chance = binom.cdf(n_judged, int(is_judged.sum()), sizes / len(groups))
    is_named = (
        (sizes - n_judged >= LEAST_SIZE)
        & (n_strange >= LEAST_STRANGE * sizes)
        & (by_chance * len(sizes) <= LEVEL)
    )
    return sorted(np.flatnonzero(is_named).tolist(), key=lambda group: (-sizes[group], group))


def _concept(
    pool: Pool,
    rows: NDArray[np.int64],
    is_member: NDArray[np.bool_],
    doubt: Floats,
    all_labels: Sequence[str],
    *,
    lexicon: Collection[str],
) -> SurfacedConcept | None:
    """None where no word marks the group off."""
    texts = [pool.texts[row] for row in rows]
    terms = leading_terms(texts, is_member, n=N_TERMS)
    if not terms:
        return None
    is_judged = pool.is_judged[rows]
    has_term = np.asarray(find_terms(texts, terms).sum(axis=1)).ravel() > 0
    given = pool.probabilities[rows[is_member]].argmax(axis=1)
    central = _most_central(pool.vectors[rows], is_member)
    return SurfacedConcept(
        label=all_labels[int(np.bincount(given).argmax())],
        kind=ConceptKind.CLUSTER,
        terms=terms,
        strength=float(np.clip(doubt[is_member].mean() - doubt[is_judged].mean(), 0.0, 1.0)),
        term_f1=term_f1(has_term, is_member),
        n_for=int((is_member & ~is_judged).sum()),
        n_against=int((is_member & is_judged).sum()),
        messages_for=_ids(pool, rows, [row for row in central if not is_judged[row]]),
        messages_against=_ids(pool, rows, [row for row in central if is_judged[row]]),
        is_new=not set(terms) & set(lexicon),
    )


def _most_central(vectors: Vectors, is_member: NDArray[np.bool_]) -> list[int]:
    """A group's rows, those nearest to its middle first."""
    members = np.flatnonzero(is_member)
    nearness = vectors[members] @ vectors[members].mean(axis=0)
    return [int(row) for row in members[np.argsort(-nearness, kind="stable")]]


def _ids(pool: Pool, rows: NDArray[np.int64], chosen: Sequence[int]) -> tuple[str, ...]:
    return tuple(pool.message_ids[rows[row]] for row in chosen[:N_EXAMPLES])
