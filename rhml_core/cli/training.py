"""Train a run and print its figures."""

import dataclasses
import uuid
from typing import Annotated, Any

import typer

from rhml_core.cli.options import DbOption, JsonOption, ProjectOption, open_place
from rhml_core.cli.output import interval_document, print_document, show_progress
from rhml_core.domain import Run
from rhml_core.figures import Metrics, counted
from rhml_core.workflows.training.recipe_names import recipe_name


def train(
    project: ProjectOption,
    recipe: Annotated[
        str, typer.Option(help="fast, setfit, two-branch (rare labels) or setfit-stock.")
    ] = "fast",
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    db: DbOption = None,
    json_: JsonOption = False,
) -> None:
    """Train a run on what is judged now and wait for it."""
    from rhml_core.workflows import people, projects
    from rhml_core.workflows.training import run_registry, training

    with open_place(db) as place:
        person = people.operator(place)
        where = projects.get_project(place, person, project).project_id
        job = training.start_training(place, person, where, recipe, seed=seed, key=uuid.uuid4().hex)
        try:
            ended = place.jobs.run(job.job_id, show_progress)
        finally:
            typer.echo("", err=True)
        run = run_registry.get_run(place, ended.result or "")
    print_document(
        _run_document(run),
        f"Run {run.number} ({recipe_name(run.recipe)}) trained on "
        f"{counted(run.n_training, 'judged message')} in {run.seconds:.0f} s: {_metrics_line(run)}",
        as_json=json_,
    )


def _metrics_document(metrics: Metrics | None) -> dict[str, Any] | None:
    if metrics is None:
        return None
    on_holdout = metrics.measured_on == "hold-out"
    return {
        "measured_on": metrics.measured_on,
        "macro_f1": metrics.macro_f1.value,
        "macro_f1_ci": interval_document(metrics.macro_f1),
        "accuracy": metrics.accuracy.value,
        "accuracy_ci": interval_document(metrics.accuracy),
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
