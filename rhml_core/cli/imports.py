"""Take in messages and labels."""

import dataclasses
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rhml_core.cli.options import DbOption, JsonOption, ProjectOption, open_place
from rhml_core.cli.output import print_document, show_bytes, show_line, show_problems
from rhml_core.errors import InvalidInputError
from rhml_core.figures import counted

if TYPE_CHECKING:
    from rhml_core.exchange.mapping import Mapping
    from rhml_core.workflows.files.importing import FilePreview

app = typer.Typer(no_args_is_help=True, help="Take in messages and labels.")

SheetOption = Annotated[
    str | None, typer.Option(help="Sheet of a workbook; the one with the most rows if absent.")
]


@app.command("messages")
def import_messages(
    file: Path,
    project: ProjectOption,
    split_column: Annotated[
        str | None, typer.Option(help="Column; holdout or test in it marks hold-out rows.")
    ] = None,
    holdout_share: Annotated[
        float | None, typer.Option(help="Instead: draw this share at random as hold-out.")
    ] = None,
    text_column: Annotated[str | None, typer.Option(help="Column of the text.")] = None,
    id_column: Annotated[str | None, typer.Option(help="Column of the identifier.")] = None,
    label_column: Annotated[
        str | None, typer.Option(help="Column of labels given before; it is kept apart.")
    ] = None,
    sheet: SheetOption = None,
    skip_repeated: Annotated[
        bool, typer.Option("--skip-repeated", help="Take each text in once.")
    ] = False,
    skip_faulty: Annotated[
        bool, typer.Option("--skip-faulty", help="Import without the faulty rows.")
    ] = False,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Take in messages, all or none; every faulty row is reported."""
    from rhml_core.workflows import people
    from rhml_core.workflows.files import importing

    with open_place(db) as place:
        person = people.operator(place)
        preview = importing.preview_file(place, person, file, file.name, sheet=sheet)
        guessed = preview.guessed
        mapping = dataclasses.replace(
            guessed,
            text=text_column or guessed.text,
            id=id_column or guessed.id,
            label=label_column or guessed.label,
        )
        _say_what_was_guessed(preview, mapping)
        prepared = importing.check_messages(
            place,
            person,
            project,
            file,
            file.name,
            mapping,
            sheet=sheet,
            split_column=split_column,
            holdout_share=holdout_share,
            on_progress=show_bytes,
        )
        show_problems(prepared.problems)
        if skip_faulty:
            prepared = prepared.without_faulty_rows()
        if skip_repeated:
            prepared = prepared.without_repeated_texts()
        outcome = importing.import_messages(
            place, person, project, prepared, file_name=file.name, key=uuid.uuid4().hex
        )
    print_document(
        {
            "n_messages": outcome.n_messages,
            "n_holdout": outcome.n_holdout,
            "n_left_out": outcome.n_left_out,
            "n_repeats_left_out": outcome.n_repeats_left_out,
            "n_repeats": outcome.n_repeats,
            "n_near_repeats": outcome.n_near_repeats,
            "n_warnings": outcome.n_warnings,
        },
        f"{counted(outcome.n_messages, 'message')} imported, {outcome.n_holdout:,} of them "
        f"hold-out; left out: {outcome.n_left_out:,} faulty, "
        f"{outcome.n_repeats_left_out:,} repeated; "
        f"taken in: {outcome.n_repeats:,} repeated, {outcome.n_near_repeats:,} nearly; "
        f"warnings: {outcome.n_warnings:,}.",
        as_json=json_,
    )


@app.command("labels")
def import_labels(
    file: Path,
    project: ProjectOption,
    adjudicated: Annotated[
        bool, typer.Option("--adjudicated", help="These are reference labels.")
    ] = False,
    message_column: Annotated[
        str | None, typer.Option(help="Column of the messages' identifiers.")
    ] = None,
    label_column: Annotated[str | None, typer.Option(help="Column of the labels.")] = None,
    expert_column: Annotated[str | None, typer.Option(help="Column of who gave them.")] = None,
    expert: Annotated[str, typer.Option(help="Who gave the labels of rows that name nobody.")] = "",
    words: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help="WORD=LABEL: the file's WORD stands for LABEL; WORD= leaves it out."
        ),
    ] = None,
    new_label: Annotated[
        list[str] | None, typer.Option(help="A label that the codebook is to have from now on.")
    ] = None,
    sheet: SheetOption = None,
    skip_unlabelled: Annotated[
        bool, typer.Option("--skip-unlabelled", help="Leave rows without a label out.")
    ] = False,
    skip_faulty: Annotated[
        bool, typer.Option("--skip-faulty", help="Import without the faulty rows.")
    ] = False,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """
    Take in labels in long form: message_id, expert, label.

    Optional columns: phase, confidence, reason, at, is_simulated.
    """
    from rhml_core.exchange.label_words import LabelColumns, LabelWords
    from rhml_core.workflows import people
    from rhml_core.workflows.files import label_import

    new_labels = tuple(new_label or ())
    said = LabelWords(_stands_for(words or [], new_labels), new_labels, skip_unlabelled, expert)
    with open_place(db) as place:
        person = people.operator(place)
        columns = None
        if message_column or label_column or expert_column:
            guessed = label_import.preview_labels(
                place, person, file, file.name, sheet=sheet
            ).guessed
            columns = LabelColumns(
                message_column or guessed.message,
                label_column or guessed.label,
                expert_column or guessed.expert,
            )
        outcome = label_import.import_labels(
            place,
            person,
            project,
            file,
            file.name,
            adjudicated=adjudicated,
            sheet=sheet,
            columns=columns,
            words=said,
            skips_faulty=skip_faulty,
            key=uuid.uuid4().hex,
        )
    print_document(
        {
            "n_labels": outcome.n_labels,
            "n_experts": outcome.n_experts,
            "n_simulated": outcome.n_simulated,
            "new_experts": outcome.new_experts,
            "new_labels": list(outcome.new_labels),
            "n_left_out": outcome.n_left_out,
            "n_unlabelled": outcome.n_unlabelled,
            "n_word_left_out": outcome.n_word_left_out,
            "n_warnings": outcome.problems.height,
        },
        f"{counted(outcome.n_labels, 'label')} imported, by "
        + counted(outcome.n_experts, "person", "people")
        + (f", {outcome.n_simulated:,} of them simulated" if outcome.n_simulated else "")
        + f"; left out: {outcome.n_left_out:,} faulty, {outcome.n_unlabelled:,} without a label, "
        f"{outcome.n_word_left_out:,} as told.",
        as_json=json_,
    )


def _say_what_was_guessed(preview: "FilePreview", mapping: "Mapping") -> None:
    """Tell of the sheet and the columns on stderr: nobody was asked for them."""
    if len(preview.sheets) > 1:
        show_line(f"sheet: {preview.sheet} (of {', '.join(preview.sheets)})", is_last=True)
    named = [f"{fact} from '{column}'" for fact, column in mapping.named.items() if fact != "label"]
    show_line(f"columns: {', '.join(named)}", is_last=True)
    if mapping.label is not None:
        show_line(
            f"labels: column '{mapping.label}' is kept apart, so that nobody sees it before they "
            "judge; take it in with `rhml import labels`",
            is_last=True,
        )


def _stands_for(words: list[str], new_labels: tuple[str, ...]) -> dict[str, str | None]:
    """What `WORD=LABEL` says of each word; a new label stands for itself."""
    said: dict[str, str | None] = {one: one for one in new_labels}
    for one in words:
        word, sign, label = one.rpartition("=")
        if not sign or not word.strip():
            raise InvalidInputError(
                f"'{one}' is not of the form WORD=LABEL. Write --map WORD=LABEL."
            )
        said[word] = label.strip() or None
    return said
