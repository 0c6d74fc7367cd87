"""Which words and phrases the machine and the judged messages both take for a label's mark."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped] # ships no types

from rhml_core.errors import InvalidInputError, MeasureUndefinedError
from rhml_core.machine.evidence.phrases import phrases_of, words_of
from rhml_core.machine.evidence.surfaced import SurfacedConcept
from rhml_core.machine.protocol import Floats
from rhml_core.measures.terms import term_f1

FEW_JUDGED = 60
"""Below so many judged messages a term needs two of them rather than three."""
MIN_FOR = 2
"""Judged messages with both the term and the label: one could be chance."""
MOST_CANDIDATES = 80
"""Terms per label, best class-based TF-IDF first, that the machine is asked about."""
MOST_ALIKE = 0.7
"""Jaccard overlap of two terms' messages above which the weaker one is a variant."""
N_EXAMPLES = 5
N_REPLICATES = 400


@dataclass(frozen=True)
class Judged:
    """Messages with the label that people gave them; the parts are aligned."""

    message_ids: tuple[str, ...]
    texts: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class _Evidence:
    """
    What is known of every candidate term.

    Attributes:
        terms: shape (n_terms,).
        contains: shape (n_judged, n_terms): whether a judged message has the term.
        strength: shape (n_terms, n_labels): mean probability with the term minus without.
    """

    terms: NDArray[np.str_]
    contains: NDArray[np.bool_]
    strength: Floats


def surface_concepts(
    judged: Judged,
    *,
    texts: Sequence[str],
    probabilities: Floats,
    all_labels: Sequence[str],
    lexicon: Collection[str] = (),
    per_label: int = 6,
    seed: int,
) -> tuple[SurfacedConcept, ...]:
    """
    Words and phrases that are evidence for a label on both sides.

    A term counts when the messages that people judged carry the label more often with it than
    over all, and the model gives the label more probability where the term occurs than
    elsewhere. Terms are ranked by term F1 times strength; a term whose judged messages are
    nearly those of a better one of the same label is left out, and of a label's concepts at
    most a third are terms of the lexicon, so that there is room for what is new.

    Args:
        judged: messages with their reference label; hold-out messages do not belong here.
        texts: the messages that the model was asked about, judged ones included.
        probabilities: shape (len(texts), n_labels); for training messages out of fold.
        all_labels: every label, in codebook order.
        lexicon: the team's terms; letter case does not matter.
        per_label: most concepts of a label.
        seed: fixes the intervals' bootstrap.

    Returns:
        By label in codebook order, best first. Empty where no term is in three judged
        messages (two, below 60 judged), two of them with the label, or none is evidence on
        both sides.

    Raises:
        InvalidInputError: the arguments are not aligned.

    Source:
        Grootendorst: BERTopic (class-based TF-IDF).
    """
    if probabilities.shape != (len(texts), len(all_labels)):
        raise InvalidInputError("The probabilities must be one row per text, one column per label.")
    if not len(judged.message_ids) == len(judged.texts) == len(judged.labels):
        raise InvalidInputError("Judged ids, texts and labels must be of one length.")
    evidence = _gather_evidence(judged, texts, probabilities, all_labels)
    known = {" ".join(words_of(term)) for term in lexicon}
    concepts: list[SurfacedConcept] = []
    for column, label in enumerate(all_labels):
        has_label = np.array([name == label for name in judged.labels], dtype=np.bool_)
        ranked = _rank(
            evidence,
            evidence.strength[:, column],
            label,
            has_label,
            judged=judged,
            known=known,
            seed=seed,
        )
        concepts += _choose(ranked, evidence, per_label)
    return tuple(concepts)


def _gather_evidence(
    judged: Judged, texts: Sequence[str], probabilities: Floats, all_labels: Sequence[str]
) -> _Evidence:
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415 - slow to import

    nothing = _Evidence(
        np.array([], dtype=np.str_),
        np.zeros((len(judged.texts), 0), dtype=np.bool_),
        np.zeros((0, len(all_labels))),
    )
    if not any(phrases_of(text) for text in judged.texts):
        return nothing
    vectorizer = CountVectorizer(analyzer=phrases_of)
    counts = csr_matrix(vectorizer.fit_transform(judged.texts))
    chosen = _candidates(counts, judged.labels)
    if not len(chosen):
        return nothing
    terms = vectorizer.get_feature_names_out()[chosen]
    everywhere = CountVectorizer(analyzer=phrases_of, vocabulary=list(terms), binary=True)
    occurs = csr_matrix(everywhere.transform(texts), dtype=np.float64)
    return _Evidence(
        np.asarray(terms, dtype=np.str_),
        counts[:, chosen].toarray() > 0,
        _rise(occurs, probabilities),
    )


