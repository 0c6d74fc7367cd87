"""Saving a change of the codebook: what is told before, what comes back, what is refused."""

from dataclasses import replace

import pytest

from rhml_core.domain import Label
from rhml_core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from rhml_core.store import judgements, reopenings
from rhml_core.workflows.codebook import codebooks
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange, Reach, VersionKind
from rhml_core.workflows.codebook.pairs import pair_messages
from tests.store.rows_on_record import count_judgements, reopened_by
from tests.workflows.codebook.repair.repairs import (
    ALL_SPAM,
    HAM,
    RENAMED,
    SPAM,
    current,
    decided,
)


def test_wording_reopens_nothing(place, project, judged, change):
    before = current(place, project)

    saved = change([HAM, replace(SPAM, definition="not wanted")], kind=VersionKind.WORDING)

    assert reopened_by(place.db, project.project_id, saved.version) == []
    assert current(place, project) == before


def test_meaning_reopens_exactly_what_the_preview_names(place, team, project, judged, change):
    """A message that is settled as another label stays settled, whoever said what."""
    labels = [HAM, replace(SPAM, definition="new meaning")]

    told = codebooks.preview_change(
        place, team["sue"], project.project_id, labels, based_on=1, changes=[ALL_SPAM]
    )
    saved = change(labels, ALL_SPAM, previewed=told.reopening.message_ids)

    found = told.reopening
    assert told.kind is VersionKind.MEANING
    assert found.message_ids == ("m1", "m2", "m5")
    assert (found.n_judgements, found.n_people) == (4, 2)
    assert (found.n_adjudicated, found.n_holdout) == (1, 1)
    assert found.by_label.rows() == [("spam", 3, 3, 1)]
    assert [one.message_id for one in told.examples] == ["m1", "m2", "m5"]
    assert reopened_by(place.db, project.project_id, saved.version) == [
        "m1",
        "m2",
        "m5",
    ]


def test_reopened_answers_stay_on_record_but_no_longer_stand(place, project, judged, change):
    n = count_judgements(place.db, project.project_id)

    change([HAM, SPAM], ALL_SPAM)

    assert count_judgements(place.db, project.project_id) == n
    assert current(place, project) == [("m3", "ham"), ("m3", "ham"), ("m4", "spam")]
    assert decided(place, project) == {"m4": "ham"}
    assert len(judgements.message_judgements(place.db, project.project_id, "m2")) == 2


def test_new_answer_after_the_reopening_stands(place, project, judged, change, add_labels):
    change([HAM, SPAM], ALL_SPAM)

    add_labels([("m2", "Ana", "ham")])

    assert ("m2", "ham") in current(place, project)
    assert ("m2", "spam") not in current(place, project)


def test_pair_reopens_only_where_both_labels_meet(place, project, judged, change):
    pair = [
        LabelChange(ChangeKind.MEANING, "spam", reach=Reach.MEETING, meets="ham"),
        LabelChange(ChangeKind.MEANING, "ham", reach=Reach.MEETING, meets="spam"),
    ]

    saved = change([HAM, SPAM], *pair)

    # m4: the decision is an answer, and settles on one of the two.
    assert reopened_by(place.db, project.project_id, saved.version) == ["m1", "m4"]


def test_merge_that_asks_again_brings_the_messages_back(place, project, judged, change):
    merge = LabelChange(ChangeKind.MERGED, "spam", ("ham",), Reach.EVERY)

    saved = change([HAM, Label("other")], merge)

    assert reopened_by(place.db, project.project_id, saved.version) == [
        "m1",
        "m2",
        "m5",
    ]


def test_save_that_would_reopen_other_messages_than_told_is_stopped(
    place, team, project, judged, change, add_labels
):
    labels = [HAM, SPAM]
    told = codebooks.preview_change(
        place, team["sue"], project.project_id, labels, based_on=1, changes=[ALL_SPAM]
    )
    add_labels([("m6", "Ana", "spam")])

    with pytest.raises(ConflictError, match="4 messages would come back now, not 3"):
        change(labels, ALL_SPAM, previewed=told.reopening.message_ids)

    assert codebooks.get_codebook(place, project.project_id).version == 1
    assert len(current(place, project)) == 8


def test_wrong_kind_is_refused_and_nothing_is_written(place, project, judged, change):
    with pytest.raises(InvalidInputError, match="Choose structure"):
        change([HAM, replace(SPAM, name="junk")], RENAMED, kind=VersionKind.WORDING)

    assert codebooks.get_codebook(place, project.project_id).version == 1


def test_repeated_save_changes_nothing(place, team, project, judged, change):
    change([HAM, SPAM], ALL_SPAM)

    again = codebooks.change_codebook(
        place,
        team["sue"],
        project.project_id,
        [HAM, SPAM],
        based_on=1,
        changes=[ALL_SPAM],
        key="change-1",
    )

    assert again.version == 2
    assert reopenings.count_reopened(place.db, project.project_id) == {2: 3}


def test_only_supervisors_preview(place, team, project):
    with pytest.raises(NotAllowedError):
        codebooks.preview_change(place, team["ana"], project.project_id, [HAM, SPAM], based_on=1)


def test_history_tells_kind_and_count_of_each_version(place, project, judged, change):
    change([HAM, SPAM], ALL_SPAM)
    change([HAM, replace(SPAM, name="junk")], RENAMED)

    found = codebooks.codebook_history(place, project.project_id)

    assert [one.version for one in found.versions] == [3, 2, 1]
    assert found.changes == {2: (ALL_SPAM,), 3: (RENAMED,)}
    assert found.n_reopened == {2: 3}
    assert found.n_meaning == {"ham": 0, "junk": 1}


def test_pair_shows_who_said_what_where_both_labels_meet(place, team, project, judged):
    found = pair_messages(place, team["sue"], project.project_id, ("spam", "ham"))

    said = {
        one.message.message_id: [
            (label, [who.name for who in people]) for label, people in one.said
        ]
        for one in found.messages
    }
    assert found.n == 2
    assert said == {"m1": [("spam", ["Ana"]), ("ham", ["Ben"])], "m4": [("spam", ["Ana"])]}
    assert [one.adjudicated for one in found.messages] == [None, "ham"]


def test_pair_hides_messages_that_an_expert_has_yet_to_judge(place, team, project, judged):
    """Ben has not judged m4, which one colleague and the supervisor have."""
    found = pair_messages(place, team["ben"], project.project_id, ("spam", "ham"))

    assert [one.message.message_id for one in found.messages] == ["m1"]


def test_pair_needs_two_labels_of_the_codebook(place, team, project):
    for pair in [("ham", "ham"), ("ham", "eggs")]:
        with pytest.raises(NotFoundError):
            pair_messages(place, team["sue"], project.project_id, pair)
