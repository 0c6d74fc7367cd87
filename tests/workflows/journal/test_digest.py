from datetime import timedelta

import pytest

from rhml_core.domain import Mode
from rhml_core.errors import NotFoundError
from rhml_core.workflows import projects
from rhml_core.workflows.journal import journal
from rhml_core.workflows.journal.digest import MOST_WORDS, cycle_digest, line_messages
from rhml_core.workflows.journal.shared_blind_spots import both_judged, shared_blind_spots
from tests.workflows.journal.journal_desk import JournalDesk, make_concept

HAM = [f"h{n}" for n in range(12)]
SPAM = [f"s{n}" for n in range(12)]
ODD = [f"o{n}" for n in range(4)]
"""Twelve messages of each label and four that say escrow, on which both will be wrong."""


@pytest.fixture
def desk(place, project, add_messages):
    add_messages(
        {name: f"lunch {name}" for name in HAM}
        | {name: f"win {name}" for name in SPAM}
        | {name: f"escrow {name}" for name in ODD}
        | {"t0": "escrow held out"},
        holdout=["t0"],
    )
    return JournalDesk(place, project)


def digest_of(place, person, project, **wanted):
    return cycle_digest(place, person, project.project_id, **wanted)


def sentences(lines):
    return [line.sentence for line in lines]


def settle_odd_as_ham(desk, team, add_labels):
    """Everyone first calls the odd ones spam, and so does the run; they are decided to be ham."""
    for name in HAM:
        desk.judge(team["ana"], name, "ham")
    for name in (*SPAM, *ODD):
        desk.judge(team["ana"], name, "spam")
    add_labels([(name, "Sue", "ham") for name in ODD], adjudicated=True)
    answers = dict.fromkeys(HAM, "ham") | dict.fromkeys((*SPAM, *ODD), "spam")
    escrow = make_concept("escrow", messages_for=ODD)
    desk.surface(1, [escrow, make_concept("win", messages_for=SPAM[:2])], answers=answers)


def test_there_is_no_digest_before_a_run_closed_a_cycle(place, team, project):
    assert digest_of(place, team["ana"], project) is None


def test_cycle_under_way_has_no_digest(place, team, project, desk):
    desk.run(1)

    with pytest.raises(NotFoundError, match="Cycle 2"):
        digest_of(place, team["ana"], project, cycle=2)


def test_both_are_blind_where_first_answers_and_machine_are_wrong(
    place, team, project, desk, add_labels
):
    """4 of 4 messages with escrow against 0 of the 24 others."""
    settle_odd_as_ham(desk, team, add_labels)

    judged = both_judged(place.db, project.project_id)
    spots = shared_blind_spots(
        place.db,
        project.project_id,
        journal.list_concepts(place, team["sue"], project.project_id),
    )
    lines = digest_of(place, team["sue"], project).both_blind

    assert judged.filter("are_both_wrong")["message_id"].to_list() == ODD
    by_name = {spot.name: spot for spot in spots}
    assert by_name["concept-escrow-spam"].differs.value == 1.0
    assert by_name["concept-escrow-spam"].is_notable
    assert "concept-win-spam" not in by_name
    [escrow] = [line for line in lines if line.concept_id == "concept-escrow-spam"]
    assert escrow.sentence.startswith("With “escrow”, both were wrong in 100 % [51 %, 100 %] of 4")
    assert set(escrow.message_ids) == set(ODD)


def test_messages_still_to_judge_are_never_behind_a_line(place, team, project, desk, add_labels):
    """Ben has judged one of the odd messages: his digest has the figures and that one message."""
    settle_odd_as_ham(desk, team, add_labels)
    desk.judge(team["ben"], "o1", "spam")

    digest = digest_of(place, team["ben"], project)

    linked = {
        name
        for part in (digest.learnt_from_you, digest.learn_from_it, digest.both_blind)
        for line in part
        for name in line.message_ids
    }
    assert linked == {"o1"}
    escrow = next(line for line in digest.both_blind if line.concept_id)
    assert "of 4 messages" in escrow.sentence
    found = line_messages(place, team["ben"], project.project_id, escrow)
    assert [one.message_id for one in found] == ["o1"]


