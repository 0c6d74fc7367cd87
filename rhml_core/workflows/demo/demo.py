"""
The demo: an invented forum, people to sign in as, and simulated experts with the real machine.

The workplace opens at once; the simulated experts work in a thread, so that whoever looks sees
judgements arrive, a fast run finish and a SetFit run train.
"""

import logging
import random
import threading
import time
import uuid
from pathlib import Path

import polars as pl

from rhml_core.domain import Person, Project, Role
from rhml_core.errors import InvalidInputError, RhmlError
from rhml_core.exchange.codebooks import read_codebook
from rhml_core.exchange.tables import read_table
from rhml_core.settings import Settings
from rhml_core.store import judgements, lexicons, messages
from rhml_core.workflows import people, projects
from rhml_core.workflows.background.fault_log import log_fault
from rhml_core.workflows.demo.simulated_mind import Mind, Traits
from rhml_core.workflows.demo.simulation import SimulatedExpert, judge_messages
from rhml_core.workflows.files import importing, label_import
from rhml_core.workflows.lexicon.lexicon_import import check_lexicon, import_lexicon
from rhml_core.workflows.training import run_registry, training
from rhml_core.workflows.turn.queue import queue_progress
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
_BASELINE = 4
"""Messages without the machine, before an expert hears it: few, so that a visitor soon does."""

_CYCLES = (("fast", 60), ("setfit", 40))
"""Recipe that ends each cycle, and turns that each expert takes before it."""


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
    answers = fill(place, folder)
    threading.Thread(target=_live, args=(place, answers), name="demo", daemon=True).start()
    return place


def fill(place: Workplace, folder: Path) -> dict[str, str]:
    """
    Make what is missing of the demo's people, project, messages, reference and lexicon.

    Returns:
        The right label of each message, known to the simulated experts alone.
    """
    known = {person.name for person in people.list_people(place)}
    if not known:
        people.add_person(place, None, *_PEOPLE[0])
    supervisor = people.operator(place)
    for name, role in _PEOPLE[1:]:
        if name not in known:
            people.add_person(place, supervisor, name, role)
    corpus = pl.read_csv(folder / "messages.csv", infer_schema=False)
    project = _project(place, supervisor, folder)
    if not sum(messages.count_messages(place.db, project.project_id).values()):
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
    if judgements.adjudicated_labels(place.db, project.project_id).is_empty():
        _settle_holdout(place, supervisor, project, corpus)
    if not lexicons.newest_version(place.db, project.project_id):
        _write_lexicon(place, supervisor, project, folder)
    return dict(zip(corpus["id"], corpus["label"], strict=True))


def simulated_experts(place: Workplace, supervisor: Person) -> list[SimulatedExpert]:
    """The demo's simulated experts, added to the workplace where they are missing."""
    known = {person.name: person for person in people.list_people(place)}
    experts = []
    for number, skill in enumerate(_SKILLS, start=1):
        name = f"Simulated {number}"
        person = known.get(name) or people.add_person(
            place, supervisor, name, Role.EXPERT, is_simulated=True
        )
        chances = random.Random(number)  # noqa: S311 -- simulated chances, no secret
        mind = Mind(Traits(skill=skill, openness=_OPENNESS))
        experts.append(SimulatedExpert(person, mind, chances))
    return experts


def _project(place: Workplace, supervisor: Person, folder: Path) -> Project:
    for project in projects.list_projects(place, supervisor):
        if project.name == PROJECT:
            return project
    return projects.create_project(
        place,
        supervisor,
        PROJECT,
        read_codebook(read_table(folder / "codebook.csv", "codebook.csv")),
        description="An invented hacker forum: who sells, leaks, shares, recruits or asks?",
        baseline_probes=_BASELINE,
    )


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


def _write_lexicon(place: Workplace, supervisor: Person, project: Project, folder: Path) -> None:
    """Take in the few terms that the team starts with."""
    source = (folder / "lexicon.csv").read_bytes()
    checked = check_lexicon(place, supervisor, project.project_id, source, "lexicon.csv")
    import_lexicon(place, supervisor, project.project_id, checked, key=uuid.uuid4().hex)


def _live(place: Workplace, answers: dict[str, str]) -> None:
    """Go through the demo's cycles, or go on where an earlier server was stopped."""
    try:
        supervisor = people.operator(place)
        project = projects.get_project(place, supervisor, PROJECT)
        experts = simulated_experts(place, supervisor)
        n_turns = 0
        for recipe, n_more in _CYCLES:
            n_turns += n_more
            take_turns(place, experts, project, answers, n_turns=n_turns)
            _train(place, supervisor, project, recipe)
    except RhmlError as error:
        logger.warning("the simulated experts stopped: %s", error)
    except Exception as error:  # noqa: BLE001 -- the server may be stopping under their feet
        log_fault(logger, "the simulated experts stopped", error)


def take_turns(
    place: Workplace,
    experts: list[SimulatedExpert],
    project: Project,
    answers: dict[str, str],
    *,
    n_turns: int,
) -> None:
    """Have the experts judge in turn until each has judged `n_turns` messages."""
    labels = sorted(set(answers.values()))
    n_done = [queue_progress(place, expert.person, project.project_id).n_done for expert in experts]
    for turn in range(min(n_done), n_turns):
        for expert, done in zip(experts, n_done, strict=True):
            if done <= turn:
                judge_messages(place, expert, project.project_id, answers, labels, n_turns=1)


def _train(place: Workplace, supervisor: Person, project: Project, recipe: str) -> None:
    if any(run.recipe == recipe for run in run_registry.list_runs(place, project.project_id)):
        return
    while any(job.kind == "train" for job in training.active_jobs(place, project.project_id)):
        time.sleep(1)
    training.start_training(place, supervisor, project.project_id, recipe, key=uuid.uuid4().hex)
