"""What a newcomer does first, and what is offered until it is read."""

import pytest

from rhml_core.domain import Mode, QueueShares
from rhml_core.store import events
from rhml_core.workflows import projects
from rhml_core.workflows.codebook.codebooks import get_codebook
from rhml_core.workflows.overview.first_steps import first_steps
from rhml_core.workflows.overview.home import is_first_visit, next_step, record_visit, what_waits
from rhml_core.workflows.overview.readings import (
    codebook_version,
    digest_of,
    has_read,
    record_reading,
)
from rhml_core.workflows.turn.first_round import answer_round, begin_round
from tests.app.store_fixtures import add_run

SETTLED = {"p1": "ham", "p2": "spam", "p3": "ham"}


@pytest.fixture
def pool(place, team, project, add_messages, add_labels):
    """Three settled messages, all of a first round; two more that wait."""
    add_messages({name: f"text of {name}" for name in [*SETTLED, "new1", "new2"]})
    add_labels([(name, "Sue", label) for name, label in SETTLED.items()], adjudicated=True)
    projects.change_project(
        place,
        team["sue"],
        project.project_id,
        mode=Mode.RECIPROCAL,
        overlap=2,
        shares=QueueShares(),
        baseline_probes=0,
        first_round_messages=3,
        first_round_pass=0.6,
        key="round",
    )


def _read_codebook(place, person, project):
    version = get_codebook(place, project.project_id).version
    record_reading(place, person, project.project_id, codebook_version(version))


def _steps_of(place, person, project):
    step = next_step(place, person, project.project_id)
    return step.view, step.action


@pytest.mark.usefixtures("pool")
def test_steps_follow_each_other_up_to_the_first_judgement(place, team, project, add_labels):
    """Codebook, first round, queue; then the usual next step."""
    ana, where, taken = team["ana"], project.project_id, []
    taken.append(_steps_of(place, ana, project))
    _read_codebook(place, ana, project)
    taken.append(_steps_of(place, ana, project))
    standing = begin_round(place, ana, where, key="begin")
    taken.append(_steps_of(place, ana, project))
    while standing and standing.question:
        name = standing.question.message_id
        answer_round(place, ana, where, name, label=SETTLED[name], key=name)
        standing = first_steps(place, ana, where).round
    taken.append(_steps_of(place, ana, project))
    passed = first_steps(place, ana, where)
    add_labels([("new1", "Ana", "ham")])
    taken.append(_steps_of(place, ana, project))

    assert taken == [
        ("codebook", "Read the codebook"),
        ("label", "Begin the first round"),
        ("label", "Go on with the first round"),
        ("label", "Label the first one"),
        ("label", "Label the next one"),
    ]
    assert (passed.has_passed_round, passed.round, passed.n_waiting) == (True, None, 2)
    assert first_steps(place, ana, where) is None


@pytest.mark.usefixtures("pool")
def test_round_that_is_not_passed_is_told_on_home(place, team, project):
    ana, where = team["ana"], project.project_id
    _read_codebook(place, ana, project)
    begin_round(place, ana, where, key="begin")
    while (standing := first_steps(place, ana, where).round).question:
        name = standing.question.message_id
        wrong = "ham" if SETTLED[name] == "spam" else "spam"
        answer_round(place, ana, where, name, label=wrong, key=name)

    step = next_step(place, ana, where)

    assert step.sentence == "The first round is not passed yet: 0 of 3 were right."


@pytest.mark.usefixtures("pool")
@pytest.mark.parametrize("name", ["sue", "vic"])
def test_only_experts_have_first_steps(place, team, project, name):
    assert first_steps(place, team[name], project.project_id) is None


def test_without_messages_there_is_nothing_to_begin(place, team, project):
    assert first_steps(place, team["ana"], project.project_id) is None


def test_reading_is_recorded_once_and_is_ones_own(place, team, project):
    for _ in range(2):
        record_reading(place, team["ana"], project.project_id, "codebook:1")

    found = events.list_events(place.db, project.project_id, kinds=["read"])
    assert found["subject"].to_list() == ["codebook:1"]
    assert not has_read(place, team["ana"], project.project_id, "codebook:2")
    assert not has_read(place, team["ben"], project.project_id, "codebook:1")


def test_digest_waits_until_it_is_read_and_the_next_one_again(
    place, team, project, add_messages, add_labels
):
    add_messages({"m1": "free money"})
    add_labels([("m1", "Ana", "spam")])
    ana, where = team["ana"], project.project_id
    waiting = [what_waits(place, ana, where).unread_digest]
    for number in (1, 2):
        add_run(place, project, number, {"m1": ("spam", 0.9)}, [])
        waiting.append(what_waits(place, ana, where).unread_digest)
        record_reading(place, ana, where, digest_of(number))
        waiting.append(what_waits(place, ana, where).unread_digest)

    assert waiting == [None, 1, None, 2, None]


def test_first_visit_is_the_first_one(place, team, project):
    before = is_first_visit(place, team["ana"], project.project_id)
    record_visit(place, team["ana"], project.project_id)

    assert (before, is_first_visit(place, team["ana"], project.project_id)) == (True, True)
