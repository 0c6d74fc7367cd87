"""Score a file by a trained run."""

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from rhml_core.cli.options import DbOption, JsonOption, open_place
from rhml_core.cli.output import print_document, show_line, show_problems
from rhml_core.figures import counted, duration

_SECONDS_BETWEEN_LINES = 10.0
"""Where nobody watches, so that a log stays short."""


def score(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, JSON Lines, Parquet or Excel.")],
    out: Annotated[Path, typer.Option(help="The Parquet file to write.")],
    run: Annotated[
        str | None, typer.Option(help="A run's number or identifier; the promoted one if absent.")
    ] = None,
    project: Annotated[
        str | None, typer.Option(help="The project's name; not needed where there is only one.")
    ] = None,
    text_column: Annotated[str | None, typer.Option(help="Column of the text.")] = None,
    id_column: Annotated[str | None, typer.Option(help="Column of the identifier.")] = None,
    with_text: Annotated[
        bool, typer.Option("--with-text", help="Keep the texts beside the answers.")
    ] = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out the rows that have no text.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the file if it exists.")
    ] = False,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Write what a run says of each row of a file; a stopped scoring goes on where it was."""
    from rhml_core.workflows import people
    from rhml_core.workflows.files import scorable_file, scoring

    with open_place(db) as place:
        settings = place.settings
        found = scoring.find_run(place, people.operator(place), run, project)
    # From here on the database is free for others.
    readable = scorable_file.look_through_file(file, id_column=id_column, text_column=text_column)
    show_problems(readable.bad_rows)
    scored = scoring.score_file(
        settings,
        found,
        readable,
        out,
        with_text=with_text,
        skip_bad=skip_bad,
        overwrite=overwrite,
        on_progress=_teller(),
    )
    n_new = scored.n_rows - scored.n_before
    print_document(
        {
            "out": str(scored.out),
            "run_id": found.run_id,
            "run": found.number,
            "n_rows": scored.n_rows,
            "n_skipped": scored.n_skipped,
            "n_before": scored.n_before,
            "n_by_label": scored.n_by_label,
            "seconds": scored.seconds,
            "rows_per_second": n_new / scored.seconds if scored.seconds > 0 else None,
        },
        f"{counted(scored.n_rows, 'row')} scored by run {found.number} into {scored.out}: "
        + ", ".join(f"{label} {n:,}" for label, n in scored.n_by_label.items())
        + (f". Left out: {counted(scored.n_skipped, 'row')}." if scored.n_skipped else "."),
        as_json=json_,
    )


def _teller() -> Any:
    """What shows progress: often on a terminal, seldom in a log, the end always."""
    interval = 0.0 if sys.stderr.isatty() else _SECONDS_BETWEEN_LINES
    told_at = -interval

    def tell(line: Any) -> None:
        nonlocal told_at
        is_last = line.detail != "Scoring"
        if time.monotonic() - told_at < interval and not is_last:
            return
        told_at = time.monotonic()
        left = f", {duration(line.seconds_left)} left" if line.seconds_left else ""
        share = 100 * line.step // line.n_steps
        text = f"{line.detail}: {line.step:,} of {line.n_steps:,} rows, {share} %{left}"
        show_line(text, is_last=is_last)

    return tell
