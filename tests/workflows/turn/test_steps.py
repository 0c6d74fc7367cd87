"""What is kept of a turn's steps: who did what, when, under which key, beside what."""

import dataclasses

import pytest

from rhml_core.domain import Mode, QueueShares, TurnState
from rhml_core.errors import ConflictError
from rhml_core.store import judgements
from rhml_core.store import turns as turn_store
from rhml_core.workflows import projects
from rhml_core.workflows.turn import turns
from tests.store.rows_on_record import turn_steps

NO_SHARES = QueueShares(uncertain=0, contested=0, conflict=0, rare=0, holdout=0, probe=0)
WORDS = {"s": "cheap pills offer", "h": "meeting notes monday"}


@pytest.fixture
def taught(add_messages, add_labels):
    """Twelve judged messages, enough for the machine to speak, and one that nobody has judged."""
    judged = {f"{kind}{n}": f"{WORDS[kind]} {n}" for kind in "sh" for n in range(6)}
    add_messages(judged | {"new": "cheap pills offer"})
    add_labels(
        [
            (name, expert, "spam" if name[0] == "s" else "ham")
            for name in judged
            for expert in ("Ana", "Ben")
        ]
    )


@pytest.fixture
def set_mode(place, team, project):
    def change(mode, key="mode-1"):
        projects.change_project(
            place, team["sue"], project.project_id, mode=mode, overlap=2, shares=NO_SHARES, key=key
        )

    return change


def test_each_step_keeps_act_key_seconds_and_what_was_shown(place, team, project, taught, set_mode):
    set_mode(Mode.RECIPROCAL)
    ana = team["ana"]
    view = turns.next_turn(place, ana, project.project_id)

    turns.commit(place, ana, view.turn_id, label="ham", seconds=4.0, key="key-1")
    turns.answer_explanation(place, ana, view.turn_id, label="ham", seconds=2.5, key="key-2")
    turns.finish(place, ana, view.turn_id, label="spam", seconds=1.5, key="key-3")

    steps = turn_steps(place.db, view.turn_id)
    assert [(step.act, step.state.value, step.key, step.seconds) for step in steps] == [
        ("leased", "open", None, None),
        ("committed", "explained", "key-1", 4.0),
        ("revised", "revealed", "key-2", 2.5),
        ("finished", "done", "key-3", 1.5),
    ]
    shown = steps[1].shown
    assert shown["opinion"]["label"] == "spam"
    assert shown["explanation"]["words"]
    assert shown["explanation"]["neighbours"]
    assert shown["run"] is None  # the packaged encoder belongs to no run


def test_expired_and_repeated_leases_are_steps_too(place, team, project, taught, set_mode):
    set_mode(Mode.BLIND)
    view = turns.next_turn(place, team["ana"], project.project_id)
    with place.db.atomic() as transaction:
        transaction.write("UPDATE turns SET expires_at = leased_at")

    turns.next_turn(place, team["ana"], project.project_id)

    steps = turn_steps(place.db, view.turn_id)
    assert [step.act for step in steps] == ["leased", "expired", "leased"]


def test_immediate_turn_stands_by_what_it_showed(
    place, team, project, taught, set_mode, add_messages, add_labels
):
    """The answer that people saw is the one to measure their reliance against."""
    set_mode(Mode.IMMEDIATE)
    ana = team["ana"]
    shown = turns.next_turn(place, ana, project.project_id)
    add_messages({f"n{n}": f"cheap pills offer for you {n}" for n in range(12)})
    add_labels([(f"n{n}", who, "ham") for n in range(12) for who in ("Ana", "Ben")])
    now_says = place.machines.refresh(project.project_id).opinion("new").probability

    reloaded = turns.next_turn(place, ana, project.project_id)
    done = turns.commit(place, ana, shown.turn_id, label="spam", key="key-1")

    assert shown.opinion.label == "spam"
    assert now_says != pytest.approx(1 - shown.opinion.probability, abs=1e-6)
    assert reloaded.opinion == shown.opinion
    assert done.agreement.probability == shown.opinion.probability
    kept = judgements.opinions_before_learning(place.db, project.project_id)
    assert kept["probability"].to_list() == [pytest.approx(shown.opinion.probability)]


def test_late_explanation_comes_before_a_message_that_is_only_leased(
    place, team, project, taught, set_mode, add_messages
):
    """Two tabs, one answer after its lease: the talk that has begun is resumed first."""
    set_mode(Mode.RECIPROCAL)
    ana = team["ana"]
    late = turns.next_turn(place, ana, project.project_id)
    with place.db.atomic() as transaction:
        transaction.write("UPDATE turns SET expires_at = leased_at, state = 'expired'")
    add_messages({"other": "meeting notes for you"})
    with place.db.atomic() as transaction:
        turn = turn_store.get_turn(transaction, late.turn_id).turn
        fresh = dataclasses.replace(
            turn,
            turn_id="fresh",
            message_id="other",
            state=TurnState.OPEN,
            leased_at=place.now(),
            expires_at=place.now().replace(year=2999),
        )
        turn_store.add_turn(transaction, fresh, mode=Mode.RECIPROCAL)
    turns.commit(place, ana, late.turn_id, label="ham", key="late-1")

    resumed = turns.next_turn(place, ana, project.project_id)

    assert (resumed.turn_id, resumed.state) == (late.turn_id, TurnState.EXPLAINED)


def test_skipped_turn_takes_no_late_answer(place, team, project, taught, set_mode):
    set_mode(Mode.BLIND)
    view = turns.next_turn(place, team["ana"], project.project_id)
    turns.skip(place, team["ana"], view.turn_id, seconds=3.0, key="skip-1")

    with pytest.raises(ConflictError, match="second tab"):
        turns.commit(place, team["ana"], view.turn_id, label="ham", key="key-1")

    assert turn_steps(place.db, view.turn_id)[-1].seconds == 3.0
