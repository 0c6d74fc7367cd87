"""A small real store for the pages about training, codebook, messages and settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from streamlit.testing.v1 import AppTest

from rhml_core.domain import Job, JobKind, JobState, Label, Person, Project, Role, Run, RunState
from rhml_core.machine.recipes.run_folder import seal_run_folder
from rhml_core.measures.classification import measure_classification
from rhml_core.measures.evaluation import Answers, measure_answers
from rhml_core.settings import Settings
from rhml_core.store import jobs, runs
from rhml_core.workflows.files.importing import check_messages, import_messages
from rhml_core.workflows.files.label_import import import_labels
from rhml_core.workflows.people import add_person
from rhml_core.workflows.projects import create_project
from rhml_core.workflows.workplace import Workplace, open_workplace

if TYPE_CHECKING:
    from rhml_core.figures import Metrics

AT = datetime(2025, 3, 3, 14, 2, tzinfo=UTC)
N_MESSAGES = 30
N_HOLDOUT = 20
LABELS = (
    Label("Sale", "Offers something.", ("rdp, 70 each",), "#E69F00", "1"),
    Label("Leak", "Gives data away.", (), "#56B4E9", "2"),
)


class FakeEncoder:
    """Tells texts apart by their length alone; loads nothing."""

    encoder_id = "fake"
    dimension = 2

    def encode(self, texts: Sequence[str], on_progress: object = None) -> np.ndarray:
        """Two numbers a text."""
        del on_progress
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)


@dataclass
class Study:
    """An open workplace with an admin, an expert and one project with two labels."""

    place: Workplace
    admin: Person
    expert: Person
    project: Project

    def fill(self) -> None:
        """Take in 30 messages, m0 to m29; the first 20 are hold-out."""
        lines = ["id,text,author,split"]
        for number in range(N_MESSAGES):
            split = "holdout" if number < N_HOLDOUT else "pool"
            lines.append(f"m{number},text number {number},author{number % 3},{split}")
        prepared = check_messages(
            self.place, self.admin, self.project.project_id, "\n".join(lines).encode(), "m.csv"
        )
        import_messages(
            self.place,
            self.admin,
            self.project.project_id,
            prepared,
            file_name="m.csv",
            key="fill",
        )

    def judge(self, labels: dict[str, str], *, by: str = "Ana", adjudicated: bool = False) -> None:
        """Take in one expert's labels."""
        rows = [f"{message},{by},{label}" for message, label in labels.items()]
        source = "\n".join(["message_id,expert,label", *rows]).encode()
        import_labels(
            self.place,
            self.admin,
            self.project.project_id,
            source,
            "l.csv",
            adjudicated=adjudicated,
            key=f"judge-{by}-{sorted(labels.items())}",
        )

    def judge_all(self) -> None:
        """Even messages are Sale, odd ones Leak; the hold-out is adjudicated."""
        even_odd = {f"m{n}": ("Sale", "Leak")[n % 2] for n in range(N_MESSAGES)}
        held = {message: even_odd[message] for message in list(even_odd)[:N_HOLDOUT]}
        self.judge(held, adjudicated=True)
        self.judge({message: even_odd[message] for message in list(even_odd)[N_HOLDOUT:]})

    def register_run(
        self,
        n_wrong: int,
        state: RunState = RunState.CANDIDATE,
        *,
        is_measured: bool = True,
        is_old: bool = True,
        losses: Sequence[float] = (),
    ) -> Run:
        """
        A run that answers all but the first `n_wrong` hold-out messages rightly.

        An old one was measured by its answers alone, without their probabilities.
        """
        truth = [("Sale", "Leak")[n % 2] for n in range(N_MESSAGES)]
        said = [
            one if n >= n_wrong else {"Sale": "Leak", "Leak": "Sale"}[one]
            for n, one in enumerate(truth)
        ]
        metrics: Metrics | None = None
        if is_measured:
            metrics = measure_classification(
                truth[:N_HOLDOUT], said[:N_HOLDOUT], ["Sale", "Leak"], measured_on="hold-out"
            )
        if is_measured and not is_old:
            sure = np.array([[0.9, 0.1] if one == "Sale" else [0.1, 0.9] for one in said])
            metrics = measure_answers(
                Answers(truth[:N_HOLDOUT], sure[:N_HOLDOUT]),
                ["Sale", "Leak"],
                measured_on="hold-out",
                training=Answers(truth[N_HOLDOUT:] * 3, np.tile(sure[N_HOLDOUT:], (3, 1))),
            )
        with self.place.db.atomic() as transaction:
            number = runs.next_number(transaction, self.project.project_id)
            run = Run(
                run_id=f"run-{number}",
                project_id=self.project.project_id,
                number=number,
                recipe="fast",
                state=RunState.CANDIDATE,
                encoder_id="fake",
                parameters={"c": 10.0},
                versions={"python": "3.11"},
                seed=0,
                n_training=10 * number,
                n_experts=1,
                codebook_version=1,
                seconds=4.0,
                metrics=metrics,
                metrics_missing="" if metrics else "Too few hold-out messages are judged.",
                folder=f"run-{number}",
                created_by=self.admin.person_id,
                created_at=AT,
            )
            training = pl.DataFrame(
                {"message_id": ["m20", "m21"], "label": ["Sale", "Leak"], "weight": [1.0, 1.0]}
            )
            predictions = pl.DataFrame(
                {
                    "message_id": [f"m{n}" for n in range(N_MESSAGES)],
                    "label": said,
                    "probability": [0.9] * N_MESSAGES,
                    "probabilities": [[0.9, 0.1]] * N_MESSAGES,
                    "is_out_of_fold": [False] * N_MESSAGES,
                }
            )
            runs.add_run(
                transaction,
                run,
                labels=["Sale", "Leak"],
                loss_curve=list(losses),
                training=training,
                predictions=predictions,
            )
            if state is not RunState.CANDIDATE:
                runs.set_run_state(transaction, run, state, person_id=self.admin.person_id, at=AT)
        folder = self.place.settings.runs_folder / run.folder
        folder.mkdir(parents=True)
        seal_run_folder(folder)
        return runs.get_run(self.place.db, run.run_id)

    def add_job(self, state: JobState, *, kind: JobKind = JobKind.TRAIN, detail: str = "") -> Job:
        """A job in some state, as a server would have left it."""
        job = Job(
            job_id=f"job-{state}",
            project_id=self.project.project_id,
            kind=kind,
            recipe="fast" if kind is JobKind.TRAIN else "",
            state=JobState.QUEUED,
            step=0,
            n_steps=0,
            seconds_left=None,
            detail=detail,
            result=None,
            created_by=self.admin.person_id,
            created_at=datetime.now(UTC),
        )
        with self.place.db.atomic() as transaction:
            jobs.add_job(transaction, job, parameters={}, seed=0)
            jobs.set_state(transaction, job.job_id, state, detail=detail, at=datetime.now(UTC))
            jobs.set_progress(
                transaction, job.job_id, step=12, n_steps=20, seconds_left=25.0, detail=detail
            )
        return job


