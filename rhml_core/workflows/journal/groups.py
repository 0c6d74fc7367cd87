"""Which group of the journal a concept belongs to, and why."""

from collections.abc import Mapping
from enum import StrEnum

from rhml_core.domain import Concept, ConceptStatus
from rhml_core.figures import percent_with_bounds
from rhml_core.measures.blind_spots import BlindSpot
from rhml_core.measures.proportions import wilson_interval
from rhml_core.workflows.concepts.evidence import ConceptEvidence, run_evidence

LOW_F1 = 0.5
"""Term F1 that a term of ours shall reach; Fusion's bound for terms to look at again."""
_HALF = 0.5


class JournalGroup(StrEnum):
    """The groups of cards, in the order of the page."""

    NEW = "new"
    REEXAMINE = "re-examine"
    BLIND_SPOTS = "blind spots"
    SETTLED = "settled"


def group_of(
    concept: Concept, spots: Mapping[str, BlindSpot], evidence: ConceptEvidence | None = None
) -> tuple[JournalGroup, str]:
    """
    The group of a concept and, for those that need attention, why it is there.

    Args:
        concept: as its newest sighting shows it.
        spots: notable shared blind spots, by the concept's identifier.
        evidence: that the reader may know; None: the run's own.
    """
    misleads = why_misleading(concept, evidence)
    if misleads:
        return JournalGroup.REEXAMINE, misleads
    spot = spots.get(concept.concept_id)
    if spot and concept.status is not ConceptStatus.REJECTED:
        share = percent_with_bounds(spot.differs)
        return JournalGroup.BLIND_SPOTS, (
            f"On {share} of the judged messages with it (n = {spot.differs.n:,}) people's first "
            "answers and the machine were both wrong, more often than elsewhere."
        )
    if concept.status is ConceptStatus.NEW:
        return JournalGroup.NEW, ""
    return JournalGroup.SETTLED, ""


def why_misleading(concept: Concept, evidence: ConceptEvidence | None = None) -> str:
    """
    Why a term of ours should be looked at again; "" where it need not, or is none of ours.

    It misleads where a run found it to speak for another label than the lexicon has it under;
    where most judged messages with it have another label, by more than noise; or where its term F1
    is surely low and it is not surely right in most messages either. A term that is rare but right
    is left in peace, though its F1 is low.
    """
    known = evidence or run_evidence(concept)
    n = known.n_for + known.n_against
    if concept.status is ConceptStatus.NEW and concept.contradicts and not n:
        return f"Contradicted: the lexicon had it under {concept.contradicts}."
    if concept.status is ConceptStatus.NEW and concept.contradicts:
        return (
            f"Contradicted: the lexicon had it under {concept.contradicts}, but of the judged "
            f"messages with it {known.n_for:,} are {concept.label} and {known.n_against:,} "
            "are not."
        )
    is_ours = concept.status is ConceptStatus.ADOPTED or (
        concept.status is ConceptStatus.NEW and not concept.is_new
    )
    if not is_ours or not n:
        return ""
    right = wilson_interval(known.n_for, n)
    share = f"{percent_with_bounds(right)}, n = {n:,}"
    if right.high < _HALF:
        return f"Contradicted: of the judged messages with it, {share} are {concept.label}."
    f1 = known.term_f1
    if f1 and f1.high < LOW_F1 and right.low <= _HALF:
        return (
            f"Term F1 is low, {f1}, and of the judged messages with it {share} are {concept.label}."
        )
    return ""
