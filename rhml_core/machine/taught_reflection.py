"""
Reflection, supervised: how far the team's terms go once judged messages weigh them.

People chose the terms; what is learnt is only how much each of them says for which label. Nothing
else of a message is looked at.

Measured with 150 judged messages and lexicons of 40 to 235 terms (mean of four data sets, two
draws; macro-F1 and log loss): lone terms 0.59 and 0.81; with what a label's terms share 0.65 and
0.75; with labels that count alike 0.66 and 0.91. So terms share, and labels count as they come:
what balancing gains lies within the noise, what it costs in honest probabilities does not.
"""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped] # ships no types

from rhml_core.errors import InvalidInputError, NotEnoughDataError
from rhml_core.machine.heads.folds import assign_folds
from rhml_core.machine.heads.linear_head import softmax
from rhml_core.machine.one_thread import one_thread
from rhml_core.machine.protocol import Floats
from rhml_core.machine.terms.grammar import normal_terms
from rhml_core.machine.terms.matching import find_terms

N_FOLDS = 5
MIN_LABELS = 2
CANDIDATES = (0.1, 0.3, 1.0, 3.0, 10.0)
"""Inverse regularisations, in rising order; each fit starts from the one before."""
DEFAULT = 1.0
"""For messages too few to choose by."""
MIN_TO_CHOOSE = 40
"""Judged messages from which on the candidates are told apart."""
MOST_PASSES = 200
LEAST_SHIFT = 1e-3
ABSOLUTE_SHARE = 0.5
"""Of the penalty: lone terms that say little get no weight at all, twins share theirs."""
SHARED_SCALE = 0.5
"""Of how many terms of a label a text has, against 1 for the presence of one term."""
_LEAST_PROBABILITY = 1e-4


@dataclass(frozen=True)
class TaughtReflection:
    """
    Linear scores of the terms that a text contains, as probabilities of labels.

    Attributes:
        labels: in codebook order.
        terms: canonical expressions, sorted.
        weights: shape (n_labels, n_terms), log-odds that a term's presence adds. A term that no
            judged message has speaks for its labels as their other terms do on average.
        intercepts: shape (n_labels,): what is said of a text without a term; minus infinity for
            a label that was never judged.
        n_judged_with: shape (n_terms,): judged messages that contain each term.
        out_of_fold: shape (n_judged, n_labels): what is said of each judged message by a model
            that never saw it; rows sum to 1.
        inverse_regularisation: C as it was chosen.
    """

    labels: tuple[str, ...]
    terms: tuple[str, ...]
    weights: Floats
    intercepts: Floats
    n_judged_with: NDArray[np.int64]
    out_of_fold: Floats
    inverse_regularisation: float

    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """
        Each label's probability for each text.

        Returns:
            Shape (len(texts), n_labels); rows sum to 1. Texts without a term all get the same,
            about the shares of the labels among judged messages without one. A label that was
            never judged has 0.0.
        """
        return softmax(find_terms(texts, self.terms) @ self.weights.T + self.intercepts)

    def term_weights(self) -> pl.DataFrame:
        """
        What each term says.

        Returns:
            `term`, `label` (String), `weight` (Float64, log-odds against the mean of the judged
            labels; above 0 it speaks for the label), `n_judged_with` (Int64), one row for each
            term and judged label; by term, then label in codebook order.
        """
        used = np.flatnonzero(np.isfinite(self.intercepts))
        weights = self.weights[used] - self.weights[used].mean(axis=0)
        return pl.DataFrame(
            {
                "term": [term for term in self.terms for _ in used],
                "label": [self.labels[place] for place in used] * len(self.terms),
                "weight": weights.T.ravel(),
                "n_judged_with": np.repeat(self.n_judged_with, len(used)),
            },
            schema={
                "term": pl.String,
                "label": pl.String,
                "weight": pl.Float64,
                "n_judged_with": pl.Int64,
            },
        )


