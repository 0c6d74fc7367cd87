"""Where experts differ from each other and from the machine, and the talk about it."""

import uuid
from dataclasses import dataclass
from typing import Literal

import polars as pl

from rhml_core.domain import (
    MACHINE_RATER,
    Comment,
    Interval,
    Judgement,
    Message,
    Opinion,
    Person,
    Role,
)
from rhml_core.errors import AgreementUndefinedError, InvalidInputError, NotAllowedError
from rhml_core.measures.agreement import (
    alpha_interval,
    contested_messages,
    label_confusion,
    pairwise_kappa,
    reading_of_alpha,
)
from rhml_core.measures.consensus import majority_labels, reference_labels
from rhml_core.store import comments, judgements, messages, people, projects, runs
from rhml_core.store.database import Reader
from rhml_core.store.events import add_event
from rhml_core.workflows.machine_rater import machine_labels, speaking_run
from rhml_core.workflows.permission import require
from rhml_core.workflows.visibility import answered_for, may_see_answers
from rhml_core.workflows.workplace import Workplace

Stage = Literal["first", "current"]
"""Labels given before the machine spoke, or the newest ones."""

_LONGEST_COMMENT = 4_000
_LONGEST_CONVERSATION = 50


@dataclass(frozen=True)
class AgreementReport:
    """
    How well people agree, and the machine with each of them.

    Attributes:
        alpha: among people; None where `alpha_missing` says why it is undefined.
        reading: one sentence that reads the number.
        n_messages: messages with at least two people's labels.
        n_judgements: people's labels on them.
        pairs: `a, b` (names; the machine is `model`), `kappa` (null where undefined),
            `agreement` (share), `n` (messages), by pair.
    """

    alpha: Interval | None
    alpha_missing: str
    reading: str
    n_messages: int
    n_judgements: int
    pairs: pl.DataFrame
    stage: Stage


@dataclass(frozen=True)
class DisagreementSummary:
    """How many messages are open, of which kind, and which two labels are most often mixed up."""

    n_open: int
    n_experts: int
    n_machine: int
    top_pair: tuple[str, str] | None
    n_top_pair: int


@dataclass(frozen=True)
class MessageThread:
    """
    Everything that was said of one message.

    Attributes:
        conversation: the messages of its own thread, oldest first, itself among them.
        judgements: all, of every person and phase, oldest first.
        people: who appears in judgements and comments, by identifier.
        opinion: the machine's answer, formed without this message's labels; None if none.
        reference: the best label known, and where it is from (`adjudicated`, `consensus`).
        flags: notes of people who flagged the message.
    """

    message: Message
    conversation: list[Message]
    judgements: list[Judgement]
    people: dict[str, Person]
    comments: list[Comment]
    opinion: Opinion | None
    reference: str | None
    reference_source: str
    flags: list[Comment]


def agreement_report(
    place: Workplace, person: Person, project_id: str, *, stage: Stage = "current"
) -> AgreementReport:
    """
    Agreement among people, and of each person with the machine.

    Raises:
        NotFoundError: there is no such project.
    """
    require(person, Role.VIEWER, "see agreement")
    project_id = projects.get_project(place.db, project_id).project_id
    labels = _labels(place.db, project_id, stage)
    shared = labels.filter(pl.col("expert_id").n_unique().over("message_id") > 1)
    try:
        alpha, missing = alpha_interval(labels), ""
    except AgreementUndefinedError as error:
        alpha, missing = None, str(error)
    machine = machine_labels(place.db, project_id).select(
        "message_id", pl.lit(MACHINE_RATER).alias("expert_id"), "label"
    )
    judged = machine.join(labels, on="message_id", how="semi")
    names = {found.person_id: found.name for found in people.list_people(place.db)}
    pairs = pairwise_kappa(pl.concat([labels, judged])).with_columns(
        pl.col("a", "b").replace(names)
    )
    return AgreementReport(
        alpha=alpha,
        alpha_missing=missing,
        reading=reading_of_alpha(alpha) if alpha else missing,
        n_messages=shared["message_id"].n_unique(),
        n_judgements=shared.height,
        pairs=pairs,
        stage=stage,
    )


def confusion(
    place: Workplace,
    person: Person,
    project_id: str,
    *,
    between: Literal["experts", "machine"],
    a: str | None = None,
    b: str | None = None,
    stage: Stage = "current",
) -> pl.DataFrame:
    """
    How often one label met another.

    Args:
        place: the workplace.
        person: who asks.
        project_id: where.
        between: people among themselves, or people (rows) and the machine (columns).
        a: identifier of one person; None for all.
        b: identifier of the other person; None for all.
        stage: which labels.

    Returns:
        `label_a, label_b` (String), `n` (Int64).
    """
    require(person, Role.VIEWER, "see disagreements")
    labels = _labels(place.db, project_id, stage)
    if between == "experts":
        return label_confusion(labels, a, b)
    if a is not None:
        labels = labels.filter(pl.col("expert_id") == a)
    machine = machine_labels(place.db, project_id).select("message_id", label_b="label")
    return (
        labels.join(machine, on="message_id", how="inner")
        .group_by(label_a="label", label_b="label_b")
        .agg(n=pl.len().cast(pl.Int64))
        .sort("label_a", "label_b")
    )


