"""What the team reads of what happened, and what it does not."""

from datetime import timedelta

import pytest

from rhml_core.store.events import add_event
from rhml_core.workflows.overview.home import what_changed
from rhml_core.workflows.overview.timeline import ALL_KINDS, read_timeline
from tests.app.store_fixtures import AT

DIALOGUE = ["challenged", "machine_asked", "invited", "held", "dialogue_opened", "label_stands"]
PRIVATE = ["reviewed", "review_rated", "first_round_begun", "first_round_answered"]


@pytest.fixture
def happen(place, project):
    """Records acts of Ben, or of the machine, on a message, a minute after each other."""

    def happen(*kinds, subject="message:m1", by="ben"):
        with place.db.atomic() as transaction:
            for number, kind in enumerate(kinds):
                add_event(
                    transaction,
                    kind=kind,
                    subject=subject,
                    person_id="model" if kind == "dialogue_opened" else by,
                    project_id=project.project_id,
                    at=AT + timedelta(minutes=number),
                    detail={"run": 3, "from": "ham", "to": "spam", "label": "ham"},
                )

    return happen


def _changes(place, person, project):
    return what_changed(place, person, project.project_id)


def test_dialogue_is_told_without_any_answer(place, team, project, happen, add_messages):
    add_messages({"m1": "text"})
    happen(*DIALOGUE)

    told = _changes(place, team["sue"], project)

    assert [one.is_machine for one in told] == [False, True, False, False, False, False]
    assert told[1].who == "the machine"
    assert "run 3 is sure" in told[1].sentence
    assert not any(label in one.sentence for one in told for label in ("ham", "spam"))


def test_expert_hears_of_a_dialogue_only_where_the_answers_are_open_to_them(
    place, team, project, happen, add_messages, add_labels
):
    """That the machine is contradicted would tell something of a message still to be judged."""
    add_messages({"m1": "one", "m2": "two"})
    add_labels([("m1", "Ana", "ham"), ("m2", "Ben", "ham")])
    happen(*DIALOGUE, subject="message:m1")
    happen(*DIALOGUE, subject="message:m2")

    told = _changes(place, team["ana"], project)

    assert {one.subject for one in told if one.subject.startswith("message:")} == {"message:m1"}
    assert len([one for one in told if one.subject == "message:m1"]) == len(DIALOGUE)


def test_reviews_and_first_rounds_are_told_to_nobody(place, team, project, happen, add_messages):
    add_messages({"m1": "text"})
    before = {name: _changes(place, person, project) for name, person in team.items()}

    happen(*PRIVATE)

    assert not set(PRIVATE) & set(ALL_KINDS)
    assert {name: _changes(place, person, project) for name, person in team.items()} == before


def test_what_is_closed_does_not_push_out_what_is_open(place, project, happen):
    happen("commented", subject="message:m1")
    happen(*(["challenged"] * 8), subject="message:m2")

    told = read_timeline(
        place.db, project.project_id, kinds=ALL_KINDS, open_messages={"m1"}, limit=2
    )

    assert told[0].subject == "message:m1"
    assert len(told) <= 2