def fit_reflection(
    texts: Sequence[str],
    labels: Sequence[str],
    lexicon: Mapping[str, Iterable[str]],
    *,
    all_labels: Sequence[str] | None = None,
    weights: Sequence[float] | None = None,
    seed: int = 0,
) -> TaughtReflection:
    """
    A multinomial logistic regression with elastic net on which terms a text contains.

    Beside each term's presence stands, for each label, how many of its terms the text has: what
    is learnt of one term so carries over to the label's others, also to those that no judged
    message has. Both add up to one weight for each term and label. Labels count as often as
    they come, so that the probabilities can be believed. The regularisation is the one with the
    least log loss out of fold.

    Args:
        texts: judged messages; hold-out messages do not belong here.
        labels: theirs, aligned.
        lexicon: the terms of each label; a label may have none.
        all_labels: every label of the codebook, in its order; None takes those of `labels` and
            `lexicon`, sorted.
        weights: how much each message counts, above 0; None counts all alike.
        seed: fixes the folds and the order of the steps.

    Raises:
        InvalidInputError: there is no term, a term breaks the notation, the arguments are not
            aligned, or a judged label is not among `all_labels`.
        NotEnoughDataError: fewer than two labels are judged, or no judged message has a term.

    Source:
        Zou, Hastie: Regularization and variable selection via the elastic net.
    """
    by_label = {label: normal_terms(own) for label, own in lexicon.items()}
    terms = tuple(sorted({term for own in by_label.values() for term in own}))
    names = tuple(all_labels or sorted({*labels, *by_label}))
    _require_sound(texts, labels, terms, names, weights)
    has_term = find_terms(texts, terms)
    if not has_term.nnz:
        raise NotEnoughDataError(
            f"None of the {len(texts):,} judged messages contains a term of the lexicon, so that "
            "nothing can be learnt of the terms. Add terms that occur, or judge messages in which "
            "they do."
        )
    order = {name: place for place, name in enumerate(names)}
    lesson = _Lesson(
        has_term=csr_matrix(has_term, dtype=np.float64),
        owners=_owners(terms, by_label),
        classes=np.array([order[label] for label in labels]),
        weights=np.ones(len(texts)) if weights is None else np.asarray(weights, np.float64),
        n_labels=len(names),
        seed=seed,
    )
    with one_thread():
        folds = assign_folds(labels, min(N_FOLDS, len(labels)), seed=seed)
        chosen, out_of_fold = _choose(lesson, folds)
        (found,) = lesson.fit(np.arange(len(texts)), (chosen,))
    n_with = has_term.getnnz(axis=0).astype(np.int64)
    return TaughtReflection(
        names, terms, found.weights, found.intercepts, n_with, out_of_fold, chosen
    )


@dataclass(frozen=True)
class _Fitted:
    weights: Floats
    intercepts: Floats

    def predict_proba(self, has_term: csr_matrix) -> Floats:
        return softmax(has_term @ self.weights.T + self.intercepts)


