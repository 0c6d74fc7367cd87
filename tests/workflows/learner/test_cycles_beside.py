"""Both learners are worked out beside the pages, which show the last figures meanwhile."""

import pytest

from rhml_core.errors import NotFoundError
from rhml_core.workflows.learner.cycles_beside import look_at_cycles
from rhml_core.workflows.learner.learning import learners_by_cycle


@pytest.fixture
def later(place, monkeypatch):
    """What was given to be done beside, so that a test says when."""
    kept = []
    monkeypatch.setattr(place.machines, "do_later", kept.append)
    monkeypatch.setattr("rhml_core.workflows.kept.beside._SECONDS_TO_WAIT", 0.0)
    return kept


@pytest.fixture
def mail(project, add_messages, add_labels):
    """Two messages, one of them judged by Ana."""
    add_messages({"m1": "free money", "m2": "dear all"})
    add_labels([("m1", "Ana", "spam")])
    return project.project_id


def test_nothing_is_known_until_it_is_made_and_that_is_told(place, team, mail, later):
    first = look_at_cycles(place, team["vic"], mail)
    later.pop()()
    then = look_at_cycles(place, team["vic"], mail)

    assert (first.value, first.is_current, first.is_working) == (None, False, True)
    assert then.value == learners_by_cycle(place, team["vic"], mail)
    assert then.is_current


def test_judgement_leaves_the_last_figures_and_says_that_they_are_not_the_newest(
    place, team, mail, later, add_labels
):
    look_at_cycles(place, team["vic"], mail)
    later.pop()()
    before = look_at_cycles(place, team["ana"], mail)
    add_labels([("m2", "Ben", "ham")])

    after = look_at_cycles(place, team["vic"], mail)

    assert after.value is before.value
    assert (after.is_current, after.is_working, len(later)) == (False, True, 1)


def test_unknown_project_is_refused(place, team):
    with pytest.raises(NotFoundError):
        look_at_cycles(place, team["vic"], "nowhere")
