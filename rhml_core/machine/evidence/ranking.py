"""Candidate terms of one label in order: surely evidence, relied on by the model, and different."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix  # type: ignore[import-untyped] # ships no types

from rhml_core.machine.evidence.candidates import Candidates
from rhml_core.machine.evidence.influence import Influence
from rhml_core.machine.evidence.word_forms import are_forms, is_variant
from rhml_core.machine.protocol import Floats
from rhml_core.measures.association import association

MIN_FOR = 2
"""Judged messages with both the term and the label: one could be chance."""
MOST_ALIKE = 0.7
"""Jaccard overlap of two terms' messages above which the weaker one is a variant."""
MOST_WITH_WORD = 2
"""Terms of a label that may share a word, however different they are otherwise."""
MOST_SURER = 0.01
"""By how much the model may be surer without a term, beyond twice the standard error."""
FULL_RELIANCE = 0.5
"""Fall of the log odds from which on a term counts as fully relied on."""
N_RESAMPLES = 40
_DEPTH = 4
"""Different terms that are ranked, times those that are to be shown."""


@dataclass(frozen=True)
class Ranked:
    """
    A term in its label's order.

    Attributes:
        term: its column among the candidates.
        weight: what it is ranked by, above 0.
        influence: None where the model was not asked.
        stability: share of resamples of the judged messages in which it is among the first,
            0 to 1.
    """

    term: int
    weight: float
    influence: Influence | None
    stability: float


def supported_terms(candidates: Candidates, has_label: NDArray[np.bool_], rise: Floats) -> Floats:
    """
    How surely each term is evidence for a label on both sides.

    Args:
        candidates: the terms.
        has_label: shape (n_judged,).
        rise: shape (n_terms,): mean probability of the label with the term minus without.

    Returns:
        Shape (n_terms,): the association in standard errors; 0 where the term is evidence for
        people alone, for the model alone, or for nobody.
    """
    once = np.ones((len(has_label), 1))
    surely = _resampled_association(candidates.contains, has_label, once)[:, 0]
    return np.where(rise > 0, surely, 0.0)


def rank_terms(
    candidates: Candidates,
    has_label: NDArray[np.bool_],
    surely: Floats,
    influences: Mapping[int, Influence] | None,
    *,
    per_label: int,
    seed: int,
) -> list[Ranked]:
    """
    The terms of a label, best first, none a variant of a better one.

    A term counts by how surely it goes with the label, up to twice as much where the model
    relies on it. One whose absence makes the model clearly surer is no shared evidence.

    Args:
        candidates: the terms.
        has_label: shape (n_judged,).
        surely: from `supported_terms`.
        influences: by the term's column, of those that the model was asked about; only they
            are ranked. None where it cannot be asked.
        per_label: how many are to be shown; stability counts these.
        seed: fixes the resamples.
    """
    weights = np.maximum(surely, 0.0)
    known = influences or {}
    if influences is not None:
        reliance = np.array([_reliance(known.get(term)) for term in range(len(candidates.terms))])
        weights = np.where(reliance >= 0, weights * (1.0 + reliance), 0.0)
    order = sorted(
        np.flatnonzero(weights > 0).tolist(),
        key=lambda term: (
            -weights[term],
            -candidates.terms[term].count(" "),
            candidates.terms[term],
        ),
    )
    different = _without_variants(candidates, order, n=_DEPTH * per_label)
    shares = _stability(
        candidates, different, weights, surely, has_label, per_label=per_label, seed=seed
    )
    return [
        Ranked(term, float(weights[term]), known.get(term), float(share))
        for term, share in zip(different, shares, strict=True)
    ]


def _reliance(influence: Influence | None) -> float:
    """0 to 1; below 0 where the model was not asked, or is clearly surer without the term."""
    if influence is None or influence.fall + 2 * influence.error < -MOST_SURER:
        return -1.0
    return float(np.clip(influence.log_odds_fall / FULL_RELIANCE, 0.0, 1.0))


def _without_variants(candidates: Candidates, order: list[int], *, n: int) -> list[int]:
    """The first terms that are no variants, of the same words or of the same messages."""
    kept: list[int] = []
    messages: list[NDArray[np.bool_]] = []
    words: list[list[str]] = []
    for term in order:
        own_words = candidates.terms[term].split()
        if any(is_variant(own_words, other) for other in words) or _is_worn_out(own_words, words):
            continue
        own = candidates.messages_with(term)
        if any((own & other).sum() > MOST_ALIKE * (own | other).sum() for other in messages):
            continue
        kept.append(term)
        messages.append(own)
        words.append(own_words)
        if len(kept) == n:
            break
    return kept


def _is_worn_out(own_words: list[str], words: list[list[str]]) -> bool:
    """Whether a word of a term, in any form, is in enough kept terms already."""
    return any(
        sum(any(are_forms(word, known) for known in other) for other in words) >= MOST_WITH_WORD
        for word in own_words
    )


def _stability(
    candidates: Candidates,
    terms: list[int],
    weights: Floats,
    surely: Floats,
    has_label: NDArray[np.bool_],
    *,
    per_label: int,
    seed: int,
) -> Floats:
    """
    Share of resamples of the judged messages in which each term is among the first.

    The model stays as it is: only what people judged is drawn again.
    """
    n_judged = len(has_label)
    drawn = np.random.default_rng([seed, n_judged]).multinomial(
        n_judged, np.full(n_judged, 1.0 / n_judged), size=N_RESAMPLES
    )
    resamples = drawn.T.astype(np.float64)
    factors = np.array([weights[term] / surely[term] for term in terms])
    of_terms = candidates.contains[:, terms]
    found = _resampled_association(of_terms, has_label, resamples) * factors[:, None]
    place = np.argsort(np.argsort(-found, axis=0, kind="stable"), axis=0)
    shares: Floats = ((place < per_label) & (found > 0)).mean(axis=1)
    return shares


def _resampled_association(
    contains: csc_matrix, has_label: NDArray[np.bool_], resamples: Floats
) -> Floats:
    """Shape (n_terms, n_resamples); 0 where the judged messages are no evidence for the label."""
    labelled = resamples * has_label[:, None]
    n_for = np.asarray(contains.T @ labelled)
    n_with = np.asarray(contains.T @ resamples)
    n_label = labelled.sum(axis=0, keepdims=True)
    surely = association(n_for, n_with, n_label, len(has_label))
    is_evidence = (n_for >= MIN_FOR) & (n_for * len(has_label) > n_label * n_with)
    return np.where(is_evidence, surely, 0.0)