def test_held_out_messages_are_never_judged_together(place, team, project, desk, add_labels):
    desk.judge(team["ana"], "t0", "spam")
    add_labels([("t0", "Sue", "ham")], adjudicated=True)
    desk.surface(1, [make_concept("escrow")], answers={"t0": "spam"})

    assert both_judged(place.db, project.project_id).is_empty()


def test_in_mode_blind_experts_get_figures_and_no_messages(place, team, project, desk, add_labels):
    """A line tells what the machine says of its messages; in mode blind nobody may know."""
    settle_odd_as_ham(desk, team, add_labels)
    projects.change_project(
        place,
        team["sue"],
        project.project_id,
        mode=Mode.BLIND,
        overlap=project.overlap,
        shares=project.shares,
        key="blind",
    )

    digest = digest_of(place, team["ana"], project)

    assert any(line.concept_id for line in digest.both_blind)
    parts = (digest.learnt_from_you, digest.learn_from_it, digest.both_blind)
    assert not any(line.message_ids for part in parts for line in part)


def test_digest_tells_what_each_side_took_from_the_other(place, team, project, desk):
    """Ana keeps s0 and gives up s1 and s2; the run says spam of s0 and took over her concept."""
    win = make_concept("win", messages_for=SPAM[:2])
    desk.surface(1, [win])
    desk.now = place.now()
    journal.adopt_concept(place, team["ana"], project.project_id, "concept-win-spam", key="a")
    desk.now = place.now()
    desk.turn(team["ana"], "s0", "spam", machine="ham", final="spam")
    desk.turn(team["ana"], "s1", "ham", machine="spam", final="spam")
    desk.turn(team["ana"], "s2", "ham", machine="spam", final="spam")
    for name in ("s1", "s2"):
        desk.judge(team["ben"], name, "spam")
    desk.now += timedelta(hours=1)
    desk.surface(2, [win], answers=dict.fromkeys(SPAM, "spam"))

    digest = digest_of(place, team["ana"], project)

    learnt, to_learn = sentences(digest.learnt_from_you), sentences(digest.learn_from_it)
    assert learnt[0] == "It learnt from 10 judged messages of 2 people, +0 against run 1."
    assert any("On 1 message where you kept your answer" in one for one in learnt)
    assert "It took over 1 concept that you adopted: “win” (spam)." in learnt
    assert to_learn[0].startswith("You gave up a first answer for its on 2 messages; it was right")
    assert "100 % [34 %, 100 %] of 2 messages" in to_learn[0]


def test_older_cycle_is_told_without_what_only_stands_now(place, team, project, desk):
    desk.run(1, macro_f1=0.6)
    desk.run(2, macro_f1=0.7)

    first = digest_of(place, team["sue"], project, cycle=1)
    second = digest_of(place, team["sue"], project)

    assert (first.cycle, first.run, second.cycle) == (1, 1, 2)
    assert first.both_blind == ()
    assert "0.60 [0.50, 0.70], n = 50" in first.learnt_from_you[1].sentence
    assert "+0.10 [-0.04, +0.24] against run 1; that may be chance" in (
        second.learnt_from_you[1].sentence
    )


def test_digest_is_read_in_two_minutes_however_much_happened(
    place, team, project, desk, add_labels
):
    """Forty concepts with long names, adopted, rejected and new: still few words."""
    names = [f"word{number} " + "very long name " * 4 + str(number) for number in range(40)]
    desk.surface(1, [make_concept(name) for name in names])
    for number in range(24):
        decide = journal.adopt_concept if number % 2 else journal.reject_concept
        decide(
            place,
            team["ana"],
            project.project_id,
            f"concept-{names[number]}-spam",
            reason="r",
            key=str(number),
        )
    desk.now = place.now()
    settle = dict.fromkeys(HAM, "ham") | dict.fromkeys(SPAM, "spam")
    desk.surface(
        2,
        [make_concept(name, messages_for=SPAM[:1]) for name in names],
        answers=settle,
        macro_f1=0.7,
    )

    digest = digest_of(place, team["sue"], project)

    assert 40 < digest.n_words <= MOST_WORDS
    assert "and 9 more" in " ".join(sentences(digest.learnt_from_you))
