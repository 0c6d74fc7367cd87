"""Labels from files into the project: look first, say what their words stand for, all or none."""

import uuid
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rhml_core.domain import Person, Phase, Role
from rhml_core.errors import ConflictError, InvalidInputError
from rhml_core.exchange.label_words import (
    LabelColumns,
    LabelWords,
    guess_label_columns,
    unknown_words,
)
from rhml_core.exchange.labels import PreparedLabels, labels_as_written, prepare_labels
from rhml_core.store import codebooks, judgements, messages, projects
from rhml_core.workflows.codebook.codebooks import extend_codebook
from rhml_core.workflows.files.intake import describe_errors, read_file, record_import
from rhml_core.workflows.people import find_judge, find_or_add
from rhml_core.workflows.permission import act_key, require
from rhml_core.workflows.workplace import Workplace

_N_PREVIEW = 20


@dataclass(frozen=True)
class LabelPreview:
    """
    What a file of labels seems to hold.

    Attributes:
        columns: their names, in file order.
        rows: the first rows, as text.
        n_rows: all rows.
        guessed: which column seems to hold what.
        sheets: a workbook's sheets that hold something; none for other formats.
        sheet: the one that was read.
    """

    columns: list[str]
    rows: pl.DataFrame
    n_rows: int
    guessed: LabelColumns
    sheets: tuple[str, ...]
    sheet: str


@dataclass(frozen=True)
class LabelCheck:
    """
    What would come of a file of labels, before anything is written.

    Attributes:
        prepared: the labels as they would be taken in, with the problems.
        unknown: `UNKNOWN_WORD_SCHEMA`; labels of the file that the codebook lacks, whether it
            was said what they stand for or not.
        new_labels: those that the codebook would have from then on.
        n_experts: people whose labels these are.
    """

    prepared: PreparedLabels
    unknown: pl.DataFrame
    new_labels: tuple[str, ...]
    n_experts: int


@dataclass(frozen=True)
class LabelImportOutcome:
    """
    What was taken in.

    Attributes:
        n_experts: people whose labels these are, `n_simulated` of them said to be simulated.
        problems: the warnings, row by row.
        n_left_out: faulty rows.
        n_unlabelled, n_word_left_out: rows without a label, or with a word that was left out.
    """

    n_labels: int
    n_experts: int
    new_experts: list[str]
    problems: pl.DataFrame
    n_left_out: int = 0
    n_unlabelled: int = 0
    n_word_left_out: int = 0
    new_labels: tuple[str, ...] = ()
    n_simulated: int = 0


def preview_labels(
    place: Workplace, person: Person, source: Path | bytes, name: str, *, sheet: str | None = None
) -> LabelPreview:
    """
    Look into a file of labels without taking anything in.

    Raises:
        NotAllowedError: only supervisors import.
        InvalidInputError: the file cannot be read; says why and what to do.
    """
    require(person, Role.SUPERVISOR, "import labels")
    table = read_file(place, source, name, sheet=sheet)
    return LabelPreview(
        columns=table.frame.columns,
        rows=table.frame.head(_N_PREVIEW),
        n_rows=table.n_rows,
        guessed=guess_label_columns(table),
        sheets=table.sheets,
        sheet=table.sheet,
    )


def check_labels(
    place: Workplace,
    person: Person,
    project_id: str,
    source: Path | bytes,
    name: str,
    *,
    adjudicated: bool = False,
    sheet: str | None = None,
    columns: LabelColumns | None = None,
    words: LabelWords | None = None,
) -> LabelCheck:
    """
    Read labels from a file and report on every row; nothing is taken in yet.

    Args:
        place: the workplace.
        person: who imports.
        project_id: where to.
        source: the file, or its bytes.
        name: the file's name.
        adjudicated: the labels are the reference.
        sheet: of a workbook; None takes the one with the most rows.
        columns: which hold what; None goes by their names.
        words: what the file's labels stand for; None takes them as they are.

    Raises:
        NotAllowedError: only supervisors import.
        NotFoundError: there is no such project.
        ConflictError: a simulated expert has the name of a real person, or the other way round.
        InvalidInputError: the file cannot be read or lacks a column, or a word stands for a label
            that is neither in the codebook nor to be added.
    """
    require(person, Role.SUPERVISOR, "import labels")
    project = projects.get_project(place.db, project_id)
    codebook = codebooks.get_codebook(place.db, project.project_id)
    words = words or LabelWords()
    _refuse_loose_targets(words, codebook.names)
    table = read_file(place, source, name, sheet=sheet)
    known = messages.message_keys(place.db, project.project_id)
    prepared = prepare_labels(
        table,
        known_messages=set(known["message_id"]),
        known_labels=codebook.names,
        adjudicated=adjudicated,
        columns=columns,
        words=words,
    )
    chosen = columns or LabelColumns()
    used = set(prepared.labels["label"])
    for expert, is_simulated in _who_is_simulated(prepared).items():
        if is_simulated is not None:
            find_judge(place.db, expert, is_simulated=is_simulated)
    return LabelCheck(
        prepared=prepared,
        unknown=unknown_words(labels_as_written(table, chosen), codebook.names),
        new_labels=tuple(one for one in words.new_labels if one in used),
        n_experts=prepared.labels["expert"].n_unique(),
    )


