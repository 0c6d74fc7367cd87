import dataclasses
from datetime import timedelta

import pytest

from rhml_core.domain import ConceptStatus
from rhml_core.workflows.concepts.histories import read_histories
from rhml_core.workflows.journal import journal
from rhml_core.workflows.journal.effects import EffectWords
from rhml_core.workflows.journal.summary import journal_summary, news_since
from rhml_core.workflows.journal.voice import last_stretch, machine_says
from tests.workflows.journal.journal_desk import JournalDesk, make_concept

MONEY = "concept-money-spam"


@pytest.fixture
def desk(place, project, add_messages):
    add_messages({"m1": "free money", "m2": "noon is money"})
    return JournalDesk(place, project)


def histories(place, person, project):
    return read_histories(place.db, person, project.project_id)


def said(place, person, project):
    found = histories(place, person, project)
    return {one.terms[0]: machine_says(found, one) for one in found.concepts}


def test_empty_journal_says_what_fills_it(place, team, project):
    assert "first training run" in journal_summary(place, team["ana"], project.project_id)


def test_first_line_counts_what_happened_since_the_last_visit(place, team, project, desk):
    """Two visits ago nothing was there; the visit under way does not count as the last."""
    now = place.now()
    desk.visit(team["ana"], now - timedelta(days=8))
    desk.visit(team["ana"], now)
    desk.surface(1, [make_concept("money"), make_concept("noon", "ham"), make_concept("free")])
    act = (place, team["ana"], project.project_id)
    journal.adopt_concept(*act, MONEY, key="a")
    journal.reject_concept(*act, "concept-noon-ham", reason="no", key="b")

    line = journal_summary(place, team["ana"], project.project_id)

    assert line == (
        "Since your last visit: the machine surfaced 3 concepts, you adopted 1, it unlearnt none, "
        "with 1 still to unlearn."
    )


def test_colleagues_and_viewers_are_told_who_adopted(place, team, project, desk):
    desk.surface(1, [make_concept("money"), make_concept("free")])
    journal.adopt_concept(place, team["ana"], project.project_id, MONEY, key="a")
    journal.adopt_concept(place, team["ben"], project.project_id, "concept-free-spam", key="b")

    def line(name):
        return journal_summary(place, team[name], project.project_id)

    assert "you adopted 1 and your colleagues 1" in line("ana")
    assert "your colleagues adopted 2" in line("sue")
    assert "the team adopted 2" in line("vic")


def test_where_nothing_happened_lately_the_line_tells_all(place, team, project, desk):
    """An old sighting is not news of this week, so that the line goes back to the beginning."""
    desk.now = place.now() - timedelta(days=30)
    desk.surface(1, [make_concept("money")])

    line = journal_summary(place, team["ana"], project.project_id)

    assert line.startswith("So far: the machine surfaced 1 concept, you adopted none")


def test_rejected_term_counts_as_unlearnt_once_half_its_weight_is_gone(place, team, project, desk):
    desk.surface(1, [make_concept("money"), make_concept("free")])
    for number, name in enumerate(("money", "free")):
        journal.reject_concept(
            place, team["ana"], project.project_id, f"concept-{name}-spam", key=str(number)
        )
    now = place.now()
    measured = dataclasses.replace(
        histories(place, team["ana"], project),
        effects={
            MONEY: EffectWords(now, (), strengths=(0.4, 0.1)),
            "concept-free-spam": EffectWords(now, (), strengths=(0.4, 0.3)),
        },
    )

    assert news_since(measured, team["ana"], None).n_unlearnt == 1
    assert news_since(measured, team["ana"], now + timedelta(hours=1)).is_empty


def test_machine_says_since_when_it_relies_on_a_term_and_what_people_did(
    place, team, project, desk
):
    """The last unbroken row of runs counts; each person once."""
    money = make_concept("money", strength=0.21)
    desk.surface(1, [money])
    desk.surface(2, [make_concept("noon", "ham")])
    desk.surface(3, [money])
    desk.surface(4, [money])
    desk.judge(team["ana"], "m1", "spam", marked=[(5, 10)])
    desk.judge(team["ana"], "m2", "spam", marked=[(8, 13)])
    desk.judge(team["ben"], "m1", "spam", reason="money")
    journal.reject_concept(place, team["sue"], project.project_id, MONEY, reason="no", key="r")

    lines = said(place, team["sue"], project)

    assert lines["money"] == (
        "Since run 3 I rely on “money” for spam (strength 0.21); two of you used it as a reason, "
        "one rejected it. The next training teaches me otherwise, by counterexamples from "
        "messages that say more than the term."
    )
    assert lines["noon"] == (
        "In run 2 I relied on “noon” for ham (strength 0.20 then); run 4 did not surface it; "
        "nobody has used it as a reason yet."
    )


def test_a_decision_that_was_taken_back_is_not_told_as_one(place, team, project, desk):
    desk.surface(1, [make_concept("money")])
    act = (place, team["ana"], project.project_id, MONEY)
    journal.adopt_concept(*act, key="a")

    adopted = said(place, team["ana"], project)["money"]
    journal.reopen_concept(*act, key="b")

    assert adopted.endswith("one of you adopted it.")
    assert "adopted" not in said(place, team["ana"], project)["money"]


def test_weight_before_and_after_is_told_once_measured(place, team, project, desk):
    desk.surface(1, [make_concept("money")])
    journal.reject_concept(place, team["ana"], project.project_id, MONEY, reason="no", key="r")
    found = histories(place, team["ana"], project)
    [concept] = found.concepts
    weighed = {MONEY: EffectWords(place.now(), (), strengths=(0.31, 0.04))}

    line = machine_says(dataclasses.replace(found, effects=weighed), concept)

    assert line.endswith("I was taught otherwise, and rely on it less.")
    assert concept.status is ConceptStatus.REJECTED


@pytest.mark.parametrize(
    ("runs", "known", "stretch"),
    [([1], [1], (1, 1)), ([1, 2, 4], [1, 2, 3, 4], (4, 4)), ([1, 2, 4], [1, 2, 4, 5], (1, 4))],
)
def test_last_stretch_ends_at_the_newest_sighting(runs, known, stretch):
    """A number that no run has breaks nothing: runs 2 and 4 are neighbours where 3 is absent."""
    assert last_stretch(runs, known) == stretch
