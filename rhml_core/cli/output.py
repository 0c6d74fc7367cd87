"""What commands print: one document or sentence on stdout, progress and problems on stderr."""

import json
import sys
from typing import Any

import polars as pl
import typer

from rhml_core.figures import Interval

_N_SHOWN_PROBLEMS = 20


def print_document(document: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    """Print the document as one line of JSON, or the sentence."""
    typer.echo(json.dumps(document, ensure_ascii=False) if as_json else sentence)


def show_problems(problems: pl.DataFrame) -> None:
    """Name the first faulty rows and the number of the others; `PROBLEM_SCHEMA`."""
    for row in problems.head(_N_SHOWN_PROBLEMS).iter_rows(named=True):
        typer.echo(f"row {row['row']}: {row['severity']}: {row['explanation']}", err=True)
    if problems.height > _N_SHOWN_PROBLEMS:
        typer.echo(f"and {problems.height - _N_SHOWN_PROBLEMS:,} more rows", err=True)


def show_bytes(done: int, total: int) -> None:
    """Tell how much of a file is read."""
    show_line(f"reading {100 * done // max(total, 1)} %", is_last=done >= total)


def show_progress(line: Any) -> None:
    """Tell how far a job is, as its `ProgressLine` says."""
    left = f", {line.seconds_left:.0f} s left" if line.seconds_left is not None else ""
    show_line(f"{line.detail} ({line.step}/{line.n_steps}{left})")


def show_line(text: str, *, is_last: bool = False) -> None:
    """Write one line of progress; on a terminal over the one before, until the last."""
    if sys.stderr.isatty():
        typer.echo(f"\r\033[K{text}", nl=is_last, err=True)
    else:
        typer.echo(text, err=True)


def interval_document(interval: Interval) -> list[float]:
    """An interval as JSON: low, high."""
    return [interval.low, interval.high]
