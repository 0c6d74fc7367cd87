"""Serve the workplace, or the demo, to browsers."""

from pathlib import Path
from typing import Annotated

import typer

from rhml_core import __version__
from rhml_core.cli.options import DbOption
from rhml_core.settings import Settings
from rhml_core.workflows.workplace import Workplace, open_workplace


def serve(
    db: DbOption = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "localhost",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8501,
) -> None:
    """Serve the workplace to browsers until it is stopped."""
    from app.server import run_server

    settings = Settings.from_environment(db)

    def open_and_say(settings: Settings) -> Workplace:
        from rhml_core.workflows.people import operator

        place = open_workplace(settings)
        operator(place)  # somebody has to be able to sign in to a new workplace
        typer.echo(f"rhml {__version__} on http://{host}:{port}  ({settings.database})", err=True)
        return place

    run_server(settings, host=host, port=port, place_factory=open_and_say)


def demo(
    db: Annotated[Path, typer.Option("--db", help="Database file of the demo.")] = Path(".rhml")
    / "demo.duckdb",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8501,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
) -> None:
    """Show the demo: an invented forum, simulated experts, the real machine."""
    from app.server import run_server
    from rhml_core.workflows.demo.demo import open_demo

    settings = Settings.from_environment(db)
    settings.database.parent.mkdir(parents=True, exist_ok=True)
    typer.echo(f"rhml demo on http://localhost:{port}  (Ctrl+C stops it)", err=True)
    run_server(settings, port=port, open_browser=browser, place_factory=open_demo)
