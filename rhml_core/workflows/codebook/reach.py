"""Which judged messages a change of the codebook asks about again, counted before it is saved."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from rhml_core.domain import Split
from rhml_core.store import judgements, messages
from rhml_core.store.database import Reader
from rhml_core.store.label_changes import MEETINGS, LabelChange, Reach


@dataclass(frozen=True)
class Reopening:
    """
    The messages that come back to those who judged them.

    Attributes:
        message_ids: sorted.
        n_judgements: people's answers on them, which stay on record but no longer stand.
        n_people: who gave those answers.
        n_adjudicated: messages among them that were settled.
        n_holdout: messages among them that are held out to measure.
        by_label: `label` (String), `n_messages, n_judgements, n_adjudicated` (Int64): of the
            messages, those where someone gave a touched label, the answers with it, and the
            decisions on it; one row per touched label, by label.
    """

    message_ids: tuple[str, ...]
    n_judgements: int
    n_people: int
    n_adjudicated: int
    n_holdout: int
    by_label: pl.DataFrame


def touched_messages(
    labels: pl.DataFrame, adjudicated: pl.DataFrame, changes: Sequence[LabelChange]
) -> list[str]:
    """
    The messages that changes touch: judged with a changed label, or with both of a pair.

    An adjudicated message is touched only through its adjudicated label, and not at all by a
    change that reaches what is not settled.

    Args:
        labels: `message_id, expert_id, label` (String), each person's answer that stands.
        adjudicated: `message_id, label` (String).
        changes: with their reach; labels named as in `labels`.

    Returns:
        Identifiers, sorted.
    """
    columns = ("message_id", "label")
    said = pl.concat([labels.select(columns), adjudicated.select(columns)]).unique()
    settled = dict(adjudicated.select(columns).iter_rows())
    found: set[str] = set()
    for change in changes:
        if change.reach is Reach.NONE:
            continue
        names = _touched(change)
        met = said.filter(pl.col("label").is_in(names)).group_by("message_id").len()
        hits = met.filter(pl.col("len") >= len(names))["message_id"].to_list()
        decided = () if change.reach is Reach.UNSETTLED else names
        found |= {one for one in hits if one not in settled or settled[one] in decided}
    return sorted(found)


def reopening(db: Reader, project_id: str, changes: Sequence[LabelChange]) -> Reopening:
    """What changes of the newest codebook would ask about again, as things stand."""
    labels = judgements.current_labels(db, project_id)
    adjudicated = judgements.adjudicated_labels(db, project_id)
    found = touched_messages(labels, adjudicated, changes)
    answers = labels.filter(pl.col("message_id").is_in(found))
    decisions = adjudicated.filter(pl.col("message_id").is_in(found))
    held_out = messages.message_ids(db, project_id, Split.HOLDOUT) if found else []
    return Reopening(
        message_ids=tuple(found),
        n_judgements=answers.height,
        n_people=answers["expert_id"].n_unique(),
        n_adjudicated=decisions.height,
        n_holdout=len(set(found).intersection(held_out)),
        by_label=_by_label(answers, decisions, changes),
    )


def _by_label(
    answers: pl.DataFrame, decisions: pl.DataFrame, changes: Sequence[LabelChange]
) -> pl.DataFrame:
    names = {name for one in changes if one.reach is not Reach.NONE for name in _touched(one)}
    columns = ("message_id", "label")
    with_label = pl.concat([answers.select(columns), decisions.select(columns)])
    return (
        pl.DataFrame({"label": sorted(names)}, schema={"label": pl.String})
        .join(with_label.group_by("label").agg(n_messages=_n_messages()), on="label", how="left")
        .join(answers.group_by("label").agg(n_judgements=_n_rows()), on="label", how="left")
        .join(decisions.group_by("label").agg(n_adjudicated=_n_rows()), on="label", how="left")
        .with_columns(pl.exclude("label").fill_null(0))
        .sort("label")
    )


def _n_messages() -> pl.Expr:
    return pl.col("message_id").n_unique().cast(pl.Int64)


def _n_rows() -> pl.Expr:
    return pl.len().cast(pl.Int64)


def _touched(change: LabelChange) -> list[str]:
    return [change.label, change.meets] if change.reach in MEETINGS else [change.label]
