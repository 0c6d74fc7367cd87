"""What people called wrong reasons: the terms that the machine is taught not to go by."""

from rhml_core.domain import Concept, ConceptKind, ConceptStatus
from rhml_core.machine.heads.counterexamples import Rejected
from rhml_core.store import concepts, lexicons
from rhml_core.store.database import Reader
from rhml_core.workflows.lexicon.adoption import usable_terms

REJECTED_CONCEPTS = "rejected_concepts"
"""Name of the parameter in which a run keeps the concepts that it was taught not to go by."""


def rejected_terms(db: Reader, project_id: str) -> tuple[Rejected, ...]:
    """
    The terms of the concepts that stand rejected, each with the label that it is no reason for.

    Labels are called as in the newest codebook; a concept whose label is none any more, or that
    is a group of messages, teaches nothing. Sorted, each once.
    """
    return tuple(
        sorted(
            {
                pair
                for concept in concepts.list_concepts(db, project_id)
                if concept.status is ConceptStatus.REJECTED
                for pair in wrong_reasons(db, project_id, concept)
            }
        )
    )


def rejected_concepts(db: Reader, project_id: str) -> tuple[str, ...]:
    """Identifiers of the concepts that `rejected_terms` come from, sorted."""
    return tuple(
        sorted(
            concept.concept_id
            for concept in concepts.list_concepts(db, project_id)
            if concept.status is ConceptStatus.REJECTED and wrong_reasons(db, project_id, concept)
        )
    )


def wrong_reasons(db: Reader, project_id: str, concept: Concept) -> tuple[Rejected, ...]:
    """What rejecting a concept says: each of its terms with its label; nothing of a cluster."""
    label = lexicons.label_of_concept(db, project_id, concept.concept_id)
    if concept.kind is ConceptKind.CLUSTER or not label:
        return ()
    return tuple((term, label) for term in usable_terms(concept))
