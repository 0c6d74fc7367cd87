"""Show the team's lexicon, take one in, or write it into a file."""

import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from rhml_core.cli.options import DbOption, JsonOption, ProjectOption, open_place
from rhml_core.cli.output import print_document, show_problems
from rhml_core.errors import InvalidInputError, StorageError
from rhml_core.figures import counted
from rhml_core.lexicon import Term

app = typer.Typer(no_args_is_help=True, help="The team's lexicon: show, import, export.")

VersionOption = Annotated[
    int | None, typer.Option("--version", help="Of the lexicon; the newest if absent.")
]


@app.command("show")
def show(
    project: ProjectOption,
    version: VersionOption = None,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Print the terms of one version, by label, with what is odd about them."""
    from rhml_core.workflows import people, projects
    from rhml_core.workflows.lexicon import lexicon as lexicons
    from rhml_core.workflows.lexicon.warnings import lexicon_warnings, list_warnings

    with open_place(db) as place:
        person = people.operator(place)
        where = projects.get_project(place, person, project).project_id
        found = lexicons.get_lexicon(place, person, where, version)
        odd = list_warnings(place, person, where) if version is None else lexicon_warnings(found)
    lines = [f"Version {found.version}: {counted(len(found.terms), 'term')}."]
    lines += [_line(term) for term in found.terms]
    lines += [f"note: {warning.text}" for warning in odd]
    print_document(
        {
            "version": found.version,
            "terms": [_document(term) for term in found.terms],
            "warnings": [
                {"kind": warning.kind.value, "term": warning.expression, "text": warning.text}
                for warning in odd
            ],
        },
        "\n".join(lines),
        as_json=json_,
    )


@app.command("import")
def import_file(
    file: Path,
    project: ProjectOption,
    label: Annotated[
        list[str] | None,
        typer.Option("--label", help="FILE=CODEBOOK: a label of the file and what it is here."),
    ] = None,
    skip_faulty: Annotated[
        bool, typer.Option("--skip-faulty", help="Import without the faulty terms.")
    ] = False,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Add a file's terms to the lexicon, all or none; every faulty row is reported."""
    from rhml_core.workflows import people, projects
    from rhml_core.workflows.lexicon import lexicon_import

    with open_place(db) as place:
        person = people.operator(place)
        where = projects.get_project(place, person, project).project_id
        checked = lexicon_import.check_lexicon(
            place, person, where, file, file.name, labels=_pairs(label or [])
        )
        show_problems(checked.problems)
        usable = checked.without_faulty_rows() if skip_faulty else checked
        saved = lexicon_import.import_lexicon(place, person, where, usable, key=uuid.uuid4().hex)
    print_document(
        {
            "version": saved.version,
            "n_added": len(saved.terms),
            "n_there": checked.n_there,
            "n_other_label": checked.n_other_label,
            "n_faulty": checked.n_faulty,
        },
        f"{counted(len(saved.terms), 'term')} added, {checked.n_other_label:,} of them under "
        f"another label too; {checked.n_there:,} were there; {checked.n_faulty:,} faulty. "
        "The lexicon is at "
        f"version {saved.version}.",
        as_json=json_,
    )


@app.command("export")
def export_file(
    file: Path,
    project: ProjectOption,
    version: VersionOption = None,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Write one version into FILE, .xlsx or .csv, as `rhml lexicon import` reads it."""
    from rhml_core.workflows import people, projects
    from rhml_core.workflows.lexicon import lexicon_import

    with open_place(db) as place:
        person = people.operator(place)
        where = projects.get_project(place, person, project).project_id
        content = lexicon_import.export_lexicon(
            place, person, where, version=version, ending=file.suffix.lower()
        )
    try:
        file.write_bytes(content)
    except OSError as error:
        raise StorageError(f"{file} cannot be written: {error.strerror}.") from error
    print_document({"file": str(file)}, f"The lexicon is written to {file}.", as_json=json_)


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = {}
    for one in given:
        theirs, sign, ours = one.partition("=")
        if not (theirs and sign and ours):
            raise InvalidInputError(
                f"'{one}' does not say which label stands for which. Write --label FILE=CODEBOOK."
            )
        pairs[theirs.strip()] = ours.strip()
    return pairs


def _line(term: Term) -> str:
    where = " > ".join(
        part for part in (term.label or "no label", term.category, term.sub_category) if part
    )
    return f"{where}: {term.expression}"


def _document(term: Term) -> dict[str, Any]:
    return {
        "id": term.term_id,
        "term": term.expression,
        "kind": term.kind.value,
        "label": term.label or None,
        "category": term.category,
        "sub_category": term.sub_category,
        "reason": term.reason,
        "source": term.source.value,
    }
