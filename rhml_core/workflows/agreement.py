"""How well people agree, with each other and with the machine."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from rhml_core.domain import MACHINE_RATER, Person, Role
from rhml_core.errors import AgreementUndefinedError
from rhml_core.figures import Interval
from rhml_core.measures.agreement.alpha import alpha_interval, reading_of_alpha
from rhml_core.measures.agreement.cohen import pairwise_kappa
from rhml_core.measures.agreement.label_confusion import label_confusion
from rhml_core.store import judgements, people, projects
from rhml_core.store.database import Reader
from rhml_core.workflows.machine_rater import machine_labels
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace

Stage = Literal["first", "current"]
"""Labels given before the machine spoke, or the newest ones."""


@dataclass(frozen=True)
class AgreementReport:
    """
    How well people agree, and the machine with each of them.

    Attributes:
        alpha: among people; None where `alpha_missing` says why it is undefined.
        reading: one sentence that reads the number.
        n_messages: messages with at least two people's labels.
        n_judgements: people's labels on them.
        pairs: `a, b` (names; the machine is `model`), `kappa` and its 95 % interval `low, high`
            (null where undefined), `agreement` (share), `n` (messages), by pair.
    """

    alpha: Interval | None
    alpha_missing: str
    reading: str
    n_messages: int
    n_judgements: int
    pairs: pl.DataFrame
    stage: Stage


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


def _labels(db: Reader, project_id: str, stage: Stage) -> pl.DataFrame:
    if stage == "first":
        return judgements.first_labels(db, project_id)
    return judgements.current_labels(db, project_id)
