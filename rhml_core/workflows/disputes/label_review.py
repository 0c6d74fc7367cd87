"""
Judged messages whose label is in doubt: the machine contradicts it, or a near-twin does.

Hold-out messages stay out: were their labels looked at again where the machine differs, the
machine would be measured by itself.
"""

from dataclasses import dataclass

import polars as pl

from rhml_core.domain import Person, Role
from rhml_core.errors import ConflictError
from rhml_core.store.events import add_event
from rhml_core.store.label_reviews import (
    add_label_review,
    finished_turn_of,
    list_label_reviews,
)
from rhml_core.workflows.disputes.judged_messages import finally_judged, judged_messages
from rhml_core.workflows.disputes.label_doubts import blind_answers, suspects, twins
from rhml_core.workflows.live.machine import SPEAKS_FROM
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.turn import turns
from rhml_core.workflows.workplace import Workplace


@dataclass(frozen=True)
class LabelReview:
    """
    The labels in doubt.

    Attributes:
        suspects: labels that the machine contradicts, most suspicious first: `message_id,
            text, label, machine_label` (String), `labels, expert_ids` (List[String], who said
            what, aligned), `machine_probability, label_probability` (Float64, what the machine
            gives to its label and to the one given), `stood_by` (List[String], experts who
            looked again and hold on to it).
        twins: messages that say the same and are labelled differently, most similar first:
            `message_id, text, label, labels, expert_ids`, the same with `twin_` before it
            (`twin_id` for the identifier; labels null where the votes tie), `similarity`
            (Float64), `is_same_text` (Boolean), `contradicts_self` (List[String], experts who
            labelled the two differently), `stood_by`.
        machine: who contradicts, for example `run 3`; "" where nobody can yet.
        n_compared: judged messages of which it spoke.
        n_agreeing: those of them to which it gives the same label.
        missing: why no machine speaks; "" where one does.
    """

    suspects: pl.DataFrame
    twins: pl.DataFrame
    machine: str
    n_compared: int
    n_agreeing: int
    missing: str


def label_review(place: Workplace, person: Person, project_id: str) -> LabelReview:
    """
    The labels in doubt that a person may know of, without those that were let stand.

    An expert sees what they have judged themselves.

    Raises:
        NotFoundError: there is no such project.
        MachineError: the encoder's files are missing or not the ones expected.
    """
    require(person, Role.VIEWER, "see which labels are in doubt")
    judged = judged_messages(place.db, project_id)
    may_see = finally_judged(place.db, person, project_id, judged)
    stood = list_label_reviews(place.db, project_id)
    answers = blind_answers(place, project_id, judged)
    doubted = suspects(judged, answers)
    pairs = twins(place, project_id, judged)
    return LabelReview(
        suspects=_without_settled(
            doubted.found.filter(pl.col("message_id").is_in(may_see)),
            stood.filter(pl.col("twin_id").is_null()),
            person,
            ["message_id", "label"],
        ),
        twins=_without_settled(
            pairs.filter(pl.col("message_id").is_in(may_see) & pl.col("twin_id").is_in(may_see)),
            stood.filter(pl.col("twin_id").is_not_null()),
            person,
            ["message_id", "label", "twin_id", "twin_label"],
        ),
        machine=answers.machine if answers else "",
        n_compared=doubted.n_compared,
        n_agreeing=doubted.n_agreeing,
        missing="" if answers else _what_is_missing(judged.height),
    )


def let_label_stand(
    place: Workplace,
    person: Person,
    project_id: str,
    message_id: str,
    *,
    twin_id: str | None = None,
    key: str,
) -> None:
    """
    Settle a doubt: the label of a message, or those of two near-twins, are as they should be.

    Where a supervisor says so, it leaves everyone's list until a label changes; where an expert
    does, it leaves their own, and the supervisor sees that they hold on to it.

    Raises:
        NotAllowedError: viewers do not decide.
        ConflictError: this label is not in doubt, or not any more, for this person.
    """
    require(person, Role.EXPERT, "let a label stand")
    review = label_review(place, person, project_id)
    found = (
        review.suspects.filter(pl.col("message_id") == message_id).with_columns(
            twin_label=pl.lit(None, dtype=pl.String)
        )
        if twin_id is None
        else review.twins.filter(
            (pl.col("message_id") == message_id) & (pl.col("twin_id") == twin_id)
        )
    )
    now, for_all = place.now(), person.may(Role.SUPERVISOR)
    subject = f"message:{message_id}"
    with place.db.atomic() as transaction:
        # A repeated click finds nothing in doubt any more, and nothing is left to do.
        if transaction.claim(act_key(person, "let_stand", f"{subject}:{twin_id}", key), at=now):
            if found.is_empty():
                raise ConflictError("This label is no longer in doubt. Reload the page to go on.")
            label, twin_label = found.select("label", "twin_label").row(0)
            add_label_review(
                transaction,
                project_id=project_id,
                message_id=message_id,
                label=label,
                twin_id=twin_id,
                twin_label=twin_label,
                person_id=person.person_id,
                for_all=for_all,
                at=now,
            )
            add_event(
                transaction,
                kind="label_stands",
                subject=subject,
                person_id=person.person_id,
                project_id=project_id,
                at=now,
                detail={
                    "label": label,
                    "twin": twin_id,
                    "twin_label": twin_label,
                    "for_all": for_all,
                },
            )


def may_judge_again(place: Workplace, person: Person, project_id: str, message_id: str) -> bool:
    """Whether a person judged this message here, so that they can give a newer label."""
    if not person.may(Role.EXPERT):
        return False
    return finished_turn_of(place.db, project_id, message_id, person.person_id) is not None


def judge_again(
    place: Workplace,
    person: Person,
    project_id: str,
    message_id: str,
    *,
    label: str,
    reason: str = "",
    key: str,
) -> None:
    """
    Give a newer label to a message that one has judged before; the older ones stay on record.

    Raises:
        NotAllowedError: viewers do not judge.
        ConflictError: this person's label was imported, or there is none.
        InvalidInputError: the label is not in the codebook, or the reason is too long.
    """
    require(person, Role.EXPERT, "judge messages")
    turn_id = finished_turn_of(place.db, project_id, message_id, person.person_id)
    if turn_id is None:
        raise ConflictError(
            "You did not judge this message here, so there is nothing to change. "
            "Say in its thread what you think."
        )
    turns.correct(place, person, turn_id, label=label, reason=reason, key=key)


def _without_settled(
    doubts: pl.DataFrame, stood: pl.DataFrame, person: Person, on: list[str]
) -> pl.DataFrame:
    """The doubts but for those let stand by a supervisor or this person; others' are noted."""
    is_settled = pl.col("for_all") | (pl.col("person_id") == person.person_id)
    left = doubts.join(stood.filter(is_settled), on=on, how="anti", nulls_equal=True)
    holding = stood.group_by(on).agg(stood_by=pl.col("person_id").unique().sort())
    return left.join(
        holding, on=on, how="left", nulls_equal=True, maintain_order="left"
    ).with_columns(pl.col("stood_by").fill_null(pl.lit([], dtype=pl.List(pl.String))))


def _what_is_missing(n_judged: int) -> str:
    if n_judged < SPEAKS_FROM:
        are = "is" if n_judged == 1 else "are"
        return (
            f"The machine compares from {SPEAKS_FROM} judged messages on; so far there "
            f"{are} {n_judged}."
        )
    return (
        "The machine cannot compare yet: it has not read the messages, or all of them bear one "
        "label. Train a run on the page Training."
    )
