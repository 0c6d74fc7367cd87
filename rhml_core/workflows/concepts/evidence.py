"""How well concepts tell their labels, on the messages whose answers a reader may know."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rhml_core.domain import Concept, ConceptKind, Person, Role
from rhml_core.errors import MeasureUndefinedError
from rhml_core.figures import Interval
from rhml_core.machine.terms.matching import find_terms
from rhml_core.measures.terms import term_f1
from rhml_core.store.database import Database
from rhml_core.store.judged import fair_texts_of
from rhml_core.workflows.lexicon.adoption import usable_terms
from rhml_core.workflows.lexicon.preview import open_labels

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
    labels = open_labels(db, person, project_id)
    known = fair_texts_of(db, project_id, labels["message_id"].to_list()).join(
        labels, on="message_id", how="inner", maintain_order="left"
    )
    terms = {
        one.concept_id: usable_terms(one) for one in concepts if one.kind is not ConceptKind.CLUSTER
    }
    expressions = sorted({expression for own in terms.values() for expression in own})
    places = {expression: place for place, expression in enumerate(expressions)}
    contains = find_terms(known["text"].to_list(), expressions).tocsc()
    found = {}
    for concept in concepts:
        if concept.concept_id not in terms:
            found[concept.concept_id] = run_evidence(concept)
            continue
        has_term = np.zeros(known.height, dtype=np.bool_)
        for expression in terms[concept.concept_id]:
            has_term[contains[:, [places[expression]]].indices] = True
        has_label = (known["label"] == concept.label).to_numpy()
        try:
            figure = term_f1(has_term, has_label) if known.height else None
        except MeasureUndefinedError:
            figure = None
        found[concept.concept_id] = ConceptEvidence(
            int((has_term & has_label).sum()),
            int((has_term & ~has_label).sum()),
            figure,
            is_partial=True,
        )
    return found
