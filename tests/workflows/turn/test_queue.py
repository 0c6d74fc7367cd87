"""The queue: leases that expire, overlap that holds, two experts that never collide."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from rhml_core.domain import DrawnBecause, Mode, QueueShares
from rhml_core.errors import InvalidInputError
from rhml_core.store import turns as turn_store
from rhml_core.workflows import people, projects
from rhml_core.workflows.turn import turns
from rhml_core.workflows.turn.queue import queue_progress

ALL_RANDOM = QueueShares(
    uncertain=0.0, contested=0.0, conflict=0.0, rare=0.0, holdout=0.0, probe=0.0
)


@pytest.fixture
def set_project(place, team, project):
    def change(*, mode=Mode.BLIND, overlap=1, **shares):
        return projects.change_project(
            place,
            team["sue"],
            project.project_id,
            mode=mode,
            overlap=overlap,
            shares=replace(ALL_RANDOM, **shares),
            key=repr(shares),
        )

    return change


def test_two_experts_never_hold_the_same_message_without_overlap(
    place, team, project, add_messages, set_project
):
    add_messages({f"m{n}": f"text {n}" for n in range(4)})
    set_project(overlap=1)

    ana = turns.next_turn(place, team["ana"], project.project_id)
    ben = turns.next_turn(place, team["ben"], project.project_id)

    assert ana.message.message_id != ben.message.message_id


def test_experts_at_once_share_out_the_messages(place, team, project, add_messages, set_project):
    """Ten experts draw and judge at the same time; every message is judged exactly once."""
    add_messages({f"m{n}": f"text {n}" for n in range(60)})
    set_project(overlap=1)
    experts = [people.add_person(place, team["sue"], f"E{n}", "expert") for n in range(10)]
    faults = []

    def work(expert):
        try:
            while view := turns.next_turn(place, expert, project.project_id):
                turns.commit(place, expert, view.turn_id, label="ham", key=view.turn_id)
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(expert,)) for expert in experts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    counts = place.db.read("SELECT message_id, count(*) AS n FROM judgements GROUP BY message_id")
    assert faults == []
    assert counts.height == 60
    assert counts["n"].unique().to_list() == [1]


def test_overlap_is_reached_and_not_exceeded(place, team, project, add_messages, set_project):
    add_messages({"m1": "one", "m2": "two"})
    set_project(overlap=2)
    cat = people.add_person(place, team["sue"], "Cat", "expert")

    for who in (team["ana"], team["ben"]):
        while view := turns.next_turn(place, who, project.project_id):
            turns.commit(place, who, view.turn_id, label="ham", key=view.turn_id)

    assert turns.next_turn(place, cat, project.project_id) is None
    progress = queue_progress(place, cat, project.project_id)
    assert (progress.n_fully_judged, progress.n_open) == (2, 0)


def test_today_begins_at_midnight_where_the_reader_is(place, team, project, add_messages):
    add_messages({"m1": "one"})
    view = turns.next_turn(place, team["ana"], project.project_id)
    turns.commit(place, team["ana"], view.turn_id, label="ham", key="a")
    now = datetime.now(UTC)
    since_midnight = now - now.replace(hour=0, minute=0, second=0, microsecond=0)
    at_midnight, at_noon = timezone(-since_midnight), timezone(timedelta(hours=12) - since_midnight)

    today = {
        zone: queue_progress(place, team["ana"], project.project_id, zone=zone).n_done_today
        for zone in (at_midnight, at_noon)
    }

    assert today == {at_midnight: 0, at_noon: 1}


def test_begun_messages_come_before_new_ones(place, team, project, add_messages, set_project):
    """A second judgement is worth more than a first: it shows where people differ."""
    add_messages({f"m{n}": f"text {n}" for n in range(20)})
    set_project(overlap=2)
    begun = turns.next_turn(place, team["ana"], project.project_id)
    turns.commit(place, team["ana"], begun.turn_id, label="ham", key="a")

    view = turns.next_turn(place, team["ben"], project.project_id)

    assert view.message.message_id == begun.message.message_id
    assert view.because is None  # it would tell that a colleague was here
    assert turn_store.get_turn(place.db, view.turn_id).turn.because is DrawnBecause.OVERLAP


def test_expired_lease_goes_back(place, team, project, add_messages, set_project):
    add_messages({"m1": "only one"})
    set_project(overlap=1)
    turns.next_turn(place, team["ana"], project.project_id)
    assert turns.next_turn(place, team["ben"], project.project_id) is None

    past = datetime.now(UTC) - timedelta(seconds=1)
    with place.db.atomic() as transaction:
        transaction.write("UPDATE turns SET expires_at = $past", past=past)

    assert turns.next_turn(place, team["ben"], project.project_id) is not None


def test_judgement_after_the_lease_is_still_kept(place, team, project, add_messages, set_project):
    """Someone who thought for long has worked too: nothing that a person did is lost."""
    add_messages({"m1": "only one"})
    set_project(overlap=1)
    slow = turns.next_turn(place, team["ana"], project.project_id)
    past = datetime.now(UTC) - timedelta(seconds=1)
    with place.db.atomic() as transaction:
        transaction.write("UPDATE turns SET expires_at = $past", past=past)
    quick = turns.next_turn(place, team["ben"], project.project_id)

    turns.commit(place, team["ben"], quick.turn_id, label="ham", key="quick-one")
    turns.commit(place, team["ana"], slow.turn_id, label="spam", key="slow-one")

    assert place.db.read("SELECT count(*) AS n FROM judgements")["n"][0] == 2


def test_skipped_message_comes_again_when_nothing_else_is_left(
    place, team, project, add_messages, set_project
):
    add_messages({"m1": "one", "m2": "two"})
    set_project(overlap=1)
    skipped = turns.next_turn(place, team["ana"], project.project_id)
    turns.skip(place, team["ana"], skipped.turn_id, key="skip-1")

    other = turns.next_turn(place, team["ana"], project.project_id)
    turns.commit(place, team["ana"], other.turn_id, label="ham", key="k-other")
    again = turns.next_turn(place, team["ana"], project.project_id)

    assert other.message.message_id != skipped.message.message_id
    assert again.message.message_id == skipped.message.message_id


def test_adjudicated_messages_are_not_drawn(
    place, team, project, add_messages, add_labels, set_project
):
    add_messages({"m1": "one"})
    add_labels([("m1", "Sue", "ham")], adjudicated=True)
    set_project(overlap=1)

    assert turns.next_turn(place, team["ana"], project.project_id) is None


def test_uncertain_messages_are_drawn_in_the_machines_order(
    place, team, project, add_messages, add_labels, set_project
):
    words = {"s": "cheap pills offer", "h": "meeting notes monday"}
    judged = {f"{kind}{n}": f"{words[kind]} {n}" for kind in "sh" for n in range(6)}
    add_messages(judged | {"clear": "cheap pills offer 9", "mixed": "cheap pills meeting notes"})
    add_labels(
        [
            (name, expert, "spam" if name[0] == "s" else "ham")
            for name in judged
            for expert in ("Ana", "Ben")
        ]
    )
    set_project(overlap=2, uncertain=1.0, mode=Mode.RECIPROCAL)

    view = turns.next_turn(place, team["ana"], project.project_id)

    assert view.message.message_id == "mixed"
    assert view.because is None  # it would tell of the machine's doubt
    assert turn_store.get_turn(place.db, view.turn_id).turn.because is DrawnBecause.UNCERTAIN


def test_skipped_message_is_not_given_to_two_at_once(
    place, team, project, add_messages, set_project
):
    add_messages({"m1": "only one"})
    set_project(overlap=1)
    skipped = turns.next_turn(place, team["ana"], project.project_id)
    turns.skip(place, team["ana"], skipped.turn_id, key="skip-1")

    ben = turns.next_turn(place, team["ben"], project.project_id)
    ana = turns.next_turn(place, team["ana"], project.project_id)

    assert ben.message.message_id == "m1"
    assert ana is None


def test_expired_message_that_is_drawn_again_is_the_same_turn(
    place, team, project, add_messages, set_project
):
    """Two turns on one message would let two tabs give two first answers."""
    add_messages({"m1": "only one"})
    set_project(overlap=1)
    first = turns.next_turn(place, team["ana"], project.project_id)
    past = datetime.now(UTC) - timedelta(seconds=1)
    with place.db.atomic() as transaction:
        transaction.write("UPDATE turns SET expires_at = $past", past=past)

    again = turns.next_turn(place, team["ana"], project.project_id)

    assert again.turn_id == first.turn_id
    assert again.state.value == "open"


WORDS = {"s": "cheap pills offer", "h": "meeting notes monday"}


@pytest.fixture
def taught(add_messages, add_labels):
    """Six judged messages of either label; `new` messages beside them, `changed` answers."""

    def teach(new, *, changed=(), n_spam=6, holdout=()):
        judged = {f"h{n}": f"{WORDS['h']} {n}" for n in range(12 - n_spam)}
        judged |= {f"s{n}": f"{WORDS['s']} {n}" for n in range(n_spam)}
        add_messages(judged | new, holdout=holdout)
        answers = {
            (name, expert): "spam" if name[0] == "s" else "ham"
            for name in judged
            for expert in ("Ana", "Ben")
        }
        answers |= dict(changed)
        add_labels([(name, expert, label) for (name, expert), label in answers.items()])

    return teach


def drawn(place, expert, project):
    """Identifier of the message that an expert is given, and why."""
    view = turns.next_turn(place, expert, project.project_id)
    turn = turn_store.get_turn(place.db, view.turn_id).turn
    return turn.message_id, turn.because


def test_before_the_machine_speaks_messages_stand_for_others(
    place, team, project, add_messages, set_project
):
    """Three messages on one thing and a lone one: one of the three comes first, then the lone."""
    alike = {f"a{n}": f"cheap pills offer today {word}" for n, word in enumerate("xyz")}
    add_messages(alike | {"lone": "meeting"})
    set_project(uncertain=1.0)
    place.machines.refresh(project.project_id)

    first = drawn(place, team["ana"], project)
    second = drawn(place, team["ben"], project)

    assert first[0] in alike
    assert second[0] == "lone"
    assert {first[1], second[1]} == {DrawnBecause.COVERAGE}


def test_messages_like_contested_ones_are_drawn(place, team, project, taught, set_project):
    taught(
        {"like-s": "cheap pills offer again", "like-h": "meeting notes monday again"},
        changed={("s0", "Ben"): "ham"}.items(),
    )
    set_project(overlap=2, contested=1.0)

    assert drawn(place, team["ana"], project) == ("like-s", DrawnBecause.CONTESTED)


def test_messages_like_contradicted_ones_are_drawn(place, team, project, taught, set_project):
    """Both experts call one of the pills wanted; the machine, told by the others, does not."""
    taught(
        {"like-s": "cheap pills offer again", "like-h": "meeting notes monday again"},
        changed={("s0", "Ana"): "ham", ("s0", "Ben"): "ham"}.items(),
    )
    set_project(overlap=2, conflict=1.0)

    assert drawn(place, team["ana"], project) == ("like-s", DrawnBecause.CONFLICT)


def test_messages_of_the_scarce_label_are_searched(place, team, project, taught, set_project):
    taught({"like-s": "cheap pills offer again", "like-h": "meeting notes monday again"}, n_spam=2)
    set_project(overlap=2, rare=1.0)

    assert drawn(place, team["ana"], project) == ("like-s", DrawnBecause.RARE)


def test_reason_that_nothing_has_gives_way_to_doubt(place, team, project, taught, set_project):
    """Where experts never differ, their share goes to what the machine is unsure of."""
    taught({"mixed": "cheap pills meeting notes", "clear": "cheap pills offer again"})
    set_project(overlap=2, contested=1.0)

    assert drawn(place, team["ana"], project) == ("mixed", DrawnBecause.UNCERTAIN)


def test_no_list_holds_what_measures_or_repeats_it(place, team, project, taught, set_project):
    """A pool message with the very text of a hold-out message may not teach."""
    taught(
        {
            "probe": "cheap pills meeting notes",
            "echo": "cheap pills meeting notes",
            "free": "pills notes",
        },
        holdout=["probe"],
    )

    ranked = place.machines.ranked(project.project_id)

    assert {name for names in ranked.values() for name in names} == {"free"}


def test_search_for_a_scarce_label_is_told_at_the_reveal(place, team, project, taught, set_project):
    """Told with the explanation, it would give the machine's answer away before the reveal."""
    taught({"like-s": "cheap pills offer again", "like-h": "meeting notes monday again"}, n_spam=2)
    set_project(overlap=2, rare=1.0, mode=Mode.RECIPROCAL)
    view = turns.next_turn(place, team["ana"], project.project_id)

    explained = turns.commit(place, team["ana"], view.turn_id, label="ham", key="a").turn
    revealed = turns.answer_explanation(place, team["ana"], view.turn_id, label="ham", key="b").turn

    assert explained.explanation is not None
    assert (view.because, explained.because) == (None, None)
    assert revealed.because is DrawnBecause.RARE


@pytest.mark.parametrize(
    "shares",
    [
        {"uncertain": 0.6, "rare": 0.5},
        {"holdout": -0.1},
        {"contested": 1.2},
        {"conflict": float("nan")},
    ],
)
def test_shares_that_are_no_shares_are_refused(set_project, shares):
    with pytest.raises(InvalidInputError, match="at most 1"):
        set_project(**shares)


def test_shares_that_fill_the_whole_are_kept(place, team, project, set_project):
    """Ten times 0.1 is not quite 1 for a computer."""
    set_project(uncertain=0.3, contested=0.2, conflict=0.2, rare=0.2, holdout=0.1)

    kept = projects.get_project(place, team["sue"], project.project_id).shares

    assert kept == QueueShares(
        uncertain=0.3, contested=0.2, conflict=0.2, rare=0.2, holdout=0.1, probe=0.0
    )
    assert kept.random == pytest.approx(0.0)
