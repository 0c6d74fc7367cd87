"""The fast head: a linear classifier on embeddings that retrains while an expert waits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rhml_core.machine.heads.folds import assign_folds
from rhml_core.machine.heads.head_calibration import fit_temperature, log_losses
from rhml_core.machine.heads.head_lesson import (
    MIN_LABELS,
    NO_ORIGINS,
    Lesson,
    Pool,
    joined_features,
    prepare_lesson,
    require_two_labels,
)
from rhml_core.machine.heads.linear_head import (
    LinearHead,
    as_logistic_regression,
    load_head,
    save_head,
    softmax,
)
from rhml_core.machine.heads.pool_smoothing import prepare_smoothing
from rhml_core.machine.heads.priors import at_priors, pool_priors
from rhml_core.machine.heads.smoothing import asks_for_priors, asks_for_smoothing
from rhml_core.machine.heads.wording import NO_WORDING, Readings, Wording
from rhml_core.machine.one_thread import one_thread
from rhml_core.machine.protocol import Floats, Vectors

__all__ = [
    "MIN_LABELS",
    "LinearHead",
    "Pool",
    "TrainedHead",
    "as_logistic_regression",
    "equal_shares",
    "fit_head",
    "load_head",
    "require_two_labels",
    "save_head",
    "train_head",
]

N_FOLDS = 5
_MOST_LOSS = 30.0
"""Of a message whose label nobody else has: no candidate can be blamed for it."""


@dataclass(frozen=True)
class _Search:
    """
    How the inverse regularisation is chosen: unit-length embeddings want a loose one.

    Attributes:
        default: for few labels.
        candidates: in rising order; each fit starts from the one before.
        min_per_label: messages that every label needs before cross-validation can tell the
            candidates apart.
        calibrates: whether a candidate is judged by what is wrong once it is calibrated; the
            tighter ones, otherwise too timid, then often are the best.
    """

    default: float
    candidates: tuple[float, ...]
    min_per_label: int
    calibrates: bool


CALIBRATED = _Search(3.0, (0.3, 1.0, 3.0, 10.0), min_per_label=8, calibrates=True)
SMOOTHED = _Search(2.0, (0.3, 1.0, 3.0), min_per_label=32, calibrates=True)
AS_FITTED = _Search(10.0, (1.0, 3.0, 10.0, 30.0), min_per_label=8, calibrates=False)


@dataclass(frozen=True)
class TrainedHead:
    """
    A head, and what it says of the messages that it was taught with.

    Attributes:
        head: fitted to all of them, calibrated.
        out_of_fold: shape (n, n_labels): what heads say that never saw the message (nor a
            varied copy of it), calibrated alike; rows sum to 1. A label whose only message is
            held back has 0.0 there.
        inverse_regularisation: C as it was chosen.
        temperature: by which all scores were divided.
    """

    head: LinearHead
    out_of_fold: Floats
    inverse_regularisation: float
    temperature: float


def train_head(
    embeddings: Vectors,
    labels: Sequence[str],
    weights: Floats | None = None,
    *,
    all_labels: Sequence[str],
    seed: int,
    wording: Wording = NO_WORDING,
    readings: Readings | None = None,
    pool: Pool | None = None,
    is_honest: NDArray[np.bool_] | None = None,
    origins: NDArray[np.int64] = NO_ORIGINS,
    own_weights: Floats | None = None,
) -> TrainedHead:
    """
    A calibrated head by multinomial logistic regression, and its honest second opinion.

    Labels count alike however rare they are. Regularisation and temperature are those with
    the least log loss out of fold; the regularisation stays at its default until every label
    in use has messages enough to choose by. Where labels have few messages each, what is learnt
    from is smoothed towards the pool (what is asked about, held-back messages too, is not);
    out of fold by nearness alone, which tells nobody a held-back message's label.
    Where they have many, and as many of one as of another, the pool tells how frequent each is.

    Args:
        embeddings: shape (n, d), of the judged messages.
        labels: their labels, aligned.
        weights: how much each message counts, above 0; None counts all alike.
        all_labels: every label of the codebook, in its order.
        seed: fixes the folds and the sample of the pool.
        wording: what the head reads beside the embeddings.
        readings: what `wording` read of the messages, aligned; needed where it reads anything.
        pool: messages beside, judged or not, where the judged ones of each label are a random
            draw of it; None does neither.
        is_honest: shape (n_messages,): those whose embedding was not tuned with their label;
            None says all. Only they tell the regularisation and the temperature.
        origins: shape (n_copies,): where the last rows are varied copies of messages, the row
            of each one's origin. A copy is held back with its origin and is not answered.
        own_weights: shape (n_messages,): how much each message counts where regularisation and
            temperature are chosen, which no copy tells; None is `weights`.

    Raises:
        NotEnoughDataError: fewer than two labels have a message.

    Source:
        King, Zeng: Logistic regression in rare events data (weighting by inverse frequency).
    """
    features = joined_features(embeddings, readings, wording)
    judged = labels[: len(labels) - len(origins)]
    with one_thread():
        folds = assign_folds(judged, min(N_FOLDS, len(judged)), seed=seed)
        smoothing = (
            prepare_smoothing(embeddings, readings, pool, wording, seed=seed, origins=origins)
            if pool is not None and asks_for_smoothing(judged)
            else None
        )

        def lesson_of(taught: Floats) -> Lesson:
            return prepare_lesson(
                taught, features, labels, weights, all_labels, origins, own_weights
            )

        # Agreement is not for the folds: it would tell the others a held-back message's label.
        lesson = lesson_of(features if smoothing is None else smoothing.by_nearness())
        best = _try(lesson, folds, CALIBRATED if smoothing is None else SMOOTHED, is_honest)
        told = _told(lesson, is_honest)
        # As the messages come, rare labels and all: that is what the shares are held against.
        temperature = fit_temperature(
            best.scores[told], lesson.classes[told], lesson.own_weights[told]
        )
        final = (
            lesson
            if smoothing is None
            else lesson_of(smoothing.by_agreement(labels, weights, all_labels))
        )
        solution = final.fit(best.inverse_regularisation)
        head = final.head(solution, embeddings.shape[1], wording).at_temperature(temperature)
        out_of_fold = softmax(lesson.spread(best.scores[: len(judged)]) / temperature)
        if pool is not None and asks_for_priors(judged):
            priors = pool_priors(head.predict_proba(*pool.sample(seed)))
            head, out_of_fold = head.at_priors(priors), at_priors(out_of_fold, priors)
    return TrainedHead(
        head=head,
        out_of_fold=out_of_fold,
        inverse_regularisation=best.inverse_regularisation,
        temperature=temperature,
    )


def fit_head(
    embeddings: Vectors,
    labels: Sequence[str],
    weights: Floats | None = None,
    *,
    all_labels: Sequence[str],
    seed: int,
    origins: NDArray[np.int64] = NO_ORIGINS,
    own_weights: Floats | None = None,
) -> LinearHead:
    """
    A head as `train_head` makes it, on embeddings alone and not calibrated.

    For embeddings that were tuned with the same labels: what such a head says out of fold is
    too good to tell how sure it may be.

    Raises:
        NotEnoughDataError: fewer than two labels have a message.
    """
    with one_thread():
        features = joined_features(embeddings)
        lesson = prepare_lesson(
            features, features, labels, weights, all_labels, origins, own_weights
        )
        judged = labels[: lesson.n_judged]
        folds = assign_folds(judged, min(N_FOLDS, len(judged)), seed=seed)
        folds = np.append(folds, folds[origins])
        chosen = _try(lesson, folds, AS_FITTED).inverse_regularisation
        return lesson.head(lesson.fit(chosen), embeddings.shape[1], NO_WORDING)


def equal_shares(labels: Sequence[str], all_labels: Sequence[str]) -> Floats:
    """What to say where nothing was learnt: shape (n_labels,), the labels in use alike."""
    used = set(labels)
    return np.array([1.0 / len(used) if name in used else 0.0 for name in all_labels])


@dataclass(frozen=True)
class _Trial:
    """
    The best regularisation that was found for a lesson.

    Attributes:
        scores: shape (n, n_labels in use), out of fold.
        loss: log loss of the messages that may tell, labels counting alike; 0.0 where none may.
    """

    inverse_regularisation: float
    scores: Floats
    loss: float


def _try(
    lesson: Lesson,
    folds: NDArray[np.int64],
    search: _Search,
    is_honest: NDArray[np.bool_] | None = None,
) -> _Trial:
    told = _told(lesson, is_honest)
    n_per_label = np.bincount(lesson.classes[told], minlength=len(lesson.places))
    is_enough = n_per_label.min() >= search.min_per_label
    candidates = search.candidates if is_enough else (search.default,)
    scores = _scores_out_of_fold(lesson, folds, candidates)
    classes, weights = lesson.classes[told], lesson.own_balanced()[told]

    def loss(candidate: float) -> float:
        found = scores[candidate][told]
        if search.calibrates:
            found = found / fit_temperature(found, classes, weights)
        return float(weights @ np.minimum(log_losses(found, classes), _MOST_LOSS))

    chosen = min(candidates, key=loss)
    return _Trial(chosen, scores[chosen], loss(chosen))


def _told(lesson: Lesson, is_honest: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """Rows of the messages that may tell how a head is to be: as they were judged, no copies."""
    return np.arange(lesson.n_judged) if is_honest is None else np.flatnonzero(is_honest)


def _scores_out_of_fold(
    lesson: Lesson, folds: NDArray[np.int64], candidates: tuple[float, ...]
) -> dict[float, Floats]:
    """Of each candidate; minus infinity for labels, and 0 for rows, that nothing was learnt of."""
    scores = {candidate: np.zeros((len(folds), len(lesson.places))) for candidate in candidates}
    for fold in np.unique(folds):
        held, seen = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        known = np.unique(lesson.classes[seen])
        if len(known) < MIN_LABELS:
            continue
        solution = None
        for candidate in candidates:
            solution = lesson.fit(candidate, seen, solution)
            found = np.full((len(held), len(lesson.places)), -np.inf)
            found[:, known] = solution.scores(lesson.asked[held])
            scores[candidate][held] = found
    return scores
