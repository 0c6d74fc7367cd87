"""The machine asks by itself: where, how often, and never twice over the same answers."""

import time
from types import SimpleNamespace

import numpy as np
import pytest

from rhml_core.domain import Label, Mode
from rhml_core.machine.recipes.run_folder import seal_run_folder
from rhml_core.store import dialogue as entries
from rhml_core.store.dialogue import EntryKind
from rhml_core.workflows import projects
from rhml_core.workflows.background.desk import Desk
from rhml_core.workflows.dialogue import dialogue, threads
from rhml_core.workflows.dialogue.evidence import statement_of
from rhml_core.workflows.dialogue.opening import (
    MOST_A_REFRESH,
    MOST_AT_ONCE,
    open_by_and_by,
    open_machine_dialogues,
)
from rhml_core.workflows.files import label_import
from rhml_core.workflows.training import pool_scoring, promotion
from rhml_core.workflows.workplace import open_workplace
from tests.app.store_fixtures import add_run, promote_newest
from tests.machine.fakes import HashingEncoder
from tests.workflows.dialogue import dialogue_mail


@pytest.fixture
def project(place, team):
    """One label more than the machine's run knows."""
    labels = [Label("ham", key="1"), Label("spam", key="2"), Label("odd", key="3")]
    return projects.create_project(place, team["sue"], "Mail", labels, overlap=2)


@pytest.fixture
def ask(place, project):
    """Have the machine ask; the messages that it asks about, in its order."""

    def ask():
        return open_machine_dialogues(place.db, place.machines, project.project_id, at=place.now())

    return ask


@pytest.fixture
def fill(place, project, add_messages, add_labels):
    def fill(**options):
        dialogue_mail.fill(place, project, add_messages, add_labels, **options)

    return fill


def test_machine_asks_where_it_is_sure_and_both_experts_differ(place, team, project, fill, ask):
    fill()

    asked = ask()
    [opening] = threads.message_thread(place, team["ana"], project.project_id, "h0").entries

    assert asked == ["h0", "s0"]
    assert (opening.kind, opening.person_id) == (EntryKind.OPENING, "model")
    assert opening.detail["answers"] == [["ana", "spam"], ["ben", "spam"]]
    said = statement_of(opening)
    assert (said.label, said.probability, said.machine) == ("ham", 0.95, "run 1")
    assert said.otherwise


def test_unsure_machine_does_not_ask(fill, ask):
    fill(sure=0.89)

    assert ask() == []


def test_two_who_differ_are_not_asked_but_three_are(fill, ask, add_labels):
    """Two have enough to talk about; where a third differs too, nobody sees what it sees."""
    fill()
    add_labels([("h0", "Ben", "odd"), ("s0", "Ben", "odd")])
    two = ask()
    add_labels([("h0", "Cleo", "spam"), ("s0", "Cleo", "spam")])

    three = ask()

    assert two == []
    assert three == ["h0"]  # at s0 the third says what it says


def test_settled_and_held_out_messages_are_left_in_peace(
    place, project, fill, ask, add_messages, add_labels
):
    fill()
    add_messages({"held": "see you"}, holdout=["held"])
    add_labels([("held", "Ana", "spam"), ("held", "Ben", "spam")])
    add_labels([("s0", "Sue", "ham")], adjudicated=True)
    add_run(place, project, 2, dict.fromkeys(("h0", "held"), ("ham", 0.99)))
    promote_newest(place, project, {})

    assert ask() == ["h0"]


def test_it_asks_once_over_the_same_answers_and_again_over_new_ones(
    fill, ask, add_labels, place, project
):
    fill()
    first = [ask(), ask()]
    add_run(place, project, 2, {"h0": ("ham", 0.97), "s0": ("ham", 0.97), "s1": ("ham", 0.97)})
    promote_newest(place, project, {})

    second = ask()

    assert first == [["h0", "s0"], []]
    assert second == ["s1"]  # h0 as before; at s0 it has come round to the experts


def test_ten_at_a_time_the_surest_first(place, project, fill, ask):
    fill()
    sureness = np.linspace(0.99, 0.91, 8)
    run = {f"h{n}": ("spam", float(by)) for n, by in enumerate(sureness) if n}
    run |= {f"s{n}": ("ham", float(by) - 0.001) for n, by in enumerate(sureness) if n}
    add_run(place, project, 2, run)
    promote_newest(place, project, {})

    first, second = ask(), ask()

    assert len(first) == MOST_AT_ONCE
    assert first[:4] == ["h1", "s1", "h2", "s2"]
    assert second == ["h6", "s6", "h7", "s7"]


