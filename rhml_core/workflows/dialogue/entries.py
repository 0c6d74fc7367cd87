"""A dialogue in the order of time: reasons, what was said, and the decision."""

from rhml_core.domain import MACHINE_RATER, Judgement, Phase
from rhml_core.store.dialogue import Entry, EntryKind
from rhml_core.workflows.dialogue.evidence import statement_of

__all__ = ["Entry", "EntryKind", "entries_in_order", "people_named"]


def entries_in_order(made: list[Judgement], said: list[Entry], subject: str) -> list[Entry]:
    """
    What was said, with the reasons that judgements came with and the decisions, by time.

    A person's first judgement is told without its phase: nothing preceded it. A judgement that an
    outcome of the dialogue tells of already is not told twice; a bare label needs no entry, for
    the answers stand above the dialogue.

    Args:
        made: every judgement of the message.
        said: the stored entries of its thread, oldest first.
        subject: the thread, `message:ID`.
    """
    first = set({one.expert_id: one.judgement_id for one in reversed(made)}.values())
    told_here = {entry.detail.get("judgement_id") for entry in said}
    drawn = [
        Entry(
            one.judgement_id,
            subject,
            EntryKind.SETTLED if one.phase is Phase.ADJUDICATED else EntryKind.REASON,
            one.expert_id,
            one.reason,
            one.made_at,
            {
                "label": one.label,
                "phase": one.phase.value if one.judgement_id not in first else "",
                "confidence": one.confidence.value if one.confidence else "",
                "evidence": [[span.start, span.end] for span in one.rationale],
            },
        )
        for one in made
        if one.judgement_id not in told_here and _needs_telling(one)
    ]
    return sorted([*drawn, *said], key=lambda entry: (entry.made_at, entry.seq))


def people_named(entry: Entry) -> set[str]:
    """Identifiers of everyone whose name is needed to read an entry."""
    names = {entry.person_id, *entry.detail.get("named", [])}
    names |= {expert_id for expert_id, _ in entry.detail.get("answers", [])}
    statement = statement_of(entry)
    for one in [*statement.otherwise, *statement.alike] if statement else []:
        names |= {expert_id for expert_id, _ in one.answers}
    return names.difference({MACHINE_RATER})


def _needs_telling(judgement: Judgement) -> bool:
    return judgement.phase is Phase.ADJUDICATED or bool(
        judgement.reason or judgement.rationale or judgement.confidence
    )
