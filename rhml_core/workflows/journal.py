"""The learning journal: what the machine surfaced and what people made of it."""

from dataclasses import dataclass

from rhml_core.domain import Comment, Concept, ConceptStatus, Message, Person, Role
from rhml_core.errors import InvalidInputError
from rhml_core.store import codebooks, comments, judgements, messages
from rhml_core.store import concepts as concept_store
from rhml_core.store.events import add_event
from rhml_core.workflows.concept_uses import CLUSTER
from rhml_core.workflows.effect_measuring import schedule_measuring
from rhml_core.workflows.lexicon_adoption import follow_decision
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
    label: str = "",
    category: str = "",
    reason: str = "",
    key: str,
) -> Concept:
    """
    Take a concept into the team's lexicon.

    Args:
        place: the workplace.
        person: who decides.
        project_id: where.
        concept_id: which.
        label: that its terms shall stand under; "" for the one that it was surfaced for.
        category: under the label; "" for none.
        reason: why it speaks for the label.
        key: of this act.

    Raises:
        NotAllowedError: viewers do not decide.
        NotFoundError: the project has none such.
        InvalidInputError: the codebook has no such label, or the concept is a cluster.
    """
    require(person, Role.EXPERT, "decide on concepts")
    if label and label not in codebooks.get_codebook(place.db, project_id).names:
        raise InvalidInputError(f"'{label}' is not in the codebook. Reload the page to see it.")
    if concept_store.get_concept(place.db, project_id, concept_id).kind == CLUSTER:
        raise InvalidInputError(
            "This is a group of messages, not a term. If a label is missing for them, add it to "
            "the codebook; else reject it."
        )
    return _decide(
        place,
        person,
        project_id,
        concept_id,
        ConceptStatus.ADOPTED,
        reason=reason,
        key=key,
        label=label,
        category=category.strip(),
    )


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
    status = ConceptStatus.REJECTED
    return _decide(place, person, project_id, concept_id, status, reason=reason, key=key)


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
    status = ConceptStatus.NEW
    return _decide(place, person, project_id, concept_id, status, reason=reason, key=key)


def timeline(
    place: Workplace, person: Person, project_id: str, limit: int = 100
) -> list[TimelineEntry]:
    """What the machine and the people did to concepts and runs, newest first."""
    require(person, Role.VIEWER, "read the journal")
    return read_timeline(place.db, project_id, kinds=JOURNAL_KINDS, limit=limit)


def _decide(
    place: Workplace,
    person: Person,
    project_id: str,
    concept_id: str,
    status: ConceptStatus,
    *,
    reason: str,
    key: str,
    label: str = "",
    category: str = "",
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
                label=label or None,
                category=category,
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
                detail={
                    "name": f"“{concept.terms[0]}” for {label or concept.label}",
                    "reason": reason.strip(),
                },
            )
            follow_decision(
                transaction,
                project_id,
                concept,
                status,
                category=category,
                person_id=person.person_id,
                reason=reason,
                at=now,
                act=act_key(person, "decide", concept_id, key),
            )
    place.machines.note_change(project_id)
    schedule_measuring(place.db, place.machines, project_id, concept_id)
    return concept_store.get_concept(place.db, project_id, concept_id)
