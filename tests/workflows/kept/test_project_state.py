"""Figures are kept while only talk goes on, and made again after anything that they depend on."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import rhml_core
from rhml_core.domain import Role
from rhml_core.store.adjudications import ErrorKind
from rhml_core.store.events import add_event
from rhml_core.store.predictions import add_predictions
from rhml_core.workflows import people
from rhml_core.workflows.agreement.machine_rater import machine_labels
from rhml_core.workflows.codebook.codebooks import change_codebook, get_codebook
from rhml_core.workflows.dialogue import threads
from rhml_core.workflows.disputes import adjudication
from rhml_core.workflows.kept.project_state import TALK, leases_state, project_state
from rhml_core.workflows.learner.judged_turns import judged_turns
from rhml_core.workflows.learner.learning_data import learning_data
from rhml_core.workflows.overview import home
from rhml_core.workflows.turn import turns
from tests.app.store_fixtures import add_run
from tests.workflows.learner.finished_turns import TurnWriter, say


@pytest.fixture
def judged(place, team, project, add_messages, add_labels):
    """Three messages, two of them judged by Ana and Ben in turns."""
    add_messages({"m1": "one", "m2": "two", "m3": "three"})
    write = TurnWriter(place, project)
    write.turn(team["ana"], "m1", "ham", machine="spam")
    write.turn(team["ben"], "m1", "spam")
    write.turn(team["ana"], "m2", "spam")
    return project


def _audit(place, project, kind):
    with place.db.atomic() as transaction:
        add_event(
            transaction,
            kind=kind,
            subject="message:m1",
            person_id="ana",
            project_id=project.project_id,
            at=place.now(),
        )


def test_talk_changes_no_state(place, team, judged):
    before = project_state(place.db, judged.project_id)

    threads.add_comment(
        place, team["sue"], judged.project_id, "message:m1", "why ham?", key="comment"
    )
    home.record_visit(place, team["ana"], judged.project_id)
    people.open_session(place, team["ben"].person_id)
    turn = turns.next_turn(place, team["ben"], judged.project_id)
    turns.flag(place, team["ben"], turn.turn_id, note="odd", key="flag")
    turns.skip(place, team["ben"], turn.turn_id, key="skip")

    assert project_state(place.db, judged.project_id) == before


@pytest.mark.parametrize("kind", TALK)
def test_every_kind_of_talk_is_one_that_the_program_keeps(kind):
    """A misspelt kind would have every page worked out anew, and nobody would notice."""
    sources = Path(rhml_core.__file__).parent.glob("workflows/**/*.py")

    assert any(
        f'"{kind}"' in source.read_text() for source in sources if source.name != "project_state.py"
    )


def _judge(place, team, project):
    TurnWriter(place, project).turn(team["ben"], "m2", "ham")


def _import(place, team, project):
    _audit(place, project, "labels_imported")


def _decide(place, team, project):
    adjudication.adjudicate(
        place,
        team["sue"],
        project.project_id,
        "m1",
        label="ham",
        error_kind=ErrorKind.SLIP,
        key="decide",
    )


def _say(place, team, project):
    say(place, project, "m3", "ham", 0.8)


def _train(place, team, project):
    add_run(place, project, 1, {"m1": ("spam", 0.9)})


def _add_person(place, team, project):
    people.add_person(place, team["sue"], "Cy", Role.EXPERT)


def _do_something_new(place, team, project):
    _audit(place, project, "a kind that nobody has thought of yet")


@pytest.mark.parametrize(
    "act", [_judge, _import, _decide, _say, _train, _add_person, _do_something_new]
)
def test_what_figures_depend_on_makes_a_new_state(place, team, judged, act):
    before = project_state(place.db, judged.project_id)

    act(place, team, judged)

    assert project_state(place.db, judged.project_id) != before
    assert project_state(place.db, judged.project_id) == project_state(place.db, judged.project_id)


def test_decision_taken_back_makes_a_new_state(place, team, judged):
    _decide(place, team, judged)
    before = project_state(place.db, judged.project_id)

    adjudication.undo_adjudication(place, team["sue"], judged.project_id, "m1", key="back")

    assert project_state(place.db, judged.project_id) != before


def test_new_codebook_makes_a_new_state(place, team, judged):
    codebook = get_codebook(place, judged.project_id)
    before = project_state(place.db, judged.project_id)
    clearer = [replace(codebook.labels[0], definition="wanted mail"), *codebook.labels[1:]]

    change_codebook(
        place,
        team["sue"],
        judged.project_id,
        clearer,
        note="",
        based_on=codebook.version,
        key="clearer",
    )

    assert project_state(place.db, judged.project_id) != before


def test_answers_of_the_rating_run_make_a_new_state(place, team, judged):
    """A job writes them a portion at a time, and no act is recorded until it ends."""
    _train(place, team, judged)
    before = project_state(place.db, judged.project_id)
    answer = pl.DataFrame(
        {
            "message_id": ["m3"],
            "label": ["ham"],
            "probability": [0.9],
            "probabilities": [[0.9, 0.1]],
            "is_out_of_fold": [False],
        }
    )

    with place.db.atomic() as transaction:
        add_predictions(transaction, before.run_id, answer)

    assert project_state(place.db, judged.project_id) != before


def test_label_let_stand_counts_only_where_it_is_asked_for(place, judged):
    before = project_state(place.db, judged.project_id)
    before_review = project_state(place.db, judged.project_id, counts_label_reviews=True)

    _audit(place, judged, "label_stands")

    after = project_state(place.db, judged.project_id, counts_label_reviews=True)
    assert project_state(place.db, judged.project_id) == before
    assert after != before_review


def test_other_projects_change_no_state(place, team, judged):
    before = project_state(place.db, judged.project_id)

    _audit(place, replace(judged, project_id="another"), "judged")

    assert project_state(place.db, judged.project_id) == before


def test_leases_have_a_state_of_their_own(place, team, judged):
    before = leases_state(place.db, judged.project_id)

    turn = turns.next_turn(place, team["ben"], judged.project_id)
    leased = leases_state(place.db, judged.project_id)
    turns.skip(place, team["ben"], turn.turn_id, key="skip")

    assert leased != before
    assert leases_state(place.db, judged.project_id) != leased


def test_learning_is_read_once_until_something_is_judged(place, team, judged):
    first = learning_data(place.db, judged.project_id)
    _audit(place, judged, "commented")
    again = learning_data(place.db, judged.project_id)

    _judge(place, team, judged)
    after = learning_data(place.db, judged.project_id)

    assert again is first
    assert (first.turns.height, after.turns.height) == (3, 4)
    assert_frame_equal(after.turns, judged_turns(place.db, judged.project_id))
    assert_frame_equal(after.machine, machine_labels(place.db, judged.project_id))
