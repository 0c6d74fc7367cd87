"""Made-up figures of learning: everything known, and nothing known yet."""

from rhml_core.figures import Interval, ReliabilityBin
from rhml_core.measures.alarms import Alarm
from rhml_core.measures.blind_spots import BlindSpot
from rhml_core.measures.estimates import Estimate
from rhml_core.measures.reliance import (
    Reliance,
    RelianceCell,
    RelianceShares,
    RelianceSlice,
    Switches,
)
from rhml_core.measures.skill import Skill, SkillPoint
from rhml_core.measures.stated_confidence import StatedCalibration
from rhml_core.workflows.learner.learning import (
    LearnerCycle,
    LearnersByCycle,
    MindChanges,
    PersonLearning,
    Taught,
    TeamLearning,
)

UNKNOWN = Estimate(None, "Too few turns yet.")
CALM = Alarm(
    is_raised=False,
    since_cycle=None,
    before=None,
    after=None,
    n_looks=0,
    missing="No baseline yet.",
    sentence="",
)
RAISED = Alarm(
    is_raised=True,
    since_cycle=3,
    before=Interval(0.9, 0.8, 0.95, 30),
    after=Interval(0.6, 0.45, 0.73, 40),
    n_looks=2,
    missing="",
    sentence="Without the machine 0.60 are right, 0.90 were at the baseline.",
)


def known(value, low, high, n=40):
    """A figure that is known."""
    return Estimate(Interval(value, low, high, n))


def shares(estimate):
    """The same figure for all four shares of reliance."""
    return RelianceShares(estimate, estimate, estimate, estimate)


def make_reliance(message_ids=("m1",)):
    """One harmful switch on each message, and as many kept."""
    n = len(message_ids)
    part = RelianceSlice("0.5 to 0.75", 2 * n, shares(known(0.5, 0.2, 0.8, 2 * n)))
    return Reliance(
        n_turns=2 * n,
        n_differing=2 * n,
        n_experts=1,
        cells=(
            RelianceCell(
                first_is_right=True,
                machine_is_right=False,
                outcome="adopted",
                n=n,
                message_ids=tuple(message_ids),
            ),
            RelianceCell(
                first_is_right=False,
                machine_is_right=True,
                outcome="adopted",
                n=n,
                message_ids=tuple(message_ids),
            ),
        ),
        shares=shares(known(0.5, 0.2, 0.8, 2 * n)),
        helpful=Switches(known(0.5, 0.2, 0.8), tuple(message_ids)),
        harmful=Switches(known(0.5, 0.2, 0.8), tuple(message_ids)),
        first_accuracy=known(0.6, 0.5, 0.7),
        final_accuracy=known(0.7, 0.6, 0.8),
        by_confidence=(part,),
        by_label=(part,),
    )


NO_RELIANCE = Reliance(
    n_turns=0,
    n_differing=0,
    n_experts=0,
    cells=(),
    shares=shares(UNKNOWN),
    helpful=Switches(UNKNOWN, ()),
    harmful=Switches(UNKNOWN, ()),
    first_accuracy=UNKNOWN,
    final_accuracy=UNKNOWN,
    by_confidence=(),
    by_label=(),
)
NO_SKILL = Skill(UNKNOWN, UNKNOWN, (), UNKNOWN, UNKNOWN)
STATED = StatedCalibration(
    brier=Interval(0.2, 0.15, 0.25, 60),
    calibration_error=Interval(0.1, 0.05, 0.2, 60),
    overconfidence=Interval(0.1, 0.02, 0.18, 60),
    reliability=(
        ReliabilityBin(0.5, Interval(0.6, 0.4, 0.8, 20)),
        ReliabilityBin(0.95, Interval(0.8, 0.6, 0.9, 40)),
    ),
    sentence="Surer than right by 0.10 [0.02, 0.18], n = 60 answers.",
    n_experts=2,
)


def make_skill(slope=(0.03, 0.01, 0.05)):
    """Skill over three cycles with a baseline and a slope."""
    return Skill(
        baseline=known(0.7, 0.5, 0.85, 20),
        overall=known(0.78, 0.68, 0.86, 80),
        by_cycle=tuple(
            SkillPoint(cycle, Interval(0.7 + cycle / 25, 0.6, 0.95, 25)) for cycle in (1, 2, 3)
        ),
        slope=known(*slope, 80),
        lift=known(0.08, -0.02, 0.18, 50),
    )


def make_learning(expert, message_ids=("m1",), **facts):
    """Everything known of one expert, but for the facts given."""
    spot = BlindSpot(
        kind="label",
        name="spam",
        label="spam",
        differs=Interval(0.5, 0.3, 0.7, 20),
        elsewhere=Interval(0.1, 0.05, 0.2, 60),
        is_notable=True,
        mostly_said="ham",
        message_ids=tuple(message_ids),
    )
    given = {
        "skill": make_skill(),
        "deskilling": CALM,
        "misskilling": CALM,
        "reliance": make_reliance(message_ids),
        "calibration": STATED,
        "calibration_missing": "",
        "mind_changes": MindChanges(tuple(message_ids), (), ()),
        "blind_spots": (spot,),
        "taught": tuple(Taught(name, "ham", "spam") for name in message_ids),
    }
    return PersonLearning(expert=expert, **(given | facts))


def empty_learning(expert):
    """Nothing known of one expert."""
    return make_learning(
        expert,
        (),
        skill=NO_SKILL,
        reliance=NO_RELIANCE,
        calibration=None,
        calibration_missing="Nobody said how sure they are yet.",
        mind_changes=MindChanges((), (), ()),
        blind_spots=(),
        taught=(),
    )


def make_team(alarms=(), **facts):
    """Everything known of a team."""
    given = {
        "skill": make_skill(),
        "reliance": make_reliance(),
        "calibration": STATED,
        "calibration_missing": "",
        "blind_spots": (),
    }
    return TeamLearning(n_experts=2, n_simulated=0, alarms=tuple(alarms), **(given | facts))


def make_cycles(machine_lift=(0.12, 0.02, 0.22), experts_lift=(0.05, -0.03, 0.13)):
    """Three cycles, the last one under way."""
    cycles = tuple(
        LearnerCycle(
            cycle=n,
            started_at=None,
            run_number=n if n < 3 else None,
            recipe="fast",
            machine=Interval(0.5 + n / 10, 0.4, 0.8, 200) if n < 3 else None,
            measured_on="hold-out" if n < 3 else "",
            experts=Interval(0.7, 0.6, 0.8, 30),
        )
        for n in (1, 2, 3)
    )
    return LearnersByCycle(cycles, known(*machine_lift, 200), known(*experts_lift, 60))
