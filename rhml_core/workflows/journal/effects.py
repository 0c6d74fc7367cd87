"""What a decision on a concept brought, in the journal's words."""

from dataclasses import dataclass
from datetime import datetime

from rhml_core.domain import ConceptStatus
from rhml_core.figures import Interval
from rhml_core.store.database import Reader
from rhml_core.workflows.concepts.effects import ConceptEffect, effects_of
from rhml_core.workflows.concepts.study import CHANGED_NOTHING

NOT_YET = "What that brought is not measured yet, because it takes a moment beside the pages."
_SINCE = {
    ConceptStatus.ADOPTED: "adopting it",
    ConceptStatus.REJECTED: "rejecting it",
    ConceptStatus.NEW: "taking the decision back",
}


@dataclass(frozen=True)
class EffectWords:
    """
    The measured effect of the newest decision on a concept.

    Attributes:
        measured_at: when; None where nothing is measured yet.
        lines: the sentences that matter most, with figures, or why there are none.
        details: the others.
        strengths: the term's before the decision and after; None where not both are known.
    """

    measured_at: datetime | None
    lines: tuple[str, ...]
    details: tuple[str, ...] = ()
    strengths: tuple[float, float] | None = None


def read_effects(db: Reader, project_id: str) -> dict[str, EffectWords]:
    """The measured effects of the newest decisions, by the concept's identifier."""
    return {name: effect_words(one) for name, one in effects_of(db, project_id).items()}


def effect_words(effect: ConceptEffect) -> EffectWords:
    """The sentences on one effect; figures with interval and n, or why there is none."""
    of_score = _score_line(effect)
    of_strength = _strength_line(effect)
    of_agreement = _agreement_line(effect)
    before, after = effect.weight_before.interval, effect.weight_after.interval
    is_rejected = effect.status is ConceptStatus.REJECTED
    return EffectWords(
        measured_at=effect.measured_at,
        lines=(of_strength, of_score) if is_rejected else (of_score,),
        details=(of_agreement,) if is_rejected else (of_strength, of_agreement),
        strengths=(before.value, after.value) if before and after else None,
    )


def _score_line(effect: ConceptEffect) -> str:
    act = _SINCE[effect.status]
    change = effect.macro_f1.interval
    if change is None and effect.macro_f1.missing.startswith(CHANGED_NOTHING):
        return effect.macro_f1.missing.replace("It", act.capitalize(), 1)
    if change is None:
        return f"What {act} brought on the hold-out is not known: {effect.macro_f1.missing}"
    return f"Macro-F1 on the hold-out by {act}: {_change(change)}."


def _strength_line(effect: ConceptEffect) -> str:
    before, after = effect.weight_before, effect.weight_after
    if before.interval is None or after.interval is None:
        return f"Its strength is not known: {before.missing or after.missing}"
    return (
        f"Its strength before: {before.interval}; after: {after.interval} messages with it that "
        "the machine had not learnt from."
    )


def _agreement_line(effect: ConceptEffect) -> str:
    before, after, change = effect.agreement_before, effect.agreement_after, effect.agreement
    if before.interval is None or after.interval is None or change.interval is None:
        return f"Whether people agree more on messages with it is not known: {_missing(effect)}"
    return (
        f"First answers to messages with it agreed in {before.interval} pairs before and in "
        f"{after.interval} after: {_change(change.interval)}."
    )


def _missing(effect: ConceptEffect) -> str:
    estimates = (effect.agreement, effect.agreement_before, effect.agreement_after)
    return next((one.missing for one in estimates if one.missing), "too little was judged.")


def _change(change: Interval) -> str:
    verdict = "; that may be chance" if change.low <= 0 <= change.high else ""
    if change.low == change.high == 0:
        verdict = "; nothing changed"
    return f"{change.value:+.3f} [{change.low:+.3f}, {change.high:+.3f}], n = {change.n:,}{verdict}"
