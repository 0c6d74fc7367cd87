"""Labels from files into the project, all or none."""

import uuid
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rhml_core.domain import Person, Role
from rhml_core.errors import InvalidInputError
from rhml_core.exchange.labels import prepare_labels
from rhml_core.store import codebooks, judgements, messages, projects
from rhml_core.workflows.files.intake import describe_errors, read_file, record_import
from rhml_core.workflows.people import find_or_add
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.workplace import Workplace


@dataclass(frozen=True)
class LabelImportOutcome:
    """What was taken in; `problems` holds the warnings, row by row."""

    n_labels: int
    n_experts: int
    new_experts: list[str]
    problems: pl.DataFrame


def import_labels(
    place: Workplace,
    person: Person,
    project_id: str,
    source: Path | bytes,
    name: str,
    *,
    adjudicated: bool = False,
    key: str,
) -> LabelImportOutcome:
    """
    Take in labels in long form: message, expert, label; unknown experts are added.

    Raises:
        NotAllowedError: only supervisors import.
        InvalidInputError: the file cannot be read, or rows have errors; nothing was taken in.
    """
    require(person, Role.SUPERVISOR, "import labels")
    project = projects.get_project(place.db, project_id)
    codebook = codebooks.get_codebook(place.db, project.project_id)
    known = messages.message_keys(place.db, project.project_id)
    prepared = prepare_labels(
        read_file(place, source, name),
        known_messages=set(known["message_id"]),
        known_labels=codebook.names,
        adjudicated=adjudicated,
    )
    if not prepared.is_importable:
        raise InvalidInputError(describe_errors(prepared.problems))
    now = place.now()
    with place.db.atomic() as transaction:
        names = prepared.labels["expert"].unique(maintain_order=True).to_list()
        if transaction.claim(act_key(person, "labels", project_id, key), at=now):
            before = set(judgements.experts_of(transaction, project.project_id))
            people = {
                expert: find_or_add(transaction, place, expert, is_reference=adjudicated)
                for expert in names
            }
            labels = prepared.labels.with_columns(
                expert_id=pl.col("expert").replace_strict(
                    {expert: found.person_id for expert, found in people.items()},
                    return_dtype=pl.String,
                ),
                judgement_id=pl.Series([uuid.uuid4().hex for _ in range(prepared.labels.height)]),
                made_at=pl.col("made_at").fill_null(now),
            )
            judgements.add_imported(
                transaction, project.project_id, labels, codebook_version=codebook.version
            )
            new = [expert for expert, who in people.items() if who.person_id not in before]
            record_import(
                transaction, person, project.project_id, "labels", name, labels.height, place
            )
        else:
            new = []
    place.machines.note_change(project.project_id)
    return LabelImportOutcome(prepared.labels.height, len(names), new, prepared.problems)
