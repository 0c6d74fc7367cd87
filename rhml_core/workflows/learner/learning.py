"""What experts learn: their skill, how they rely on the machine, how sure they are, and more."""

from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from rhml_core.domain import Person, Role
from rhml_core.errors import MeasureUndefinedError
from rhml_core.figures import Interval
from rhml_core.measures.alarms import Alarm, deskilling_alarm, misskilling_alarm
from rhml_core.measures.blind_spots import BlindSpot, blind_spots
from rhml_core.measures.estimates import Estimate
from rhml_core.measures.reliance import Reliance, reliance, without_messages
from rhml_core.measures.skill import Skill, skill
from rhml_core.measures.stated_confidence import (
    LEAST_STATED,
    StatedCalibration,
    stated_calibration,
)
from rhml_core.store import people, projects, runs
from rhml_core.store.database import Reader
from rhml_core.workflows.cycles import cycle_of
from rhml_core.workflows.learner.changed_minds import (
    MindChanges,
    Taught,
    mind_changes,
    taught_messages,
)
from rhml_core.workflows.learner.judged_turns import answered_machine, concept_marks, own_answers
from rhml_core.workflows.learner.learning_data import learning_data
from rhml_core.workflows.learner.machine_lift import machine_lift
from rhml_core.workflows.permission import require
from rhml_core.workflows.reflection.lexicon_alone import LexiconAlone, lexicon_alone
from rhml_core.workflows.workplace import Workplace

_LEAST_EXPERTS = 2
"""
Other people behind calibration figures that a person may see.

Each of them must have stated enough by themselves: with one answer of a second person, the
figures of the first could be worked out.
"""

_PRIVATE = "How sure an expert is and how often right is told to the expert alone."


@dataclass(frozen=True)
class PersonLearning:
    """
    How one expert learns.

    Attributes:
        skill: unaided: by cycle, against the baseline, slope and lift.
        deskilling: whether unaided accuracy fell below the baseline by more than noise.
        misskilling: whether unaided errors repeat the machine's more than at the baseline.
        reliance: on the machine, in turns where it spoke after the first answer.
        calibration: of stated confidence; None where `calibration_missing` says why, also for
            everyone but the expert.
        blind_spots: labels and adopted concepts, most surely differing first.
        taught: newest first.
    """

    expert: Person
    skill: Skill
    deskilling: Alarm
    misskilling: Alarm
    reliance: Reliance
    calibration: StatedCalibration | None
    calibration_missing: str
    mind_changes: MindChanges
    blind_spots: tuple[BlindSpot, ...]
    taught: tuple[Taught, ...]


@dataclass(frozen=True)
class TeamLearning:
    """
    How the team learns; people appear only together.

    Attributes:
        n_experts: people with a finished turn, simulated ones included.
        n_simulated: simulated ones among them.
        calibration: for supervisors, over at least two experts; None where
            `calibration_missing` says why.
        alarms: for supervisors: who, and the alarm that is raised; empty for all others.
    """

    n_experts: int
    n_simulated: int
    skill: Skill
    reliance: Reliance
    calibration: StatedCalibration | None
    calibration_missing: str
    blind_spots: tuple[BlindSpot, ...]
    alarms: tuple[tuple[Person, Alarm], ...]


@dataclass(frozen=True)
class LearnerCycle:
    """
    Both learners in one cycle.

    Attributes:
        cycle: from 1.
        started_at: when the run before it was finished; None for the first.
        run_number: the run that closed the cycle; None in the cycle under way.
        recipe: that run's; "" without one.
        machine: that run's macro-F1; None where it was not measured.
        measured_on: `hold-out` or `cross-validation`; "" where not measured.
        experts: unaided accuracy; None where nobody judged unaided in the cycle.
        lexicon: the adopted terms alone at its end; None in the cycle under way, and in a
            project without terms.
    """

    cycle: int
    started_at: datetime | None
    run_number: int | None
    recipe: str
    machine: Interval | None
    measured_on: str
    experts: Interval | None
    lexicon: LexiconAlone | None = None


@dataclass(frozen=True)
class LearnersByCycle:
    """
    Machine and experts side by side, oldest cycle first, and the lift of each.

    Attributes:
        machine_lift: macro-F1 of the last measured run less that of the first.
        machine_lift_note: how the two were compared; "" where there is no lift.
        experts_lift: unaided accuracy in the last measured cycle less that in the first.
    """

    cycles: tuple[LearnerCycle, ...]
    machine_lift: Estimate
    experts_lift: Estimate
    machine_lift_note: str = ""


def learning_of(
    place: Workplace, person: Person, project_id: str, expert_id: str
) -> PersonLearning:
    """
    How one expert learns: one's own, or for supervisors anyone's.

    What is right is told by the reference without the expert's own labels.

    Raises:
        NotFoundError: there is no such project or person.
        NotAllowedError: it is a colleague's, or viewers', who do not judge.
    """
    is_self = expert_id == person.person_id
    require(person, Role.EXPERT if is_self else Role.SUPERVISOR, "see how this expert learns")
    db = place.db
    expert = people.get_person(db, expert_id)
    project_id = projects.get_project(db, project_id).project_id
    everyone = learning_data(db, project_id)
    turns = everyone.turns.filter(pl.col("expert_id") == expert_id)
    unaided = everyone.unaided
    own = own_answers(turns)
    spoken = answered_machine(turns)
    calibration, missing = _calibration(own) if is_self else (None, _PRIVATE)
    n_ended = _n_ended(db, project_id)
    return PersonLearning(
        expert=expert,
        skill=skill(unaided.filter(pl.col("expert_id") == expert_id)),
        deskilling=_deskilling(unaided, expert_id, n_ended),
        misskilling=_misskilling(unaided, expert_id, n_ended),
        reliance=reliance(spoken.filter(pl.col("reference").is_not_null())),
        calibration=calibration,
        calibration_missing=missing,
        mind_changes=mind_changes(spoken),
        blind_spots=blind_spots(own, concept_marks(db, project_id)),
        taught=taught_messages(spoken, everyone.machine),
    )


