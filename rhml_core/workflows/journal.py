"""The learning journal: what the machine surfaced and what people made of it."""

from dataclasses import dataclass

from rhml_core.domain import Comment, Concept, ConceptStatus, Message, Person, Role
from rhml_core.store import comments, judgements, messages
from rhml_core.store import concepts as concept_store
from rhml_core.store.events import add_event
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.timeline import JOURNAL_KINDS, TimelineEntry, read_timeline
from rhml_core.workflows.visibility import answered_for
from rhml_core.workflows.workplace import Workplace

_EVENT_KINDS = {
    ConceptStatus.ADOPTED: "concept_adopted",
    ConceptStatus.REJECTED: "concept_rejected",
    ConceptStatus.NEW: "concept_reopened",
}


@dataclass(frozen=True)
class ConceptCard:
    """
    A concept with what belongs to it.

    Attributes:
        strengths: run number and strength of each run that surfaced it, in run order.
        comments: oldest first.
        messages_for, messages_against: some judged messages that contain it and have, or do
            not have, its label; an expert sees those that they need not judge any more.
    """

    concept: Concept
    strengths: list[tuple[int, float]]
    comments: list[Comment]
    messages_for: list[Message]
    messages_against: list[Message]


def list_concepts(
    place: Workplace,
    person: Person,
    project_id: str,
    *,
    status: ConceptStatus | None = None,
    label: str | None = None,
) -> list[Concept]:
    """The concepts of a status and a label (None: of all), strongest of the newest run first."""
    require(person, Role.VIEWER, "read the journal")
    return [
        concept
        for concept in concept_store.list_concepts(place.db, project_id)
        if status in {None, concept.status} and label in {None, concept.label}
    ]


def get_concept(place: Workplace, person: Person, project_id: str, concept_id: str) -> ConceptCard:
    """
    One concept with its evidence and its discussion.

    Raises:
        NotFoundError: the project has none such.
    """
    require(person, Role.VIEWER, "read the journal")
    concept = concept_store.get_concept(place.db, project_id, concept_id)
    is_blind = person.role is Role.EXPERT
    known = answered_for(
        place.db, person, project_id, judgements.current_labels(place.db, project_id)
    )
    visible = set(known["message_id"])

    def evidence(message_ids: tuple[str, ...]) -> list[Message]:
        shown = [name for name in message_ids if name in visible or not is_blind]
        return messages.get_messages(place.db, project_id, shown)

    return ConceptCard(
        concept=concept,
        strengths=concept_store.strengths(place.db, concept_id),
        comments=comments.list_comments(place.db, project_id, f"concept:{concept_id}"),
        messages_for=evidence(concept.messages_for),
        messages_against=evidence(concept.messages_against),
    )


def adopt_concept(
    place: Workplace,
    person: Person,
    project_id: str,
    concept_id: str,
    *,
    reason: str = "",
    key: str,
) -> Concept:
    """
    Take a concept into the team's lexicon.

    Raises:
        NotAllowedError: viewers do not decide.
        NotFoundError: the project has none such.
    """
    return _decide(place, person, project_id, concept_id, ConceptStatus.ADOPTED, reason, key)


def reject_concept(
    place: Workplace,
    person: Person,
    project_id: str,
    concept_id: str,
    *,
    reason: str = "",
    key: str,
) -> Concept:
    """
    Call a concept a wrong reason for its label.

    Raises:
        NotAllowedError: viewers do not decide.
        NotFoundError: the project has none such.
    """
    return _decide(place, person, project_id, concept_id, ConceptStatus.REJECTED, reason, key)


def reopen_concept(
    place: Workplace,
    person: Person,
    project_id: str,
    concept_id: str,
    *,
    reason: str = "",
    key: str,
) -> Concept:
    """
    Take a decision on a concept back; the decision stays on record.

    Raises:
        NotAllowedError: viewers do not decide.
        NotFoundError: the project has none such.
    """
    return _decide(place, person, project_id, concept_id, ConceptStatus.NEW, reason, key)


def timeline(
    place: Workplace, person: Person, project_id: str, limit: int = 100
) -> list[TimelineEntry]:
    """What the machine and the people did to concepts and runs, newest first."""
    require(person, Role.VIEWER, "read the journal")
    return read_timeline(place.db, project_id, kinds=JOURNAL_KINDS, limit=limit)


def journal_summary(place: Workplace, person: Person, project_id: str) -> str:
    """One sentence on what was surfaced and what became of it."""
    found = list_concepts(place, person, project_id)
    if not found:
        return "Nothing is surfaced yet: the first training run fills the journal."
    n_of = {status: sum(concept.status is status for concept in found) for status in ConceptStatus}
    return (
        f"The machine surfaced {len(found)} concepts: {n_of[ConceptStatus.ADOPTED]} adopted, "
        f"{n_of[ConceptStatus.REJECTED]} rejected, {n_of[ConceptStatus.NEW]} to look at."
    )


def _decide(
    place: Workplace,
    person: Person,
    project_id: str,
    concept_id: str,
    status: ConceptStatus,
    reason: str,
    key: str,
) -> Concept:
    require(person, Role.EXPERT, "decide on concepts")
    now = place.now()
    with place.db.atomic() as transaction:
        concept = concept_store.get_concept(transaction, project_id, concept_id)
        if transaction.claim(act_key(person, "decide", concept_id, key), at=now):
            concept_store.add_decision(
                transaction,
                project_id,
                concept_id,
                status,
                reason=reason.strip(),
                person_id=person.person_id,
                at=now,
            )
            add_event(
                transaction,
                kind=_EVENT_KINDS[status],
                subject=f"concept:{concept_id}",
                person_id=person.person_id,
                project_id=project_id,
                at=now,
                detail={"name": f"“{concept.terms[0]}” for {concept.label}", "reason": reason},
            )
    place.machines.note_change(project_id)
    return concept_store.get_concept(place.db, project_id, concept_id)
