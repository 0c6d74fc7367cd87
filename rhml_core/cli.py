"""
The command line: the same workflows as the browser, for people and for scripts.

Exit status: 0 done, 1 failed with a one-line reason on stderr, 2 wrong usage. With `--json`
stdout holds one JSON document and nothing else; progress goes to stderr.
"""

import dataclasses
import json
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from rhml_core import __version__
from rhml_core.domain import Concept, Interval, Metrics, Mode, Role, Run
from rhml_core.errors import RhmlError
from rhml_core.settings import Settings
from rhml_core.workflows.workplace import Workplace, open_workplace

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Experts and a few-shot model learn to classify messages together.",
)
project_app = typer.Typer(no_args_is_help=True, help="Begin and list projects.")
import_app = typer.Typer(no_args_is_help=True, help="Take in messages and labels.")
people_app = typer.Typer(no_args_is_help=True, help="List and add people.")
app.add_typer(project_app, name="project")
app.add_typer(import_app, name="import")
app.add_typer(people_app, name="people")

_N_SHOWN_PROBLEMS = 20

DbOption = Annotated[
    Path | None, typer.Option("--db", help="Database file; RHML_DB or ./rhml.duckdb if absent.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
ProjectOption = Annotated[str, typer.Option("--project", help="The project's name.")]


def main() -> None:
    """Run the command line; an expected failure is one line and exit status 1."""
    try:
        app()
    except RhmlError as error:
        typer.echo(f"rhml: {error}", err=True)
        raise SystemExit(1) from None


@contextmanager
def _open(db: Path | None) -> Iterator[Workplace]:
    place = open_workplace(Settings.from_environment(db), in_background=False)
    try:
        yield place
    finally:
        place.close()


def _print(document: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False) if as_json else sentence)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


@app.command()
def serve(
    db: DbOption = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "localhost",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8501,
) -> None:
    """Serve the workplace to browsers until it is stopped."""
    from app.server import run_server

    settings = Settings.from_environment(db)

    def open_and_say(settings: Settings) -> Workplace:
        place = open_workplace(settings)
        typer.echo(f"rhml {__version__} on http://{host}:{port}  ({settings.database})", err=True)
        return place

    run_server(settings, host=host, port=port, place_factory=open_and_say)


@app.command()
def demo(
    db: Annotated[Path, typer.Option("--db", help="Database file of the demo.")] = Path(".rhml")
    / "demo.duckdb",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8501,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
) -> None:
    """Show the demo: an invented forum, simulated experts, the real machine."""
    from app.server import run_server
    from rhml_core.workflows.demo import open_demo

    settings = Settings.from_environment(db)
    settings.database.parent.mkdir(parents=True, exist_ok=True)
    typer.echo(f"rhml demo on http://localhost:{port}  (Ctrl+C stops it)", err=True)
    run_server(settings, port=port, open_browser=browser, place_factory=open_demo)


@project_app.command("create")
def project_create(
    name: str,
    codebook: Annotated[
        Path, typer.Option(help="Columns label, definition[, examples, colour, key].")
    ],
    description: str = "",
    mode: Mode = Mode.RECIPROCAL,
    overlap: Annotated[int, typer.Option(help="Experts per message.")] = 2,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Begin a project with its codebook."""
    from rhml_core.exchange.codebooks import read_codebook
    from rhml_core.exchange.tables import read_table
    from rhml_core.workflows import people, projects

    labels = read_codebook(read_table(codebook, codebook.name))
    with _open(db) as place:
        project = projects.create_project(
            place,
            people.operator(place),
            name,
            labels,
            description=description,
            mode=mode,
            overlap=overlap,
        )
    _print(
        {
            "project_id": project.project_id,
            "name": project.name,
            "mode": project.mode.value,
            "overlap": project.overlap,
            "labels": [label.name for label in labels],
        },
        f"Project '{project.name}' begun with {len(labels)} labels.",
        as_json=json_,
    )


@project_app.command("list")
def project_list(db: DbOption = None, json_: JsonOption = False) -> None:
    """List the projects."""
    from rhml_core.workflows import people, projects

    with _open(db) as place:
        found = projects.list_projects(place, people.operator(place))
    _print(
        {"projects": [{"project_id": each.project_id, "name": each.name} for each in found]},
        "\n".join(each.name for each in found) or "No projects yet.",
        as_json=json_,
    )


@import_app.command("messages")
def import_messages(
    file: Path,
    project: ProjectOption,
    split_column: Annotated[
        str | None, typer.Option(help="Column; holdout or test in it marks hold-out rows.")
    ] = None,
    holdout_share: Annotated[
        float | None, typer.Option(help="Instead: draw this share at random as hold-out.")
    ] = None,
    text_column: Annotated[str | None, typer.Option(help="Column of the text.")] = None,
    id_column: Annotated[str | None, typer.Option(help="Column of the identifier.")] = None,
    skip_faulty: Annotated[
        bool, typer.Option("--skip-faulty", help="Import without the faulty rows.")
    ] = False,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Take in messages, all or none; every faulty row is reported."""
    from rhml_core.workflows import importing, people

    with _open(db) as place:
        person = people.operator(place)
        guessed = importing.preview_file(place, person, file, file.name).guessed
        mapping = dataclasses.replace(
            guessed, text=text_column or guessed.text, id=id_column or guessed.id
        )
        prepared = importing.check_messages(
            place,
            person,
            project,
            file,
            file.name,
            mapping,
            split_column=split_column,
            holdout_share=holdout_share,
            on_progress=_show_bytes,
        )
        _show_problems(prepared.problems)
        if skip_faulty:
            prepared = prepared.without_faulty_rows()
        outcome = importing.import_messages(
            place, person, project, prepared, file_name=file.name, key=uuid.uuid4().hex
        )
    _print(
        {
            "n_messages": outcome.n_messages,
            "n_holdout": outcome.n_holdout,
            "n_left_out": outcome.n_left_out,
            "n_warnings": outcome.n_warnings,
        },
        f"{outcome.n_messages:,} messages imported, {outcome.n_holdout:,} of them hold-out; "
        f"{outcome.n_left_out:,} left out; warnings: {outcome.n_warnings:,}.",
        as_json=json_,
    )


@import_app.command("labels")
def import_labels(
    file: Path,
    project: ProjectOption,
    adjudicated: Annotated[
        bool, typer.Option("--adjudicated", help="These are reference labels.")
    ] = False,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Take in labels in long form: message_id, expert, label[, phase, confidence, reason, at]."""
    from rhml_core.workflows import label_import, people

    with _open(db) as place:
        outcome = label_import.import_labels(
            place,
            people.operator(place),
            project,
            file,
            file.name,
            adjudicated=adjudicated,
            key=uuid.uuid4().hex,
        )
    _print(
        {
            "n_labels": outcome.n_labels,
            "n_experts": outcome.n_experts,
            "new_experts": outcome.new_experts,
            "n_warnings": outcome.problems.height,
        },
        f"{outcome.n_labels:,} labels imported, by {outcome.n_experts:,} "
        + ("person." if outcome.n_experts == 1 else "people."),
        as_json=json_,
    )


@app.command()
def train(
    project: ProjectOption,
    recipe: Annotated[str, typer.Option(help="fast or setfit.")] = "fast",
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Train a run on what is judged now and wait for it."""
    from rhml_core.workflows import people, projects, run_registry, training

    with _open(db) as place:
        person = people.operator(place)
        where = projects.get_project(place, person, project).project_id
        job = training.start_training(place, person, where, recipe, seed=seed, key=uuid.uuid4().hex)
        try:
            ended = place.jobs.run(job.job_id, _show_progress)
        finally:
            typer.echo("", err=True)
        run = run_registry.get_run(place, ended.result or "")
    _print(
        _run_document(run),
        f"Run {run.number} ({run.recipe}) trained on {run.n_training:,} labels in "
        f"{run.seconds:.0f} s: {_metrics_line(run)}",
        as_json=json_,
    )


@app.command()
def agreement(
    project: ProjectOption,
    first: Annotated[
        bool, typer.Option("--first", help="Everyone's first labels instead of the newest.")
    ] = False,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Print how well people agree with each other and with the machine."""
    from rhml_core.workflows import agreement as agreements
    from rhml_core.workflows import people

    with _open(db) as place:
        report = agreements.agreement_report(
            place, people.operator(place), project, stage="first" if first else "current"
        )
    pairs = [
        {
            "a": row["a"],
            "b": row["b"],
            "kappa": row["kappa"],
            "kappa_ci": None if row["low"] is None else [row["low"], row["high"]],
            "agreement": row["agreement"],
            "n": row["n"],
        }
        for row in report.pairs.iter_rows(named=True)
    ]
    lines = [report.reading]
    lines += [_pair_line(pair) for pair in pairs]
    _print(
        {
            "alpha": report.alpha.value if report.alpha else None,
            "alpha_ci": [report.alpha.low, report.alpha.high] if report.alpha else None,
            "alpha_missing": report.alpha_missing,
            "n_messages": report.n_messages,
            "n_judgements": report.n_judgements,
            "stage": report.stage,
            "pairs": pairs,
        },
        "\n".join(lines),
        as_json=json_,
    )


@app.command()
def journal(project: ProjectOption, db: DbOption = None, json_: JsonOption = False) -> None:
    """Print the concepts that the machine surfaced and what became of them."""
    from rhml_core.workflows import journal as journals
    from rhml_core.workflows import people, projects

    with _open(db) as place:
        person = people.operator(place)
        where = projects.get_project(place, person, project).project_id
        found = journals.list_concepts(place, person, where)
        summary = journals.journal_summary(place, person, where)
    lines = [summary] + [
        f"{concept.status.value:<9} {concept.label}: {', '.join(concept.terms)} "
        f"(term F1 {concept.term_f1})"
        for concept in found
    ]
    _print(
        {"concepts": [_concept_document(concept) for concept in found]},
        "\n".join(lines),
        as_json=json_,
    )


@people_app.command("list")
def people_list(db: DbOption = None, json_: JsonOption = False) -> None:
    """List the people of the workplace."""
    from rhml_core.workflows import people

    with _open(db) as place:
        found = people.list_people(place)
    _print(
        {
            "people": [
                {"name": each.name, "role": each.role.value, "is_simulated": each.is_simulated}
                for each in found
            ]
        },
        "\n".join(f"{each.name}: {each.role.value}" for each in found) or "Nobody yet.",
        as_json=json_,
    )


@people_app.command("add")
def people_add(
    name: str,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.EXPERT,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Add someone who can sign in."""
    from rhml_core.workflows import people

    with _open(db) as place:
        added = people.add_person(place, people.operator(place), name, role)
    _print(
        {"name": added.name, "role": added.role.value},
        f"{added.name} added as {added.role.value}.",
        as_json=json_,
    )


def _show_problems(problems: pl.DataFrame) -> None:
    for row in problems.head(_N_SHOWN_PROBLEMS).iter_rows(named=True):
        typer.echo(f"row {row['row']}: {row['severity']}: {row['explanation']}", err=True)
    if problems.height > _N_SHOWN_PROBLEMS:
        typer.echo(f"and {problems.height - _N_SHOWN_PROBLEMS:,} more rows", err=True)


def _show_bytes(done: int, total: int) -> None:
    _show(f"reading {100 * done // max(total, 1)} %", is_last=done >= total)


def _show_progress(line: Any) -> None:
    left = f", {line.seconds_left:.0f} s left" if line.seconds_left is not None else ""
    _show(f"{line.detail} ({line.step}/{line.n_steps}{left})")


def _show(text: str, *, is_last: bool = False) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r\033[K{text}", nl=is_last, err=True)
    else:
        typer.echo(text, err=True)


def _pair_line(pair: dict[str, Any]) -> str:
    kappa = "undefined" if pair["kappa"] is None else f"{pair['kappa']:.2f}"
    interval = " [{:.2f}, {:.2f}]".format(*pair["kappa_ci"]) if pair["kappa_ci"] else ""
    return f"{pair['a']} and {pair['b']}: kappa {kappa}{interval}, n = {pair['n']:,}"


def _interval(interval: Interval) -> list[float]:
    return [interval.low, interval.high]


def _metrics_document(metrics: Metrics | None) -> dict[str, Any] | None:
    if metrics is None:
        return None
    on_holdout = metrics.measured_on == "hold-out"
    return {
        "measured_on": metrics.measured_on,
        "macro_f1": metrics.macro_f1.value,
        "macro_f1_ci": _interval(metrics.macro_f1),
        "accuracy": metrics.accuracy.value,
        "accuracy_ci": _interval(metrics.accuracy),
        "n": metrics.n,
        "n_holdout": metrics.n if on_holdout else 0,
        "per_label": [dataclasses.asdict(label) for label in metrics.per_label],
        "confusion": [list(cell) for cell in metrics.confusion],
    }


def _metrics_line(run: Run) -> str:
    if run.metrics is None:
        return f"not measured. {run.metrics_missing}"
    line = f"macro-F1 {run.metrics.macro_f1} ({run.metrics.measured_on})."
    return f"{line} {run.metrics_missing}".strip()


def _run_document(run: Run) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "number": run.number,
        "recipe": run.recipe,
        "seconds": run.seconds,
        "n_training": run.n_training,
        "encoder_id": run.encoder_id,
        "parameters": run.parameters,
        "seed": run.seed,
        "versions": run.versions,
        "metrics": _metrics_document(run.metrics),
        "metrics_missing": run.metrics_missing,
    }


def _concept_document(concept: Concept) -> dict[str, Any]:
    return {
        "id": concept.concept_id,
        "label": concept.label,
        "kind": concept.kind,
        "terms": list(concept.terms),
        "strength": concept.strength,
        "term_f1": concept.term_f1.value,
        "term_f1_ci": _interval(concept.term_f1),
        "n": concept.term_f1.n,
        "n_for": concept.n_for,
        "n_against": concept.n_against,
        "status": concept.status.value,
        "is_new": concept.is_new,
        "run_number": concept.run_number,
    }


if __name__ == "__main__":
    main()
