"""Print the concepts that the machine surfaced."""

from typing import Any

from rhml_core.cli.options import DbOption, JsonOption, ProjectOption, open_place
from rhml_core.cli.output import interval_document, print_document
from rhml_core.domain import Concept


def journal(project: ProjectOption, db: DbOption = None, json_: JsonOption = False) -> None:
    """Print the concepts that the machine surfaced and what became of them."""
    from rhml_core.workflows import journal as journals
    from rhml_core.workflows import people, projects

    with open_place(db) as place:
        person = people.operator(place)
        where = projects.get_project(place, person, project).project_id
        found = journals.list_concepts(place, person, where)
        summary = journals.journal_summary(place, person, where)
    lines = [summary] + [
        f"{concept.status.value:<9} {concept.label}: {', '.join(concept.terms)} "
        f"(term F1 {concept.term_f1})"
        for concept in found
    ]
    print_document(
        {"concepts": [_concept_document(concept) for concept in found]},
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
