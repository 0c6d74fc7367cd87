"""Probes and baseline: what an expert can do alone, on messages whose answer is known."""

from dataclasses import replace

import pytest

from rhml_core.domain import DrawnBecause, Mode, QueueShares, TurnState
from rhml_core.errors import NotAllowedError
from rhml_core.store import judgements
from rhml_core.store import turns as turn_store
from rhml_core.workflows import people, projects
from rhml_core.workflows.dialogue.threads import message_thread
from rhml_core.workflows.disputes.disagreements import open_disagreements
from rhml_core.workflows.turn import turns
from rhml_core.workflows.turn.queue import probe_stock, queue_progress
from tests.store.rows_on_record import turn_steps

NOTHING = QueueShares(uncertain=0, contested=0, conflict=0, rare=0, holdout=0, probe=0)
ONLY_PROBES = replace(NOTHING, probe=1)
HELD = {f"held{n}": f"held text {n}" for n in range(4)}
POOL = {f"m{n}": f"text {n}" for n in range(4)}


@pytest.fixture
def set_project(place, team, project):
    def change(*, mode=Mode.RECIPROCAL, overlap=1, baseline=0, shares=NOTHING):
        return projects.change_project(
            place,
            team["sue"],
            project.project_id,
            mode=mode,
            overlap=overlap,
            shares=shares,
            baseline_probes=baseline,
            key=repr((mode, overlap, baseline, shares)),
        )

    return change


@pytest.fixture
def held(add_messages, add_labels):
    """Four messages of the pool, four held out and settled."""
    add_messages(POOL | HELD, holdout=HELD)
    add_labels([(name, "Sue", "spam") for name in HELD], adjudicated=True)


def drawn(place, expert, project):
    """Identifier of the message that an expert is given, and why; its turn's identifier."""
    view = turns.next_turn(place, expert, project.project_id)
    turn = turn_store.get_turn(place.db, view.turn_id).turn
    return turn.message_id, turn.because, turn.turn_id


def test_baseline_comes_before_everything_else_and_ends(place, team, project, held, set_project):
    set_project(baseline=2)
    reasons = []

    for _ in range(3):
        message_id, because, turn_id = drawn(place, team["ana"], project)
        turns.commit(place, team["ana"], turn_id, label="ham", key=turn_id)
        reasons.append((because, message_id in HELD))

    assert reasons == [
        (DrawnBecause.BASELINE, True),
        (DrawnBecause.BASELINE, True),
        (DrawnBecause.RANDOM, False),
    ]


def test_baseline_without_reference_messages_lets_the_queue_go_on(
    place, team, project, add_messages, set_project
):
    add_messages(POOL | HELD, holdout=HELD)
    set_project(baseline=2)

    assert drawn(place, team["ana"], project)[1] is DrawnBecause.RANDOM
    assert probe_stock(place, team["ana"], project.project_id).n_references == 0


def test_whoever_has_heard_the_machine_has_no_baseline_any_more(
    place, team, project, held, add_messages, add_labels, set_project
):
    """What is measured after the machine spoke is no measure of the time before it."""
    judged = {f"s{n}": f"cheap pills {n}" for n in range(6)}
    judged |= {f"h{n}": f"meeting notes {n}" for n in range(6)}
    add_messages(judged)
    add_labels([(name, "Ben", "spam" if name[0] == "s" else "ham") for name in judged])
    set_project(overlap=1)
    _, _, turn_id = drawn(place, team["ana"], project)
    turns.commit(place, team["ana"], turn_id, label="ham", key="first")
    set_project(baseline=2, mode=Mode.BLIND)

    assert turn_steps(place.db, turn_id)[-1].shown != {}
    row = turn_store.unfinished_turn(
        place.db, project.project_id, team["ana"].person_id, at=place.now()
    )
    if row:  # the machine differed: its explanation waits
        turns.answer_explanation(place, team["ana"], turn_id, label="ham", key="second")
        turns.finish(place, team["ana"], turn_id, label="ham", key="third")
    assert drawn(place, team["ana"], project)[1] is not DrawnBecause.BASELINE


def test_probe_is_silent_and_told_as_any_other_held_out_message(
    place, team, project, held, set_project
):
    """An expert who could tell probes apart would take them more seriously."""
    set_project(shares=ONLY_PROBES)

    view = turns.next_turn(place, team["ana"], project.project_id)
    done = turns.commit(place, team["ana"], view.turn_id, label="ham", key="commit-1")

    assert turn_store.get_turn(place.db, view.turn_id).turn.because is DrawnBecause.PROBE
    assert (view.is_unaided, view.because) == (True, None)
    assert done.turn.state is TurnState.DONE
    assert done.turn.because is DrawnBecause.HOLDOUT
    assert (done.agreement, done.turn.opinion, done.turn.explanation) == (None, None, None)


