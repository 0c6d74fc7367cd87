"""List and add people."""

from typing import Annotated

import typer

from rhml_core.cli.options import DbOption, JsonOption, open_place
from rhml_core.cli.output import print_document
from rhml_core.domain import Role

app = typer.Typer(no_args_is_help=True, help="List and add people.")


@app.command("list")
def people_list(db: DbOption = None, json_: JsonOption = False) -> None:
    """List the people of the workplace."""
    from rhml_core.workflows import people

    with open_place(db) as place:
        found = people.list_people(place)
    print_document(
        {
            "people": [
                {"name": each.name, "role": each.role.value, "is_simulated": each.is_simulated}
                for each in found
            ]
        },
        "\n".join(f"{each.full_name}: {each.role.value}" for each in found) or "Nobody yet.",
        as_json=json_,
    )


@app.command("add")
def people_add(
    name: str,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.EXPERT,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Add someone who can sign in."""
    from rhml_core.workflows import people

    with open_place(db) as place:
        added = people.add_person(place, people.operator(place), name, role)
    print_document(
        {"name": added.name, "role": added.role.value},
        f"{added.name} added as {added.role.value}.",
        as_json=json_,
    )
