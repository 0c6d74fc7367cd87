"""How a dialogue ends for one person: they hold their label, or revise it, and say why."""

import uuid
from collections.abc import Sequence

from rhml_core.domain import Judgement, Person, Phase, Role, Span
from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.store import adjudications, codebooks, dialogue, judgements
from rhml_core.store.database import Transaction
from rhml_core.store.dialogue import Entry, EntryKind
from rhml_core.store.events import add_event
from rhml_core.store.label_reviews import finished_turn_of
from rhml_core.workflows.dialogue.threads import (
    checked_spans,
    checked_text,
    named_in,
    open_message,
    own_label,
)
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.workplace import Workplace


def hold(
    place: Workplace,
    person: Person,
    project_id: str,
    message_id: str,
    reason: str,
    *,
    shown: str,
    evidence: Sequence[Span] = (),
    key: str,
) -> None:
    """
    Stand by one's label after the dialogue, and say why.

    Args:
        place: the workplace.
        person: who.
        project_id: where.
        message_id: which.
        reason: why.
        shown: the label that the person saw as theirs when they decided.
        evidence: stretches of the message that speak for it.
        key: of the act.

    Raises:
        NotFoundError: there is no such message.
        NotAllowedError: viewers do not judge, or the message must still be judged blind.
        ConflictError: the person gave no label, or another one than `shown` by now; or the
            message was settled.
        InvalidInputError: the reason is empty or too long, or the evidence lies outside.
    """
    _conclude(
        place,
        person,
        project_id,
        message_id,
        None,
        reason,
        shown=shown,
        evidence=evidence,
        key=key,
    )


def revise(
    place: Workplace,
    person: Person,
    project_id: str,
    message_id: str,
    label: str,
    reason: str,
    *,
    shown: str,
    evidence: Sequence[Span] = (),
    key: str,
) -> None:
    """
    Give another label after the dialogue, and say why; the older ones stay on record.

    Args:
        place: the workplace.
        person: who.
        project_id: where.
        message_id: which.
        label: the new one.
        reason: why.
        shown: the label that the person saw as theirs when they decided.
        evidence: stretches of the message that speak for it.
        key: of the act.

    Raises:
        NotFoundError, NotAllowedError: as of `hold`.
        ConflictError: as of `hold`.
        InvalidInputError: as of `hold`; or the label is the present one or not in the codebook.
    """
    _conclude(
        place,
        person,
        project_id,
        message_id,
        label,
        reason,
        shown=shown,
        evidence=evidence,
        key=key,
    )


def _conclude(
    place: Workplace,
    person: Person,
    project_id: str,
    message_id: str,
    label: str | None,
    reason: str,
    *,
    shown: str,
    evidence: Sequence[Span],
    key: str,
) -> None:
    require(person, Role.EXPERT, "keep or change a label")
    message = open_message(place, person, project_id, message_id)
    reason = checked_text(reason, "A reason")
    checked_spans(evidence, message.text)
    now, subject = place.now(), f"message:{message_id}"
    with place.db.atomic() as transaction:
        if not transaction.claim(act_key(person, "conclude", subject, key), at=now):
            return
        before = _present_label(transaction, person, project_id, message_id, shown=shown)
        if label == before:
            raise InvalidInputError(f"'{label}' is your present label. Keep it, or choose another.")
        made = Judgement(
            judgement_id=uuid.uuid4().hex,
            message_id=message_id,
            expert_id=person.person_id,
            phase=Phase.FINAL,
            label=label or before,
            made_at=now,
            rationale=tuple(evidence),
            reason=reason,
        )
        if label is not None:
            _add_judgement(transaction, person, project_id, made)
        dialogue.add_entry(
            transaction,
            project_id,
            Entry(
                uuid.uuid4().hex,
                subject,
                EntryKind.OUTCOME,
                person.person_id,
                reason,
                now,
                {
                    "named": named_in(place.db, person, reason),
                    "from": before,
                    "to": made.label,
                    "judgement_id": made.judgement_id if label is not None else None,
                    "evidence": [[span.start, span.end] for span in evidence],
                },
            ),
        )
        add_event(
            transaction,
            kind="held" if label is None else "judged",
            subject=subject,
            person_id=person.person_id,
            project_id=project_id,
            at=now,
            detail={"phase": Phase.FINAL.value, "from": before, "to": made.label},
        )
    if label is not None:
        place.machines.note_judgement(project_id)


def _present_label(
    transaction: Transaction, person: Person, project_id: str, message_id: str, *, shown: str
) -> str:
    standing = adjudications.standing_decisions(transaction, project_id, message_id=message_id)
    if standing.height:
        raise ConflictError("This message is settled, so labels rest. You can still comment.")
    before = own_label(transaction, person, project_id, message_id)
    if before is None:
        raise ConflictError("You gave this message no label, so there is none to keep or change.")
    if before != shown:
        raise ConflictError(
            f"Your label is '{before}' by now, not '{shown}': it changed elsewhere, perhaps in a "
            "second tab. Look at it again, then keep or change it."
        )
    return before


def _add_judgement(
    transaction: Transaction, person: Person, project_id: str, made: Judgement
) -> None:
    codebook = codebooks.get_codebook(transaction, project_id)
    if made.label not in codebook.names:
        raise InvalidInputError(
            f"'{made.label}' is not in the codebook. Reload the page to see it."
        )
    turn_id = finished_turn_of(transaction, project_id, made.message_id, person.person_id)
    judgements.add_judgement(
        transaction,
        made,
        judgements.JudgementContext(project_id, codebook.version, turn_id=turn_id),
    )