def learning_of_team(place: Workplace, person: Person, project_id: str) -> TeamLearning:
    """
    How the team learns; people appear only together, but for alarms, which are for supervisors.

    Which messages are behind a figure is for supervisors too: to others it would tell what is
    said of messages that they have not judged.

    Raises:
        NotFoundError: there is no such project.
    """
    require(person, Role.VIEWER, "see how the team learns")
    db = place.db
    project_id = projects.get_project(db, project_id).project_id
    everyone = learning_data(db, project_id)
    turns, unaided = everyone.turns, everyone.unaided
    own = own_answers(turns)
    relied = reliance(everyone.relied)
    spots = blind_spots(own, concept_marks(db, project_id))
    known = {found.person_id: found for found in people.list_people(db)}
    experts = [known[name] for name in turns["expert_id"].unique().sort() if name in known]
    oversees = person.may(Role.SUPERVISOR)
    calibration, missing = _team_calibration(own, person) if oversees else (None, _PRIVATE)
    return TeamLearning(
        n_experts=len(experts),
        n_simulated=sum(expert.is_simulated for expert in experts),
        skill=skill(unaided),
        reliance=relied if oversees else without_messages(relied),
        calibration=calibration,
        calibration_missing=missing,
        blind_spots=spots if oversees else tuple(replace(spot, message_ids=()) for spot in spots),
        alarms=_alarms(unaided, experts, _n_ended(db, project_id)) if oversees else (),
    )


def learners_by_cycle(place: Workplace, person: Person, project_id: str) -> LearnersByCycle:
    """
    Machine and experts side by side.

    A cycle's machine is the run that closed it, as it was measured then; the machine's lift is
    between runs that were measured in the same way. The lexicon alone is a model of people's
    knowledge, on the hold-out as it is known today.

    Raises:
        NotFoundError: there is no such project.
    """
    require(person, Role.VIEWER, "see how the team learns")
    db = place.db
    starts = cycle_of(db, project_id)
    project_id = projects.get_project(db, project_id).project_id
    closing = sorted(runs.list_runs(db, project_id), key=lambda run: (run.created_at, run.number))
    experts = skill(learning_data(db, project_id).unaided)
    accuracy = {point.cycle: point.accuracy for point in experts.by_cycle}
    terms = lexicon_alone(db, project_id, closing)
    lift, how = machine_lift(db, project_id, closing)
    cycles = tuple(
        LearnerCycle(
            cycle=number,
            started_at=starts[number - 1] if number > 1 else None,
            run_number=run.number if run else None,
            recipe=run.recipe if run else "",
            machine=run.metrics.macro_f1 if run and run.metrics else None,
            measured_on=run.metrics.measured_on if run and run.metrics else "",
            experts=accuracy.get(number),
            lexicon=terms.get(run.number) if run else None,
        )
        for number, run in enumerate((*closing, None), start=1)
    )
    return LearnersByCycle(cycles, lift, experts.lift, how)


def _n_ended(db: Reader, project_id: str) -> int:
    return len(cycle_of(db, project_id)) - 1


def _deskilling(unaided: pl.DataFrame, expert_id: str, n_ended: int) -> Alarm:
    return deskilling_alarm(unaided.filter(pl.col("expert_id") == expert_id), n_ended=n_ended)


def _misskilling(unaided: pl.DataFrame, expert_id: str, n_ended: int) -> Alarm:
    return misskilling_alarm(
        unaided.filter(pl.col("expert_id") == expert_id),
        unaided.filter("is_baseline"),
        n_ended=n_ended,
    )


def _alarms(
    unaided: pl.DataFrame, experts: list[Person], n_ended: int
) -> tuple[tuple[Person, Alarm], ...]:
    tested = [
        (expert, check(unaided, expert.person_id, n_ended))
        for expert in experts
        for check in (_deskilling, _misskilling)
    ]
    return tuple((expert, alarm) for expert, alarm in tested if alarm.is_raised)


def _calibration(own: pl.DataFrame) -> tuple[StatedCalibration | None, str]:
    try:
        return stated_calibration(own), ""
    except MeasureUndefinedError as error:
        return None, str(error)


def _team_calibration(own: pl.DataFrame, person: Person) -> tuple[StatedCalibration | None, str]:
    stated = own.filter(pl.col("confidence").is_not_null())
    others = stated.filter(pl.col("expert_id") != person.person_id).group_by("expert_id").len()
    if others.filter(pl.col("len") >= LEAST_STATED).height < _LEAST_EXPERTS:
        return None, (
            f"{_PRIVATE} The team's is shown once {_LEAST_EXPERTS} experts have each said how "
            f"sure they are of {LEAST_STATED} messages."
        )
    return _calibration(stated)
