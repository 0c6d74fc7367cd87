import random

import pytest

from rhml_core.domain import Mode, QueueShares
from rhml_core.store import judgements
from rhml_core.workflows import projects
from rhml_core.workflows.demo.simulated_mind import Mind, Traits
from rhml_core.workflows.demo.simulation import SimulatedExpert, judge_messages
from tests.workflows.training.quick_runs import judge_all

ALWAYS, NEVER = 1 - 1e-12, 1e-12
SURE_POOL = QueueShares(0, 0, 0, 0, 0, 0)
NEW = {"n1": "win a free prize 97"}
"""The machine says that this is spam."""


@pytest.fixture
def expert(team):
    """A function that makes Ben a simulated expert of given traits."""

    def make(**traits):
        return SimulatedExpert(team["ben"], Mind(Traits(**traits)), random.Random(0))

    return make


@pytest.fixture
def project_of(place, team, project, add_messages, add_labels):
    """A function that gives the project a mode, a taught machine and one new message."""

    def prepare(mode, holdout=()):
        judge_all(add_messages, add_labels)
        add_labels(
            [
                (f"{kind}{n}", "Cem", {"s": "spam", "h": "ham"}[kind])
                for kind in "sh"
                for n in range(6)
            ]
        )
        add_messages(NEW, holdout=holdout)
        return projects.change_project(
            place,
            team["sue"],
            project.project_id,
            mode=mode,
            overlap=2,
            shares=SURE_POOL,
            baseline_probes=0,
            key="set",
        ).project_id

    return prepare


def _one_turn(place, expert, project_id, right):
    taken = judge_messages(place, expert, project_id, {"n1": right}, ["ham", "spam"], n_turns=5)
    assert len(taken) == 1
    return taken[0]


def test_skilled_expert_judges_rightly_until_nothing_is_left(place, project_of, expert):
    ben = expert(skill=ALWAYS)

    turn = _one_turn(place, ben, project_of(Mode.BLIND), "ham")

    assert (turn.first, turn.final, turn.machine) == ("ham", "ham", None)
    assert ben.mind.gained == {}


def test_right_machine_convinces_an_open_expert_and_teaches(place, project, project_of, expert):
    ben = expert(skill=NEVER, openness=1.0, learning_rate=0.1)

    turn = _one_turn(place, ben, project_of(Mode.RECIPROCAL), "spam")

    assert (turn.first, turn.machine, turn.final, turn.follow_chance) == ("ham", "spam", "spam", 1)
    assert ben.mind.gained == {"spam": 0.1}
    stored = judgements.current_labels(place.db, project.project_id)
    assert ("n1", ben.person.person_id, "spam") in set(stored.rows())


def test_right_machine_teaches_an_expert_who_holds_too(place, project_of, expert):
    """The explanation came before the answer."""
    ben = expert(skill=NEVER, openness=0.0, learning_rate=0.1)

    turn = _one_turn(place, ben, project_of(Mode.RECIPROCAL), "spam")

    assert turn.final == "ham"
    assert ben.mind.gained == {"spam": 0.1}


@pytest.mark.parametrize(
    ("credulity", "final", "gained"), [(1, "spam", {"ham": -0.1}), (0, "ham", {})]
)
def test_wrong_machine_misleads_only_who_follows_it(
    place, project_of, expert, credulity, final, gained
):
    ben = expert(skill=ALWAYS, credulity=credulity, learning_rate=0.1)

    turn = _one_turn(place, ben, project_of(Mode.RECIPROCAL), "ham")

    assert (turn.first, turn.final, turn.follow_chance) == ("ham", final, credulity)
    assert ben.mind.gained == gained


@pytest.mark.parametrize(("skill", "right", "gained"), [(ALWAYS, "spam", 0.1), (0.2, "ham", -0.1)])
def test_confirmation_is_a_lesson_right_or_wrong(place, project_of, expert, skill, right, gained):
    ben = expert(skill=skill, learning_rate=0.1)

    turn = _one_turn(place, ben, project_of(Mode.RECIPROCAL), right)

    assert (turn.first, turn.machine, turn.follow_chance) == ("spam", "spam", None)
    assert ben.mind.gained == {right: gained}


def test_over_relying_expert_follows_what_is_shown_and_forgets(place, project_of, expert):
    ben = expert(skill=ALWAYS, over_reliance=1.0, fading=0.02)

    turn = _one_turn(place, ben, project_of(Mode.IMMEDIATE), "ham")

    assert (turn.first, turn.final, turn.merely_followed) == ("spam", "spam", True)
    assert ben.mind.gained == {"ham": -0.02}


def test_who_judges_beside_a_shown_answer_neither_learns_nor_forgets(place, project_of, expert):
    ben = expert(skill=ALWAYS, over_reliance=0.0)

    turn = _one_turn(place, ben, project_of(Mode.IMMEDIATE), "ham")

    assert (turn.first, turn.machine, turn.merely_followed) == ("ham", "spam", False)
    assert ben.mind.gained == {}


def test_hold_out_message_is_judged_without_the_machine(place, project_of, expert):
    """Nothing is learnt from what nobody comments."""
    ben = expert(skill=ALWAYS)

    turn = _one_turn(place, ben, project_of(Mode.RECIPROCAL, holdout=["n1"]), "ham")

    assert (turn.final, turn.machine) == ("ham", None)
    assert ben.mind.gained == {}


def test_harder_messages_lower_the_chance(place, project_of, expert):
    ben = expert(skill=0.5)
    project_id = project_of(Mode.BLIND)

    [turn] = judge_messages(
        place,
        ben,
        project_id,
        {"n1": "ham"},
        ["ham", "spam"],
        n_turns=1,
        difficulties={"n1": 50.0},
    )

    assert turn.chance == pytest.approx(0, abs=1e-9)
    assert turn.first == "spam"
