"""
What is most likely true of each message where each rater errs in their own way.

Every rater has a confusion matrix: which label they give to messages that truly have another.
Truth and matrices are unknown, and each is easy to guess from the other; so both are improved
in turns until nothing changes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array  # type: ignore[import-untyped] # ships no types

from rhml_core.errors import NotEnoughDataError
from rhml_core.measures.ratings import Ratings
from rhml_core.measures.vote_kinds import VoteKinds

Floats = NDArray[np.float64]

_LEAST = 1e-10
"""Chances and expected counts of what did occur are at least this, so that logarithms exist."""
MAX_ROUNDS = 200
TOLERANCE = 1e-8
"""The rounds end when one changes the log-likelihood by less than this for each judgement."""


@dataclass(frozen=True, eq=False)
class DawidSkene:
    """
    A fitted model of what is true and who errs how.

    Attributes:
        ratings: what it was fitted to.
        kinds: the messages of it that are alike, and so have one posterior.
        posterior: shape (messages, labels), rows add up to 1: how likely each label is true.
        prior: shape (labels,): share of the messages that truly have each label.
        confusion: shape (raters, true labels, given labels): how likely each rater gives a
            label to a message that truly has another; rows add up to 1.
        expected: shape (raters, true labels, given labels): the judgements behind `confusion`,
            each shared out by the posterior of its message.
        evenness: as it was fitted with.
        n_rounds: how often truth and matrices were improved.
        has_converged: whether the rounds ended because nothing changed any more.
    """

    ratings: Ratings
    kinds: VoteKinds
    posterior: Floats
    prior: Floats
    confusion: Floats
    expected: Floats
    evenness: float
    n_rounds: int
    has_converged: bool


def fit_dawid_skene(
    ratings: Ratings,
    known: NDArray[np.int32] | None = None,
    *,
    evenness: float = 0.0,
    max_rounds: int = MAX_ROUNDS,
    tolerance: float = TOLERANCE,
) -> DawidSkene:
    """
    The most likely truth and each rater's confusion matrix, by expectation-maximisation.

    Args:
        ratings: one judgement at least, each message with one or more.
        known: shape (messages,): the label of messages whose truth is known, -1 of the others.
            What is known stays fixed and shows how the raters err.
        evenness: 0 takes each matrix as the judgements have it, which is the published model;
            1 takes all raters to be alike and errors to fall on all other labels evenly, which
            comes to counting votes; between the two is a blend.
        max_rounds: improvements at most, 1 or more.
        tolerance: the change in log-likelihood per judgement below which the rounds end; 0
            always takes `max_rounds`.

    Raises:
        NotEnoughDataError: there is no judgement.

    Source:
        Dawid and Skene, Maximum likelihood estimation of observer error-rates using the EM
        algorithm, 1979; it starts from the shares of the votes. The blend follows the idea of
        Liu and Wang, TrueLabel + Confusions, 2012, where thin matrices lean on simpler ones.
    """
    if not ratings.n_judgements:
        raise NotEnoughDataError("Nothing is judged yet, so there is no consensus. Judge some.")
    kinds = VoteKinds.of(ratings, known)
    counts = ratings.counts[kinds.first]
    start = _clamp(counts / counts.sum(axis=1, keepdims=True), kinds.known)
    return _improve(
        ratings,
        kinds,
        start,
        kinds.weights(),
        evenness=evenness,
        max_rounds=max_rounds,
        tolerance=tolerance,
    )


def refit(
    fitted: DawidSkene,
    weights: NDArray[np.int64],
    *,
    max_rounds: int,
    tolerance: float = TOLERANCE,
) -> DawidSkene:
    """
    The model fitted again with each message counted `weights` times, from where it stands.

    Args:
        fitted: where the rounds start.
        weights: shape (messages,): 0 or more, one above 0 at least.
        max_rounds: improvements at most.
        tolerance: as for `fit_dawid_skene`.
    """
    return _improve(
        fitted.ratings,
        fitted.kinds,
        fitted.posterior[fitted.kinds.first],
        fitted.kinds.weights(weights.astype(np.float64)),
        evenness=fitted.evenness,
        max_rounds=max_rounds,
        tolerance=tolerance,
    )


def _improve(
    ratings: Ratings,
    kinds: VoteKinds,
    posterior: Floats,
    weights: Floats,
    *,
    evenness: float,
    max_rounds: int,
    tolerance: float,
) -> DawidSkene:
    """
    Take turns between truth and matrices.

    Args:
        ratings: who and what the kinds' codes stand for.
        kinds: what the rounds go over.
        posterior: shape (kinds, labels): where they start.
        weights: shape (kinds,): how much each counts.
        evenness: as for `fit_dawid_skene`.
        max_rounds: as there.
        tolerance: as there.
    """
    votes, known = kinds.votes, kinds.known
    n_weighted = float((votes.T @ weights).sum())
    has_occurred = np.bincount(votes.indices, minlength=votes.shape[1]) > 0
    expected, prior, chances = _matrices(votes, posterior, weights, has_occurred, evenness)
    likelihood, n_rounds, has_converged = -np.inf, 0, False
    while n_rounds < max_rounds and not has_converged:
        posterior, before = _truth(votes, prior, chances, weights, known)
        expected, prior, chances = _matrices(votes, posterior, weights, has_occurred, evenness)
        has_converged = abs(before - likelihood) < tolerance * n_weighted
        likelihood, n_rounds = before, n_rounds + 1
    by_truth = (0, 2, 1)  # columns of `votes` run over given labels first
    return DawidSkene(
        ratings=ratings,
        kinds=kinds,
        posterior=posterior[kinds.of_message],
        prior=prior,
        confusion=chances.transpose(by_truth),
        expected=expected.transpose(by_truth),
        evenness=evenness,
        n_rounds=n_rounds,
        has_converged=has_converged,
    )


def _matrices(
    votes: csr_array,
    posterior: Floats,
    weights: Floats,
    has_occurred: NDArray[np.bool_],
    evenness: float,
) -> tuple[Floats, Floats, Floats]:
    """
    What truth says of the raters.

    Returns:
        Expected judgements, shape (raters, given labels, true labels); shares of the true
        labels; and the chances of each given label, shape as the first. Labels that a rater
        never gives have the chance 0; a true label that a rater never met leaves the others
        equally likely.
    """
    shares = posterior * weights[:, np.newaxis]
    of_label = weights @ posterior
    expected = np.asarray(votes.T @ shares)
    chances = np.where(has_occurred[:, np.newaxis], np.maximum(expected, _LEAST), 0.0)
    n_labels = posterior.shape[1]
    shape = (-1, n_labels, n_labels)
    chances = chances.reshape(shape)
    chances /= chances.sum(axis=1, keepdims=True)
    expected = expected.reshape(shape)
    if evenness:
        chances = (1 - evenness) * chances + evenness * _even_chances(expected)
    return expected, np.maximum(of_label / of_label.sum(), _LEAST), chances


def _even_chances(expected: Floats) -> Floats:
    """
    The chances of given labels where all raters are alike and every error is equally likely.

    Shape (given labels, true labels): on the diagonal how often the team is right.
    """
    n_labels = expected.shape[1]
    right = np.trace(expected, axis1=1, axis2=2).sum() / expected.sum()
    right = np.clip(right, _LEAST, 1 - _LEAST)
    even: Floats = np.full((n_labels, n_labels), (1 - right) / max(n_labels - 1, 1))
    np.fill_diagonal(even, right)
    return even


def _truth(
    votes: csr_array,
    prior: Floats,
    chances: Floats,
    weights: Floats,
    known: NDArray[np.int32] | None,
) -> tuple[Floats, float]:
    """What the raters say of the truth, and the log-likelihood of what they said."""
    n_labels = prior.size
    with np.errstate(divide="ignore"):
        logs = np.log(chances).reshape(-1, n_labels)
    logs[np.isneginf(logs)] = 0.0  # never given, so never looked up
    posterior = np.asarray(votes @ logs)
    posterior += np.log(prior)
    # Likelihoods of many judgements vanish, so each message's are held against its largest.
    largest = _largest_of_rows(posterior)
    posterior -= largest[:, np.newaxis]
    if known is not None:
        is_known = known >= 0
        told = largest[is_known] + posterior[is_known, known[is_known]]
    np.exp(posterior, out=posterior)
    total = posterior @ np.ones(n_labels)
    posterior /= total[:, np.newaxis]
    by_message = np.log(total) + largest
    if known is not None:
        by_message[is_known] = told
    return _clamp(posterior, known), float(weights @ by_message)


def _largest_of_rows(table: Floats) -> Floats:
    """Shape (rows,): by columns, which NumPy goes through many times faster than short rows."""
    largest = table[:, 0].copy()
    for column in table.T[1:]:
        np.maximum(largest, column, out=largest)
    return largest


def _clamp(posterior: Floats, known: NDArray[np.int32] | None) -> Floats:
    """Give what is known the posterior 1, in place."""
    if known is not None:
        is_known = known >= 0
        posterior[is_known] = 0.0
        posterior[is_known, known[is_known]] = 1.0
    return posterior
