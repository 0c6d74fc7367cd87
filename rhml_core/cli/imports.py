"""Take in messages and labels."""

import dataclasses
import uuid
from pathlib import Path
from typing import Annotated

import typer

from rhml_core.cli.options import DbOption, JsonOption, ProjectOption, open_place
from rhml_core.cli.output import print_document, show_bytes, show_problems

app = typer.Typer(no_args_is_help=True, help="Take in messages and labels.")


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
        guessed = importing.preview_file(place, person, file, file.name).guessed
        mapping = dataclasses.replace(
            guessed, text=text_column or guessed.text, id=id_column or guessed.id
        )
        prepared = importing.check_messages(
            place,
            person,
            project,
            file,
            file.name,
            mapping,
            split_column=split_column,
            holdout_share=holdout_share,
            on_progress=show_bytes,
        )
        show_problems(prepared.problems)
        if skip_faulty:
            prepared = prepared.without_faulty_rows()
        outcome = importing.import_messages(
            place, person, project, prepared, file_name=file.name, key=uuid.uuid4().hex
        )
    print_document(
        {
            "n_messages": outcome.n_messages,
            "n_holdout": outcome.n_holdout,
            "n_left_out": outcome.n_left_out,
            "n_warnings": outcome.n_warnings,
        },
        f"{outcome.n_messages:,} messages imported, {outcome.n_holdout:,} of them hold-out; "
        f"{outcome.n_left_out:,} left out; warnings: {outcome.n_warnings:,}.",
        as_json=json_,
    )


@app.command("labels")
def import_labels(
    file: Path,
    project: ProjectOption,
    adjudicated: Annotated[
        bool, typer.Option("--adjudicated", help="These are reference labels.")
    ] = False,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Take in labels in long form: message_id, expert, label[, phase, confidence, reason, at]."""
    from rhml_core.workflows import people
    from rhml_core.workflows.files import label_import

    with open_place(db) as place:
        outcome = label_import.import_labels(
            place,
            people.operator(place),
            project,
            file,
            file.name,
            adjudicated=adjudicated,
            key=uuid.uuid4().hex,
        )
    print_document(
        {
            "n_labels": outcome.n_labels,
            "n_experts": outcome.n_experts,
            "new_experts": outcome.new_experts,
            "n_warnings": outcome.problems.height,
        },
        f"{outcome.n_labels:,} labels imported, by {outcome.n_experts:,} "
        + ("person." if outcome.n_experts == 1 else "people."),
        as_json=json_,
    )
