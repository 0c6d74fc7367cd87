"""
Each mode of control taught and asked alike.

Each answers the judged messages out of fold and the hold-out once, so that people can weigh
control against quality.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped] # ships no types

from rhml_core.errors import NotEnoughDataError
from rhml_core.machine.control_modes import (
    AddedTerm,
    ControlMode,
    Lexicon,
    ModeLesson,
    TriedMode,
)
from rhml_core.machine.evidence.surface import Judged, surface_concepts
from rhml_core.machine.heads.folds import assign_folds
from rhml_core.machine.heads.head import fit_head, train_head
from rhml_core.machine.heads.letters import fit_letters
from rhml_core.machine.heads.wording import Wording, commonest_terms
from rhml_core.machine.protocol import Floats
from rhml_core.machine.reflection import TaughtReflection, fit_reflection, hit_shares, reflect
from rhml_core.machine.similar_words import similar_words
from rhml_core.machine.terms.grammar import normal_terms
from rhml_core.machine.terms.matching import find_terms

N_FOLDS = 5
_MOST_TIMED = 200
"""Messages that are answered to tell how long a thousand take."""


def try_mode(mode: ControlMode, lesson: ModeLesson, clock: Callable[[], float]) -> TriedMode:
    """
    Teach a mode with the judged messages and have it answer.

    Args:
        mode: which.
        lesson: what it is tried on.
        clock: gives seconds, such as `time.monotonic`.

    Raises:
        InvalidInputError: the lexicon has no term.
        NotEnoughDataError: fewer than two labels are judged, or no judged message has a term.
    """
    if mode is ControlMode.LEXICON:
        return _try_lexicon(lesson, clock)
    if mode is ControlMode.ALL:
        return _try_all(lesson, clock)
    return _try_terms(mode, lesson, clock)


def _try_lexicon(lesson: ModeLesson, clock: Callable[[], float]) -> TriedMode:
    folds = _folds(lesson)
    crossed = np.empty(len(folds), dtype=object)
    for held, seen in _splits(folds):
        taught = [lesson.labels[row] for row in seen]
        crossed[held] = reflect(_at(lesson.texts, held), lesson.lexicon, taught=taught).labels
    taught = list(lesson.labels)
    answers = reflect(lesson.held_texts, lesson.lexicon, taught=taught).labels
    timed = _timed(lambda texts: reflect(texts, lesson.lexicon, taught=taught), lesson, clock)
    return TriedMode(
        mode=ControlMode.LEXICON,
        cross_validated=tuple(crossed.tolist()),
        held_out=answers,
        seconds_to_fit=0.0,  # nothing is learnt
        seconds_a_thousand=timed,
        n_own=_n_terms(lesson.lexicon),
        added=(),
        n_hidden=0,
        own_share=1.0 if hit_shares(lesson.texts, lesson.lexicon).any() else None,
    )


def _try_terms(mode: ControlMode, lesson: ModeLesson, clock: Callable[[], float]) -> TriedMode:
    """The lexicon weighed, alone or with what a mode adds to it."""
    began = clock()
    added = _added(mode, lesson, np.arange(len(lesson.labels)))
    model = _weigh(lesson, np.arange(len(lesson.labels)), added)
    seconds = clock() - began
    if mode is ControlMode.SURFACED:
        said = np.zeros_like(model.out_of_fold)
        for held, seen in _splits(_folds(lesson)):
            # What is surfaced looks at labels: a held-back message must have had no part in it.
            part = _weigh(lesson, seen, _added(mode, lesson, seen))
            said[held] = part.predict_proba(_at(lesson.texts, held))
    else:
        said = model.out_of_fold
    return TriedMode(
        mode=mode,
        cross_validated=_answers(said, lesson),
        held_out=_answers(model.predict_proba(lesson.held_texts), lesson),
        seconds_to_fit=seconds,
        seconds_a_thousand=_timed(model.predict_proba, lesson, clock),
        n_own=_n_terms(lesson.lexicon),
        added=added,
        n_hidden=0,
        own_share=_share_of_terms(model, lesson),
    )


def _try_all(lesson: ModeLesson, clock: Callable[[], float]) -> TriedMode:
    began = clock()
    own = commonest_terms(lesson.pool_texts, _terms(lesson.lexicon))
    wording = Wording(own, fit_letters(lesson.pool_texts, seed=0))
    readings = wording.read(lesson.texts)
    trained = train_head(
        lesson.vectors,
        lesson.labels,
        all_labels=lesson.all_labels,
        seed=0,
        wording=wording,
        readings=readings,
    )
    seconds = clock() - began
    head = trained.head
    held = (
        head.predict_proba(lesson.held_vectors, wording.read(lesson.held_texts))
        if lesson.held_texts
        else np.zeros((0, len(lesson.all_labels)))
    )
    n_letters = wording.n_features - len(own)
    by_terms = readings[:, n_letters:].astype(np.float64) @ _centred(
        head.wording_coefficients[:, n_letters:], head.intercepts
    )
    by_rest = lesson.vectors @ _centred(head.coefficients, head.intercepts) + readings[
        :, :n_letters
    ].astype(np.float64) @ _centred(head.wording_coefficients[:, :n_letters], head.intercepts)
    best = trained.out_of_fold.argmax(axis=1)
    return TriedMode(
        mode=ControlMode.ALL,
        cross_validated=_answers(trained.out_of_fold, lesson),
        held_out=_answers(held, lesson),
        seconds_to_fit=seconds,
        seconds_a_thousand=_timed(
            lambda texts: head.predict_proba(lesson.encoder.encode(texts), wording.read(texts)),
            lesson,
            clock,
        ),
        n_own=len(own),
        added=(),
        n_hidden=lesson.vectors.shape[1] + n_letters,
        own_share=_share(by_terms, by_rest, best),
    )


def _added(mode: ControlMode, lesson: ModeLesson, rows: NDArray[np.int64]) -> tuple[AddedTerm, ...]:
    """What a mode adds to the lexicon, having seen the labels of some judged messages."""
    if mode is ControlMode.SIMILAR:
        return tuple(
            AddedTerm(one.word, one.label, f"like “{one.term}” ({one.cosine:.2f})")
            for one in similar_words(lesson.pool_texts, lesson.lexicon, lesson.encoder)
            if (one.word, one.label) not in lesson.rejected
        )
    if mode is not ControlMode.SURFACED:
        return ()
    labels = [lesson.labels[row] for row in rows]
    head = fit_head(lesson.vectors[rows], labels, all_labels=lesson.all_labels, seed=0)
    found = surface_concepts(
        Judged(tuple(str(row) for row in rows), tuple(_at(lesson.texts, rows)), tuple(labels)),
        texts=lesson.pool_texts,
        probabilities=head.predict_proba(lesson.pool_vectors),
        all_labels=lesson.all_labels,
        lexicon=_terms(lesson.lexicon),
        seed=0,
    )
    return tuple(
        AddedTerm(one.terms[0], one.label, f"term F1 {one.term_f1.value:.2f}")
        for one in found
        if one.is_new and (one.terms[0], one.label) not in lesson.rejected
    )


def _weigh(
    lesson: ModeLesson, rows: NDArray[np.int64], added: Sequence[AddedTerm]
) -> TaughtReflection:
    wider = {label: list(terms) for label, terms in lesson.lexicon.items()}
    for one in added:
        wider.setdefault(one.label, []).append(one.term)
    return fit_reflection(
        _at(lesson.texts, rows),
        [lesson.labels[row] for row in rows],
        wider,
        all_labels=lesson.all_labels,
    )


def _share_of_terms(model: TaughtReflection, lesson: ModeLesson) -> float | None:
    own = set(_terms(lesson.lexicon))
    is_own = np.array([term in own for term in model.terms], dtype=np.bool_)
    has_term = csr_matrix(find_terms(lesson.texts, model.terms), dtype=np.float64)
    weights = _centred(model.weights, model.intercepts)
    return _share(
        has_term[:, is_own] @ weights[is_own],
        has_term[:, ~is_own] @ weights[~is_own],
        model.out_of_fold.argmax(axis=1),
    )


def _centred(weights: Floats, intercepts: Floats) -> Floats:
    """Shape (n_features, n_labels): log-odds against the mean of the labels that were judged."""
    is_known = np.isfinite(intercepts)
    centred: Floats = np.where(is_known[:, None], weights - weights[is_known].mean(axis=0), 0.0).T
    return centred


def _share(own: Floats, rest: Floats, best: NDArray[np.int64]) -> float | None:
    """Of what moves the answers, by size, the share of the team's terms."""
    rows = np.arange(len(best))
    of_own, of_rest = (float(np.abs(part[rows, best]).sum()) for part in (own, rest))
    return of_own / (of_own + of_rest) if of_own + of_rest > 0 else None


