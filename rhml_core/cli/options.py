"""What several commands take, and the workplace that they act on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from rhml_core.settings import Settings
from rhml_core.workflows.workplace import Workplace, open_workplace

DbOption = Annotated[
    Path | None, typer.Option("--db", help="Database file; RHML_DB or ./rhml.duckdb if absent.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
ProjectOption = Annotated[str, typer.Option("--project", help="The project's name.")]


@contextmanager
def open_place(db: Path | None) -> Iterator[Workplace]:
    """The workplace for the length of a block; its jobs run when they are told to."""
    place = open_workplace(Settings.from_environment(db), in_background=False)
    try:
        yield place
    finally:
        place.close()
