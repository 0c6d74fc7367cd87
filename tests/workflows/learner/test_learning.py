"""What experts learn, from turns in the store: what counts, by which reference, and who sees it."""

from datetime import timedelta

import polars as pl
import pytest

from rhml_core.domain import ConceptStatus, Confidence, DrawnBecause, Mode
from rhml_core.errors import NotAllowedError, NotFoundError
from rhml_core.measures.proportions import wilson_interval
from rhml_core.store import concepts
from rhml_core.store import learning as learning_store
from rhml_core.workflows.cycles import cycle_of, with_cycle
from rhml_core.workflows.learner.changed_minds import Taught
from rhml_core.workflows.learner.judged_turns import judged_turns
from rhml_core.workflows.learner.learning import (
    learners_by_cycle,
    learning_of,
    learning_of_team,
)
from tests.app.store_fixtures import add_run, make_concept
from tests.workflows.learner.finished_turns import TurnWriter

POOL = [f"m{number}" for number in range(12)]
HELD = [f"h{number}" for number in range(12)]
PROBE, BASELINE = DrawnBecause.PROBE, DrawnBecause.BASELINE


@pytest.fixture
def write(place, project):
    return TurnWriter(place, project)


@pytest.fixture
def mail(add_messages, add_labels):
    """Pool and hold-out; of every message Sue decided that it is ham."""
    add_messages({name: f"text of {name}" for name in [*POOL, *HELD]}, holdout=HELD)
    add_labels([(name, "Sue", "ham") for name in [*POOL, *HELD]], adjudicated=True)


def _of(place, person, project, expert=None):
    return learning_of(place, person, project.project_id, (expert or person).person_id)


def test_cycle_ends_when_a_run_is_finished(place, project, write):
    write.run(1)
    write.run(2)
    starts = cycle_of(place.db, project.project_id)
    moments = [project.created_at - timedelta(days=1), project.created_at, *starts[1:]]
    frame = pl.DataFrame({"made_at": [*moments, starts[2] + timedelta(days=9)]})

    found = with_cycle(frame, starts)

    assert starts == [project.created_at, *(write.now - timedelta(hours=h) for h in (1, 0))]
    assert found["cycle"].to_list() == [1, 1, 2, 3, 3]


def test_unaided_answers_are_those_on_holdout_messages_and_on_random_ones_of_blind_turns(
    place, team, project, mail, write
):
    ana = team["ana"]
    write.turn(ana, "h0", "ham", because=BASELINE)
    write.turn(ana, "h1", "spam", because=DrawnBecause.HOLDOUT)
    write.turn(ana, "m0", "ham", machine="ham")
    write.run(1)
    write.turn(ana, "h2", "ham", because=PROBE)
    write.turn(ana, "h3", "ham", because=DrawnBecause.OVERLAP)
    write.turn(ana, "m1", "ham", mode=Mode.BLIND)
    write.turn(ana, "m4", "spam", mode=Mode.BLIND, because=DrawnBecause.UNCERTAIN)
    write.turn(ana, "m2", "spam", machine="spam", mode=Mode.IMMEDIATE)
    write.turn(ana, "m3", "spam")

    skill = _of(place, ana, project).skill

    assert skill.baseline.interval == wilson_interval(1, 2)
    assert [(one.cycle, one.accuracy) for one in skill.by_cycle] == [
        (1, wilson_interval(1, 2)),
        (2, wilson_interval(3, 3)),
    ]


def test_baseline_ends_where_the_machine_is_first_heard(place, team, project, mail, write):
    """Ben has not heard it yet, so that all of his count, though Ana has."""
    write.turn(team["ana"], "m0", "ham", machine="spam")
    write.turn(team["ana"], "h0", "ham", because=DrawnBecause.HOLDOUT)
    write.turn(team["ben"], "h0", "ham", because=DrawnBecause.HOLDOUT)

    turns = judged_turns(place.db, project.project_id).filter(pl.col("is_unaided"))

    assert turns.select("expert_id", "is_baseline").rows() == [("ben", True), ("ana", False)]


def test_reference_leaves_the_own_label_out(place, team, project, add_messages, write):
    """Ana and Ben contradict each other: each is wrong by the other, nobody by themselves."""
    add_messages({"h0": "text", "h1": "more"}, holdout=["h0", "h1"])
    write.turn(team["ana"], "h0", "ham", because=PROBE)
    write.turn(team["ben"], "h0", "spam", because=PROBE)
    write.turn(team["ana"], "h1", "ham", because=PROBE)

    ana, ben = (_of(place, team[name], project).skill.overall for name in ("ana", "ben"))

    assert ana.interval == wilson_interval(0, 1)
    assert ben.interval == wilson_interval(0, 1)


