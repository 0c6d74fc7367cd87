"""Where people and machine are both blind, as lines of a digest."""

from collections.abc import Iterator

import polars as pl

from rhml_core.domain import Concept, Run
from rhml_core.figures import percent
from rhml_core.measures.blind_spots import BlindSpot
from rhml_core.measures.proportions import wilson_interval
from rhml_core.store.database import Database
from rhml_core.workflows.concepts.histories import Histories
from rhml_core.workflows.journal.digest_words import MOST_NAMED, DigestLine, share_words, short_name
from rhml_core.workflows.journal.shared_blind_spots import shared_blind_spots


def both_blind_lines(
    db: Database, project_id: str, found: Histories, run: Run, judged: pl.DataFrame | None
) -> Iterator[DigestLine]:
    """
    The labels and concepts on which both go wrong most surely, and the machine's worst label.

    The last is an aggregate over the hold-out; all else is from judged messages of the pool.
    Nothing where `judged` (as from `both_judged`) is None.
    """
    if judged is None:
        return
    spots = shared_blind_spots(db, project_id, found.concepts)
    notable = [spot for spot in spots if spot.is_notable][:MOST_NAMED]
    concepts = {one.concept_id: one for one in found.concepts}
    yield from (_spot_line(spot, concepts) for spot in notable)
    if not notable:
        yield _no_spot(judged)
    measured = [one for one in run.metrics.per_label if one.f1 is not None] if run.metrics else []
    if run.metrics and run.metrics.measured_on == "hold-out" and len(measured) > 1:
        worst = min(measured, key=lambda one: (one.f1 or 0, one.label))
        bounds = "" if worst.f1_low is None else f" [{worst.f1_low:.2f}, {worst.f1_high or 0:.2f}]"
        yield DigestLine(
            f"On the hold-out the machine finds {short_name(worst.label)} worst: F1 "
            f"{worst.f1:.2f}{bounds}, n = {worst.n:,}."
        )


def _spot_line(spot: BlindSpot, concepts: dict[str, Concept]) -> DigestLine:
    if spot.kind == "concept":
        where = f"With “{short_name(concepts[spot.name].terms[0])}”"
    else:
        where = f"Where the label is {short_name(spot.label)}"
    return DigestLine(
        f"{where}, both were wrong in {share_words(spot.differs)}, more often than elsewhere; the "
        f"machine mostly said {short_name(spot.mostly_said)}.",
        spot.message_ids,
        spot.name if spot.kind == "concept" else "",
    )


def _no_spot(judged: pl.DataFrame) -> DigestLine:
    n = judged.height
    if not n:
        return DigestLine("Not known yet: no message has both a known answer and the machine's.")
    wrong = judged.filter("are_both_wrong")["message_id"]
    if wrong.is_empty():
        high = wilson_interval(0, n).high
        return DigestLine(
            f"On none of {n:,} judged messages were both wrong: 0 % [0 %, {percent(high)}]."
        )
    share = share_words(wilson_interval(len(wrong), n), "judged messages")
    return DigestLine(
        f"Both were wrong in {share}; with no label or concept more often than elsewhere, beyond "
        "chance.",
        tuple(wrong),
    )
