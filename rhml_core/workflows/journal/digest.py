"""The digest of a cycle: what machine and people learnt from each other, read in two minutes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from rhml_core.domain import Concept, ConceptKind, ConceptStatus, Message, Person, Role, Run, Split
from rhml_core.errors import NotFoundError
from rhml_core.figures import Interval
from rhml_core.measures.estimates import Estimate
from rhml_core.store import message_facts, messages
from rhml_core.store.database import Database
from rhml_core.workflows.concepts.histories import Histories, open_messages, read_histories
from rhml_core.workflows.concepts.life import teaching_runs
from rhml_core.workflows.journal.digest_answers import came_round, gave_up, label_gaps
from rhml_core.workflows.journal.digest_blind import both_blind_lines
from rhml_core.workflows.journal.digest_words import (
    MOST_NAMED,
    DigestLine,
    counted,
    named_concepts,
    share_words,
    short_name,
)
from rhml_core.workflows.journal.shared_blind_spots import both_judged
from rhml_core.workflows.journal.voice import users_of
from rhml_core.workflows.kept.in_memory import KeptInMemory
from rhml_core.workflows.learner.machine_lift import machine_lift
from rhml_core.workflows.permission import require
from rhml_core.workflows.visibility import machine_keeps_silent
from rhml_core.workflows.workplace import Workplace

MOST_WORDS = 350
"""What one reads in two minutes, with time to look at the figures."""
_MOST_LINKS = 5
_MOST_UNNAMED = 2
_kept_lifts: KeptInMemory[Estimate] = KeptInMemory(most_places=64)


@dataclass(frozen=True)
class CycleDigest:
    """
    What a cycle brought both sides.

    Attributes:
        cycle: from 1; `run` closed it at `ended_at`.
        learnt_from_you: what the machine learnt from people.
        learn_from_it: what people, or the reader, might learn from the machine.
        both_blind: where both go wrong, as it stands now; none for an older cycle.
    """

    cycle: int
    run: int
    ended_at: datetime
    learnt_from_you: tuple[DigestLine, ...]
    learn_from_it: tuple[DigestLine, ...]
    both_blind: tuple[DigestLine, ...]

    @property
    def n_words(self) -> int:
        """Words of all sentences."""
        parts = (self.learnt_from_you, self.learn_from_it, self.both_blind)
        return sum(len(line.sentence.split()) for lines in parts for line in lines)


_kept_digests: "KeptInMemory[CycleDigest | None]" = KeptInMemory(most_places=64)


def cycle_digest(
    place: Workplace, person: Person, project_id: str, *, cycle: int | None = None
) -> CycleDigest | None:
    """
    The digest of a cycle that a run has closed; None: of the newest.

    Figures are aggregates over all messages; messages are named where the reader may see how they
    were answered, and to experts in mode blind none is, since the line tells what the machine says.

    Returns:
        None where no run has closed a cycle yet.

    Raises:
        NotFoundError: there is no such cycle, or it is under way.
    """
    require(person, Role.VIEWER, "read the journal")
    where = (str(place.db.path), project_id, person, cycle)
    return _kept_digests.get(
        where, place.db.revision, lambda: _digest(place.db, person, project_id, cycle)
    )


def _digest(db: Database, person: Person, project_id: str, cycle: int | None) -> CycleDigest | None:
    found = read_histories(db, person, project_id)
    closing = sorted(found.runs.values(), key=lambda run: (run.created_at, run.number))
    if not closing:
        return None
    number = len(closing) if cycle is None else cycle
    if not 1 <= number <= len(closing):
        raise NotFoundError(f"Cycle {number} was closed by no run yet. Choose an earlier one.")
    run = closing[number - 1]
    before = closing[number - 2] if number > 1 else None
    is_newest = number == len(closing)
    is_silent = machine_keeps_silent(db, person, project_id, Split.POOL)
    judged = both_judged(db, project_id) if is_newest else None

    def readable(lines: Iterator[DigestLine]) -> tuple[DigestLine, ...]:
        return tuple(
            replace(line, message_ids=() if is_silent else _shown(found, line.message_ids))
            for line in lines
        )

    return CycleDigest(
        cycle=number,
        run=run.number,
        ended_at=run.created_at,
        learnt_from_you=readable(_learnt(db, project_id, found, number, run, before)),
        learn_from_it=readable(_to_learn(db, project_id, found, number, person, judged)),
        both_blind=readable(both_blind_lines(db, project_id, found, run, judged)),
    )


def line_messages(
    place: Workplace, person: Person, project_id: str, line: DigestLine
) -> list[Message]:
    """The messages behind a line that the reader may open, in import order; never held-out ones."""
    require(person, Role.VIEWER, "read the journal")
    seen = open_messages(place.db, person, project_id)
    wanted = [one for one in line.message_ids if seen is None or one in seen]
    found = messages.get_messages(place.db, project_id, wanted)
    return [one for one in found if one.split is Split.POOL]


def _shown(found: Histories, message_ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in message_ids if found.shows(one))[:_MOST_LINKS]


def _learnt(
    db: Database, project_id: str, found: Histories, cycle: int, run: Run, before: Run | None
) -> Iterator[DigestLine]:
    more = ""
    if before:
        more = f", {run.n_training - before.n_training:+,} against run {before.number}"
    yield DigestLine(
        f"It learnt from {counted(run.n_training, 'judged message')} of "
        f"{counted(run.n_experts, 'person', 'people')}{more}."
    )
    yield DigestLine(_how_good(db, project_id, run, before))
    round_ = came_round(db, project_id, cycle)
    if round_:
        yield DigestLine(
            f"On {counted(len(round_), 'message')} where you kept your answer against it, it now "
            "says what you said.",
            round_,
        )
    taught = [
        (concept, status)
        for concept in found.concepts
        for one, status in teaching_runs(found, concept)
        if one.number == run.number and not _was_taught_before(found, concept, before, status)
    ]
    adopted = [one for one, status in taught if status == ConceptStatus.ADOPTED.value]
    if adopted:
        yield DigestLine(
            f"It took over {counted(len(adopted), 'concept')} that you adopted: "
            f"{named_concepts(adopted)}."
        )
    rejected = [one for one, status in taught if status == ConceptStatus.REJECTED.value]
    if rejected:
        yield DigestLine(
            f"It was told of {counted(len(rejected), 'misleading concept')}: "
            f"{named_concepts(rejected)}. {_strengths(found, rejected)}".strip()
        )


def _was_taught_before(found: Histories, concept: Concept, before: Run | None, status: str) -> bool:
    known = teaching_runs(found, concept)
    return before is not None and any(
        one.number == before.number and how == status for one, how in known
    )


def _how_good(db: Database, project_id: str, run: Run, before: Run | None) -> str:
    if run.metrics is None:
        return f"How good it is now is not measured yet: {run.metrics_missing}"
    on = "the hold-out" if run.metrics.measured_on == "hold-out" else "messages set aside in turn"
    now = f"Its macro-F1 is {run.metrics.macro_f1}, on {on}"
    if before is None:
        return f"{now}."
    state = message_facts.newest_judging(db, project_id)
    lift = _kept_lifts.get(
        (str(db.path), project_id, before.run_id, run.run_id),
        state,
        lambda: machine_lift(db, project_id, [before, run])[0],
    ).interval
    if lift is None:
        return f"{now}; run {before.number} was not measured in the same way."
    verdict = "; that may be chance" if lift.low <= 0 <= lift.high else ""
    return (
        f"{now}: {lift.value:+.2f} [{lift.low:+.2f}, {lift.high:+.2f}] against run "
        f"{before.number}{verdict}."
    )


def _strengths(found: Histories, rejected: Sequence[Concept]) -> str:
    known = [
        (concept, found.effects[concept.concept_id].strengths)
        for concept in rejected
        if concept.concept_id in found.effects and found.effects[concept.concept_id].strengths
    ]
    if not known:
        return ""
    parts = [
        f"“{short_name(concept.terms[0])}” {strengths[0]:.2f} to {strengths[1]:.2f}"
        for concept, strengths in known[:MOST_NAMED]
        if strengths
    ]
    return f"Strength before and after: {', '.join(parts)}."


def _to_learn(
    db: Database,
    project_id: str,
    found: Histories,
    cycle: int,
    person: Person,
    judged: pl.DataFrame | None,
) -> Iterator[DigestLine]:
    who = "You" if person.role is Role.EXPERT else "People"
    given = gave_up(db, project_id, cycle, person)
    changed = (*given.changes.rightly, *given.changes.wrongly, *given.changes.undecided)
    if changed:
        known = (
            f"it was right in {share_words(given.rightly)} whose answer is known"
            if given.rightly
            else "what is right is known of none yet"
        )
        yield DigestLine(
            f"{who} gave up a first answer for its on {counted(len(changed), 'message')}; {known}.",
            given.changes.rightly,
        )
    elif given.n_contradicted:
        yield DigestLine(
            f"It contradicted {counted(given.n_contradicted, 'answer')}; none was given up for its."
        )
    if judged is None:
        return
    for gap in label_gaps(db, project_id, judged)[:1]:
        verdict = "" if gap.is_clear else "; that may be chance"
        yield DigestLine(
            f"Where the label is {short_name(gap.label)}, people's first answers were wrong in "
            f"{share_words(gap.people, 'answers')}, the machine in "
            f"{share_words(gap.machine)}{verdict}.",
            gap.message_ids,
        )
    where = "" if found.open_messages is None else " where you may know the answers"
    for concept, f1 in _unnamed(found)[:_MOST_UNNAMED]:
        yield DigestLine(
            f"None of you has named “{short_name(concept.terms[0])}” as a reason for "
            f"{short_name(concept.label)} yet{where}: term F1 {f1}.",
            concept.messages_for,
            concept.concept_id,
        )


def _unnamed(found: Histories) -> list[tuple[Concept, Interval]]:
    """
    Undecided concepts that nobody gave as a reason and that are right more often than not.

    With their term F1; all as far as the reader may know.
    """
    waiting = [
        (concept, known.term_f1)
        for concept in found.concepts
        if concept.status is ConceptStatus.NEW
        and concept.kind is not ConceptKind.CLUSTER
        and concept.is_new
        and (known := found.evidence[concept.concept_id]).n_for > known.n_against
        and known.term_f1 is not None
        and not users_of(found, concept)
    ]
    return sorted(waiting, key=lambda one: (-one[1].low, one[0].concept_id))
