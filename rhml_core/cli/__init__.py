"""
The command line: the same workflows as the browser, for people and for scripts.

Exit status: 0 done, 1 failed with a one-line reason on stderr, 2 wrong usage. With `--json`
stdout holds one JSON document and nothing else; progress goes to stderr. One module a group of
commands; each command imports what it needs, so that help and errors are quick.
"""

import typer

from rhml_core import __version__
from rhml_core.cli import (
    agreement,
    backup,
    doctor,
    export,
    imports,
    journal,
    lexicon,
    people,
    projects,
    scoring,
    serving,
    training,
)
from rhml_core.errors import RhmlError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Experts and a machine learn to classify messages together.",
)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


for _command in (
    serving.serve,
    serving.demo,
    training.train,
    agreement.agreement,
    journal.journal,
    scoring.score,
    export.export,
    backup.backup,
    backup.restore,
    doctor.doctor,
):
    app.command()(_command)
app.add_typer(projects.app, name="project")
app.add_typer(imports.app, name="import")
app.add_typer(people.app, name="people")
app.add_typer(lexicon.app, name="lexicon")


def main() -> None:
    """Run the command line; an expected failure is one line and exit status 1."""
    try:
        app()
    except RhmlError as error:
        typer.echo(f"rhml: {error}", err=True)
        raise SystemExit(1) from None
