"""What a decision on a concept brought: to the machine on the hold-out, and to agreement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rhml_core.domain import ConceptStatus, Person, Role
from rhml_core.errors import NotEnoughDataError
from rhml_core.figures import Interval
from rhml_core.measures.comparison import compare_runs
from rhml_core.measures.estimates import Estimate
from rhml_core.store import codebooks, concept_effects, concepts, kept_agreement, lexicons
from rhml_core.store.concept_effects import KeptEffect
from rhml_core.store.database import Reader
from rhml_core.workflows.concepts.study import SEED, open_study
from rhml_core.workflows.kept.in_memory import KeptInMemory
from rhml_core.workflows.live.training import MOST_COPIES
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace


@dataclass(frozen=True)
class ConceptEffect:
    """
    What the newest decision on a concept brought, by the newest measuring.

    Both sides of every comparison are fast heads taught by the same judged messages as they are
    now; they differ in what the decision changed alone.

    Attributes:
        status: what the decision made of the concept.
        previous: what it was before; after a decision was taken back, that decision.
        macro_f1: how much macro-F1 on the hold-out changed, with a paired interval.
        macro_f1_before, macro_f1_after: None where nothing could be measured.
        weight_before, weight_after: how far the label's probability falls, in the mean of the
            pool's messages that have the term, when it is left out of them; -1 to 1. Their n
            counts messages that the head asked had not learnt from.
        agreement_before, agreement_after: share of agreeing pairs of first unaided judgements
            on messages with the term, made before the decision and after it.
        agreement: by how much it changed.
        n_counterexamples: varied copies by which the term is untaught; 0 unless rejected.
        run_number: the newest run at that time; None before the first one.
        codebook_version: at that time.
    """

    concept_id: str
    status: ConceptStatus
    previous: ConceptStatus
    macro_f1: Estimate
    macro_f1_before: float | None
    macro_f1_after: float | None
    weight_before: Estimate
    weight_after: Estimate
    agreement_before: Estimate
    agreement_after: Estimate
    agreement: Estimate
    n_counterexamples: int
    run_number: int | None
    codebook_version: int
    measured_at: datetime


@dataclass(frozen=True)
class ExpectedEffect:
    """
    What a decision would probably bring, before anyone has taken it.

    Attributes:
        macro_f1: change by cross-validation on the judged training messages; never on the
            hold-out, which nothing may be chosen by.
        sentence: the figure and how it was found, or why there is none, for people.
    """

    macro_f1: Estimate
    sentence: str


_kept_expected: KeptInMemory[ExpectedEffect] = KeptInMemory(most_places=64)


def effects_of(db: Reader, project_id: str) -> dict[str, ConceptEffect]:
    """
    The newest measured effect of each concept's newest decision, by the concept's identifier.

    A concept whose newest decision is not measured yet is absent.
    """
    decided = {one.concept_id: one for one in concept_effects.newest_decisions(db, project_id)}
    found = {}
    for kept in concept_effects.effects(db, project_id):
        decision = decided.get(kept.concept_id)
        if decision and decision.seq == kept.measured_from.decision:
            found[kept.concept_id] = _effect(kept)
    return found


def expected_effect(
    place: Workplace,
    person: Person,
    project_id: str,
    concept_id: str,
    status: ConceptStatus = ConceptStatus.ADOPTED,
) -> ExpectedEffect:
    """
    What a decision on a concept would bring, told by the judged training messages alone.

    Args:
        place: the workplace.
        person: who asks.
        project_id: where.
        concept_id: which.
        status: what the decision would make of it.

    Raises:
        NotFoundError: the project has no such concept.
    """
    require(person, Role.VIEWER, "read the journal")
    concept = concepts.get_concept(place.db, project_id, concept_id)
    state = (
        kept_agreement.event_mark(place.db, project_id).newest,
        max((one.seq for one in concept_effects.newest_decisions(place.db, project_id)), default=0),
        lexicons.newest_version(place.db, project_id),
        codebooks.newest_version(place.db, project_id),
    )
    where = (str(place.settings.database), project_id, concept_id, status)

    def make() -> ExpectedEffect:
        try:
            study = open_study(place.db, place.machines, project_id, is_base=True)
            why_nothing = study.why_nothing_changes(concept, concept.status, status)
            if why_nothing:
                words = f"It would change nothing: {why_nothing}."
                return ExpectedEffect(Estimate(None, words), words)
            change = study.worlds(concept, concept.status, status)
            first, second = (
                study.honest_answers(knowledge, most=MOST_COPIES) for knowledge in change
            )
        except NotEnoughDataError as error:
            return ExpectedEffect(Estimate(None, str(error)), str(error))
        found = compare_runs(study.judged.labels, first, second, study.labels, seed=SEED)
        return ExpectedEffect(Estimate(found.difference), _sentence(found.difference))

    return _kept_expected.get(where, state, make)


def _sentence(change: Interval) -> str:
    return (
        f"Macro-F1 would change by {change.value:+.3f} ({change.low:+.3f} to {change.high:+.3f}), "
        f"cross-validated on {change.n:,} judged training messages, the same ones that brought "
        "the concept up; the hold-out tells only after a decision."
    )


def _effect(kept: KeptEffect) -> ConceptEffect:
    figures = kept.figures
    estimates = {
        name: _estimate(figures[name])
        for name in (
            "macro_f1",
            "weight_before",
            "weight_after",
            "agreement_before",
            "agreement_after",
            "agreement",
        )
    }
    return ConceptEffect(
        concept_id=kept.concept_id,
        status=ConceptStatus(figures["status"]),
        previous=ConceptStatus(figures["previous"]),
        macro_f1_before=figures["macro_f1_before"],
        macro_f1_after=figures["macro_f1_after"],
        n_counterexamples=figures["n_counterexamples"],
        run_number=kept.run_number,
        codebook_version=kept.measured_from.codebook_version,
        measured_at=kept.measured_at,
        **estimates,
    )


def _estimate(kept: dict[str, Any]) -> Estimate:
    interval = kept["interval"]
    return Estimate(Interval(**interval) if interval else None, kept["missing"])
