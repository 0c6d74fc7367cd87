"""Pages work their figures out again after what bears on them, and after nothing else."""

import pytest

from app.views.page_key import page_key
from rhml_core.workflows.dialogue import threads
from rhml_core.workflows.turn import turns
from tests.app.learning_fixtures import make_cycles
from tests.app.store_fixtures import look, make_project
from tests.app.test_team import make_member, make_report


@pytest.fixture
def project(place, team):
    """In the store, with the labels ham and spam."""
    return make_project(place, team)


@pytest.fixture
def mail(project, add_messages, add_labels):
    """Two messages, one of them judged by Ana."""
    add_messages({"m1": "free money", "m2": "dear all"})
    add_labels([("m1", "Ana", "spam")])
    return project


@pytest.fixture
def counted(monkeypatch):
    """Counts how often a page's figures are worked out: `counted("app.views.team.page.f", it)`."""

    def count(name, figures):
        calls = []
        monkeypatch.setattr(name, lambda *args, **_: calls.append(args) or figures)
        return calls

    return count


def _comment(place, team, project, key):
    threads.add_comment(place, team["sue"], project.project_id, "message:m1", "why?", key=key)


def test_talk_leaves_the_figures_as_they_are(place, team, mail, counted):
    calls = counted("rhml_core.workflows.learner.cycles_beside.learners_by_cycle", make_cycles())

    look("learners", place, team["vic"], mail)
    _comment(place, team, mail, "first")
    look("learners", place, team["vic"], mail)

    assert len(calls) == 1


def test_label_has_the_figures_worked_out_again(place, team, mail, counted, add_labels):
    calls = counted("rhml_core.workflows.learner.cycles_beside.learners_by_cycle", make_cycles())

    look("learners", place, team["vic"], mail)
    add_labels([("m2", "Ben", "ham")])
    look("learners", place, team["vic"], mail)

    assert len(calls) == 2


def test_lease_changes_the_work_of_the_team_and_talk_does_not(place, team, mail, counted):
    calls = counted("app.views.team.page.team_report", make_report(make_member(team["ana"])))

    look("team", place, team["sue"], mail)
    _comment(place, team, mail, "first")
    look("team", place, team["sue"], mail)
    n_before_lease = len(calls)
    turns.next_turn(place, team["ben"], mail.project_id)
    look("team", place, team["sue"], mail)

    assert (n_before_lease, len(calls)) == (1, 2)


def test_nobody_is_shown_what_was_worked_out_for_another(place, team, mail):
    keys = {page_key(place, team[name], mail) for name in ("sue", "ana", "ben", "vic")}

    assert len(keys) == 4
