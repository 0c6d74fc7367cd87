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
from rhml_core.errors import ConflictError, InvalidInputError, RhmlError
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
_TURNS_BETWEEN_TRIES = 5
"""Turns of each expert after which a training that was refused is tried again."""

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
        ends_history: whether the project turns reciprocal then. From then on a run is promoted
            in the supervisor's name, unless somebody promoted one before.
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
    """
    Go through the stretches, or go on where an earlier server was stopped.

    A run that cannot begin, as where too few messages have a label, waits; the experts go on.
    """
    try:
        supervisor = people.operator(place)
        project = projects.get_project(place, supervisor, PROJECT)
        experts = simulated_experts(place, supervisor)
        has_run = True
        for number, stretch in enumerate(STRETCHES, start=1):
            for n_turns in _tries(number) if not has_run else ():
                _take_turns_of(stretch, place, experts, project, answers, n_turns=n_turns)
                has_run = _train(place, supervisor, project, number - 1)
                if has_run:
                    break
            _take_turns_of(stretch, place, experts, project, answers, n_turns=stretch.n_turns)
            has_run = _train(place, supervisor, project, number)
            if not stretch.seconds_between:
                _wait_for_training(place, project)
            if stretch.ends_history:
                _end_history(place, supervisor, project)
            if any(one.ends_history for one in STRETCHES[:number]):
                _promote_first(place, supervisor, project)
    except RhmlError as error:
        logger.warning("the simulated experts stopped: %s", error)
    except Exception as error:  # noqa: BLE001 -- the server may be stopping under their feet
        log_fault(logger, "the simulated experts stopped", error)


def _tries(number: int) -> range:
    """Turns, within a stretch, after which the run of the one before is tried again."""
    began = STRETCHES[number - 2].n_turns
    return range(began + _TURNS_BETWEEN_TRIES, STRETCHES[number - 1].n_turns, _TURNS_BETWEEN_TRIES)


def _take_turns_of(
    stretch: Stretch,
    place: Workplace,
    experts: Sequence[SimulatedExpert],
    project: Project,
    answers: dict[str, str],
    *,
    n_turns: int,
) -> None:
    """Take turns at the stretch's pace."""
    take_turns(
        place, experts, project, answers, n_turns=n_turns, seconds_between=stretch.seconds_between
    )


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


def _train(place: Workplace, supervisor: Person, project: Project, number: int) -> bool:
    """Start a stretch's run, unless it was made before; whether it has begun, or been made."""
    recipes = [one.recipe for one in STRETCHES[:number]]
    recipe = recipes[-1]
    runs = run_registry.list_runs(place, project.project_id)
    if sum(run.recipe == recipe for run in runs) >= recipes.count(recipe):
        return True
    _wait_for_training(place, project)
    try:
        training.start_training(place, supervisor, project.project_id, recipe, key=uuid.uuid4().hex)
    except (ConflictError, InvalidInputError) as error:
        logger.warning("run %d of the demo waits, its experts go on: %s", number, error)
        return False
    return True


def _end_history(place: Workplace, supervisor: Person, project: Project) -> None:
    """Turn the project reciprocal, once for all."""
    projects.change_project(
        place,
        supervisor,
        project.project_id,
        mode=Mode.RECIPROCAL,
        overlap=project.overlap,
        shares=project.shares,
        key=_END_OF_HISTORY,  # the same at each start, so that a visitor's own choice stays
    )


def _promote_first(place: Workplace, supervisor: Person, project: Project) -> None:
    """Promote the newest run where nobody has promoted one."""
    runs = run_registry.list_runs(place, project.project_id)
    if runs and run_registry.promoted_run(place, project.project_id) is None:
        promote_run(place, supervisor, runs[0].run_id, key=_END_OF_HISTORY)


def _wait_for_training(place: Workplace, project: Project) -> None:
    while any(job.kind is JobKind.TRAIN for job in training.active_jobs(place, project.project_id)):
        time.sleep(_SECONDS_BETWEEN_LOOKS)