def test_reliance_counts_turns_in_which_the_machine_spoke_after_the_answer(
    place, team, project, mail, write
):
    ana = team["ana"]
    write.turn(ana, "m0", "spam", machine="ham", final="ham")
    write.turn(ana, "m1", "spam", machine="ham")
    write.turn(ana, "m2", "ham", machine="spam", final="spam", sure=0.5)
    write.turn(ana, "m3", "ham", machine="ham")
    write.turn(ana, "m4", "ham", machine="spam", mode=Mode.IMMEDIATE)
    write.turn(ana, "h0", "ham", because=PROBE)

    found = _of(place, ana, project).reliance

    assert (found.n_turns, found.n_differing) == (4, 3)
    assert found.shares.rair.interval == wilson_interval(1, 2)
    assert found.helpful.message_ids == ("m0",)
    assert found.harmful.message_ids == ("m2",)
    assert [(one.name, one.n_turns) for one in found.by_confidence] == [
        ("below 60 %", 1),
        ("60 to 80 %", 3),
    ]


def test_correction_after_the_turn_is_no_change_of_mind_by_the_machine(
    place, team, project, mail, write
):
    """A label corrected days later, perhaps after talking to Ben, tells nothing of reliance."""
    write.turn(team["ana"], "m0", "spam", machine="ham", final="spam", corrected="ham")
    write.turn(team["ana"], "m1", "spam", machine="spam", corrected="ham")

    finals = learning_store.finished_turns(place.db, project.project_id)["final"]

    assert finals.to_list() == ["spam", "spam"]
    assert _of(place, team["ana"], project).mind_changes.rightly == ()


def test_changes_of_mind_are_told_rightly_wrongly_or_undecided(
    place, team, project, add_messages, add_labels, write
):
    add_messages({name: name for name in POOL})
    add_labels([("m0", "Sue", "ham"), ("m1", "Sue", "ham")], adjudicated=True)
    write.turn(team["ana"], "m0", "spam", machine="ham", final="ham")
    write.turn(team["ana"], "m1", "ham", machine="spam", final="spam")
    write.turn(team["ana"], "m2", "ham", machine="spam", final="spam")
    write.turn(team["ana"], "m3", "ham", machine="spam")

    found = _of(place, team["ana"], project).mind_changes

    assert (found.rightly, found.wrongly, found.undecided) == (("m0",), ("m1",), ("m2",))


def test_machine_was_taught_where_it_came_round_to_a_right_answer(
    place, team, project, mail, write
):
    """m1 it still gets wrong, on m2 it was right from the start, on m3 Ana was wrong."""
    for name, first, machine in [
        ("m0", "ham", "spam"),
        ("m1", "ham", "spam"),
        ("m2", "ham", "ham"),
        ("m3", "spam", "ham"),
    ]:
        write.turn(team["ana"], name, first, machine=machine)
    write.run(1, answers={"m0": "ham", "m1": "spam", "m2": "ham", "m3": "spam"})

    assert _of(place, team["ana"], project).taught == (Taught("m0", "ham", "spam"),)


def test_blind_spots_are_labels_and_adopted_concepts(
    place, team, project, add_messages, add_labels, write
):
    texts = {
        name: "Free entry now" if number < 4 else "see you" for number, name in enumerate(POOL)
    }
    add_messages(texts)
    add_labels([(name, "Sue", "spam") for name in POOL], adjudicated=True)
    add_run(place, project, 1, {}, [make_concept("free entry"), make_concept("see")])
    with place.db.atomic() as transaction:
        concepts.add_decision(
            transaction,
            project.project_id,
            "concept-free entry-spam",
            ConceptStatus.ADOPTED,
            reason="",
            person_id="sue",
            at=write.now,
        )
    for number, name in enumerate(POOL):
        write.turn(team["ana"], name, "ham" if number < 4 else "spam", machine="spam")

    spots = _of(place, team["ana"], project).blind_spots

    assert [(spot.kind, spot.name, spot.is_notable) for spot in spots] == [
        ("concept", "free entry", True),
        ("label", "spam", False),
    ]
    assert spots[0].differs == wilson_interval(4, 4)
    assert set(spots[0].message_ids) == {"m0", "m1", "m2", "m3"}


def test_fall_of_skill_raises_the_alarm_for_expert_and_supervisor(
    place, team, project, mail, write
):
    ana = team["ana"]
    for name in HELD[:6]:
        write.turn(ana, name, "ham", because=BASELINE)
    write.turn(ana, "m0", "ham", machine="ham")
    for name in HELD[6:]:
        write.turn(ana, name, "spam", because=PROBE)
    before = _of(place, ana, project).deskilling
    write.run(1)

    alarm = _of(place, ana, project).deskilling
    told = learning_of_team(place, team["sue"], project.project_id).alarms

    assert not before.is_raised
    assert "has ended" in before.missing
    assert (alarm.is_raised, alarm.since_cycle) == (True, 1)
    assert [(who.name, one.since_cycle) for who, one in told] == [("Ana", 1)]
    assert learning_of_team(place, team["vic"], project.project_id).alarms == ()