@dataclass(frozen=True)
class _Lesson:
    """
    Judged messages by their terms.

    Attributes:
        has_term: shape (n, n_terms), 0.0 or 1.0.
        owners: shape (n_terms, n_labels with terms), which label's a term is, scaled.
        classes: shape (n,), positions among all labels.
        weights: shape (n,).
    """

    has_term: csr_matrix
    owners: csr_matrix
    classes: NDArray[np.int64]
    weights: Floats
    n_labels: int
    seed: int

    def fit(self, rows: NDArray[np.int64], candidates: Sequence[float]) -> list[_Fitted]:
        """A model of some rows for each inverse regularisation."""
        known = np.unique(self.classes[rows])
        if len(known) < MIN_LABELS:  # nothing to tell apart: what was seen is what is said
            return [self._spread(np.zeros((1, self.has_term.shape[1])), np.zeros(1), known)] * len(
                candidates
            )
        from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415 - slow to import
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - slow to import

        taken = self.has_term[rows]
        seen = np.flatnonzero(taken.getnnz(axis=0))
        features = hstack([taken[:, seen], taken @ self.owners], format="csr")
        model = LogisticRegression(
            l1_ratio=ABSOLUTE_SHARE,
            solver="saga",
            max_iter=MOST_PASSES,
            tol=LEAST_SHIFT,
            random_state=self.seed,
            warm_start=True,
        )
        fitted = []
        for candidate in candidates:
            model.set_params(C=candidate)
            with warnings.catch_warnings():
                # The last digits of a loosely held weight do not matter.
                warnings.simplefilter("ignore", ConvergenceWarning)
                model.fit(features, self.classes[rows], sample_weight=self.weights[rows])
            coefficients, intercepts = model.coef_, model.intercept_
            if len(intercepts) == 1:  # two labels: one score, the second label's log-odds
                coefficients = np.vstack([-coefficients / 2, coefficients / 2])
                intercepts = np.concatenate([-intercepts / 2, intercepts / 2])
            of_terms = coefficients[:, len(seen) :] @ self.owners.T.toarray()
            of_terms[:, seen] += coefficients[:, : len(seen)]
            fitted.append(self._spread(of_terms, intercepts, known))
        return fitted

    def _spread(self, weights: Floats, intercepts: Floats, known: NDArray[np.int64]) -> _Fitted:
        """A model of some labels over all labels."""
        everywhere = np.zeros((self.n_labels, weights.shape[1]))
        everywhere[known] = weights
        lows = np.full(self.n_labels, -np.inf)
        lows[known] = intercepts
        return _Fitted(everywhere, lows)


def _choose(lesson: _Lesson, folds: NDArray[np.int64]) -> tuple[float, Floats]:
    """The inverse regularisation with the least loss, and what was said out of fold with it."""
    candidates = CANDIDATES if len(folds) >= MIN_TO_CHOOSE else (DEFAULT,)
    said = np.zeros((len(candidates), len(folds), lesson.n_labels))
    for fold in np.unique(folds):
        held, seen = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        for place, fitted in enumerate(lesson.fit(seen, candidates)):
            said[place, held] = fitted.predict_proba(lesson.has_term[held])
    right = said[:, np.arange(len(folds)), lesson.classes]
    losses = -np.log(np.maximum(right, _LEAST_PROBABILITY)) @ lesson.weights
    best = int(losses.argmin())
    return candidates[best], said[best]


def _owners(terms: Sequence[str], by_label: Mapping[str, Sequence[str]]) -> csr_matrix:
    place_of = {term: place for place, term in enumerate(terms)}
    labelled = [own for own in by_label.values() if own]
    cells = [(place_of[term], column) for column, own in enumerate(labelled) for term in own]
    rows, columns = zip(*cells, strict=True)
    values = np.full(len(cells), SHARED_SCALE)
    return csr_matrix((values, (rows, columns)), shape=(len(terms), len(labelled)))


def _require_sound(
    texts: Sequence[str],
    labels: Sequence[str],
    terms: Sequence[str],
    names: Sequence[str],
    weights: Sequence[float] | None,
) -> None:
    if len(texts) != len(labels) or (weights is not None and len(weights) != len(texts)):
        raise InvalidInputError("Texts, labels and weights must be of one length.")
    unknown = sorted(set(labels) - set(names))
    if unknown:
        raise InvalidInputError(
            f"Messages are judged as {', '.join(unknown)}, which the codebook does not have. "
            "Add the label or judge them again."
        )
    if not terms:
        raise InvalidInputError("The lexicon has no term yet. Add one, or adopt a concept.")
    if len(set(labels)) < MIN_LABELS:
        raise NotEnoughDataError(
            f"Judged messages of at least {MIN_LABELS} labels are needed to weigh the terms; "
            f"{len(labels):,} judged messages have {len(set(labels))}. Judge a message of another."
        )