def _candidates(counts: csr_matrix, labels: Sequence[str]) -> NDArray[np.int64]:
    """Columns with enough messages and a high class-based TF-IDF for some label."""
    n_needed = 2 if counts.shape[0] < FEW_JUDGED else 3
    supported = np.flatnonzero(np.asarray((counts > 0).sum(axis=0)).ravel() >= n_needed)
    if not len(supported):
        return supported
    names = np.asarray(labels, dtype=np.str_)
    used = np.unique(names)
    is_of = csr_matrix((names[None, :] == used[:, None]).astype(np.float64))
    per_class = (is_of @ counts).toarray()
    per_class /= np.maximum(per_class.sum(axis=1, keepdims=True), 1.0)
    per_class = per_class[:, supported]
    frequency = per_class.sum(axis=0)
    weight = per_class * np.log1p(frequency.mean() / frequency)
    best = np.argsort(-weight, axis=1, kind="stable")[:, :MOST_CANDIDATES]
    chosen: NDArray[np.int64] = supported[np.unique(best)]
    return chosen


def _rise(occurs: csr_matrix, probabilities: Floats) -> Floats:
    """Mean probability with each term minus without; 0 for a term that is in all texts or none."""
    n_with = np.asarray(occurs.sum(axis=0)).ravel()[:, None]
    sum_with = np.asarray(occurs.T @ probabilities)
    n_without = occurs.shape[0] - n_with
    sum_without = probabilities.sum(axis=0)[None, :] - sum_with
    rise = sum_with / np.maximum(n_with, 1) - sum_without / np.maximum(n_without, 1)
    told_apart: Floats = np.where((n_with > 0) & (n_without > 0), rise, 0.0)
    return told_apart


def _rank(
    evidence: _Evidence,
    strengths: Floats,
    label: str,
    has_label: NDArray[np.bool_],
    *,
    judged: Judged,
    known: Collection[str],
    seed: int,
) -> list[tuple[int, SurfacedConcept]]:
    """Terms that are evidence for a label on both sides, best first, with their column."""
    found = []
    for term in range(len(evidence.terms)):
        contains = evidence.contains[:, term]
        strength = float(strengths[term])
        n_for = int((contains & has_label).sum())
        if n_for < MIN_FOR or strength <= 0 or n_for / contains.sum() <= has_label.mean():
            continue
        try:
            f1 = term_f1(contains, has_label, n_replicates=N_REPLICATES, seed=seed)
        except MeasureUndefinedError:
            continue
        name = str(evidence.terms[term])
        concept = SurfacedConcept(
            label=label,
            kind="phrase" if " " in name else "term",
            terms=(name,),
            strength=strength,
            term_f1=f1,
            n_for=n_for,
            n_against=int((contains & ~has_label).sum()),
            messages_for=_examples(judged, contains & has_label),
            messages_against=_examples(judged, contains & ~has_label),
            is_new=name not in known,
        )
        found.append((term, concept))
    return sorted(
        found, key=lambda item: (-item[1].term_f1.value * item[1].strength, item[1].terms)
    )


def _choose(
    ranked: list[tuple[int, SurfacedConcept]], evidence: _Evidence, per_label: int
) -> list[SurfacedConcept]:
    """The best that differ from each other, with room kept for what is new."""
    chosen: list[SurfacedConcept] = []
    covered: list[NDArray[np.bool_]] = []
    n_known_left = per_label // 3
    for term, concept in ranked:
        messages = evidence.contains[:, term]
        if any(_jaccard(messages, other) > MOST_ALIKE for other in covered):
            continue
        covered.append(messages)
        if not concept.is_new:
            n_known_left -= 1
            if n_known_left < 0:
                continue
        chosen.append(concept)
        if len(chosen) == per_label:
            break
    return chosen


def _jaccard(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return float((one & other).sum() / (one | other).sum())


def _examples(judged: Judged, rows: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(judged.message_ids[row] for row in np.flatnonzero(rows)[:N_EXAMPLES])