def import_labels(
    place: Workplace,
    person: Person,
    project_id: str,
    source: Path | bytes,
    name: str,
    *,
    adjudicated: bool = False,
    sheet: str | None = None,
    columns: LabelColumns | None = None,
    words: LabelWords | None = None,
    skips_faulty: bool = False,
    key: str,
) -> LabelImportOutcome:
    """
    Take in labels in long form: message, expert, label; unknown experts are added.

    Labels that the codebook is to have from now on are added to it in the same act, as a new
    version that brings no message back.

    What is asked for is what `check_labels` asks for, and beside it `skips_faulty`, whether rows
    that have an error are left out, and `key`, under which a repeated act changes nothing.

    Raises:
        NotAllowedError: only supervisors import.
        ConflictError: as from `check_labels`; or a label was taken out of the codebook meanwhile.
        InvalidInputError: the file cannot be read, rows have errors, or no label is left; nothing
            was taken in.
    """
    check = check_labels(
        place,
        person,
        project_id,
        source,
        name,
        adjudicated=adjudicated,
        sheet=sheet,
        columns=columns,
        words=words,
    )
    project = projects.get_project(place.db, project_id)
    prepared = check.prepared.without_faulty_rows() if skips_faulty else check.prepared
    if not prepared.is_importable:
        raise InvalidInputError(describe_errors(prepared.problems))
    if prepared.labels.is_empty():
        raise InvalidInputError(f"No row of {name} has a label that could be taken in.")
    now = place.now()
    with place.db.atomic() as transaction:
        said = _who_is_simulated(prepared)
        judging = set(prepared.labels.filter(pl.col("phase") != Phase.ADJUDICATED.value)["expert"])
        if transaction.claim(act_key(person, "labels", project_id, key), at=now):
            codebook = extend_codebook(
                transaction,
                person,
                project.project_id,
                check.new_labels,
                note=f"added with labels from {name}",
                at=now,
            )
            _refuse_lost_labels(prepared, codebook.names)
            before = set(judgements.experts_of(transaction, project.project_id))
            people = {
                expert: find_or_add(
                    transaction,
                    place,
                    expert,
                    by=person,
                    is_reference=expert not in judging,
                    is_simulated=is_simulated,
                )
                for expert, is_simulated in said.items()
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
    return LabelImportOutcome(
        prepared.labels.height,
        len(said),
        new,
        prepared.problems,
        n_left_out=prepared.n_left_out,
        n_unlabelled=prepared.n_unlabelled,
        n_word_left_out=prepared.n_word_left_out,
        new_labels=check.new_labels,
        n_simulated=sum(is_simulated is True for is_simulated in said.values()),
    )


def _who_is_simulated(prepared: PreparedLabels) -> dict[str, bool | None]:
    """What the file says of each expert who has a label, in file order; None for nothing."""
    by_expert = prepared.labels.filter(pl.col("expert") != "").group_by(
        "expert", maintain_order=True
    )
    return dict(by_expert.agg(pl.col("is_simulated").max()).iter_rows())


def _refuse_loose_targets(words: LabelWords, known: list[str]) -> None:
    for word, label in words.stands_for.items():
        if label is not None and label not in known and label not in words.new_labels:
            raise InvalidInputError(
                f'"{word}" is to stand for "{label}", which is not in the codebook. Choose one '
                "of its labels, or make it a new one."
            )


def _refuse_lost_labels(prepared: PreparedLabels, known: list[str]) -> None:
    lost = sorted(set(prepared.labels["label"]) - set(known))
    if lost:
        raise ConflictError(
            f'The label "{lost[0]}" was taken out of the codebook meanwhile. Check the file again.'
        )
