"""Where an edit of the lexicon meets the journal: concepts whose terms go or return."""

from collections.abc import Sequence
from datetime import datetime

from rhml_core.domain import Concept, ConceptStatus
from rhml_core.lexicon import Term
from rhml_core.machine.terms.grammar import read_term
from rhml_core.store import concepts as concept_store
from rhml_core.store import lexicons
from rhml_core.store.database import Reader, Transaction
from rhml_core.store.events import add_event
from rhml_core.workflows.concepts.rejected_terms import rejected_terms
from rhml_core.workflows.lexicon.adoption import usable_terms

TAKEN_OUT = "its term was taken out of the lexicon"


def reopen_emptied(
    transaction: Transaction,
    project_id: str,
    taken: Sequence[Term],
    *,
    person_id: str,
    at: datetime,
) -> list[str]:
    """
    Reopen the adopted concepts whose last term an act has taken out, as part of that act.

    Returns:
        Their identifiers; the lexicon is written before.
    """
    expressions = {term.expression for term in taken}
    brought = {term.source_id for term in taken}
    standing = lexicons.get_lexicon(transaction, project_id).terms
    reopened = []
    for concept in concept_store.list_concepts(transaction, project_id):
        is_near = concept.concept_id in brought or expressions & set(usable_terms(concept))
        if concept.status is not ConceptStatus.ADOPTED or not is_near:
            continue
        label = lexicons.label_of_concept(transaction, project_id, concept.concept_id)
        has_lost = any(_is_of(term, concept, label) for term in taken)
        if has_lost and not any(_is_of(term, concept, label) for term in standing):
            _reopen(transaction, project_id, concept, person_id=person_id, at=at)
            reopened.append(concept.concept_id)
    return reopened


def rejected_returns(db: Reader, project_id: str, version: int) -> list[Term]:
    """The terms of an older version that stand no more, and are rejected in the journal."""
    rejected = {
        concept.concept_id
        for concept in concept_store.list_concepts(db, project_id)
        if concept.status is ConceptStatus.REJECTED
    }
    pairs = {(read_term(text), label) for text, label in rejected_terms(db, project_id)}
    present = {term.term_id for term in lexicons.get_lexicon(db, project_id).terms}
    return [
        term
        for term in lexicons.get_lexicon(db, project_id, version).terms
        if term.term_id not in present
        and (term.source_id in rejected or (read_term(term.expression), term.label) in pairs)
    ]


def _is_of(term: Term, concept: Concept, label: str) -> bool:
    """Whether a term is by what a concept stands in the lexicon, whoever brought it in."""
    return term.source_id == concept.concept_id or (
        term.label == label and term.expression in usable_terms(concept)
    )


def _reopen(
    transaction: Transaction, project_id: str, concept: Concept, *, person_id: str, at: datetime
) -> None:
    concept_store.add_decision(
        transaction,
        project_id,
        concept.concept_id,
        ConceptStatus.NEW,
        reason=TAKEN_OUT,
        person_id=person_id,
        at=at,
    )
    add_event(
        transaction,
        kind="concept_reopened",
        subject=f"concept:{concept.concept_id}",
        person_id=person_id,
        project_id=project_id,
        at=at,
        detail={"name": f"“{concept.terms[0]}” for {concept.label}", "reason": TAKEN_OUT},
    )
