"""The learning journal: what the machine surfaced and what people made of it."""

from dataclasses import dataclass

from rhml_core.domain import Comment, Concept, ConceptKind, ConceptStatus, Message, Person, Role
from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.store import codebooks, comments, concept_life, judgements, messages, people
from rhml_core.store import concepts as concept_store
from rhml_core.store.database import Reader
from rhml_core.store.events import add_event
from rhml_core.workflows.concepts.effect_measuring import schedule_measuring
from rhml_core.workflows.lexicon.adoption import follow_decision
from rhml_core.workflows.overview.timeline import JOURNAL_KINDS, TimelineEntry, read_timeline
from rhml_core.workflows.permission import act_key, require
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
    seen: ConceptStatus | None = None,
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
        seen: what was made of it by then, as the person saw it; None where nobody looked.
        key: of this act.

    Raises:
        NotAllowedError: viewers do not decide.
        NotFoundError: the project has none such.
        InvalidInputError: the codebook has no such label, or the concept is a cluster.
        ConflictError: somebody decided meanwhile, or the term stands rejected for the label.
    """
    require(person, Role.EXPERT, "decide on concepts")
    if label and label not in codebooks.get_codebook(place.db, project_id).names:
        raise InvalidInputError(f"'{label}' is not in the codebook. Reload the page to see it.")
    if concept_store.get_concept(place.db, project_id, concept_id).kind is ConceptKind.CLUSTER:
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
        seen=seen,
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
    seen: ConceptStatus | None = None,
    key: str,
) -> Concept:
    """
    Call a concept a wrong reason for its label.

    `seen` is what was made of it by then, as the person saw it; None where nobody looked.

    Raises:
        NotAllowedError: viewers do not decide.
        NotFoundError: the project has none such.
        ConflictError: somebody decided meanwhile.
    """
    status = ConceptStatus.REJECTED
    return _decide(place, person, project_id, concept_id, status, reason=reason, seen=seen, key=key)


def reopen_concept(
    place: Workplace,
    person: Person,
    project_id: str,
    concept_id: str,
    *,
    reason: str = "",
    seen: ConceptStatus | None = None,
    key: str,
) -> Concept:
    """
    Take a decision on a concept back; the decision stays on record.

    `seen` is what was made of it by then, as the person saw it; None where nobody looked.

    Raises:
        NotAllowedError: viewers do not decide.
        NotFoundError: the project has none such.
        ConflictError: somebody decided meanwhile.
    """
    status = ConceptStatus.NEW
    return _decide(place, person, project_id, concept_id, status, reason=reason, seen=seen, key=key)


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
    seen: ConceptStatus | None,
    key: str,
    label: str = "",
    category: str = "",
) -> Concept:
    require(person, Role.EXPERT, "decide on concepts")
    now = place.now()
    with place.db.atomic() as transaction:
        concept = concept_store.get_concept(transaction, project_id, concept_id)
        if transaction.claim(act_key(person, "decide", concept_id, key), at=now):
            if seen is not None and seen is not concept.status:
                raise ConflictError(_what_was_decided(transaction, project_id, concept))
            if status is ConceptStatus.ADOPTED:
                _check_no_contradiction(transaction, project_id, concept, label or concept.label)
            elif concept.status is ConceptStatus.ADOPTED and not concept.is_label_gone:
                label = concept.label  # what is undone is the reason for this label
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


def _what_was_decided(db: Reader, project_id: str, concept: Concept) -> str:
    """Who decided on a concept last, and what it is now, for somebody who saw it otherwise."""
    made = concept_life.decisions(db, project_id)
    last = made.filter(made["concept_id"] == concept.concept_id).row(-1, named=True)
    who = people.get_person(db, last["person_id"]).name
    did = {
        ConceptStatus.ADOPTED: f"adopted it for {concept.label}",
        ConceptStatus.REJECTED: "rejected it",
        ConceptStatus.NEW: "took the decision on it back",
    }[concept.status]
    because = f", because: “{last['reason']}”" if last["reason"] else ""
    return (
        f"Nothing was changed: {who} looked at “{concept.terms[0]}” meanwhile and {did}{because}. "
        "Its card shows that now; decide again if you see it otherwise."
    )


def _check_no_contradiction(db: Reader, project_id: str, concept: Concept, label: str) -> None:
    """
    Refuse to adopt a term for a label that it stands rejected for, on a card of its own.

    Two labels that are merged can leave two cards of one term.
    """
    for other in concept_store.list_concepts(db, project_id):
        if (
            other.concept_id != concept.concept_id
            and other.kind is not ConceptKind.CLUSTER
            and other.status is ConceptStatus.REJECTED
            and not other.is_label_gone
            and (other.terms[0], other.label) == (concept.terms[0], label)
        ):
            raise ConflictError(
                f"“{concept.terms[0]}” stands rejected as a reason for {label} on another card. "
                "Reopen that one first."
            )
