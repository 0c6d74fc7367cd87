"""How well people agree, and the machine with each of them: what pages and the report ask."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import polars as pl

from rhml_core.domain import Person, Role
from rhml_core.figures import Interval
from rhml_core.measures.agreement.label_confusion import label_confusion
from rhml_core.store import kept_agreement, people, projects
from rhml_core.workflows.agreement.consensus import COMPETENCE_SCHEMA, TAKEN_FOR_SCHEMA
from rhml_core.workflows.agreement.figures import (
    LABELS_SCHEMA,
    PAIRS_SCHEMA,
    StageFigures,
    figures_from_json,
    frame_from_json,
)
from rhml_core.workflows.agreement.keeping import Standing, figures_standing, kept_part
from rhml_core.workflows.agreement.machine_rater import machine_labels
from rhml_core.workflows.agreement.trend import (
    CYCLES_SCHEMA,
    VALUES_SCHEMA,
    Fall,
    surely_falling,
)
from rhml_core.workflows.permission import require
from rhml_core.workflows.workplace import Workplace

Stage = Literal["first", "current"]
"""Labels given before the machine spoke, or the newest ones."""

CONFUSION_SCHEMA = {"label_a": pl.String, "label_b": pl.String, "n": pl.Int64}
_BEING_MADE = "The figures are being worked out for the first time; they appear here by themselves."


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
            (null where undefined), `agreement` (share), `n` (messages), `undefined` (why), by pair.
    """

    alpha: Interval | None
    alpha_missing: str
    reading: str
    n_messages: int
    n_judgements: int
    pairs: pl.DataFrame
    stage: Stage


@dataclass(frozen=True)
class AgreementOverview:
    """
    The page's first line: what the answers now come to.

    Attributes:
        standing: how old the figures are.
        now: by every measure; None while they are being made for the first time.
        first: the same of the first answers.
        falls: where the newest cycle agrees surely less, steepest first.
    """

    standing: Standing
    now: StageFigures | None
    first: StageFigures | None
    falls: tuple[Fall, ...]


@dataclass(frozen=True)
class Consensus:
    """
    How votes come to one label, and how good each voter is.

    Attributes:
        reason: why they are counted, or weighed, in a sentence.
        n_adjudicated, n_agreed, n_open: messages whose label was decided, follows from the votes,
            or is open as the votes are tied.
        too_thin: why nobody's competence is known; "" where it is.
        n_judgements: all of them.
        n_measured: those that competence is measured on; of very many, those of a part of the
            messages, drawn by chance.
        by_rater: as from `team_competences`; by person.
        confusion: as from `team_competences`.
    """

    method: str
    reason: str
    n_adjudicated: int
    n_agreed: int
    n_open: int
    too_thin: str
    n_judgements: int
    n_measured: int
    by_rater: pl.DataFrame
    confusion: pl.DataFrame


def agreement_overview(place: Workplace, person: Person, project_id: str) -> AgreementOverview:
    """
    What the page says first, from the figures kept; newer ones are begun beside if need be.

    Raises:
        NotFoundError: there is no such project.
    """
    require(person, Role.VIEWER, "see agreement")
    project_id = projects.get_project(place.db, project_id).project_id
    standing = figures_standing(place, project_id)
    stages = [kept_part(place, project_id, stage) for stage in ("current", "first")]
    now, first = (figures_from_json(kept) if kept else None for kept in stages)
    return AgreementOverview(standing, now, first, falls_of(place, project_id))


def falls_of(place: Workplace, project_id: str) -> tuple[Fall, ...]:
    """Where the newest cycle agrees surely less, steepest first, by the figures last kept."""
    return tuple(surely_falling(_cycles(place, project_id)))


def figures_age(
    place: Workplace, person: Person, project_id: str, *, waits: bool = True
) -> Standing:
    """How old the figures are; see `figures_standing`."""
    require(person, Role.VIEWER, "see agreement")
    project_id = projects.get_project(place.db, project_id).project_id
    return figures_standing(place, project_id, waits=waits)


