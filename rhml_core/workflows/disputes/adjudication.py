"""
Settling what people differ on: a decision, the kind of error behind it, and taking it back.

Nobody's judgement is touched: a decision stands beside them, and counts until it is taken back or
the codebook reopens its message.
"""

import uuid

import polars as pl

from rhml_core.domain import Judgement, Person, Phase, Role
from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.store import adjudications, codebooks, judgements, messages, people, reopenings
from rhml_core.store.adjudications import Adjudication, ErrorKind
from rhml_core.store.database import Reader, Transaction
from rhml_core.store.events import add_event
from rhml_core.workflows.dialogue.threads import LONGEST_TEXT
from rhml_core.workflows.disputes.contested import open_messages
from rhml_core.workflows.disputes.contested_filters import ContestedFilters, fitting
from rhml_core.workflows.disputes.disagreements import with_texts
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.workplace import Workplace

__all__ = [
    "ErrorKind",
    "adjudicate",
    "error_kinds",
    "guideline_gaps",
    "to_adjudicate",
    "undo_adjudication",
]

_EVENT_KINDS = {"decided": "adjudicated", "undone": "adjudication_undone"}


def to_adjudicate(
    place: Workplace,
    person: Person,
    project_id: str,
    *,
    filters: ContestedFilters | None = None,
    limit: int = 200,
) -> pl.DataFrame:
    """
    The messages to settle, those that would teach most first.

    Of the hold-out only those on which people differ, and without the machine's answer: messages
    chosen because the machine errs there would make it look worse than it is.

    Returns:
        As `open_disagreements`.

    Raises:
        NotAllowedError: only supervisors settle messages.
    """
    require(person, Role.SUPERVISOR, "settle messages")
    found = open_messages(place, person, project_id)
    rows = fitting(place.db, project_id, found, filters or ContestedFilters())
    return with_texts(place.db, project_id, rows.head(limit))


def adjudicate(
    place: Workplace,
    person: Person,
    project_id: str,
    message_id: str,
    *,
    label: str,
    error_kind: ErrorKind,
    reason: str = "",
    dissent: str = "",
    dissent_by: str = "",
    key: str,
) -> None:
    """
    Settle a message; what people judged stays on record.

    Args:
        place: the workplace.
        person: who decides.
        project_id: where.
        message_id: what is settled.
        label: the decision.
        error_kind: why people differed.
        reason: in the person's own words.
        dissent: what somebody holds against the decision.
        dissent_by: identifier of the person who dissents, where one is named.
        key: of the act.

    Raises:
        NotAllowedError: only supervisors settle messages.
        NotFoundError: there is no such message, or nobody with the dissenter's identifier.
        ConflictError: the message is settled already.
        InvalidInputError: the label is not in the codebook, or a text is too long.
    """
    require(person, Role.SUPERVISOR, "settle messages")
    messages.get_message(place.db, project_id, message_id)
    reason, dissent = _checked(reason, "A reason"), _checked(dissent, "A dissent")
    if dissent_by:
        people.get_person(place.db, dissent_by)
    now, subject = place.now(), f"message:{message_id}"
    decision = Judgement(
        judgement_id=uuid.uuid4().hex,
        message_id=message_id,
        expert_id=person.person_id,
        phase=Phase.ADJUDICATED,
        label=label,
        made_at=now,
        reason=reason,
    )
    with place.db.atomic() as transaction:
        if not transaction.claim(act_key(person, "adjudicate", subject, key), at=now):
            return
        codebook = codebooks.get_codebook(transaction, project_id)
        if label not in codebook.names:
            raise InvalidInputError(f"'{label}' is not in the codebook. Reload the page to see it.")
        _refuse_settled(transaction, project_id, message_id)
        judgements.add_judgement(
            transaction, decision, judgements.JudgementContext(project_id, codebook.version)
        )
        made = Adjudication(
            message_id,
            decision.judgement_id,
            "decided",
            person.person_id,
            now,
            error_kind=error_kind,
            reason=reason,
            dissent=dissent,
            dissent_by=dissent_by,
        )
        adjudications.add_adjudication(transaction, project_id, made)
        _note_event(transaction, project_id, made, {"label": label, "error_kind": error_kind.value})
    place.machines.note_judgement(project_id)


