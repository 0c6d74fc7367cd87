"""Both learners by cycle: the machine's lift on one hold-out, and the lexicon alone."""

from datetime import timedelta

import pytest

from rhml_core.domain import ConceptStatus
from rhml_core.store import concepts
from rhml_core.workflows.learner.learning import learners_by_cycle
from rhml_core.workflows.lexicon.adoption import follow_decision
from tests.app.store_fixtures import add_run, make_concept
from tests.workflows.learner.finished_turns import TurnWriter

HELD = [f"h{number:02}" for number in range(24)]
SPAM = set(HELD[:12])
TRUTH = {name: "spam" if name in SPAM else "ham" for name in HELD}


@pytest.fixture
def write(place, project):
    return TurnWriter(place, project)


@pytest.fixture
def mail(add_messages, add_labels):
    """Twelve held-out messages of each label; half of the spam says what spam says."""
    texts = {name: "free entry" if number < 6 else "see you" for number, name in enumerate(HELD)}
    add_messages({**texts, "m0": "see you"}, holdout=HELD)
    add_labels([(name, "Sue", label) for name, label in TRUTH.items()], adjudicated=True)


def _cycles(place, team, project):
    return learners_by_cycle(place, team["vic"], project.project_id)


def _decide(place, project, write, status):
    write.now += timedelta(hours=1)
    with place.db.atomic() as transaction:
        concepts.add_decision(
            transaction,
            project.project_id,
            "concept-free entry-spam",
            status,
            reason="",
            person_id="sue",
            at=write.now,
        )
        follow_decision(
            transaction,
            project.project_id,
            concepts.get_concept(transaction, project.project_id, "concept-free entry-spam"),
            status,
            person_id="sue",
            reason="",
            at=write.now,
            act=f"decide-{write.now}",
        )


def test_lift_is_paired_where_both_runs_answered_the_hold_out(place, team, project, mail, write):
    """Twelve of 24 right, then all: apart the kept intervals would tell nothing of that."""
    write.run(1, macro_f1=0.5, answers=dict.fromkeys(HELD, "ham"))
    write.run(2, macro_f1=0.55, answers=TRUTH)

    found = _cycles(place, team, project)

    lift = found.machine_lift.interval
    assert lift.value == pytest.approx(1 - 1 / 3)
    assert (lift.n, lift.low > 0) == (24, True)
    assert "the same 24 hold-out messages" in found.machine_lift_note


def test_runs_without_answers_in_common_are_compared_apart(place, team, project, mail, write):
    write.run(1, macro_f1=0.5, answers=dict.fromkeys(HELD[:12], "ham"))
    write.run(2, macro_f1=0.7, answers=dict.fromkeys(HELD[12:], "ham"))

    found = _cycles(place, team, project)

    assert found.machine_lift.interval.value == pytest.approx(0.2)
    assert "as if measured on different messages" in found.machine_lift_note


def test_lexicon_of_each_cycle_is_the_one_that_stood_at_its_end(place, team, project, mail, write):
    """Six of 12 spam have the term, the rest gets ham: F1 2/3 and 4/5. Later it is rejected."""
    add_run(place, project, 9, {}, [make_concept("free entry")])
    write.run(1, taught={"m0": "ham"})
    _decide(place, project, write, ConceptStatus.ADOPTED)
    write.run(2, taught={"m0": "ham"})
    _decide(place, project, write, ConceptStatus.REJECTED)
    write.run(3, taught={"m0": "ham"})

    by_run = {one.run_number: one.lexicon for one in _cycles(place, team, project).cycles}

    assert by_run[2].macro_f1.value == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert (by_run[2].macro_f1.n, by_run[2].n_terms, by_run[2].n_hit) == (24, 1, 6)
    assert by_run[1].macro_f1 is None
    assert "had no term" in by_run[1].missing
    assert by_run[3].macro_f1 is None
    assert by_run[None] is None


def test_lexicon_without_a_judged_hold_out_says_so(place, team, project, add_messages, write):
    add_messages({"m0": "free entry"})
    add_run(place, project, 9, {}, [make_concept("free entry")])
    _decide(place, project, write, ConceptStatus.ADOPTED)
    write.run(1, taught={"m0": "ham"})

    newest = _cycles(place, team, project).cycles[-2].lexicon

    assert newest.macro_f1 is None
    assert "Only 0 hold-out messages" in newest.missing


def test_project_without_terms_has_no_such_series(place, team, project, mail, write):
    write.run(1, macro_f1=0.5, taught={"m0": "ham"})

    assert all(one.lexicon is None for one in _cycles(place, team, project).cycles)
