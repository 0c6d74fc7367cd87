"""Copy the whole workplace into one file, and put such a copy back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from rhml_core.cli.options import DbOption, JsonOption, open_place
from rhml_core.cli.output import print_document
from rhml_core.figures import counted
from rhml_core.settings import Settings


def backup(
    file: Annotated[Path, typer.Argument(help="The archive to write, such as study.zip.")],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the file if it exists.")
    ] = False,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Copy the database and its runs into one archive with the sum of every file."""
    from rhml_core.errors import InvalidInputError
    from rhml_core.workflows import people
    from rhml_core.workflows.safekeeping.backup import back_up

    database = Settings.from_environment(db).database
    if not database.is_file():  # it would be made, and a copy of nothing taken for a backup
        raise InvalidInputError(f"There is no database {database}. Name another file with --db.")
    with open_place(db) as place:
        made = back_up(place, people.operator(place), file, overwrite=overwrite)
    missing = (
        f" The files of {counted(len(made.missing_runs), 'run')} were not there to be copied: "
        f"{', '.join(made.missing_runs)}."
        if made.missing_runs
        else ""
    )
    print_document(
        {
            "file": str(made.file),
            "bytes": made.n_bytes,
            "n_runs": made.n_runs,
            "missing_runs": list(made.missing_runs),
        },
        f"{database} with {counted(made.n_runs, 'run')} copied to {made.file} "
        f"({made.n_bytes / 1e6:,.1f} MB).{missing}",
        as_json=json_,
    )


def restore(
    file: Annotated[Path, typer.Argument(help="An archive that `rhml backup` wrote.")],
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Where a workplace is already: keep it under another name."),
    ] = False,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Put a backup in place, once every file in it is found to be whole."""
    from rhml_core.workflows.safekeeping import restore as restoring

    done = restoring.restore(
        Settings.from_environment(db), file, replace_existing=replace, at=datetime.now(UTC)
    )
    lines = [
        f"{done.database} is as it was {_when(done.made_at)}, with {counted(done.n_runs, 'run')}.",
        *([f"What was there before is kept as {done.kept}."] if done.kept else []),
        *done.damaged_runs,
    ]
    print_document(
        {
            "database": str(done.database),
            "made_at": done.made_at,
            "n_runs": done.n_runs,
            "damaged_runs": list(done.damaged_runs),
            "kept": str(done.kept) if done.kept else None,
        },
        "\n".join(lines),
        as_json=json_,
    )


def _when(made_at: str) -> str:
    """
    When a backup was made, from ISO 8601 in UTC.

    >>> _when("2026-03-03T14:02:00+00:00")
    'on 3 March 2026 at 14:02 UTC'
    """
    at = datetime.fromisoformat(made_at)
    return f"on {at.day} {at:%B %Y} at {at:%H:%M} UTC"
