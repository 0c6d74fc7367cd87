"""The terms of adopted concepts: they come into the lexicon, and go where it is taken back."""

from dataclasses import replace
from datetime import datetime

from rhml_core.domain import Concept, ConceptKind, ConceptStatus
from rhml_core.errors import InvalidInputError
from rhml_core.lexicon import Term, TermSource
from rhml_core.machine.terms.grammar import normal_term, parse_term, read_term
from rhml_core.store import concepts as concept_store
from rhml_core.store import lexicons
from rhml_core.store.database import Reader, Transaction
from rhml_core.store.lexicon_writing import add_version
from rhml_core.store.lexicons import TermState
from rhml_core.workflows.lexicon.checks import checked_name, new_term_id

MOST_OF_CLUSTER = 5
"""Terms of a cluster that are adopted, its leading ones; the others only tell what it is about."""


def usable_terms(concept: Concept) -> tuple[str, ...]:
    """The canonical expressions that adopting a concept brings into the lexicon, in its order."""
    found = dict.fromkeys(_expression(term) for term in concept.terms)
    usable = [expression for expression in found if expression]
    return tuple(usable[:MOST_OF_CLUSTER] if concept.kind is ConceptKind.CLUSTER else usable)


def follow_decision(
    transaction: Transaction,
    project_id: str,
    concept: Concept,
    status: ConceptStatus,
    *,
    person_id: str,
    reason: str,
    at: datetime,
    act: str,
    category: str = "",
) -> int | None:
    """
    Let the lexicon follow a decision on a concept, as part of the act that decides.

    Args:
        transaction: the act; the decision itself is written before.
        project_id: whose lexicon.
        concept: what is decided on.
        status: what it becomes.
        person_id: who decides.
        reason: why.
        at: when.
        act: identifies the act.
        category: where adopted terms are put.

    Returns:
        The lexicon's new version; None where it stays as it is.

    Raises:
        InvalidInputError: as for `adopt_terms`.
    """
    if status is ConceptStatus.ADOPTED:
        return adopt_terms(
            transaction,
            project_id,
            concept,
            person_id=person_id,
            reason=reason,
            at=at,
            act=act,
            category=category,
        )
    return withdraw_terms(
        transaction, project_id, concept, person_id=person_id, reason=reason, at=at, act=act
    )


def adopt_terms(
    transaction: Transaction,
    project_id: str,
    concept: Concept,
    *,
    person_id: str,
    reason: str,
    at: datetime,
    act: str,
    category: str = "",
) -> int | None:
    """
    Bring a concept's terms into the lexicon, as part of the act that adopts it.

    The decision is on record before. A term that the label has already stays as it is, whoever
    brought it in; one that the concept brought under another label moves.

    Returns:
        The lexicon's new version; None where no term is new or moves.

    Raises:
        InvalidInputError: the codebook no longer has the concept's label.
    """
    label = lexicons.label_of_concept(transaction, project_id, concept.concept_id)
    if not label:
        raise InvalidInputError(
            f"The codebook has no label '{concept.label}' any more, so “{concept.terms[0]}” cannot "
            "be adopted for it. Add the term to the lexicon under a label of today instead."
        )
    lexicon = lexicons.get_lexicon(transaction, project_id)
    place = checked_name(category, "category")
    known = {read_term(term.expression) for term in lexicon.terms if term.label == label}
    moved = [
        TermState(
            replace(term, label=label, category=place),
            is_present=read_term(term.expression) not in known,
        )
        for term in lexicon.terms
        if term.source_id == concept.concept_id and term.label != label
    ]
    known |= {read_term(state.term.expression) for state in moved}
    added = [
        TermState(
            Term(
                term_id=new_term_id(),
                expression=expression,
                kind=parse_term(expression).kind,
                label=label,
                category=place,
                author_id=person_id,
                reason=reason.strip(),
                source=TermSource.CONCEPT,
                source_id=concept.concept_id,
                added_at=at,
            )
        )
        for expression in usable_terms(concept)
        if parse_term(expression) not in known
    ]
    if not added and not moved:
        return None
    return add_version(
        transaction,
        project_id,
        [*moved, *added],
        person_id=person_id,
        at=at,
        note=reason.strip() or f"Adopted “{concept.terms[0]}” from the journal.",
        act=act,
    )


def withdraw_terms(
    transaction: Transaction,
    project_id: str,
    concept: Concept,
    *,
    person_id: str,
    reason: str,
    at: datetime,
    act: str,
) -> int | None:
    """
    Take the terms that a concept brought out of the lexicon, as part of the act that undoes it.

    They go also from where someone has moved them since; a term that another adopted concept of
    its label has too stays for that one.

    Returns:
        The lexicon's new version; None where none of its terms stands.
    """
    brought = [
        term
        for term in lexicons.get_lexicon(transaction, project_id).terms
        if term.source_id == concept.concept_id
    ]
    if not brought:
        return None
    others = _adopted_elsewhere(transaction, project_id, concept.concept_id)
    states = [
        TermState(replace(term, source_id=others[term.label, term.expression]))
        if (term.label, term.expression) in others
        else TermState(term, is_present=False)
        for term in brought
    ]
    return add_version(
        transaction,
        project_id,
        states,
        person_id=person_id,
        at=at,
        note=reason.strip() or f"Took back the adoption of “{concept.terms[0]}”.",
        act=act,
    )


def _adopted_elsewhere(db: Reader, project_id: str, concept_id: str) -> dict[tuple[str, str], str]:
    """Label and expression -> another adopted concept that speaks for the one by the other."""
    return {
        (lexicons.label_of_concept(db, project_id, concept.concept_id), expression): (
            concept.concept_id
        )
        for concept in concept_store.list_concepts(db, project_id)
        if concept.status is ConceptStatus.ADOPTED and concept.concept_id != concept_id
        for expression in usable_terms(concept)
    }


def _expression(term: str) -> str:
    """As the lexicon keeps it; "" where it cannot be looked for."""
    try:
        return normal_term(term)
    except InvalidInputError:
        return ""
