"""A project on one page, for those who do not work in it: what is done, how well, what for."""

from dataclasses import dataclass

import polars as pl

from rhml_core.domain import ConceptStatus, Person, Role
from rhml_core.figures import Interval
from rhml_core.store import codebooks, judgements, messages, people, projects
from rhml_core.store import overview as overview_store
from rhml_core.store import team as team_store
from rhml_core.workflows.agreement.agreement import agreement_report
from rhml_core.workflows.journal.journal import list_concepts
from rhml_core.workflows.kept.project_reference import project_reference
from rhml_core.workflows.permission import require
from rhml_core.workflows.training.run_registry import promoted_run
from rhml_core.workflows.visibility import answered_for
from rhml_core.workflows.workplace import Workplace

N_EXAMPLES_OF_CONCEPTS = 2

_BEST_LENGTH = 50
"""Characters of an example that says something and fits one line."""


@dataclass(frozen=True)
class LabelOverview:
    """
    One label of the codebook.

    Attributes:
        n: messages whose best known label it is, hold-out included.
        example: one of them, of the pool; "" where none may be shown.
    """

    name: str
    definition: str
    n: int
    example: str


@dataclass(frozen=True)
class MachineOverview:
    """
    The machine that speaks now.

    Attributes:
        run_number: None where no run is promoted.
        macro_f1: None where `missing` says why.
        measured_on: `hold-out` or `cross-validation`; "" where not measured.
    """

    run_number: int | None
    macro_f1: Interval | None
    measured_on: str
    missing: str


@dataclass(frozen=True)
class Overview:
    """
    A project at a glance.

    Attributes:
        n_labelled: messages with a best known label, settled or agreed on.
        n_full: messages with enough judgements or a settled label.
        n_experts: people who judged, simulated ones included.
        labels: in codebook order.
        alpha: agreement among people; None where `agreement_words` says why.
        agreement_words: one sentence that reads the number.
        n_adopted: concepts that people took over from the machine.
        adopted: some of them, as term and label.
    """

    n_messages: int
    n_labelled: int
    n_full: int
    n_experts: int
    n_simulated: int
    labels: tuple[LabelOverview, ...]
    alpha: Interval | None
    agreement_words: str
    machine: MachineOverview
    n_adopted: int
    adopted: tuple[tuple[str, str], ...]


def project_overview(place: Workplace, person: Person, project_id: str) -> Overview:
    """
    What the team does, how well people agree, how good the machine is, and what was adopted.

    Examples are messages of the pool; an expert sees only those whose answer they may know.

    Raises:
        NotFoundError: there is no such project.
    """
    require(person, Role.VIEWER, "see the project")
    db = place.db
    project = projects.get_project(db, project_id)
    where = project.project_id
    labels = judgements.current_labels(db, where)
    known = project_reference(db, where)
    left = team_store.count_left(db, where, overlap=project.overlap)
    judged = set(judgements.experts_of(db, where))
    experts = [one for one in people.list_people(db) if one.person_id in judged]
    agreement = agreement_report(place, person, where)
    adopted = list_concepts(place, person, where, status=ConceptStatus.ADOPTED)
    return Overview(
        n_messages=left["n_messages"],
        n_labelled=known.height,
        n_full=left["n_full"],
        n_experts=len(experts),
        n_simulated=sum(one.is_simulated for one in experts),
        labels=_labels(place, person, where, known, labels),
        alpha=agreement.alpha,
        agreement_words=agreement.reading if agreement.alpha else agreement.alpha_missing,
        machine=_machine(place, where),
        n_adopted=len(adopted),
        adopted=tuple((one.terms[0], one.label) for one in adopted[:N_EXAMPLES_OF_CONCEPTS]),
    )


def _labels(
    place: Workplace, person: Person, where: str, known: pl.DataFrame, labels: pl.DataFrame
) -> tuple[LabelOverview, ...]:
    counts = dict(known.group_by("label").len().iter_rows())
    shown = known
    if person.role is Role.EXPERT:
        may_know = answered_for(place.db, person, where, labels)
        shown = known.join(may_know, on="message_id", how="semi")
    lengths = overview_store.pool_lengths(place.db, where)
    chosen = (
        shown.join(lengths, on="message_id")
        .sort((pl.col("n_characters") - _BEST_LENGTH).abs(), "message_id")
        .unique("label", keep="first", maintain_order=True)
    )
    ids = dict(chosen.select("label", "message_id").iter_rows())
    texts = {
        one.message_id: one.text
        for one in messages.get_messages(place.db, where, list(ids.values()))
    }
    return tuple(
        LabelOverview(
            name=label.name,
            definition=label.definition,
            n=int(counts.get(label.name, 0)),
            example=texts.get(ids.get(label.name, ""), ""),
        )
        for label in codebooks.get_codebook(place.db, where).labels
    )


def _machine(place: Workplace, where: str) -> MachineOverview:
    run = promoted_run(place, where)
    if run is None:
        return MachineOverview(None, None, "", "No trained machine speaks yet.")
    if run.metrics is None:
        return MachineOverview(run.number, None, "", run.metrics_missing or "Not measured yet.")
    return MachineOverview(run.number, run.metrics.macro_f1, run.metrics.measured_on, "")
