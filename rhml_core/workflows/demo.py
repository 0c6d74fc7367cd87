"""
The demo: an invented forum, people to sign in as, and simulated experts with the real machine.

The workplace opens at once; the simulated experts work in a thread, so that whoever looks sees
judgements arrive, a fast run finish and a SetFit run train.
"""

import logging
import random
import threading
import uuid
from pathlib import Path

import polars as pl

from rhml_core.domain import Person, Project, Role
from rhml_core.errors import InvalidInputError, RhmlError
from rhml_core.exchange.codebooks import read_codebook
from rhml_core.exchange.tables import read_table
from rhml_core.settings import Settings
from rhml_core.workflows import importing, label_import, people, projects, training
from rhml_core.workflows.simulation import SimulatedExpert, judge_messages
from rhml_core.workflows.workplace import Workplace, open_workplace

logger = logging.getLogger(__name__)

PROJECT = "Forum study"

_PEOPLE = (
    ("Supervisor", Role.ADMIN),
    ("Expert A", Role.EXPERT),
    ("Expert B", Role.EXPERT),
    ("Viewer", Role.VIEWER),
)
_SKILLS = (0.97, 0.93, 0.88)
_OPENNESS = 0.5
_TURNS_BEFORE_FIRST_RUN = 60
_TURNS_BETWEEN_RUNS = 40


def demo_folder() -> Path:
    """
    Where the demo's corpus lies.

    Raises:
        InvalidInputError: the program is installed without it.
    """
    folder = Path(__file__).parents[2] / "data" / "demo"
    if not (folder / "messages.csv").is_file():
        raise InvalidInputError(
            "The demo's corpus is missing. Run the demo from a checkout, with `make demo`."
        )
    return folder


def open_demo(settings: Settings) -> Workplace:
    """
    Open the demo's workplace; on its first day it is filled and the experts start.

    Raises:
        InvalidInputError: the corpus is missing.
        DatabaseInUseError and others: see `open_workplace`.
    """
    folder = demo_folder()
    place = open_workplace(settings)
    if not people.list_people(place):
        answers = fill(place, folder)
        threading.Thread(target=_live, args=(place, answers), name="demo", daemon=True).start()
    return place


def fill(place: Workplace, folder: Path) -> dict[str, str]:
    """
    Make the demo's people, project, messages and hold-out reference.

    Returns:
        The right label of each message, known to the simulated experts alone.
    """
    supervisor = people.add_person(place, None, *_PEOPLE[0])
    for name, role in _PEOPLE[1:]:
        people.add_person(place, supervisor, name, role)
    labels = read_codebook(read_table(folder / "codebook.csv", "codebook.csv"))
    project = projects.create_project(
        place,
        supervisor,
        PROJECT,
        labels,
        description="An invented hacker forum: who sells, leaks, shares, recruits or asks?",
    )
    corpus = pl.read_csv(folder / "messages.csv", infer_schema=False)
    source = corpus.drop("label").write_csv().encode()
    prepared = importing.check_messages(
        place, supervisor, project.project_id, source, "messages.csv", split_column="split"
    )
    importing.import_messages(
        place,
        supervisor,
        project.project_id,
        prepared,
        file_name="messages.csv",
        key=uuid.uuid4().hex,
    )
    _settle_holdout(place, supervisor, project, corpus)
    return dict(zip(corpus["id"], corpus["label"], strict=True))


def simulated_experts(place: Workplace, supervisor: Person) -> list[SimulatedExpert]:
    """The demo's simulated experts, added to the workplace."""
    return [
        SimulatedExpert(
            person=people.add_person(
                place,
                supervisor,
                f"Simulated {number}",
                Role.EXPERT,
                is_simulated=True,
            ),
            skill=skill,
            openness=_OPENNESS,
            random=random.Random(number),  # noqa: S311 -- simulated chances, no secret
        )
        for number, skill in enumerate(_SKILLS, start=1)
    ]


def _settle_holdout(
    place: Workplace, supervisor: Person, project: Project, corpus: pl.DataFrame
) -> None:
    settled = corpus.filter(pl.col("split") == "holdout").select(message_id="id", label="label")
    label_import.import_labels(
        place,
        supervisor,
        project.project_id,
        settled.write_csv().encode(),
        "holdout_labels.csv",
        adjudicated=True,
        key=uuid.uuid4().hex,
    )


def _live(place: Workplace, answers: dict[str, str]) -> None:
    try:
        supervisor = people.operator(place)
        project = projects.get_project(place, supervisor, PROJECT)
        experts = simulated_experts(place, supervisor)
        _work(place, experts, project, answers, n_turns=_TURNS_BEFORE_FIRST_RUN)
        _train(place, supervisor, project, "fast")
        _work(place, experts, project, answers, n_turns=_TURNS_BETWEEN_RUNS)
        _train(place, supervisor, project, "setfit")
    except RhmlError as error:
        logger.warning("the simulated experts stopped: %s", error)
    except Exception:
        # The server may be stopping under their feet; people's own work is not touched.
        logger.exception("the simulated experts stopped")


def _work(
    place: Workplace,
    experts: list[SimulatedExpert],
    project: Project,
    answers: dict[str, str],
    *,
    n_turns: int,
) -> None:
    labels = sorted(set(answers.values()))
    for _ in range(n_turns):
        for expert in experts:
            judge_messages(place, expert, project.project_id, answers, labels, n_turns=1)


def _train(place: Workplace, supervisor: Person, project: Project, recipe: str) -> None:
    training.start_training(place, supervisor, project.project_id, recipe, key=uuid.uuid4().hex)