def test_nobody_gets_a_probe_twice(place, team, project, held, set_project, add_messages):
    add_messages({f"more{n}": f"more {n}" for n in range(6)})
    set_project(shares=ONLY_PROBES)
    found = []

    for _ in range(6):
        message_id, because, turn_id = drawn(place, team["ana"], project)
        turns.commit(place, team["ana"], turn_id, label="ham", key=turn_id)
        found.append((message_id, because))

    probes = [name for name, because in found if because is DrawnBecause.PROBE]
    assert sorted(probes) == sorted(HELD)
    assert len({name for name, _ in found}) == 6


def test_probes_alone_do_not_keep_a_finished_queue_open(place, team, project, held, set_project):
    """Whether something is left must not be a matter of luck."""
    set_project(shares=ONLY_PROBES)
    while view := turns.next_turn(place, team["ana"], project.project_id):
        turns.commit(place, team["ana"], view.turn_id, label="ham", key=view.turn_id)

    assert turns.next_turn(place, team["ana"], project.project_id) is None
    assert queue_progress(place, team["ana"], project.project_id).n_open == 0


def test_two_who_agree_make_a_reference_and_two_who_differ_do_not(
    place, team, project, add_messages, add_labels, set_project
):
    add_messages(POOL | HELD, holdout=HELD)
    cleo = people.add_person(place, team["sue"], "Cleo", "expert")
    add_labels([("held0", "Ben", "spam"), ("held0", "Cleo", "spam")])
    add_labels([("held1", "Ben", "spam"), ("held1", "Cleo", "ham")])
    add_labels([("held2", "Ben", "spam")])
    set_project(overlap=3, baseline=4)

    first = drawn(place, team["ana"], project)
    turns.commit(place, team["ana"], first[2], label="ham", key="first")
    second = drawn(place, team["ana"], project)

    assert first[:2] == ("held0", DrawnBecause.BASELINE)
    assert second[1] is not DrawnBecause.BASELINE
    assert drawn(place, cleo, project)[1] is not DrawnBecause.BASELINE  # its other judge is one
    assert probe_stock(place, cleo, project.project_id).n_references == 1


def test_message_with_the_text_of_a_judged_one_is_no_probe(
    place, team, project, add_messages, add_labels, set_project
):
    """Its twin was judged beside the machine, so that its answer may be known."""
    add_messages(POOL | {"twin": "text 0"}, holdout=["twin"])
    add_labels([("twin", "Sue", "spam")], adjudicated=True)
    add_labels([("m0", "Ana", "ham")])
    set_project(baseline=4)

    assert drawn(place, team["ana"], project)[1] is not DrawnBecause.BASELINE
    assert drawn(place, team["ben"], project)[1] is DrawnBecause.BASELINE


def test_who_may_look_answers_up_is_not_tested(place, team, project, held, set_project):
    set_project(baseline=2, shares=ONLY_PROBES)

    tests = {DrawnBecause.PROBE, DrawnBecause.BASELINE}
    assert drawn(place, team["sue"], project)[1] not in tests


def test_probe_does_not_unsettle_what_is_settled(place, team, project, held, set_project):
    set_project(shares=ONLY_PROBES, overlap=2)
    before = judgements.adjudicated_labels(place.db, project.project_id)
    message_id, _, turn_id = drawn(place, team["ana"], project)

    turns.commit(place, team["ana"], turn_id, label="ham", key="against")

    known = judgements.adjudicated_labels(place.db, project.project_id)
    open_ones = open_disagreements(place, team["sue"], project.project_id)
    assert known.equals(before)
    assert message_id not in open_ones["message_id"].to_list()
    set_project(overlap=2)
    assert drawn(place, team["ben"], project)[0] in POOL  # nobody is asked for a second one


def test_answers_to_what_may_come_as_a_probe_stay_hidden(
    place, team, project, add_messages, add_labels, set_project
):
    """Full messages of the pool may be looked up; held-out ones only by who judged them."""
    people.add_person(place, team["sue"], "Cleo", "expert")
    add_messages(POOL | HELD, holdout=HELD)
    add_labels([(name, who, "spam") for name in ("held0", "m0") for who in ("Ben", "Cleo")])
    set_project(overlap=2)

    shown = message_thread(place, team["ana"], project.project_id, "m0")
    with pytest.raises(NotAllowedError, match="not judged"):
        message_thread(place, team["ana"], project.project_id, "held0")

    assert len(shown.judgements) == 2
    assert message_thread(place, team["ben"], project.project_id, "held0").judgements


def test_skipped_probe_is_not_forced_upon_the_expert(place, team, project, held, set_project):
    set_project(baseline=1)
    first, _, turn_id = drawn(place, team["ana"], project)

    turns.skip(place, team["ana"], turn_id, key="skip-1")

    second, because, _ = drawn(place, team["ana"], project)
    assert because is DrawnBecause.BASELINE
    assert second != first