def begin_study(folder: Path) -> Study:
    """A study in a fresh database file, without background work."""
    place = open_workplace(
        Settings(database=folder / "study.duckdb", cache_folder=folder / "cache"),
        in_background=False,
        load_encoder=lambda _settings: FakeEncoder(),
    )
    admin = add_person(place, None, "Ana", Role.ADMIN)
    expert = add_person(place, admin, "Ben", Role.EXPERT)
    project = create_project(place, admin, "Forum study", LABELS)
    return Study(place, admin, expert, project)


def page_of(view: str, study: Study, person: Person | None = None) -> AppTest:
    """The page as a script that can be run; not yet run."""

    def script(view, place, person, project_id):
        from importlib import import_module  # noqa: PLC0415 -- the script runs on its own

        from rhml_core.workflows.projects import get_project  # noqa: PLC0415 -- as above

        project = get_project(place, person, project_id)
        import_module(f"app.views.{view}.page").render(place, person, project)

    args = (view, study.place, person or study.admin, study.project.project_id)
    return AppTest.from_function(script, default_timeout=30, args=args)


def seen(page: AppTest) -> str:
    """Everything that the page says, as one text; HTML included."""
    parts = [element.value for kind in ("markdown", "text") for element in page.get(kind)]
    parts += [str(element.proto.body) for element in page.get("html")]
    parts += [one.value for one in (*page.error, *page.warning, *page.info, *page.success)]
    return "\n".join(parts)