def open_disagreements(
    place: Workplace,
    person: Person,
    project_id: str,
    *,
    kind: Literal["all", "experts", "machine"] = "all",
    label_pair: tuple[str, str] | None = None,
    expert_id: str | None = None,
    limit: int = 200,
) -> pl.DataFrame:
    """
    Messages that are not settled, those that would teach most first.

    An expert sees those that they have judged themselves and those that no longer need them.

    Args:
        place: the workplace.
        person: who asks.
        project_id: where.
        kind: people differ (`experts`), or their majority differs from the machine.
        label_pair: only where both labels were given; in any order.
        expert_id: only messages that this person judged.
        limit: rows at most.

    Returns:
        `message_id, text, kind` (String), `labels, experts` (List[String], aligned),
        `machine_label` (String, null if none), `machine_probability` (Float64),
        `n_comments` (Int64), `entropy` (Float64, bits), most worth talking about first.
    """
    require(person, Role.VIEWER, "see disagreements")
    found = _open(place.db, person, project_id)
    if kind != "all":
        found = found.filter(pl.col("kind") == kind)
    if label_pair:
        for label in label_pair:
            found = found.filter(
                pl.col("labels").list.contains(label) | (pl.col("machine_label") == label)
            )
    if expert_id:
        found = found.filter(pl.col("expert_ids").list.contains(expert_id))
    return found.drop("expert_ids").head(limit)


def disagreement_summary(place: Workplace, person: Person, project_id: str) -> DisagreementSummary:
    """How much there is to talk about, and what about most often."""
    require(person, Role.VIEWER, "see disagreements")
    found = _open(place.db, person, project_id)
    pairs = (
        found.with_columns(
            pl.concat_list("labels", pl.col("machine_label").fill_null(pl.col("labels").list[0]))
            .list.unique()
            .list.sort()
            .alias("pair")
        )
        .filter(pl.col("pair").list.len() == 2)  # noqa: PLR2004 -- a pair
        .group_by("pair")
        .len()
        .sort("len", "pair", descending=[True, False])
    )
    top = pairs.row(0) if pairs.height else None
    return DisagreementSummary(
        n_open=found.height,
        n_experts=found.filter(pl.col("kind") == "experts").height,
        n_machine=found.filter(pl.col("kind") == "machine").height,
        top_pair=(top[0][0], top[0][1]) if top else None,
        n_top_pair=top[1] if top else 0,
    )


def message_thread(
    place: Workplace, person: Person, project_id: str, message_id: str
) -> MessageThread:
    """
    Everything that was said of one message.

    Raises:
        NotFoundError: there is no such message.
        NotAllowedError: the expert still has to judge it, so it must stay blind.
    """
    require(person, Role.VIEWER, "see what was said of a message")
    message = messages.get_message(place.db, project_id, message_id)
    made = judgements.message_judgements(place.db, project_id, message_id)
    if not may_see_answers(place.db, person, project_id, message_id):
        raise NotAllowedError(
            "You have not judged this message yet. Judge it first; what others and the machine "
            "say is shown afterwards."
        )
    subject = f"message:{message_id}"
    said = comments.list_comments(place.db, project_id, subject)
    flags = comments.list_comments(place.db, project_id, subject, kind="flag")
    names = {judgement.expert_id for judgement in made}
    names |= {comment.person_id for comment in [*said, *flags]}
    known = _reference(place.db, project_id, message_id)
    return MessageThread(
        message=message,
        conversation=messages.thread_messages(
            place.db, project_id, message.thread, limit=_LONGEST_CONVERSATION
        )
        if message.thread
        else [],
        judgements=made,
        people=_people(place.db, names),
        comments=said,
        opinion=_opinion(place.db, project_id, message_id),
        reference=known.get("label"),
        reference_source=known.get("source", ""),
        flags=flags,
    )


