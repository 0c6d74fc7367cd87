"""How well concepts tell their labels, on the messages whose answers a reader may know."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rhml_core.domain import Concept, Person, Role
from rhml_core.errors import MeasureUndefinedError
from rhml_core.figures import Interval
from rhml_core.measures.terms import term_f1
from rhml_core.store.database import Database
from rhml_core.workflows.concepts.uses import CLUSTER
from rhml_core.workflows.kept.pool_texts import pool_texts
from rhml_core.workflows.lexicon.adoption import usable_terms
from rhml_core.workflows.lexicon.preview import known_labels

NOT_OPEN = "Term F1 is not known yet on the messages whose answers are open to you."


@dataclass(frozen=True)
class ConceptEvidence:
    """
    What a concept does on judged messages.

    Attributes:
        n_for, n_against: as `Concept` has them.
        term_f1: None where it is undefined.
        is_partial: whether messages that the reader may still have to judge are left out.
    """

    n_for: int
    n_against: int
    term_f1: Interval | None
    is_partial: bool = False


def run_evidence(concept: Concept) -> ConceptEvidence:
    """As the newest run that surfaced the concept counted it, on all judged messages."""
    return ConceptEvidence(concept.n_for, concept.n_against, concept.term_f1)


def concept_evidence(
    db: Database, person: Person, project_id: str, concepts: Sequence[Concept]
) -> dict[str, ConceptEvidence]:
    """
    The evidence for concepts that a person may know, by the concept's identifier.

    To an expert it is counted on the judged messages of the pool whose answers are open to them:
    counts of all, less those that they know, would tell what a colleague answered where they
    still have to judge. Groups of messages speak for no label, and are told as they are.
    """
    if person.role is not Role.EXPERT:
        return {one.concept_id: run_evidence(one) for one in concepts}
    pool = pool_texts(db, project_id)
    known = known_labels(db, person, project_id, pool)
    judged = np.array(sorted(known), dtype=np.int64)
    labels = np.array([known[row] for row in judged.tolist()], dtype=object)
    found = {}
    for concept in concepts:
        if concept.kind == CLUSTER:
            found[concept.concept_id] = run_evidence(concept)
            continue
        contains = np.zeros(len(pool.texts), dtype=np.bool_)
        if len(judged):
            for expression in usable_terms(concept):
                contains[pool.words.find(expression)] = True
        has_term = contains[judged]
        has_label = np.asarray(labels == concept.label, dtype=np.bool_)
        try:
            figure = term_f1(has_term, has_label) if len(judged) else None
        except MeasureUndefinedError:
            figure = None
        found[concept.concept_id] = ConceptEvidence(
            int((has_term & has_label).sum()),
            int((has_term & ~has_label).sum()),
            figure,
            is_partial=True,
        )
    return found
