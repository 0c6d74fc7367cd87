"""Whether people are right as often as they say to be sure."""

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rhml_core.domain import Confidence
from rhml_core.errors import MeasureUndefinedError
from rhml_core.figures import Interval, ReliabilityBin, percent
from rhml_core.measures.bootstrap import resampled_totals
from rhml_core.measures.calibration import calibration_errors, calibration_interval
from rhml_core.measures.estimates import design_effect, share_of

CONFIDENCE_VALUES: dict[str, float] = {
    Confidence.GUESS.value: 0.5,
    Confidence.FAIRLY.value: 0.75,
    Confidence.SURE.value: 0.95,
}
"""What a stated confidence stands for as a probability to be right."""

LEAST_STATED = 10
"""Answers below which calibration says more of chance than of the expert."""

_Z = 1.96


@dataclass(frozen=True)
class StatedCalibration:
    """
    Stated confidence held against being right.

    Attributes:
        brier: mean squared distance of stated probability from right (1) or wrong (0), 0 to 1.
        calibration_error: expected calibration error over the stated levels, 0 to 1.
        overconfidence: mean stated probability less share right, -1 to 1: above 0 surer than
            right, below 0 less sure than right.
        reliability: one for each confidence that was stated, least sure first.
        sentence: the reading of `overconfidence`, for people.
        n_experts: people behind the figures.
    """

    brier: Interval
    calibration_error: Interval
    overconfidence: Interval
    reliability: tuple[ReliabilityBin, ...]
    sentence: str
    n_experts: int


def stated_calibration(
    answers: pl.DataFrame, *, n_replicates: int = 1_000, seed: int = 0
) -> StatedCalibration:
    """
    How well one expert, or a team, knows how often they are right.

    Args:
        answers: `expert_id, message_id, confidence` (String; a name of `CONFIDENCE_VALUES`, null
            where nothing was stated), `is_right` (Boolean); one row per answer given without the
            machine's. Those without a stated confidence are left out.
        n_replicates: resamples of messages behind the interval of the calibration error.
        seed: the same seed gives the same intervals.

    Raises:
        MeasureUndefinedError: fewer than 10 answers have a stated confidence.

    Source:
        Brier, Verification of forecasts expressed in terms of probability, 1950 (one
        probability, for being right); Lichtenstein, Fischhoff and Phillips, Calibration of
        probabilities: the state of the art to 1980, 1982, on over- and underconfidence.
    """
    stated = answers.filter(pl.col("confidence").is_not_null()).with_columns(
        said=pl.col("confidence").replace_strict(CONFIDENCE_VALUES, return_dtype=pl.Float64)
    )
    if stated.height < LEAST_STATED:
        raise MeasureUndefinedError(
            f"Calibration needs {LEAST_STATED} answers with a stated confidence and a known "
            f"right label; there are {stated.height}."
        )
    said = stated["said"].to_numpy()
    is_right = stated["is_right"].cast(pl.Float64).to_numpy()
    message_ids = stated["message_id"]
    mean = float(said.mean())
    # Two right and two wrong answers more, at the mean confidence, keep an interval from
    # vanishing where all answers are right.
    overconfidence = _mean_interval(said - is_right, [mean - 1, mean - 1, mean, mean], message_ids)
    return StatedCalibration(
        brier=_mean_interval(
            (said - is_right) ** 2,
            [(1 - mean) ** 2, (1 - mean) ** 2, mean**2, mean**2],
            message_ids,
        ),
        calibration_error=_calibration_error(
            said,
            is_right,
            message_ids,
            overconfidence=overconfidence,
            n_replicates=n_replicates,
            seed=seed,
        ),
        overconfidence=overconfidence,
        reliability=_reliability(stated),
        sentence=_reading(overconfidence, mean),
        n_experts=stated["expert_id"].n_unique(),
    )


def _mean_interval(
    values: NDArray[np.float64], added: list[float], message_ids: pl.Series
) -> Interval:
    """
    The mean of answers' values with a 95 % interval around the mean with four answers added.

    Source:
        Agresti and Coull, Approximate is better than "exact" for interval estimation of
        binomial proportions, 1998, carried over to values that depend on right or wrong.
    """
    value = float(values.mean())
    padded = np.concatenate([values, added])
    alike = design_effect(values - value, message_ids)
    half = _Z * sqrt(float(padded.var()) * alike / padded.size)
    centre = float(padded.mean())
    return Interval(value, min(centre - half, value), max(centre + half, value), values.size)


def _calibration_error(
    said: NDArray[np.float64],
    is_right: NDArray[np.float64],
    message_ids: pl.Series,
    *,
    overconfidence: Interval,
    n_replicates: int,
    seed: int,
) -> Interval:
    levels, level = np.unique(said, return_inverse=True)
    columns = {
        f"level_{number}": np.where(level == number, said - is_right, 0.0)
        for number in range(levels.size)
    }
    by_message = (
        pl.DataFrame({"message_id": message_ids, **columns, "n": np.ones(said.size)})
        .group_by("message_id")
        .agg(pl.all().sum())
        .drop("message_id")
    )
    kinds, n_alike = np.unique(by_message.to_numpy(), axis=0, return_counts=True)
    totals = resampled_totals(kinds, n_alike, n_replicates=n_replicates, seed=seed)
    replicates = np.abs(totals[:, :-1]).sum(axis=1) / totals[:, -1]
    n_of_level = np.bincount(level)
    random = np.random.default_rng([seed, 1])
    by_chance = calibration_errors(
        n_of_level * levels - random.binomial(n_of_level, levels, (n_replicates, levels.size)),
        said.size,
    )
    value = float(calibration_errors((n_alike @ kinds)[:-1], said.size))
    found = calibration_interval(value, replicates, by_chance, n=said.size)
    if replicates.min() < replicates.max():
        return found
    # All answers of each level went alike, so resamples do not vary though others might.
    low, high = sorted((abs(overconfidence.low), abs(overconfidence.high)))
    least = 0.0 if overconfidence.low <= 0 <= overconfidence.high else low
    return replace(found, low=min(least, found.low), high=max(high, found.high))


def _reliability(stated: pl.DataFrame) -> tuple[ReliabilityBin, ...]:
    bins = []
    for value in stated["said"].unique().sort():
        of_level = stated.filter(pl.col("said") == value)
        accuracy = share_of(of_level["is_right"], of_level["message_id"], missing="").interval
        if accuracy is not None:
            bins.append(ReliabilityBin(float(value), accuracy))
    return tuple(bins)


def _reading(overconfidence: Interval, mean: float) -> str:
    right = percent(mean - overconfidence.value)
    figures = f"said {percent(mean)} sure on average, right in {right}"
    if overconfidence.low > 0:
        return f"Surer than right: {figures} of {overconfidence.n:,} answers."
    if overconfidence.high < 0:
        return f"Right more often than said: {figures} of {overconfidence.n:,} answers."
    return f"About as sure as right: {figures} of {overconfidence.n:,} answers."
