"""Begin and list projects."""

from pathlib import Path
from typing import Annotated

import typer

from rhml_core.cli.options import DbOption, JsonOption, open_place
from rhml_core.cli.output import print_document
from rhml_core.domain import Mode, QueueShares

app = typer.Typer(no_args_is_help=True, help="Begin and list projects.")


@app.command("create")
def project_create(
    name: str,
    codebook: Annotated[
        Path, typer.Option(help="Columns label, definition[, examples, colour, key].")
    ],
    description: str = "",
    mode: Mode = Mode.RECIPROCAL,
    overlap: Annotated[int, typer.Option(help="Experts per message.")] = 2,
    probe_share: Annotated[
        float, typer.Option(help="Share of an expert's turns that measure the expert, 0 to 1.")
    ] = 0.1,
    baseline_probes: Annotated[
        int,
        typer.Option(help="Messages that an expert judges before hearing the machine; 0: none."),
    ] = 10,
    first_round: Annotated[
        int, typer.Option(help="Settled messages that a newcomer practises on first; 0: none.")
    ] = 0,
    first_round_pass: Annotated[
        float, typer.Option(help="Share of them to be right before the queue opens, 0 to 1.")
    ] = 0.8,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Begin a project with its codebook."""
    from rhml_core.exchange.codebooks import read_codebook
    from rhml_core.exchange.tables import read_table
    from rhml_core.workflows import people, projects

    labels = read_codebook(read_table(codebook, codebook.name))
    with open_place(db) as place:
        project = projects.create_project(
            place,
            people.operator(place),
            name,
            labels,
            description=description,
            mode=mode,
            overlap=overlap,
            shares=QueueShares(probe=probe_share),
            baseline_probes=baseline_probes,
            first_round_messages=first_round,
            first_round_pass=first_round_pass,
        )
    print_document(
        {
            "project_id": project.project_id,
            "name": project.name,
            "mode": project.mode.value,
            "overlap": project.overlap,
            "probe_share": project.shares.probe,
            "baseline_probes": project.baseline_probes,
            "first_round_messages": project.first_round_messages,
            "first_round_pass": project.first_round_pass,
            "labels": [label.name for label in labels],
        },
        f"Project '{project.name}' begun with {len(labels)} labels.",
        as_json=json_,
    )


@app.command("list")
def project_list(db: DbOption = None, json_: JsonOption = False) -> None:
    """List the projects."""
    from rhml_core.workflows import people, projects

    with open_place(db) as place:
        found = projects.list_projects(place, people.operator(place))
    print_document(
        {"projects": [{"project_id": each.project_id, "name": each.name} for each in found]},
        "\n".join(each.name for each in found) or "No projects yet.",
        as_json=json_,
    )
