"""Write a project's messages, judgements and codebook into files."""

from pathlib import Path
from typing import Annotated

import typer

from rhml_core.cli.options import DbOption, JsonOption, ProjectOption, open_place
from rhml_core.cli.output import print_document
from rhml_core.exchange.table_files import TableForm
from rhml_core.figures import counted


def export(
    project: ProjectOption,
    out: Annotated[
        Path,
        typer.Option(help="A folder for the three files, or one file: .zip, or .xlsx."),
    ],
    form: Annotated[
        TableForm, typer.Option("--format", help="Of messages and judgements.")
    ] = TableForm.CSV,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files of the same names.")
    ] = False,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Write messages with the labels that count, judgements and codebook, to be read back."""
    from rhml_core.workflows import people
    from rhml_core.workflows.files import exporting

    with open_place(db) as place:
        written = exporting.export_project(
            place, people.operator(place), project, out, form=form, overwrite=overwrite
        )
    files = [str(file) for file in written.files]
    machine = (
        f"Run {written.run} answers beside them"
        + (
            f", but for {counted(written.n_silent, 'message')} of the hold-out that nobody has "
            "settled."
            if written.n_silent
            else "."
        )
        if written.run is not None
        else "No run is promoted, so the machine says nothing."
    )
    print_document(
        {
            "files": files,
            "format": form.value,
            "n_messages": written.n_messages,
            "n_labelled": written.n_labelled,
            "n_judgements": written.n_judgements,
            "run": written.run,
            "n_silent": written.n_silent,
        },
        f"{counted(written.n_messages, 'message')}, {written.n_labelled:,} of them with a label "
        f"that counts, and {counted(written.n_judgements, 'judgement')} written to "
        f"{', '.join(files)}. {machine}",
        as_json=json_,
    )