def _folds(lesson: ModeLesson) -> NDArray[np.int64]:
    if len(set(lesson.labels)) < 2:  # noqa: PLR2004 - nothing to tell apart
        raise NotEnoughDataError("Judged messages of at least two labels are needed.")
    return assign_folds(lesson.labels, min(N_FOLDS, len(lesson.labels)), seed=0)


def _splits(folds: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    return [(np.flatnonzero(folds == f), np.flatnonzero(folds != f)) for f in np.unique(folds)]


def _timed(
    answer: Callable[[list[str]], object], lesson: ModeLesson, clock: Callable[[], float]
) -> float:
    texts = list(lesson.pool_texts[:_MOST_TIMED])
    began = clock()
    answer(texts)
    return (clock() - began) * 1_000 / max(1, len(texts))


def _answers(shares: Floats, lesson: ModeLesson) -> tuple[str, ...]:
    return tuple(lesson.all_labels[at] for at in shares.argmax(axis=1).tolist())


def _at(texts: Sequence[str], rows: NDArray[np.int64]) -> list[str]:
    return [texts[row] for row in rows.tolist()]


def _terms(lexicon: Lexicon) -> tuple[str, ...]:
    return normal_terms(term for terms in lexicon.values() for term in terms)


def _n_terms(lexicon: Lexicon) -> int:
    return len(_terms(lexicon))