def add_comment(
    place: Workplace, person: Person, project_id: str, subject: str, text: str, *, key: str
) -> None:
    """
    Say something on a message (`message:ID`) or a concept (`concept:ID`).

    Raises:
        NotAllowedError: viewers do not write.
        InvalidInputError: the text is empty or too long.
    """
    require(person, Role.EXPERT, "write comments")
    text = text.strip()
    if not 0 < len(text) <= _LONGEST_COMMENT:
        raise InvalidInputError(f"A comment needs 1 to {_LONGEST_COMMENT:,} characters.")
    now = place.now()
    with place.db.atomic() as transaction:
        if transaction.claim(key, at=now):
            comments.add_comment(
                transaction,
                project_id,
                Comment(uuid.uuid4().hex, subject, person.person_id, text, now),
                kind="comment",
            )
            add_event(
                transaction,
                kind="commented",
                subject=subject,
                person_id=person.person_id,
                project_id=project_id,
                at=now,
            )


def list_experts(place: Workplace, project_id: str) -> list[Person]:
    """Everyone who has judged in the project, real people before simulated ones, by name."""
    judged = set(judgements.experts_of(place.db, project_id))
    return [found for found in people.list_people(place.db) if found.person_id in judged]


def _labels(db: Reader, project_id: str, stage: Stage) -> pl.DataFrame:
    if stage == "first":
        return judgements.first_labels(db, project_id)
    return judgements.current_labels(db, project_id)


def _open(db: Reader, person: Person, project_id: str) -> pl.DataFrame:
    labels = judgements.current_labels(db, project_id)
    settled = judgements.adjudicated_labels(db, project_id)
    labels = labels.join(settled, on="message_id", how="anti")
    labels = answered_for(db, person, project_id, labels)
    machine = machine_labels(db, project_id).rename(
        {"label": "machine_label", "probability": "machine_probability"}
    )
    names = {found.person_id: found.name for found in people.list_people(db)}
    contested = contested_messages(labels).select("message_id", "entropy")
    majority = majority_labels(labels).select("message_id", majority="label")
    said = comments.count_comments(db, project_id).with_columns(
        message_id=pl.col("subject").str.strip_prefix("message:")
    )
    found = (
        labels.group_by("message_id")
        .agg(pl.col("label").alias("labels"), pl.col("expert_id").alias("expert_ids"))
        .join(contested, on="message_id", how="left")
        .join(majority, on="message_id", how="left")
        .join(machine, on="message_id", how="left")
        .with_columns(
            kind=pl.when(pl.col("entropy").is_not_null())
            .then(pl.lit("experts"))
            .when(pl.col("majority") != pl.col("machine_label"))
            .then(pl.lit("machine"))
        )
        .filter(pl.col("kind").is_not_null())
    )
    texts = messages.get_messages(db, project_id, found["message_id"].to_list())
    text = pl.DataFrame(
        [(message.message_id, message.text) for message in texts],
        schema={"message_id": pl.String, "text": pl.String},
        orient="row",
    )
    return (
        found.join(text, on="message_id", how="inner")
        .join(said.select("message_id", "n_comments"), on="message_id", how="left")
        .with_columns(
            pl.col("entropy").fill_null(0.0),
            pl.col("n_comments").fill_null(0),
            experts=pl.col("expert_ids").list.eval(pl.element().replace(names)),
            worth=pl.col("entropy").fill_null(0.0)
            + pl.when(pl.col("majority") != pl.col("machine_label"))
            .then(pl.col("machine_probability"))
            .otherwise(0.0),
        )
        .sort("worth", "message_id", descending=[True, False])
        .select(
            "message_id",
            "text",
            "kind",
            "labels",
            "experts",
            "machine_label",
            "machine_probability",
            "n_comments",
            "entropy",
            "expert_ids",
        )
    )


def _people(db: Reader, person_ids: set[str]) -> dict[str, Person]:
    known = {found.person_id: found for found in people.list_people(db)}
    return {
        person_id: known.get(person_id, Person(person_id, person_id, Role.VIEWER))
        for person_id in sorted(person_ids)
    }


def _reference(db: Reader, project_id: str, message_id: str) -> dict[str, str]:
    found = reference_labels(
        judgements.labels_of_message(db, project_id, message_id),
        judgements.adjudicated_labels(db, project_id).filter(pl.col("message_id") == message_id),
    )
    return found.row(0, named=True) if found.height else {}


def _opinion(db: Reader, project_id: str, message_id: str) -> Opinion | None:
    run = speaking_run(db, project_id)
    if run is not None:
        answer = runs.prediction(db, run.run_id, message_id)
        if answer is not None:
            labels = runs.run_labels(db, run.run_id)
            shares = dict(zip(labels, answer[1], strict=True))
            return Opinion(answer[0], shares, f"run {run.number}")
    said = judgements.opinions_before_learning(db, project_id).filter(
        pl.col("message_id") == message_id
    )
    if said.is_empty():
        return None
    row = said.row(0, named=True)
    return Opinion(row["label"], {row["label"]: row["probability"]}, row["machine"])
