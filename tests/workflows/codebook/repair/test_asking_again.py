"""Reopened messages come back to people, and only those that should."""

from dataclasses import replace

import polars as pl
import pytest

from rhml_core.domain import DrawnBecause, Label
from rhml_core.errors import NotAllowedError
from rhml_core.store import reopenings
from rhml_core.store import turns as turn_store
from rhml_core.workflows import people
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange
from rhml_core.workflows.dialogue import threads
from rhml_core.workflows.disputes.adjudication import undo_adjudication
from rhml_core.workflows.turn import queue, turns
from tests.store.rows_on_record import reopened_by
from tests.workflows.codebook.repair.repairs import (
    ALL_SPAM,
    HAM,
    RENAMED,
    SPAM,
    current,
    decided,
    judge_all,
)


def test_reopened_messages_come_back_first_to_those_who_judged_them(
    place, team, project, blind, judged, change
):
    change([HAM, SPAM], ALL_SPAM)

    view = turns.next_turn(place, team["ana"], project.project_id)
    newcomer = people.add_person(place, team["sue"], "Cleo", "expert")
    other = turns.next_turn(place, newcomer, project.project_id)

    drawn = turn_store.get_turn(place.db, view.turn_id).turn
    assert (drawn.message_id, drawn.because) == ("m1", DrawnBecause.REOPENED)
    assert other.message.message_id not in {"m1", "m2"}


def test_reopened_messages_are_judged_again_as_often_as_the_overlap_wants(
    place, team, project, blind, judged, change
):
    change([HAM, SPAM], ALL_SPAM)

    ana, ben = (judge_all(place, team[name], project) for name in ("ana", "ben"))

    assert ana[:2] == ben[:2] == ["m1", "m2"]
    counted = pl.Series([message for message, _ in current(place, project)]).value_counts()
    assert dict(counted.iter_rows()) == {"m1": 2, "m2": 2, "m3": 2, "m4": 1, "m5": 2, "m6": 2}
    assert queue.queue_progress(place, team["ana"], project.project_id).n_open == 0


def test_message_whose_judge_never_comes_back_goes_to_others(
    place, team, project, blind, judged, change
):
    """Nothing stays reserved for an absent colleague; it only comes last."""
    change([HAM, SPAM], ALL_SPAM)
    judge_all(place, team["ana"], project)
    newcomer = people.add_person(place, team["sue"], "Cleo", "expert")

    given = judge_all(place, newcomer, project)

    assert given[-2:] == ["m1", "m2"]
    assert judge_all(place, team["ben"], project) == []


def test_reopened_decision_makes_a_message_free_again(place, team, project, blind, judged, change):
    change([HAM, SPAM], ALL_SPAM)

    given = judge_all(place, team["ana"], project)

    assert "m5" in given


def test_untouched_decision_stays_settled(place, team, project, blind, judged, change):
    change([HAM, SPAM], ALL_SPAM)

    given = judge_all(place, team["ben"], project)

    assert "m4" not in given


def test_reopened_message_counts_as_open_but_stays_done(
    place, team, project, blind, judged, change
):
    before = queue.queue_progress(place, team["ana"], project.project_id)

    change([HAM, SPAM], ALL_SPAM)

    after = queue.queue_progress(place, team["ana"], project.project_id)
    assert (before.n_done, after.n_done) == (4, 4)
    assert (before.n_open, after.n_open) == (1, 4)


def test_expert_is_blind_to_old_answers_on_a_reopened_message(
    place, team, project, blind, judged, change
):
    """What a colleague said before the change would sway the new answer."""
    change([HAM, SPAM], ALL_SPAM)

    with pytest.raises(NotAllowedError):
        threads.message_thread(place, team["ana"], project.project_id, "m2")


@pytest.mark.parametrize(
    "split",
    [
        LabelChange(ChangeKind.SPLIT, "spam", ("spam 1", "spam 2")),
        LabelChange(ChangeKind.RETIRED, "spam"),
    ],
    ids=["split", "retired"],
)
def test_decision_taken_back_brings_answers_back_that_it_had_spared(
    place, team, blind, judged, change, add_labels, split
):
    """Else nobody's answer would stand on m4, and nobody would be given it."""
    project = blind
    add_labels([("m4", "Ben", "spam")])
    change([HAM, *map(Label, split.becomes or ("other",))], split)

    undo_adjudication(place, team["sue"], project.project_id, "m4", key="undo")

    before = queue.queue_progress(place, team["ana"], project.project_id)
    given = {name: judge_all(place, team[name], project) for name in ("ana", "ben")}
    assert before.n_fully_judged == 1  # m3
    assert "m4" in given["ana"]
    assert "m4" in given["ben"]
    assert current(place, project).count(("m4", "ham")) == 2


def test_decision_taken_back_reopens_nothing_whose_answers_still_stand(
    place, team, project, judged, change
):
    change([HAM, replace(SPAM, name="junk")], RENAMED)

    undo_adjudication(place, team["sue"], project.project_id, "m4", key="undo")

    assert reopenings.count_reopened(place.db, project.project_id) == {}
    assert ("m4", "junk") in current(place, project)


def test_earlier_decision_that_counts_again_keeps_its_message_closed(
    place, team, project, judged, change, add_labels
):
    """What is settled needs nobody's answer."""
    add_labels([("m4", "Sue", "ham")], adjudicated=True)
    change([HAM, Label("other")], LabelChange(ChangeKind.RETIRED, "spam"))

    undo_adjudication(place, team["sue"], project.project_id, "m4", key="undo")

    assert decided(place, project)["m4"] == "ham"
    assert "m4" not in reopened_by(place.db, project.project_id, 2)
