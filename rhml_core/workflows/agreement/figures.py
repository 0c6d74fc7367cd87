"""Agreement in figures: overall, by pair, by label; what is undefined says why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from rhml_core.errors import AgreementUndefinedError
from rhml_core.figures import Interval
from rhml_core.measures.agreement.alpha import alpha_by_label, alpha_interval, reading_of_alpha
from rhml_core.measures.agreement.cohen import (
    KAPPA_SCHEMA,
    SHARED_MESSAGES_FOR_KAPPA,
    pairwise_kappa,
)
from rhml_core.measures.agreement.many_raters import fleiss_kappa, gwet_ac1, percent_agreement
from rhml_core.measures.estimates import Estimate
from rhml_core.measures.ratings import Ratings, encode

PAIRS_SCHEMA = {**KAPPA_SCHEMA, "undefined": pl.String}
LABELS_SCHEMA = {
    "label": pl.String,
    "alpha": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
    "n_with": pl.Int64,
    "undefined": pl.String,
}


@dataclass(frozen=True)
class StageFigures:
    """
    How far people agree, by every measure.

    Attributes:
        reading: one sentence on what alpha permits, or why there is none.
        n_messages: messages with at least two people's labels.
        n_judgements: people's labels on them.
        n_people: people who labelled.
    """

    alpha: Estimate
    fleiss: Estimate
    ac1: Estimate
    percent: Estimate
    reading: str
    n_messages: int
    n_judgements: int
    n_people: int


def encode_labels(labels: pl.DataFrame, names: Sequence[str]) -> Ratings:
    """Labels as codes, those of the codebook first and in its order."""
    others = sorted(set(labels["label"].unique()) - set(names))
    return encode(labels, [*names, *others])


def stage_figures(ratings: Ratings) -> StageFigures:
    """Every overall measure of people's labels; the machine is not among them."""
    alpha = _measured(alpha_interval, ratings)
    shared = ratings.counts.sum(axis=1) > 1
    return StageFigures(
        alpha=alpha,
        fleiss=_measured(fleiss_kappa, ratings),
        ac1=_measured(gwet_ac1, ratings),
        percent=_measured(percent_agreement, ratings),
        reading=reading_of_alpha(alpha.interval) if alpha.interval else alpha.missing,
        n_messages=int(shared.sum()),
        n_judgements=int(ratings.counts[shared].sum()),
        n_people=len(ratings.raters),
    )


def pair_figures(labels: pl.DataFrame) -> pl.DataFrame:
    """
    Cohen's kappa of every two raters who share a message.

    Returns:
        `a, b` (String), `kappa, low, high` (Float64), `agreement` (Float64, share), `n` (Int64,
        shared messages), `undefined` (String, why kappa or its interval is null; null where both
        are known); as from `pairwise_kappa`.
    """
    return pairwise_kappa(labels).with_columns(
        undefined=pl.when(pl.col("kappa").is_null())
        .then(pl.lit("both gave one and the same label throughout"))
        .when(pl.col("low").is_null() & (pl.col("n") < SHARED_MESSAGES_FOR_KAPPA))
        .then(pl.lit(f"no interval below {SHARED_MESSAGES_FOR_KAPPA} shared messages"))
        .when(pl.col("low").is_null())
        .then(pl.lit("too one-sided for an interval"))
    )


def label_figures(ratings: Ratings) -> pl.DataFrame:
    """Alpha of each label as from `alpha_by_label`; no rows where no message has two labels."""
    try:
        return alpha_by_label(ratings)
    except AgreementUndefinedError:
        return pl.DataFrame(schema=LABELS_SCHEMA)


def alpha_of(ratings: Ratings) -> Estimate:
    """Krippendorff's alpha, or why there is none."""
    return _measured(alpha_interval, ratings)


def figures_to_json(figures: StageFigures) -> dict[str, Any]:
    """The figures as JSON-able values."""
    return asdict(figures)


def figures_from_json(kept: Mapping[str, Any]) -> StageFigures:
    """The figures kept by `figures_to_json`."""
    measures = {
        name: Estimate(
            Interval(**entry["interval"]) if entry["interval"] else None, entry["missing"]
        )
        for name, entry in kept.items()
        if isinstance(entry, dict)
    }
    return StageFigures(**{**kept, **measures})


def frame_from_json(rows: Sequence[Mapping[str, Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    """A frame kept as a list of its rows."""
    return pl.DataFrame(list(rows), schema=dict(schema), orient="row")


def _measured(measure: Callable[[Ratings], Interval], ratings: Ratings) -> Estimate:
    try:
        return Estimate(measure(ratings))
    except AgreementUndefinedError as error:
        return Estimate(None, str(error))
