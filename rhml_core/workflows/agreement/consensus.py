"""The consensus in figures: how votes come to one label, and how good each voter is."""

from typing import Any

import polars as pl

from rhml_core.errors import NotEnoughDataError
from rhml_core.measures.competence import team_competences
from rhml_core.measures.consensus import find_reference

COMPETENCE_SCHEMA = {
    "expert_id": pl.String,
    "competence": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
}
TAKEN_FOR_SCHEMA = {
    "expert_id": pl.String,
    "true_label": pl.String,
    "label": pl.String,
    "share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Float64,
}
_MOST_REPLICATES, _FEWEST_REPLICATES = 200, 40
_REPLICATED_JUDGEMENTS = 1_200_000
"""Judgements in all resamples together: with very many of them, fewer resamples are drawn."""
_MOST_JUDGEMENTS = 30_000
"""Competence of more is measured on a part of the messages, as resampling all takes minutes."""


def consensus_figures(labels: pl.DataFrame, adjudicated: pl.DataFrame) -> dict[str, Any]:
    """
    How the consensus comes about, and each person's competence, as JSON-able values.

    Returns:
        `method`, `reason` (as of `Reference`); `n_adjudicated`, `n_agreed`, `n_open` (messages
        by where their label comes from; open ones are tied); `too_thin` (why there are no
        competences, else ""); `n_judgements` (all of them); `n_measured` (those that competence
        is measured on);
        `by_rater`, `confusion` (rows as from `team_competences`).
    """
    reference = find_reference(labels, adjudicated)
    n_adjudicated = reference.labels.filter(pl.col("source") == "adjudicated").height
    judged = set(labels["message_id"].unique())
    known = set(reference.labels["message_id"])
    figures: dict[str, Any] = {
        "method": reference.method,
        "reason": reference.reason,
        "n_adjudicated": n_adjudicated,
        "n_agreed": reference.labels.height - n_adjudicated,
        "n_open": len(judged - known),
        "n_judgements": labels.height,
    }
    measured = _part_of(labels)
    figures["n_measured"] = measured.height
    replicates = _REPLICATED_JUDGEMENTS // max(measured.height, 1)
    n_replicates = min(_MOST_REPLICATES, max(_FEWEST_REPLICATES, replicates))
    try:
        found = team_competences(measured, adjudicated, n_replicates=n_replicates)
    except NotEnoughDataError as error:
        return figures | {"too_thin": str(error), "by_rater": [], "confusion": []}
    return figures | {
        "too_thin": "",
        "by_rater": _rows(found.by_rater),
        "confusion": _rows(found.confusion),
    }


def _part_of(labels: pl.DataFrame) -> pl.DataFrame:
    """The labels, or those of some messages, drawn by chance and always the same."""
    if labels.height <= _MOST_JUDGEMENTS:
        return labels
    messages = labels["message_id"].unique().sort()
    n = max(1, len(messages) * _MOST_JUDGEMENTS // labels.height)
    return labels.filter(pl.col("message_id").is_in(messages.sample(n, seed=0).implode()))


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return frame.with_columns(pl.selectors.float().fill_nan(None)).to_dicts()
