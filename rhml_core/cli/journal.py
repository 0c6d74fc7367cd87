"""Print the concepts that the machine surfaced, or write the journal as a file."""

from pathlib import Path
from typing import Annotated, Any

import typer

from rhml_core.cli.options import DbOption, JsonOption, ProjectOption, open_place
from rhml_core.cli.output import interval_document, print_document
from rhml_core.domain import Concept
from rhml_core.errors import StorageError


def journal(
    project: ProjectOption,
    export: Annotated[
        Path | None,
        typer.Option("--export", help="Write the journal as Markdown (.md) or HTML (.html)."),
    ] = None,
    texts: Annotated[
        bool, typer.Option("--texts", help="The file holds the messages' texts too.")
    ] = False,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Print the concepts that the machine surfaced and what became of them, or write them."""
    from rhml_core.workflows import people, projects
    from rhml_core.workflows.journal import journal as journals
    from rhml_core.workflows.journal import reporting as journal_reporting
    from rhml_core.workflows.journal.summary import journal_summary

    written = {}
    with open_place(db) as place:
        person = people.operator(place)
        where = projects.get_project(place, person, project).project_id
        found = journals.list_concepts(place, person, where)
        summary = journal_summary(place, person, where)
        if export:
            material = journal_reporting.gather_journal(place, person, where, with_texts=texts)
            _write(export, journal_reporting.write_journal(material, export.suffix))
            written["export"] = str(export)
    lines = [summary] + [
        f"{concept.status.value:<9} {concept.label}: {', '.join(concept.terms)} "
        f"(term F1 {concept.term_f1})"
        for concept in found
    ]
    lines += [f"Written to {path}" for path in written.values()]
    print_document(
        {"concepts": [_concept_document(concept) for concept in found], **written},
        "\n".join(lines),
        as_json=json_,
    )


def _concept_document(concept: Concept) -> dict[str, Any]:
    return {
        "id": concept.concept_id,
        "label": concept.label,
        "kind": concept.kind,
        "terms": list(concept.terms),
        "strength": concept.strength,
        "term_f1": concept.term_f1.value,
        "term_f1_ci": interval_document(concept.term_f1),
        "n": concept.term_f1.n,
        "n_for": concept.n_for,
        "n_against": concept.n_against,
        "status": concept.status.value,
        "is_new": concept.is_new,
        "run_number": concept.run_number,
    }


def _write(path: Path, content: str) -> None:
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}.") from error
