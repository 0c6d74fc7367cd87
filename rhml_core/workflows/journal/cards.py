"""The cards of the journal: every concept with what belongs to it, filtered, grouped and paged."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rhml_core.domain import Comment, Concept, ConceptKind, ConceptStatus, Message, Person, Role
from rhml_core.store import messages
from rhml_core.store.database import Database
from rhml_core.workflows.concepts.evidence import ConceptEvidence
from rhml_core.workflows.concepts.histories import Histories, read_histories
from rhml_core.workflows.concepts.life import LifeEntry, life_of
from rhml_core.workflows.cycles import cycle_of
from rhml_core.workflows.journal.effects import NOT_YET, EffectWords
from rhml_core.workflows.journal.groups import JournalGroup, group_of
from rhml_core.workflows.journal.shared_blind_spots import shared_blind_spots
from rhml_core.workflows.journal.voice import machine_says
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace

CARDS_ON_PAGE = 10


@dataclass(frozen=True)
class JournalFilters:
    """
    Which concepts are wanted; what is empty, or None, leaves all in.

    Attributes:
        is_mine: only those that the reader decided on, spoke of, reviewed or gave as a reason.
        cycle: only those to which something happened in it, from 1.
    """

    is_mine: bool = False
    label: str = ""
    cycle: int | None = None
    status: ConceptStatus | None = None


@dataclass(frozen=True)
class ReasonUse:
    """How often one person gave a concept as a reason for its label, on messages of the reader."""

    person: Person
    n: int


@dataclass(frozen=True)
class JournalCard:
    """
    A concept as the journal shows it.

    Attributes:
        why: why it is in its group; "" where that goes without saying.
        strengths: run number and strength of each run that surfaced it, in run order.
        machine_says: sentences of the machine, made of figures.
        used_by: who gave it as a reason, on messages whose answers the reader may see.
        evidence: how well it tells its label, as far as the reader may know.
        n_comments: of its discussion.
        effect: what its newest decision brought; None where nobody has decided.
    """

    concept: Concept
    group: JournalGroup
    why: str
    strengths: list[tuple[int, float]]
    machine_says: str
    used_by: tuple[ReasonUse, ...]
    n_comments: int
    effect: EffectWords | None
    evidence: ConceptEvidence


@dataclass(frozen=True)
class OpenCard:
    """
    What is shown of a card that is open.

    Attributes:
        comments: oldest first.
        life: oldest first.
        messages_for, messages_against: some judged messages of the pool that contain it and have,
            or do not have, its label; an expert sees those that they need not judge any more.
    """

    comments: list[Comment]
    life: list[LifeEntry]
    messages_for: list[Message]
    messages_against: list[Message]


@dataclass(frozen=True)
class JournalPage:
    """
    One page of cards.

    Attributes:
        cards: in the order of the groups.
        opened: what is shown of the open card; None where none is.
        page, n_pages: from 1.
        n_by_group: cards that fit the filters, by group, in the groups' order; empty ones too.
        n_by_status: concepts that fit the other filters, by status.
        n_all: concepts without any filter.
        labels: that concepts speak for, in order of their names.
        n_cycles: cycles of the project, the one under way included.
        next_id: the first concept on any page that waits for a decision; "" where none does.
    """

    cards: list[JournalCard]
    opened: OpenCard | None
    page: int
    n_pages: int
    n_by_group: dict[JournalGroup, int]
    n_by_status: dict[ConceptStatus, int]
    n_all: int
    labels: list[str]
    n_cycles: int
    next_id: str = ""


def journal_page(
    place: Workplace,
    person: Person,
    project_id: str,
    *,
    filters: JournalFilters = JournalFilters(),
    page: int | None = None,
    opened: str = "",
    later: Sequence[str] = (),
) -> JournalPage:
    """
    The cards that fit the filters, a page of them, from one read of all that is on record.

    Args:
        place: the workplace.
        person: who reads.
        project_id: where.
        filters: which concepts.
        page: from 1; None: the one with the opened card, else the first.
        opened: identifier of the concept whose messages and talk are wanted; "" for none.
        later: identifiers of concepts that the reader put off: they end their group.
    """
    require(person, Role.VIEWER, "read the journal")
    found = read_histories(place.db, person, project_id)
    starts = cycle_of(place.db, project_id)
    others = [one for one in found.concepts if _fits(found, one, filters, person, starts)]
    wanted = [one for one in others if filters.status in (None, one.status)]
    grouped = _grouped(place.db, project_id, found, wanted, later)
    n_pages = max(1, -(-len(grouped) // CARDS_ON_PAGE))
    ids = [concept.concept_id for concept, _, _ in grouped]
    at = ids.index(opened) // CARDS_ON_PAGE + 1 if opened in ids else 1
    shown_page = min(max(at if page is None else page, 1), n_pages)
    first = (shown_page - 1) * CARDS_ON_PAGE
    shown = grouped[first : first + CARDS_ON_PAGE]
    is_opened = opened in [concept.concept_id for concept, _, _ in shown]
    return JournalPage(
        cards=[_card(found, *one) for one in shown],
        opened=_opened(place.db, project_id, found, person, opened) if is_opened else None,
        page=shown_page,
        n_pages=n_pages,
        n_by_group={group: sum(one is group for _, one, _ in grouped) for group in JournalGroup},
        n_by_status={
            status: sum(one.status is status for one in others) for status in ConceptStatus
        },
        n_all=len(found.concepts),
        labels=sorted({one.label for one in found.concepts}),
        n_cycles=len(starts),
        next_id=next(
            (
                one.concept_id
                for one, _, _ in grouped
                if one.status is ConceptStatus.NEW and one.concept_id not in later
            ),
            "",
        ),
    )


def all_cards(place: Workplace, person: Person, project_id: str) -> list[JournalCard]:
    """Every card, in the order of the groups."""
    require(person, Role.VIEWER, "read the journal")
    found = read_histories(place.db, person, project_id)
    grouped = _grouped(place.db, project_id, found, found.concepts)
    return [_card(found, *one) for one in grouped]


def _grouped(
    db: Database,
    project_id: str,
    found: Histories,
    wanted: Sequence[Concept],
    later: Sequence[str] = (),
) -> list[tuple[Concept, JournalGroup, str]]:
    spots = {
        spot.name: spot
        for spot in shared_blind_spots(db, project_id, found.concepts)
        if spot.kind == "concept" and spot.is_notable
    }
    order = list(JournalGroup)
    grouped = [
        (concept, *group_of(concept, spots, found.evidence[concept.concept_id]))
        for concept in wanted
    ]
    return sorted(grouped, key=lambda one: (order.index(one[1]), one[0].concept_id in later))


def _fits(
    found: Histories,
    concept: Concept,
    filters: JournalFilters,
    person: Person,
    starts: Sequence[datetime],
) -> bool:
    if filters.label and concept.label != filters.label:
        return False
    if filters.is_mine and not _is_of(found, concept.concept_id, person.person_id):
        return False
    return filters.cycle is None or filters.cycle in _cycles(found, concept.concept_id, starts)


def _is_of(found: Histories, concept_id: str, person_id: str) -> bool:
    acts = [
        row["person_id"]
        for rows in (found.decisions, found.remarks, found.reviews)
        for row in rows.get(concept_id, ())
    ]
    used = [row["expert_id"] for row in found.uses.get(concept_id, ())]
    return person_id in acts or person_id in used


def _cycles(found: Histories, concept_id: str, starts: Sequence[datetime]) -> set[int]:
    # A run ends the cycle whose judgements it learnt from; all else falls where its time falls.
    surfaced = {
        bisect_left(starts, row["made_at"], lo=1) for row in found.sightings.get(concept_id, ())
    }
    acts = {
        bisect_right(starts, row["made_at"], lo=1)
        for rows in (found.decisions, found.remarks, found.uses)
        for row in rows.get(concept_id, ())
    }
    return surfaced | acts


def _card(found: Histories, concept: Concept, group: JournalGroup, why: str) -> JournalCard:
    n_of = Counter(
        row["expert_id"] for row in found.uses.get(concept.concept_id, ()) if row["is_for"]
    )
    used_by = [ReasonUse(found.people[name], n) for name, n in n_of.items() if name in found.people]
    return JournalCard(
        concept=concept,
        group=group,
        why=why,
        strengths=found.strengths(concept.concept_id),
        machine_says=machine_says(found, concept),
        used_by=tuple(sorted(used_by, key=lambda one: (-one.n, one.person.name))),
        n_comments=len(found.remarks.get(concept.concept_id, ())),
        effect=_effect(found, concept),
        evidence=found.evidence[concept.concept_id],
    )


def _effect(found: Histories, concept: Concept) -> EffectWords | None:
    known = found.effects.get(concept.concept_id)
    if known or concept.status is ConceptStatus.NEW or concept.kind is ConceptKind.CLUSTER:
        return known
    return EffectWords(None, (NOT_YET,))


def _opened(
    db: Database, project_id: str, found: Histories, person: Person, concept_id: str
) -> OpenCard:
    concept = next(one for one in found.concepts if one.concept_id == concept_id)

    def evidence(message_ids: tuple[str, ...]) -> list[Message]:
        return messages.get_messages(
            db, project_id, [one for one in message_ids if found.shows(one)]
        )

    return OpenCard(
        comments=[
            Comment(
                row["comment_id"],
                f"concept:{concept_id}",
                row["person_id"],
                row["text"],
                row["made_at"],
            )
            for row in found.remarks.get(concept_id, ())
        ],
        life=life_of(found, concept, person),
        messages_for=evidence(concept.messages_for),
        messages_against=evidence(concept.messages_against),
    )