def undo_adjudication(
    place: Workplace, person: Person, project_id: str, message_id: str, *, key: str
) -> None:
    """
    Take back the decision that counts on a message; what counted before it counts again.

    Where a label that somebody gave has been split or retired meanwhile, the message is asked
    about again: the decision had spared it from that.

    Raises:
        NotAllowedError: only supervisors settle messages.
        NotFoundError: there is no such message.
        ConflictError: the message is not settled, or not any more.
    """
    require(person, Role.SUPERVISOR, "take decisions back")
    messages.get_message(place.db, project_id, message_id)
    now, subject = place.now(), f"message:{message_id}"
    with place.db.atomic() as transaction:
        if not transaction.claim(act_key(person, "undo_adjudication", subject, key), at=now):
            return
        standing = adjudications.standing_decisions(transaction, project_id, message_id=message_id)
        if standing.is_empty():
            raise ConflictError("This message is not settled, so there is nothing to take back.")
        decision = standing.row(0, named=True)
        made = Adjudication(message_id, decision["judgement_id"], "undone", person.person_id, now)
        adjudications.add_adjudication(transaction, project_id, made)
        _reopen_unreadable(place, transaction, person, project_id, message_id)
        told = {"label": decision["label"], "error_kind": decision["error_kind"]}
        _note_event(transaction, project_id, made, told)
    place.machines.note_judgement(project_id)


def error_kinds(place: Workplace, person: Person, project_id: str) -> pl.DataFrame:
    """
    How many of the decisions that count stand behind each kind of error.

    Returns:
        `error_kind` (String), `n` (Int64, 0 or more), every kind in the order of `ErrorKind`;
        imported decisions, which name no kind, are not counted.
    """
    require(person, Role.VIEWER, "see what was settled")
    counts = dict(
        adjudications.standing_decisions(place.db, project_id)
        .group_by("error_kind")
        .agg(pl.len())
        .iter_rows()
    )
    return pl.DataFrame(
        [(kind.value, counts.get(kind.value, 0)) for kind in ErrorKind],
        schema={"error_kind": pl.String, "n": pl.Int64},
        orient="row",
    )


def guideline_gaps(place: Workplace, person: Person, project_id: str) -> pl.DataFrame:
    """
    Between which labels decisions that count found a gap in the guideline.

    Returns:
        `label, other` (String, in codebook order), `n` (Int64, messages settled as one of them
        that somebody gave the other), most frequent first. The same columns and no rows where no
        gap was found. A message with three labels counts for two pairs.
    """
    require(person, Role.VIEWER, "see what was settled")
    names = codebooks.get_codebook(place.db, project_id).names
    order = pl.Enum(names)
    pairs = (
        adjudications.standing_decisions(place.db, project_id)
        .filter(pl.col("error_kind") == ErrorKind.GUIDELINE_GAP.value)
        .select("message_id", decided="label")
        .join(judgements.current_labels(place.db, project_id), on="message_id")
        .filter(
            pl.col("decided") != pl.col("label"),
            pl.col("decided").is_in(names) & pl.col("label").is_in(names),
        )
        .select("message_id", "decided", "label")
        .unique()
        .with_columns(pl.col("decided", "label").cast(order))
    )
    return (
        pairs.select(
            label=pl.min_horizontal(pl.col("decided", "label").to_physical()),
            other=pl.max_horizontal(pl.col("decided", "label").to_physical()),
        )
        .group_by("label", "other")
        .agg(n=pl.len().cast(pl.Int64))
        .sort("n", "label", "other", descending=[True, False, False])
        .with_columns(
            pl.col("label", "other").replace_strict(
                range(len(names)), names, return_dtype=pl.String
            )
        )
    )


def _note_event(
    transaction: Transaction, project_id: str, made: Adjudication, detail: dict[str, str | None]
) -> None:
    add_event(
        transaction,
        kind=_EVENT_KINDS[made.kind],
        subject=f"message:{made.message_id}",
        person_id=made.person_id,
        project_id=project_id,
        at=made.made_at,
        detail=detail,
    )


def _checked(text: str, what: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_TEXT:
        raise InvalidInputError(f"{what} may have up to {LONGEST_TEXT:,} characters.")
    return text


def _reopen_unreadable(
    place: Workplace, transaction: Transaction, person: Person, project_id: str, message_id: str
) -> None:
    """Ask about a message again that is settled no more and has an answer that says nothing now."""
    if adjudications.standing_decisions(transaction, project_id, message_id=message_id).height:
        return
    if judgements.has_lost_label(transaction, project_id, message_id):
        reopenings.add_reopenings(
            transaction,
            project_id,
            [message_id],
            codebook_version=codebooks.get_codebook(transaction, project_id).version,
            person_id=person.person_id,
            at=place.now(),
        )


def _refuse_settled(db: Reader, project_id: str, message_id: str) -> None:
    standing = adjudications.standing_decisions(db, project_id, message_id=message_id)
    if standing.height:
        label, by = standing.select("label", "expert_id").row(0)
        names = {one.person_id: one.name for one in people.list_people(db)}
        raise ConflictError(
            f"This message is settled as {label} by {names.get(by, by)}. "
            "Take that decision back before you make another."
        )
