"""
The simulated experts at work: a short history as fast as they can, then at a pace to watch.

The history is made as everything after it: turns of simulated experts, runs of the real machine.
It is made at once only so that a visitor finds both learners measured, not a blank page, and in
the mode blind: what costs time is to explain, and nobody is there yet to read it. Then the project
turns reciprocal.
"""

import logging
import random
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from rhml_core.domain import JobKind, Mode, Person, Project, Role
from rhml_core.errors import RhmlError
from rhml_core.workflows import people, projects
from rhml_core.workflows.background.fault_log import log_fault
from rhml_core.workflows.demo.simulated_mind import Mind, Traits
from rhml_core.workflows.demo.simulation import SimulatedExpert, judge_messages
from rhml_core.workflows.training import run_registry, training
from rhml_core.workflows.training.promotion import promote_run
from rhml_core.workflows.turn.queue import queue_progress
from rhml_core.workflows.workplace import Workplace

logger = logging.getLogger(__name__)

PROJECT = "Forum study"

_SKILLS = (0.97, 0.93, 0.88)
_OPENNESS = 0.5
_SECONDS_BETWEEN_LOOKS = 0.3
_END_OF_HISTORY = "end of the demo's history"


@dataclass(frozen=True)
class Stretch:
    """
    A stretch of the simulated experts' work, which a run ends.

    Attributes:
        n_turns: that each expert has taken at its end, since the demo's first day.
        recipe: of the run.
        seconds_between: two judgements; at 0 they come as fast as the computer can, and the next
            stretch waits for the run.
        ends_history: whether the project turns reciprocal then, and its run is promoted in the
            supervisor's name, unless somebody promoted one before.
    """

    n_turns: int
    recipe: str
    seconds_between: float
    ends_history: bool = False


STRETCHES = (
    Stretch(30, "fast", 0.0),
    Stretch(48, "fast", 0.0, ends_history=True),
    Stretch(80, "setfit", 2.0),
    Stretch(110, "fast", 4.0),
    Stretch(140, "fast", 10.0),
)
"""In order. The first two are the history; all of them leave most of the messages to visitors."""


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


def work(place: Workplace, answers: dict[str, str]) -> None:
    """Go through the stretches, or go on where an earlier server was stopped."""
    try:
        supervisor = people.operator(place)
        project = projects.get_project(place, supervisor, PROJECT)
        experts = simulated_experts(place, supervisor)
        for number, stretch in enumerate(STRETCHES, start=1):
            take_turns(
                place,
                experts,
                project,
                answers,
                n_turns=stretch.n_turns,
                seconds_between=stretch.seconds_between,
            )
            recipes = [one.recipe for one in STRETCHES[:number]]
            _train(place, supervisor, project, recipes)
            if not stretch.seconds_between:
                _wait_for_training(place, project)
            if stretch.ends_history:
                _end_history(place, supervisor, project)
    except RhmlError as error:
        logger.warning("the simulated experts stopped: %s", error)
    except Exception as error:  # noqa: BLE001 -- the server may be stopping under their feet
        log_fault(logger, "the simulated experts stopped", error)


def take_turns(
    place: Workplace,
    experts: Sequence[SimulatedExpert],
    project: Project,
    answers: dict[str, str],
    *,
    n_turns: int,
    seconds_between: float = 0.0,
) -> None:
    """Have the experts judge in turn until each has judged `n_turns` messages."""
    labels = sorted(set(answers.values()))
    n_done = [queue_progress(place, expert.person, project.project_id).n_done for expert in experts]
    for turn in range(min(n_done), n_turns):
        for expert, done in zip(experts, n_done, strict=True):
            if done <= turn:
                judge_messages(place, expert, project.project_id, answers, labels, n_turns=1)
                time.sleep(seconds_between)


def _train(place: Workplace, supervisor: Person, project: Project, recipes: Sequence[str]) -> None:
    """Start a run of the last of the recipes, unless there are as many of it as they ask for."""
    recipe = recipes[-1]
    runs = run_registry.list_runs(place, project.project_id)
    if sum(run.recipe == recipe for run in runs) >= recipes.count(recipe):
        return
    _wait_for_training(place, project)
    training.start_training(place, supervisor, project.project_id, recipe, key=uuid.uuid4().hex)


def _end_history(place: Workplace, supervisor: Person, project: Project) -> None:
    """Turn the project reciprocal, once for all, and promote a run where nobody has."""
    projects.change_project(
        place,
        supervisor,
        project.project_id,
        mode=Mode.RECIPROCAL,
        overlap=project.overlap,
        shares=project.shares,
        key=_END_OF_HISTORY,  # the same at each start, so that a visitor's own choice stays
    )
    runs = run_registry.list_runs(place, project.project_id)
    if runs and run_registry.promoted_run(place, project.project_id) is None:
        promote_run(place, supervisor, runs[0].run_id, key=_END_OF_HISTORY)


def _wait_for_training(place: Workplace, project: Project) -> None:
    while any(job.kind is JobKind.TRAIN for job in training.active_jobs(place, project.project_id)):
        time.sleep(_SECONDS_BETWEEN_LOOKS)