def test_blind_project_stays_without(place, team, project, fill, ask):
    fill()
    projects.change_project(
        place,
        team["sue"],
        project.project_id,
        mode=Mode.BLIND,
        overlap=project.overlap,
        shares=project.shares,
        key="blind-1",
    )

    assert ask() == []


def test_nothing_is_asked_before_a_run_is_promoted(place, project, ask, add_messages, add_labels):
    add_messages({"m1": "one"})
    add_labels([("m1", "Ana", "ham"), ("m1", "Ben", "ham")])
    add_run(place, project, 1, {"m1": ("spam", 0.99)})

    assert ask() == []


def test_promotion_makes_the_machine_ask(place, team, project, add_messages, add_labels):
    add_messages(dialogue_mail.texts())
    given = dialogue_mail.truth() | {"h0": "spam"}
    add_labels([(name, who, label) for name, label in given.items() for who in ("Ana", "Ben")])
    add_run(place, project, 1, {name: (one, 0.95) for name, one in dialogue_mail.truth().items()})
    folder = place.settings.runs_folder / "run-1"
    folder.mkdir(parents=True)
    seal_run_folder(folder)

    for _ in range(2):
        promotion.promote_run(place, team["sue"], "run-1", key="promote-1")

    opened = entries.entries_of_kind(place.db, project.project_id, EntryKind.OPENING)
    assert [one.subject for one in opened] == ["message:h0"]


def test_answering_the_pool_makes_the_machine_ask(place, project, fill, monkeypatch):
    fill()
    monkeypatch.setattr(pool_scoring, "open_head", lambda _: None)
    desk = Desk(place.db, place.settings, place.machines, lambda _: None, lambda: False)

    pool_scoring.answer_messages(desk, project.project_id)

    opened = entries.entries_of_kind(place.db, project.project_id, EntryKind.OPENING)
    assert {one.subject for one in opened} == {"message:h0", "message:s0"}


def test_opening_is_new_to_those_who_judged_the_message(place, team, project, fill, ask):
    fill()
    ask()

    for who in ("ana", "ben"):
        found = dialogue.unread_threads(place, team[who], project.project_id)
        assert {one.message_id for one in found} == {"h0", "s0"}
    assert not dialogue.unread_threads(place, team["sue"], project.project_id)


@pytest.fixture
def contradicted(place, project, fill):
    """The run contradicts both experts on fourteen messages."""
    fill()
    other = {"ham": "spam", "spam": "ham"}
    run = {
        name: (other[label], 0.95)
        for name, label in dialogue_mail.truth().items()
        if name not in {"h0", "s0"}
    }
    add_run(place, project, 2, run)
    promote_newest(place, project, {})


def n_opened(place, project):
    return len(entries.entries_of_kind(place.db, project.project_id, EntryKind.OPENING))


def test_each_dialogue_is_a_piece_of_work_of_its_own(place, project, contradicted):
    """Between two of them the explanation that an expert waits for is worked out."""
    work, counts = [], []
    machines = SimpleNamespace(do_later=work.append, live=lambda _: None)

    open_by_and_by(place.db, machines, project.project_id, most=3)
    while work:
        work.pop(0)()
        counts.append(n_opened(place, project))

    assert counts == [1, 2, 3]


def test_machine_that_learnt_anew_asks_a_few(place, project, contradicted):
    place.machines.after_refresh(project.project_id)

    assert n_opened(place, project) == MOST_A_REFRESH


def test_nobody_waits_for_it_in_a_command(place, project, contradicted):
    place.machines.refresh(project.project_id)

    assert n_opened(place, project) == 0


def test_server_asks_after_later_judgements_and_never_twice(place, settings, team, project, fill):
    """The run was promoted before; what people said since contradicts it."""
    fill(others={"h1": "spam"})
    where = project.project_id
    place.close()
    server = open_workplace(settings, load_encoder=lambda _: HashingEncoder())

    wait_until(lambda: n_opened(server, project) == 3)
    rows = b"message_id,expert,label\nh2,Ana,spam\nh2,Ben,spam\n"
    label_import.import_labels(server, team["sue"], where, rows, "l.csv", key="later")
    server.machines.note_change(where)
    server.machines.live(where)
    wait_until(lambda: n_opened(server, project) == 4)
    server.machines.refresh(where)
    server.close()

    again = open_workplace(settings, in_background=False, load_encoder=lambda _: HashingEncoder())
    opened = entries.entries_of_kind(again.db, where, EntryKind.OPENING)
    again.close()
    assert sorted(one.subject for one in opened) == [
        "message:h0",
        "message:h1",
        "message:h2",
        "message:s0",
    ]


def wait_until(is_true, seconds=60):
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