def agreement_report(
    place: Workplace, person: Person, project_id: str, *, stage: Stage = "current"
) -> AgreementReport:
    """
    Agreement among people, and of each person with the machine, from the figures kept.

    Raises:
        NotFoundError: there is no such project.
    """
    require(person, Role.VIEWER, "see agreement")
    project_id = projects.get_project(place.db, project_id).project_id
    figures_standing(place, project_id)
    kept = kept_part(place, project_id, stage)
    names = {found.person_id: found.full_name for found in people.list_people(place.db)}
    pairs = _pairs(place, project_id, stage).with_columns(pl.col("a", "b").replace(names))
    if kept is None:
        return AgreementReport(None, _BEING_MADE, _BEING_MADE, 0, 0, pairs, stage)
    figures = figures_from_json(kept)
    return AgreementReport(
        alpha=figures.alpha.interval,
        alpha_missing=figures.alpha.missing,
        reading=figures.reading,
        n_messages=figures.n_messages,
        n_judgements=figures.n_judgements,
        pairs=pairs,
        stage=stage,
    )


def pair_agreement(
    place: Workplace, person: Person, project_id: str, *, stage: Stage = "current"
) -> pl.DataFrame:
    """Cohen's kappa of every two raters by identifier, as from `pair_figures`, as last kept."""
    require(person, Role.VIEWER, "see agreement")
    return _pairs(place, project_id, stage)


def label_agreement(
    place: Workplace, person: Person, project_id: str, *, stage: Stage = "current"
) -> pl.DataFrame:
    """Alpha of each label, as from `alpha_by_label`, as last kept."""
    require(person, Role.VIEWER, "see agreement")
    return _frame(place, project_id, f"{stage} labels", LABELS_SCHEMA)


def cycle_agreement(place: Workplace, person: Person, project_id: str) -> pl.DataFrame:
    """Alpha cycle by cycle, as from `cycle_figures`, as last kept."""
    require(person, Role.VIEWER, "see agreement")
    return _cycles(place, project_id)


def value_agreement(place: Workplace, person: Person, project_id: str) -> pl.DataFrame:
    """Alpha by metadata value, as from `value_figures`, as last kept."""
    require(person, Role.VIEWER, "see agreement")
    return _frame(place, project_id, "values", VALUES_SCHEMA)


def consensus_of(place: Workplace, person: Person, project_id: str) -> Consensus | None:
    """
    How votes come to one label, as last kept; None while it is being worked out.

    Raises:
        NotAllowedError: how good single people are is for supervisors.
    """
    require(person, Role.SUPERVISOR, "see how good each expert's answers are")
    kept = kept_part(place, project_id, "consensus")
    if kept is None:
        return None
    frames: dict[str, Any] = {
        "by_rater": frame_from_json(kept["by_rater"], COMPETENCE_SCHEMA),
        "confusion": frame_from_json(kept["confusion"], TAKEN_FOR_SCHEMA),
    }
    return Consensus(**{**kept, **frames})


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

    That of all people is the one last kept; that of single people is counted now.

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
    if a is None and b is None:
        figures_standing(place, project_id)
        part = "confusion" if between == "experts" else "machine"
        return _frame(place, project_id, f"{stage} {part}", CONFUSION_SCHEMA)
    wanted = [one for one in (a, b) if one is not None]
    labels = kept_agreement.labels_of_people(place.db, project_id, wanted, stage)
    if between == "experts":
        return label_confusion(labels, a, b)
    machine = machine_labels(place.db, project_id, judged_only=True).select(
        "message_id", label_b="label"
    )
    return (
        labels.join(machine, on="message_id", how="inner")
        .group_by(label_a="label", label_b="label_b")
        .agg(n=pl.len().cast(pl.Int64))
        .sort("label_a", "label_b")
    )


def _pairs(place: Workplace, project_id: str, stage: Stage) -> pl.DataFrame:
    return _frame(place, project_id, f"{stage} pairs", PAIRS_SCHEMA)


def _cycles(place: Workplace, project_id: str) -> pl.DataFrame:
    kept = kept_part(place, project_id, "cycles")
    rows = (
        [{**row, "since": datetime.fromisoformat(row["since"])} for row in kept["rows"]]
        if kept
        else []
    )
    return frame_from_json(rows, CYCLES_SCHEMA)


def _frame(place: Workplace, project_id: str, part: str, schema: dict[str, Any]) -> pl.DataFrame:
    kept = kept_part(place, project_id, part)
    return frame_from_json(kept["rows"] if kept else [], schema)
