"""Say whether the program and a workplace are in order, and what to do where they are not."""

import dataclasses

import typer

from rhml_core.cli.options import DbOption, JsonOption
from rhml_core.cli.output import print_document
from rhml_core.settings import Settings


def doctor(db: DbOption = None, json_: JsonOption = False) -> None:
    """Check the program, the machine and the workplace; says what to do about each fault."""
    from rhml_core.workflows.checkup.checkup import examine
    from rhml_core.workflows.checkup.finding import Finding, State

    def line(one: Finding) -> str:
        remedy = f" {one.remedy}" if one.remedy else ""
        return f"{one.state.value:<7}  {one.name}: {one.text}{remedy}"

    found = examine(Settings.from_environment(db))
    faults = [one.name for one in found if one.state is State.FAULT]
    n_warnings = sum(one.state is State.WARNING for one in found)
    print_document(
        {
            "is_sound": not faults,
            "n_faults": len(faults),
            "n_warnings": n_warnings,
            "checks": [dataclasses.asdict(one) for one in found],
        },
        "\n".join(line(one) for one in found),
        as_json=json_,
    )
    if faults:
        typer.echo(f"rhml: not in order: {', '.join(faults)}.", err=True)
        raise typer.Exit(1)