def test_calibration_is_private_and_shared_only_over_two(place, team, project, mail, write):
    ana, sue = team["ana"], team["sue"]
    for name in POOL:
        write.turn(ana, name, "ham", machine="ham", confidence=Confidence.FAIRLY)

    own, overseen = _of(place, ana, project), _of(place, sue, project, ana)
    alone = learning_of_team(place, sue, project.project_id)
    write.turn(team["ben"], "m0", "spam", confidence=Confidence.SURE)
    hardly_two = learning_of_team(place, sue, project.project_id)
    for name in POOL[1:]:
        write.turn(team["ben"], name, "spam", confidence=Confidence.SURE)
    both = learning_of_team(place, sue, project.project_id)
    seen_by_viewer = learning_of_team(place, team["vic"], project.project_id)

    assert own.calibration.overconfidence.value == pytest.approx(-0.25)
    assert overseen.calibration is None
    assert "to the expert alone" in overseen.calibration_missing
    assert overseen.skill == own.skill
    assert alone.calibration is None
    assert "once 2 experts" in alone.calibration_missing
    assert hardly_two.calibration is None
    assert (both.calibration.n_experts, both.calibration.brier.n) == (2, 2 * len(POOL))
    assert seen_by_viewer.calibration is None


def test_answers_given_with_the_machine_in_sight_are_not_the_experts_own(
    place, team, project, mail, write
):
    for name in POOL:
        write.turn(team["ana"], name, "spam", machine="spam", mode=Mode.IMMEDIATE)

    found = _of(place, team["ana"], project)

    assert found.blind_spots == ()
    assert "there are 0" in found.calibration_missing
    assert found.reliance.n_turns == 0


def test_nobody_but_supervisors_sees_a_colleagues_learning(place, team, project):
    with pytest.raises(NotAllowedError, match="may not see how this expert learns"):
        _of(place, team["ben"], project, team["ana"])
    with pytest.raises(NotAllowedError):
        _of(place, team["vic"], project, team["vic"])
    with pytest.raises(NotFoundError):
        learning_of(place, team["sue"], project.project_id, "nobody")
    with pytest.raises(NotFoundError):
        learning_of_team(place, team["vic"], "nowhere")


def test_team_without_a_turn_has_no_figures_and_no_errors(place, team, project):
    found = learning_of_team(place, team["vic"], project.project_id)
    person = _of(place, team["ana"], project)

    assert (found.n_experts, found.reliance.n_turns, found.blind_spots) == (0, 0, ())
    assert found.skill.overall.interval is None
    assert person.taught == ()
    assert person.deskilling.missing


def test_messages_behind_the_teams_figures_are_for_supervisors(place, team, project, mail, write):
    """To Ben, who has judged none of them, they would tell where the machine is wrong."""
    for name in POOL[:4]:
        write.turn(team["ana"], name, "spam", machine="ham", final="ham")

    seen = {
        name: learning_of_team(place, team[name], project.project_id) for name in ("sue", "ben")
    }

    assert set(seen["sue"].reliance.helpful.message_ids) == set(POOL[:4])
    assert set(seen["sue"].blind_spots[0].message_ids) == set(POOL[:4])
    assert seen["ben"].reliance.shares == seen["sue"].reliance.shares
    assert seen["ben"].reliance.helpful.message_ids == ()
    assert not any(cell.message_ids for cell in seen["ben"].reliance.cells)
    assert seen["ben"].blind_spots[0].message_ids == ()


def test_both_learners_stand_side_by_side(place, team, project, mail, write):
    for name in HELD[:6]:
        write.turn(team["ana"], name, "spam", because=PROBE)
    write.run(1, macro_f1=0.5)
    for name in HELD[6:]:
        write.turn(team["ana"], name, "ham", because=PROBE)
    write.run(2, macro_f1=0.7)

    found = learners_by_cycle(place, team["vic"], project.project_id)

    assert [(one.cycle, one.run_number, one.measured_on) for one in found.cycles] == [
        (1, 1, "hold-out"),
        (2, 2, "hold-out"),
        (3, None, ""),
    ]
    assert [one.machine and one.machine.value for one in found.cycles] == [0.5, 0.7, None]
    assert [one.experts for one in found.cycles] == [
        wilson_interval(0, 6),
        wilson_interval(6, 6),
        None,
    ]
    assert found.cycles[0].started_at is None
    assert found.cycles[2].started_at == write.now
    assert found.machine_lift.interval.value == pytest.approx(0.2)
    assert found.experts_lift.interval.value == pytest.approx(1.0)


def test_runs_measured_in_different_ways_show_no_lift(place, team, project, write):
    write.run(1, macro_f1=0.5, measured_on="cross-validation")
    write.run(2, macro_f1=0.7)

    found = learners_by_cycle(place, team["vic"], project.project_id)

    assert found.machine_lift.interval is None
    assert "measured in the same way" in found.machine_lift.missing
    assert "two cycles" in found.experts_lift.missing
