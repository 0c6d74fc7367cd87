"""Why reliance on the machine cannot be told yet: the first thing that is missing is named."""

import pytest

from rhml_core.domain import DrawnBecause, Mode
from rhml_core.errors import NotAllowedError
from rhml_core.store import projects as project_store
from rhml_core.workflows.learner.learning import learning_of_team
from rhml_core.workflows.learner.reliance_missing import reliance_missing
from rhml_core.workflows.projects import change_project
from tests.workflows.learner.finished_turns import TurnWriter

POOL = [f"m{number}" for number in range(14)]


@pytest.fixture
def write(place, project):
    return TurnWriter(place, project)


@pytest.fixture
def mail(add_messages):
    add_messages({name: f"text of {name}" for name in POOL})


@pytest.fixture
def taught(mail, add_labels):
    """Cy judged as many messages as the machine needs to speak, of both labels."""
    add_labels([(name, "Cy", ("ham", "spam")[n % 2]) for n, name in enumerate(POOL[:10])])


def _missing(place, team, project):
    return reliance_missing(place, team["sue"], project.project_id)


def test_without_messages_they_are_what_is_missing(place, team, project):
    assert _missing(place, team, project).want == "messages"


def test_few_judged_messages_are_counted_against_what_the_machine_needs(
    place, team, project, mail, add_labels
):
    add_labels([(name, "Cy", "ham") for name in POOL[:4]])

    found = _missing(place, team, project)

    assert (found.want, found.n_judged, found.speaks_from) == ("labels", 4, 10)


def test_many_judged_messages_of_one_label_teach_nothing(place, team, project, mail, add_labels):
    add_labels([(name, "Cy", "ham") for name in POOL])

    assert _missing(place, team, project).want == "labels"


@pytest.mark.parametrize("mode", [Mode.BLIND, Mode.IMMEDIATE])
def test_mode_in_which_the_machine_never_answers_after_the_expert_is_named(
    place, team, project, taught, mode
):
    settings = project_store.get_project(place.db, project.project_id)
    change_project(
        place,
        team["sue"],
        project.project_id,
        mode=mode,
        overlap=settings.overlap,
        shares=settings.shares,
        key="mode",
    )

    found = _missing(place, team, project)

    assert (found.want, found.mode) == ("mode", mode)


def test_turns_without_the_machine_are_not_what_is_missing(place, team, project, taught, write):
    before = _missing(place, team, project)
    write.turn(team["ana"], "m11", "ham", because=DrawnBecause.PROBE)

    after = _missing(place, team, project)

    assert (before.want, before.n_turns) == ("turns", 0)
    assert (after.want, after.n_turns, after.n_spoken) == ("turns", 1, 0)


def test_turn_of_unknown_right_label_waits_for_a_colleague_or_a_decision(
    place, team, project, taught, write, add_labels
):
    write.turn(team["ana"], "m11", "ham", machine="spam", final="spam")
    waiting = _missing(place, team, project)

    add_labels([("m11", "Ben", "spam")])
    known = _missing(place, team, project)

    assert (waiting.want, waiting.n_spoken, waiting.overlap) == ("reference", 1, 2)
    assert known is None


def test_it_is_missing_exactly_where_no_turn_is_counted(
    place, team, project, taught, write, add_labels
):
    for name in POOL[10:]:
        write.turn(team["ana"], name, "ham", machine="spam")
        missing = _missing(place, team, project)
        counted = learning_of_team(place, team["sue"], project.project_id).reliance.n_turns
        assert (missing is None) == (counted > 0)
        add_labels([(name, "Ben", "ham")])


def test_it_is_for_supervisors(place, team, project):
    for name in ("ana", "vic"):
        with pytest.raises(NotAllowedError):
            reliance_missing(place, team[name], project.project_id)
