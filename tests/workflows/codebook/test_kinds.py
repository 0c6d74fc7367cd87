"""Which kind of change a version is, and what it does to labels that nothing is said about."""

import polars as pl
import pytest

from rhml_core.domain import Label
from rhml_core.errors import InvalidInputError
from rhml_core.workflows.codebook.kinds import (
    ChangeKind,
    LabelChange,
    Reach,
    VersionKind,
    check_kind,
    complete_changes,
    meaning_counts,
    version_kind,
)
from rhml_core.workflows.codebook.reach import touched_messages

OLD = (Label("a", "first"), Label("b", "second"), Label("c", "third"))


def merged(label, *becomes, reach=Reach.NONE, meets=""):
    return LabelChange(ChangeKind.MERGED, label, becomes, reach, meets)


def meaning(label, reach=Reach.EVERY, meets=""):
    return LabelChange(ChangeKind.MEANING, label, (), reach, meets)


def test_what_goes_without_saying_is_added():
    new = (Label("a", "first, better"), Label("b", "second"), Label("d"))

    found = complete_changes(OLD, new, [], judged=["a", "b"])

    assert [(one.kind, one.label, one.reach) for one in found] == [
        (ChangeKind.RETIRED, "c", Reach.EVERY),
        (ChangeKind.ADDED, "d", Reach.NONE),
        (ChangeKind.WORDING, "a", Reach.NONE),
    ]


def test_judged_label_needs_a_word_on_what_becomes_of_it():
    with pytest.raises(InvalidInputError, match=r"c\. Say what"):
        complete_changes(OLD, OLD[:2], [], judged=["c"])


def test_renamed_label_may_change_its_meaning_at_once():
    new = (Label("z", "other"), *OLD[1:])
    declared = [LabelChange(ChangeKind.RENAMED, "a", ("z",)), meaning("a")]

    found = complete_changes(OLD, new, declared, judged=["a"])

    assert found == tuple(declared)


def test_two_labels_may_swap_their_names():
    new = (Label("b", "first"), Label("a", "second"), OLD[2])
    declared = [
        LabelChange(ChangeKind.RENAMED, "a", ("b",)),
        LabelChange(ChangeKind.RENAMED, "b", ("a",)),
    ]

    assert complete_changes(OLD, new, declared, judged=["a", "b"]) == tuple(declared)


def test_split_and_retired_labels_reach_every_message_whatever_is_declared():
    new = (Label("a 1"), Label("a 2"), OLD[1])
    declared = [
        LabelChange(ChangeKind.SPLIT, "a", ("a 1", "a 2")),
        LabelChange(ChangeKind.RETIRED, "c"),
    ]

    found = complete_changes(OLD, new, declared, judged=["a", "c"])

    assert [one.reach for one in found] == [Reach.EVERY, Reach.EVERY]


@pytest.mark.parametrize(
    ("declared", "new", "word"),
    [
        ([merged("x", "b")], OLD, "no label 'x'"),
        ([merged("a", "b")], OLD, "still stands"),
        ([merged("a", "q")], OLD[1:], "not in the new codebook"),
        ([merged("a", "b"), merged("a", "c")], OLD[1:], "Only one thing"),
        ([LabelChange(ChangeKind.SPLIT, "a", ("d",))], (*OLD[1:], Label("d")), "not said"),
        ([LabelChange(ChangeKind.RENAMED, "a", ("b",))], OLD[1:], "Merge the two"),
        ([LabelChange(ChangeKind.ADDED, "a")], OLD, "not a new label"),
        ([meaning("x")], OLD, "no label 'x'"),
        ([meaning("a", Reach.MEETING, "a")], OLD, "confused with"),
        ([meaning("a", Reach.MEETING, "q")], OLD, "confused with"),
    ],
)
def test_contradictory_changes_are_refused_in_words(declared, new, word):
    with pytest.raises(InvalidInputError, match=word):
        complete_changes(OLD, new, declared)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ([], VersionKind.WORDING),
        ([LabelChange(ChangeKind.WORDING, "a")], VersionKind.WORDING),
        ([LabelChange(ChangeKind.WORDING, "a"), meaning("b")], VersionKind.MEANING),
        ([meaning("b"), LabelChange(ChangeKind.ADDED, "d")], VersionKind.STRUCTURE),
    ],
)
def test_gravest_change_decides_and_any_other_choice_is_refused(changes, kind):
    assert version_kind(changes) is kind
    check_kind(kind, changes)
    for other in set(VersionKind) - {kind}:
        with pytest.raises(InvalidInputError):
            check_kind(other, changes)


def test_meaning_counts_follow_labels_through_renames_and_merges():
    history = {
        2: [meaning("a"), meaning("b")],
        3: [LabelChange(ChangeKind.RENAMED, "a", ("z",)), meaning("a")],
        4: [merged("z", "d"), merged("b", "d")],
        5: [LabelChange(ChangeKind.SPLIT, "c", ("c1", "c2"))],
        6: [LabelChange(ChangeKind.RETIRED, "c1"), LabelChange(ChangeKind.ADDED, "z")],
    }

    assert meaning_counts(history, ["d", "c2", "z"]) == {"d": 3, "c2": 0, "z": 0}


LABELS = pl.DataFrame(
    [
        ("m1", "ana", "a"),
        ("m1", "ben", "b"),
        ("m2", "ana", "a"),
        ("m2", "ben", "a"),
        ("m3", "ana", "b"),
        ("m4", "ana", "a"),
        ("m4", "ben", "b"),
        ("m5", "ana", "a"),
        ("m6", "ana", "c"),
    ],
    schema=["message_id", "expert_id", "label"],
    orient="row",
)
SETTLED = pl.DataFrame(
    [("m4", "b"), ("m5", "b"), ("m7", "a")], schema=["message_id", "label"], orient="row"
)


@pytest.mark.parametrize(
    ("changes", "touched"),
    [
        ([LabelChange(ChangeKind.WORDING, "a")], []),
        # m4 and m5 are settled as b, and so stay settled; m7 is settled as a.
        ([meaning("a")], ["m1", "m2", "m7"]),
        ([meaning("b")], ["m1", "m3", "m4", "m5"]),
        # The decision is an answer: on m5 both labels meet.
        ([meaning("a", Reach.MEETING, "b")], ["m1", "m4", "m5"]),
        # What was settled with the new meaning in mind stands.
        ([meaning("a", Reach.UNSETTLED, "b")], ["m1"]),
        ([meaning("a", Reach.MEETING, "c")], []),
        ([meaning("c"), meaning("b")], ["m1", "m3", "m4", "m5", "m6"]),
    ],
)
def test_changes_touch_the_messages_of_their_labels_alone(changes, touched):
    assert touched_messages(LABELS, SETTLED, changes) == touched


def test_nothing_judged_is_touched_by_nothing():
    assert touched_messages(LABELS.clear(), SETTLED.clear(), [meaning("a")]) == []
