"""What the demo's tour tells: whether this is the demo, who takes it, how far its experts are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rhml_core.domain import JobKind, Person, Project, Role, RunState
from rhml_core.store import people, projects
from rhml_core.workflows.demo.working import PROJECT, STRETCHES, Stretch
from rhml_core.workflows.disputes.contested_filters import ContestedFilters
from rhml_core.workflows.disputes.disagreements import open_disagreements
from rhml_core.workflows.permission import require
from rhml_core.workflows.training.run_registry import list_runs
from rhml_core.workflows.training.training import active_jobs, training_readiness
from rhml_core.workflows.turn.queue import queue_progress
from rhml_core.workflows.workplace import Workplace


@dataclass(frozen=True)
class DemoProgress:
    """
    How far the demo's simulated experts and the machine are.

    Attributes:
        n_experts: simulated ones.
        n_judged: messages that they have judged, a message counted once for each of them.
        n_teaching: messages of the pool with an answer: what the machine learns from.
        n_runs: finished.
        n_until_run: judgements of theirs until the next run begins by itself; None where no more
            will.
        is_training: whether a run is under way or waits.
        has_speaker: whether a run is promoted.
        waits_for: why a run that is due has not begun; "" where none is due.
    """

    n_experts: int
    n_judged: int
    n_teaching: int
    n_runs: int
    n_until_run: int | None
    is_training: bool
    has_speaker: bool
    waits_for: str = ""


def is_demo(place: Workplace, project: Project) -> bool:
    """Whether this is the demo's project, in which simulated experts work."""
    return project.name == PROJECT and bool(_simulated(place))


def tour_guest(place: Workplace) -> Person | None:
    """As whom a stakeholder takes the tour: the demo's viewer; None where this is no demo."""
    if not any(is_demo(place, project) for project in projects.list_projects(place.db)):
        return None
    guests = [one for one in people.list_people(place.db) if one.role is Role.VIEWER]
    return next((one for one in guests if not one.is_simulated), None)


def demo_progress(place: Workplace, person: Person, project_id: str) -> DemoProgress:
    """How far the demo's simulated experts and the machine are, as of now."""
    require(person, Role.VIEWER, "see how far the demo is")
    done = [queue_progress(place, one, project_id).n_done for one in _simulated(place)]
    runs = list_runs(place, project_id)
    recipes = [run.recipe for run in runs]
    readiness = training_readiness(place, project_id)
    is_due = any(min(done, default=0) >= one.n_turns for one in _without_run(recipes))
    is_training = any(job.kind is JobKind.TRAIN for job in active_jobs(place, project_id))
    return DemoProgress(
        n_experts=len(done),
        n_judged=sum(done),
        n_teaching=readiness.n_training,
        n_runs=len(runs),
        n_until_run=judgements_until_run(done, recipes),
        is_training=is_training,
        has_speaker=any(run.state is RunState.PROMOTED for run in runs),
        waits_for=" ".join(readiness.missing) if is_due and not is_training else "",
    )


def judgements_until_run(n_done: Sequence[int], recipes: Sequence[str]) -> int | None:
    """
    Judgements of the simulated experts until the next run begins by itself.

    Args:
        n_done: messages that each has judged.
        recipes: of the finished runs, of whoever began them; such a run takes a stretch's place.

    Returns:
        At least 1; None where no stretch that wants a run has turns left.

    >>> judgements_until_run([30, 28, 29], []), judgements_until_run([30, 30, 30], ["fast"])
    (3, 54)
    >>> judgements_until_run([140, 140, 140], []) is None
    True
    """
    for stretch in _without_run(recipes):
        n_left = sum(max(0, stretch.n_turns - done) for done in n_done)
        if n_left:
            return n_left
    return None


def _without_run(recipes: Sequence[str]) -> Iterator[Stretch]:
    """Yield the stretches that want a run more than there are of their recipe."""
    for number, stretch in enumerate(STRETCHES, start=1):
        n_wanted = sum(one.recipe == stretch.recipe for one in STRETCHES[:number])
        if list(recipes).count(stretch.recipe) < n_wanted:
            yield stretch


def disagreement_to_show(place: Workplace, person: Person, project_id: str) -> str | None:
    """
    The message whose thread shows a disagreement best; None where nobody differs yet.

    The one most worth talking about among those on which people differ, else on which the machine
    contradicts them. Nothing is made up for the tour: it is the first of the page's own list.
    """
    kinds: tuple[Literal["experts", "machine"], ...] = ("experts", "machine")
    for kind in kinds:
        wanted = ContestedFilters(kind=kind)
        found = open_disagreements(place, person, project_id, filters=wanted, limit=1)
        if not found.is_empty():
            return str(found["message_id"][0])
    return None


def _simulated(place: Workplace) -> list[Person]:
    return [one for one in people.list_people(place.db) if one.is_simulated]
