"""Agreement over time and over kinds of messages: cycle by cycle, and by metadata value."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from statistics import NormalDist
from typing import Any

import polars as pl

from rhml_core.figures import Interval
from rhml_core.measures.agreement.alpha import SHARED_MESSAGES_TO_READ
from rhml_core.workflows.agreement.figures import alpha_of, encode_labels, label_figures
from rhml_core.workflows.cycles import with_cycle

CYCLES_SCHEMA: dict[str, Any] = {
    "cycle": pl.Int64,
    "since": pl.Datetime("us", "UTC"),
    "label": pl.String,
    "alpha": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
    "undefined": pl.String,
}
VALUES_SCHEMA = {
    "field": pl.String,
    "value": pl.String,
    "alpha": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
    "undefined": pl.String,
}
FEWEST_VALUES, MOST_VALUES = 2, 20
_CHANCE = 0.025


@dataclass(frozen=True)
class Fall:
    """
    Agreement that is surely lower in the newest cycle than it was.

    Attributes:
        label: of which label; None for all labels together.
        since: the first cycle after the last one that was surely better.
        cycle: the newest one that can be read.
        before: alpha of the last cycle that was surely better.
        now: alpha of the newest one.
    """

    label: str | None
    since: int
    cycle: int
    before: Interval
    now: Interval


def cycle_figures(
    labels: pl.DataFrame, starts: Sequence[datetime], names: Sequence[str]
) -> pl.DataFrame:
    """
    Alpha of each cycle, overall and by label.

    A message belongs to the cycle in which its newest label was given, so each counts once.

    Args:
        labels: `message_id, expert_id, label` (String), `made_at` (Datetime in UTC).
        starts: as from `cycle_of`.
        names: the codebook's labels.

    Returns:
        `cycle` (Int64), `since` (Datetime in UTC), `label` (String, null for all together),
        `alpha, low, high` (Float64, null where undefined), `n` (Int64, shared messages),
        `undefined` (String, why; null where defined); by cycle, all together first, then as the
        labels are. Every cycle has its row for all together.
    """
    newest = with_cycle(
        labels.with_columns(made_at=pl.col("made_at").max().over("message_id")), starts
    )
    rows: list[tuple[object, ...]] = []
    for cycle, since in enumerate(starts, start=1):
        ratings = encode_labels(newest.filter(pl.col("cycle") == cycle), names)
        overall = alpha_of(ratings)
        known = overall.interval
        n_shared = int((ratings.counts.sum(axis=1) > 1).sum())
        figures = (known.value, known.low, known.high) if known else (None, None, None)
        rows.append((cycle, since, None, *figures, n_shared, overall.missing or None))
        rows += [
            (cycle, since, row["label"], row["alpha"], row["low"], row["high"], row["n"], why)
            for row in label_figures(ratings).iter_rows(named=True)
            for why in [row["undefined"]]
        ]
    return pl.DataFrame(rows, schema=CYCLES_SCHEMA, orient="row")


def surely_falling(cycles: pl.DataFrame) -> list[Fall]:
    """
    Where the newest cycle that can be read agrees less than an earlier one, beyond chance.

    Cycles hold different messages, so the bounds of a difference follow from those of its parts;
    they are widened for the number of comparisons, and cycles of fewer than 20 shared messages
    are left out.

    Args:
        cycles: as from `cycle_figures`.

    Returns:
        The falls, steepest first, each since the cycle after the last one that was surely better.

    Source:
        Zou and Donner, Construction of confidence limits about effect measures, 2008 (the bounds
        of a difference); Bonferroni for the number of comparisons.
    """
    readable = cycles.filter(
        pl.col("low").is_not_null() & (pl.col("n") >= SHARED_MESSAGES_TO_READ)
    ).sort("cycle")
    series = [part.rows(named=True) for _, part in readable.group_by("label", maintain_order=True)]
    n_comparisons = sum(len(rows) - 1 for rows in series)
    if not n_comparisons:
        return []
    normal = NormalDist()
    wider = normal.inv_cdf(1 - _CHANCE / n_comparisons) / normal.inv_cdf(1 - _CHANCE)
    found = []
    for rows in series:
        last = rows[-1]
        for place in range(len(rows) - 2, -1, -1):
            before = rows[place]
            change = last["alpha"] - before["alpha"]
            margin = sqrt(
                (last["high"] - last["alpha"]) ** 2 + (before["alpha"] - before["low"]) ** 2
            )
            if change + wider * margin < 0:
                since = rows[place + 1]["cycle"]
                fall = Fall(last["label"], since, last["cycle"], _alpha(before), _alpha(last))
                found.append((change, fall))
                break
    return [fall for _, fall in sorted(found, key=lambda one: one[0])]


def _alpha(row: Mapping[str, Any]) -> Interval:
    return Interval(row["alpha"], row["low"], row["high"], row["n"])


def value_figures(labels: pl.DataFrame, facts: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """
    Alpha on the messages of each value of each field that has 2 to 20 of them.

    Args:
        labels: `message_id, expert_id, label` (String).
        facts: as from `message_facts`.
        names: the codebook's labels.

    Returns:
        `field, value` (String), `alpha, low, high` (Float64, null where undefined), `n` (Int64,
        shared messages), `undefined` (String, why), by field, then by value. No rows where no
        field has that many values.
    """
    rows: list[tuple[object, ...]] = []
    known = _fields(facts)
    for field, part in known.group_by("field", maintain_order=True):
        values = part["value"].unique().sort()
        if not FEWEST_VALUES <= len(values) <= MOST_VALUES:
            continue
        for value in values:
            of_value = labels.join(
                part.filter(pl.col("value") == value), on="message_id", how="semi"
            )
            ratings = encode_labels(of_value, names)
            alpha = alpha_of(ratings)
            interval = alpha.interval
            figures = (
                (interval.value, interval.low, interval.high) if interval else (None, None, None)
            )
            n_shared = int((ratings.counts.sum(axis=1) > 1).sum())
            rows.append((field[0], value, *figures, n_shared, alpha.missing or None))
    return pl.DataFrame(rows, schema=VALUES_SCHEMA, orient="row")


def _fields(facts: pl.DataFrame) -> pl.DataFrame:
    """`message_id, field, value` (String), by field, then by message; no nulls."""
    return pl.DataFrame(
        list(_entries(facts)),
        schema={"message_id": pl.String, "field": pl.String, "value": pl.String},
        orient="row",
    ).sort("field", "message_id")


def _entries(facts: pl.DataFrame) -> Iterator[tuple[str, str, str]]:
    for message_id, author, language, metadata in facts.iter_rows():
        if author:
            yield message_id, "author", author
        if language:
            yield message_id, "language", language
        for field, value in json.loads(metadata).items():
            if isinstance(value, str | int | float | bool) and value != "":
                yield message_id, field, str(value)
