"""Where people and machine go wrong on the same messages: what neither can teach the other."""

from collections.abc import Hashable, Sequence
from dataclasses import replace

import polars as pl

from rhml_core.domain import Concept
from rhml_core.measures.blind_spots import LEAST_ANSWERS, BlindSpot, blind_spots
from rhml_core.measures.enrichment import chance_of_as_many, told_apart
from rhml_core.store import concept_life, judgements, message_facts
from rhml_core.store.database import Database
from rhml_core.workflows.agreement.machine_rater import machine_labels, rating_run
from rhml_core.workflows.concepts.uses import concepts_in
from rhml_core.workflows.kept.in_memory import KeptInMemory
from rhml_core.workflows.kept.project_reference import project_reference

_kept_answers: KeptInMemory[pl.DataFrame] = KeptInMemory(most_places=64)
_kept: KeptInMemory[tuple[BlindSpot, ...]] = KeptInMemory(most_places=64)


def both_judged(db: Database, project_id: str) -> pl.DataFrame:
    """
    Messages of the pool whose reference is known and that people and machine answered.

    Kept until something new is judged or answered.

    Returns:
        `message_id, text, reference, machine` (String, the machine's answer is out of fold where
        it learnt from the message), `people_wrong` (Float64, 0 to 1: share of the first answers,
        given before the machine spoke, that differ from the reference), `are_both_wrong`
        (Boolean: the machine, and at least half of the first answers), by message. The same
        columns and no rows where nothing is judged or no machine has answered.
    """
    place = (str(db.path), project_id)
    return _kept_answers.get(
        place, _state_of_answers(db, project_id), lambda: _both_judged(db, project_id)
    )


def _state_of_answers(db: Database, project_id: str) -> tuple[Hashable, ...]:
    run = rating_run(db, project_id)
    return (
        message_facts.newest_judging(db, project_id),
        message_facts.newest_saying(db, project_id, run.run_id if run else None),
        run.run_id if run else "",
    )


def _both_judged(db: Database, project_id: str) -> pl.DataFrame:
    first = judgements.first_labels(db, project_id).select("message_id", "expert_id", "label")
    known = project_reference(db, project_id).select("message_id", reference="label")
    machine = machine_labels(db, project_id, judged_only=True)
    people = (
        first.join(known, on="message_id")
        .group_by("message_id")
        .agg(
            pl.col("reference").first(),
            people_wrong=(pl.col("label") != pl.col("reference")).mean(),
        )
    )
    return (
        concept_life.judged_pool_texts(db, project_id)
        .join(people, on="message_id")
        .join(machine.select("message_id", machine="label"), on="message_id")
        .with_columns(
            are_both_wrong=(pl.col("people_wrong") >= 1 / 2)
            & (pl.col("machine") != pl.col("reference"))
        )
        .select("message_id", "text", "reference", "machine", "people_wrong", "are_both_wrong")
        .sort("message_id")
    )


def shared_blind_spots(
    db: Database, project_id: str, concepts: Sequence[Concept]
) -> tuple[BlindSpot, ...]:
    """
    The labels and concepts on whose messages people and machine are wrong together.

    Kept until something new is judged, surfaced or answered.

    Args:
        db: the store.
        project_id: where.
        concepts: all of the project's.

    Returns:
        As from `blind_spots`, each message counted once: `differs` is the share of messages on
        which both are wrong, `mostly_said` what the machine mostly said there. A concept is named
        by its identifier. Those that are notable stand although all labels and concepts were
        looked through: at most 5 % of them are there by chance, on average.
    """
    state = (
        *_state_of_answers(db, project_id),
        concept_life.newest_concept_event(db, project_id),
    )
    return _kept.get((str(db.path), project_id), state, lambda: _spots(db, project_id, concepts))


def _spots(db: Database, project_id: str, concepts: Sequence[Concept]) -> tuple[BlindSpot, ...]:
    judged = both_judged(db, project_id)
    if not judged["are_both_wrong"].any():
        return ()
    answers = judged.select(
        "message_id",
        "reference",
        label=pl.when("are_both_wrong").then("machine").otherwise("reference"),
    )
    found = concepts_in(judged["text"].to_list(), concepts)
    label_of = {one.concept_id: one.label for one in concepts}
    marks = found.select(
        message_id=judged["message_id"].gather(found["row"]),
        name="concept_id",
        label=pl.col("concept_id").replace_strict(label_of, default=None, return_dtype=pl.String),
    )
    wrong = judged.filter("are_both_wrong")["message_id"]
    meeting = marks.filter(pl.col("message_id").is_in(wrong.implode()))["name"].unique()
    spots = blind_spots(answers, marks.filter(pl.col("name").is_in(meeting.implode())))
    n_tests = sum(
        int((column.value_counts()["count"] >= LEAST_ANSWERS).sum())
        for column in (judged["reference"], marks["name"])
    )
    chances = [
        chance_of_as_many(len(spot.message_ids), spot.differs.n, len(wrong), judged.height)
        for spot in spots
    ]
    return tuple(
        replace(spot, is_notable=stands)
        for spot, stands in zip(spots, told_apart(chances, n_tests), strict=True)
    )
