"""How good a way of learning is that was tried several times on the same messages."""

from collections.abc import Sequence

import numpy as np

from rhml_core.errors import MeasureUndefinedError
from rhml_core.figures import Interval
from rhml_core.measures.bootstrap import percentile_interval, resampled_totals
from rhml_core.measures.tallies import contributions, kinds_of_answers, tally


def mean_macro_f1(
    truth: Sequence[str],
    said: Sequence[Sequence[str]],
    labels: Sequence[str],
    *,
    n_replicates: int = 500,
    seed: int = 0,
) -> Interval:
    """
    Mean macro-F1 of several classifiers on the same messages.

    The 95 % percentile interval is over resamples of the messages and of the classifiers, so
    that it holds both the chance of which messages measure and that of how each was taught.

    Args:
        truth: each message's reference label.
        said: one sequence a classifier, each aligned with `truth`.
        labels: every label that may occur, without repetition.
        n_replicates: resamples to draw.
        seed: the same seed gives the same interval.

    Returns:
        0 to 1; macro-F1 is the mean F1 over the labels that occur in the reference.

    Raises:
        MeasureUndefinedError: there is no message, or no classifier.
        InvalidInputError: the sequences differ in length, or hold a label not in `labels`.
    """
    if not said:
        raise MeasureUndefinedError("No classifier answered, so there is nothing to measure.")
    kinds, n_alike = kinds_of_answers(labels, truth, *said)
    true, answers = kinds[:, 0], kinds[:, 1:]
    n = len(labels)
    of_all = np.hstack([contributions(true, one, n) for one in answers.T])
    resampled = resampled_totals(of_all, n_alike, n_replicates=n_replicates, seed=seed)
    measured = tally((n_alike @ of_all).reshape(len(said), 3 * n)).macro_f1
    replicates = tally(resampled.reshape(n_replicates, len(said), 3 * n)).macro_f1
    drawn = np.random.default_rng(seed).integers(0, len(said), size=replicates.shape)
    means = np.take_along_axis(replicates, drawn, axis=1).mean(axis=1)
    return percentile_interval(float(measured.mean()), means, n=len(truth))
