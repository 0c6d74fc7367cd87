"""Pages over a real store: a project in it, a run that surfaced concepts, and how to look."""

from datetime import UTC, datetime

import polars as pl
from streamlit.testing.v1 import AppTest

from rhml_core.domain import Concept, ConceptKind, Job, JobKind, JobState, Label, Run, RunState
from rhml_core.figures import Interval
from rhml_core.store import concepts, runs
from rhml_core.workflows import projects

AT = datetime(2025, 3, 3, 14, 2, tzinfo=UTC)


def make_project(place, team):
    """A project in the store with the labels ham and spam."""
    labels = [Label("ham", "wanted", key="1"), Label("spam", "unwanted", key="2")]
    return projects.create_project(place, team["sue"], "Mail", labels, overlap=2)


def add_run(place, project, number, answers, found=()):
    """Register a run that answered messages (`{"m1": ("spam", 0.9)}`) and surfaced concepts."""
    run = Run(
        run_id=f"run-{number}",
        project_id=project.project_id,
        number=number,
        recipe="fast",
        state=RunState.CANDIDATE,
        encoder_id="fake-hashing",
        parameters={},
        versions={},
        seed=0,
        n_training=len(answers),
        n_experts=2,
        codebook_version=1,
        seconds=1.0,
        metrics=None,
        metrics_missing="too few",
        folder=f"run-{number}",
        created_by="sue",
        created_at=AT,
    )
    labels = ["ham", "spam"]
    rows = [
        (name, label, p, [p if each == label else 1 - p for each in labels], True)
        for name, (label, p) in answers.items()
    ]
    predictions = pl.DataFrame(
        rows,
        schema={
            "message_id": pl.String,
            "label": pl.String,
            "probability": pl.Float64,
            "probabilities": pl.List(pl.Float64),
            "is_out_of_fold": pl.Boolean,
        },
        orient="row",
    )
    training = pl.DataFrame(
        schema={"message_id": pl.String, "label": pl.String, "weight": pl.Float64}
    )
    with place.db.atomic() as transaction:
        runs.add_run(
            transaction,
            run,
            labels=labels,
            loss_curve=[],
            training=training,
            predictions=predictions,
        )
        for concept in found:
            concepts.add_sighting(
                transaction, project.project_id, concept, run_id=run.run_id, at=AT
            )


def make_concept(term, label="spam", *, strength=0.2, messages_for=(), messages_against=()):
    """A concept with one term."""
    return Concept(
        concept_id=f"concept-{term}-{label}",
        label=label,
        kind=ConceptKind.TERM,
        terms=(term,),
        strength=strength,
        term_f1=Interval(0.71, 0.6, 0.8, 48),
        n_for=len(messages_for),
        n_against=len(messages_against),
        messages_for=tuple(messages_for),
        messages_against=tuple(messages_against),
        is_new=True,
    )


def _page(view, place, person, project):
    from importlib import import_module  # noqa: PLC0415 -- this function becomes a script of its own

    import_module(f"app.views.{view}.page").render(place, person, project)


def look(view, place, person, project, **filters):
    """The page as this person sees it with these filters in its address."""
    page = AppTest.from_function(_page, args=(view, place, person, project), default_timeout=30)
    for name, value in filters.items():
        page.query_params[name] = value
    return page.run()


def texts_of(page):
    """Everything that the page says outside of its own components, in one string."""
    html = [element.proto.body for element in page.get("html")]
    return "\n".join([*html, *(text.value for text in page.text)])


def data_of(page, key):
    """What the component with this key was given to draw."""
    import json  # noqa: PLC0415

    for element in page.get("bidi_component"):
        if key in element.proto.id:
            return json.loads(element.proto.json)
    message = f"no component {key}"
    raise KeyError(message)


def make_job(project, job_id):
    """A queued job that reads messages."""
    return Job(
        job_id=job_id,
        project_id=project.project_id,
        kind=JobKind.EMBED,
        recipe="",
        state=JobState.QUEUED,
        step=0,
        n_steps=0,
        seconds_left=None,
        detail="Waiting",
        result=None,
        created_by="sue",
        created_at=AT,
    )


def promote_newest(place, project, taught):
    """Let the newest run speak, as one that was taught these labels (`{"m1": "spam"}`)."""
    run, *before = runs.list_runs(place.db, project.project_id)
    rows = [(run.run_id, name, label, 1.0) for name, label in taught.items()]
    frame = pl.DataFrame(rows, schema=["run_id", "message_id", "label", "weight"], orient="row")
    with place.db.atomic() as transaction:
        transaction.write_frame(
            "INSERT INTO run_training SELECT run_id, message_id, label, weight FROM frame", frame
        )
        for each, state in [(run, RunState.PROMOTED), *((r, RunState.RETIRED) for r in before)]:
            runs.set_run_state(transaction, each, state, person_id="sue", at=AT)
