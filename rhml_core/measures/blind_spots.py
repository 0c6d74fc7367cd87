"""Where experts' own answers differ from the reference: labels and concepts."""

from dataclasses import dataclass

import polars as pl

from rhml_core.figures import Interval
from rhml_core.measures.estimates import difference_of, share_of

LEAST_ANSWERS = 3
"""Answers below which a label or concept is no blind spot, only bad luck."""


@dataclass(frozen=True)
class BlindSpot:
    """
    A label or a concept on whose messages first answers differ from the reference.

    Attributes:
        kind: `label` or `concept`.
        name: the reference's label, or the concept's terms.
        label: the label that the concept speaks for; the same as `name` for labels.
        differs: share of first answers that differ from the reference; `n` answers.
        elsewhere: the same on all other messages; None where there are none.
        is_notable: differs more than elsewhere by more than noise.
        mostly_said: the label that was most often given instead.
        message_ids: where they differ, in the order of the answers given; one for each.
    """

    kind: str
    name: str
    label: str
    differs: Interval
    elsewhere: Interval | None
    is_notable: bool
    mostly_said: str
    message_ids: tuple[str, ...]


def blind_spots(answers: pl.DataFrame, marks: pl.DataFrame) -> tuple[BlindSpot, ...]:
    """
    The labels and concepts on which answers differ from the reference, most surely so first.

    Args:
        answers: `message_id, label, reference` (String); one row per answer that was given
            before the machine spoke and whose reference is known.
        marks: `message_id, name, label` (String): which messages bear which concept, one row
            for each; the concept speaks for `label`.

    Returns:
        Those with at least 3 answers, one of them different from the reference, by the lower
        bound of the share that differs.
    """
    seen = answers.with_columns(differs=pl.col("label") != pl.col("reference"))
    spots = [
        _spot("label", label, label, seen, pl.col("reference") == label)
        for label in seen["reference"].unique().sort()
    ]
    for name, label in marks.select("name", "label").unique().sort("name", "label").iter_rows():
        bearing = marks.filter((pl.col("name") == name) & (pl.col("label") == label))["message_id"]
        spots.append(
            _spot("concept", name, label, seen, pl.col("message_id").is_in(bearing.implode()))
        )
    found = [spot for spot in spots if spot is not None]
    return tuple(sorted(found, key=lambda spot: (-spot.differs.low, spot.kind, spot.name)))


def _spot(
    kind: str, name: str, label: str, seen: pl.DataFrame, belongs: pl.Expr
) -> BlindSpot | None:
    here, others = seen.filter(belongs), seen.filter(~belongs)
    apart = here.filter("differs")
    differs = share_of(here["differs"], here["message_id"], missing="").interval
    elsewhere = share_of(others["differs"], others["message_id"], missing="").interval
    if differs is None or here.height < LEAST_ANSWERS or apart.is_empty():
        return None
    said = apart.group_by("label").len().sort(["len", "label"], descending=[True, False])
    return BlindSpot(
        kind=kind,
        name=name,
        label=label,
        differs=differs,
        elsewhere=elsewhere,
        is_notable=elsewhere is not None
        and difference_of(elsewhere, differs, n=seen.height).low > 0,
        mostly_said=str(said["label"][0]),
        message_ids=tuple(apart["message_id"]),
    )
