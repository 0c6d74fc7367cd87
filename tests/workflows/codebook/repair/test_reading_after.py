"""What was said before a change is read as it now means."""

from dataclasses import replace

from rhml_core.domain import Label
from rhml_core.store import judgements
from rhml_core.store.label_changes import moved_names
from rhml_core.store.learning import finished_turns
from rhml_core.workflows.codebook.kinds import ChangeKind, LabelChange
from rhml_core.workflows.training.data import training_set
from tests.store.rows_on_record import reopened_by
from tests.workflows.codebook.repair.repairs import HAM, RENAMED, SPAM, current, decided, judge_all


def test_renamed_label_is_read_under_its_new_name(place, project, judged, change):
    saved = change([HAM, replace(SPAM, name="junk")], RENAMED)

    assert reopened_by(place.db, project.project_id, saved.version) == []
    assert current(place, project).count(("m2", "junk")) == 2
    assert decided(place, project) == {"m4": "ham", "m5": "junk"}
    kept = judgements.message_judgements(place.db, project.project_id, "m2")
    assert {one.label for one in kept} == {"spam"}


def test_name_that_is_used_again_means_the_new_label(place, project, judged, change, add_labels):
    change([HAM, replace(SPAM, name="junk")], RENAMED)
    change([HAM, Label("junk"), Label("spam", "something else")])
    add_labels([("m6", "Ana", "spam")])

    assert ("m6", "spam") in current(place, project)
    assert current(place, project).count(("m2", "junk")) == 2


def test_merged_labels_teach_as_one(place, project, judged, change):
    merges = [LabelChange(ChangeKind.MERGED, name, ("mail",)) for name in ("ham", "spam")]

    change([Label("mail"), Label("other")], *merges)

    assert {label for _, label in current(place, project)} == {"mail"}
    teaching = training_set(place.db, project.project_id).training
    assert teaching["message_id"].to_list() == ["m1", "m2", "m3", "m4"]
    assert set(teaching["label"]) == {"mail"}


def test_split_and_retired_labels_no_longer_teach(place, project, judged, change):
    """Nobody knows yet which part an old answer means; the messages are asked about again."""
    parts = ("spam 1", "spam 2")

    change([HAM, *map(Label, parts)], LabelChange(ChangeKind.SPLIT, "spam", parts))

    assert reopened_by(place.db, project.project_id, 2) == ["m1", "m2", "m5"]
    teaching = training_set(place.db, project.project_id).training
    assert dict(teaching.select("message_id", "label").iter_rows()) == {"m3": "ham", "m4": "ham"}
    # Ana said spam of m4, which is settled: it is not asked about, and her label is none any more.
    assert [message for message, _ in current(place, project)] == ["m3", "m3"]


def test_part_may_keep_the_name_without_inheriting_the_answers(place, project, judged, change):
    parts = ("spam", "scam")

    change([HAM, *map(Label, parts)], LabelChange(ChangeKind.SPLIT, "spam", parts))

    assert "spam" not in {label for _, label in current(place, project)}


def test_two_labels_that_swap_names_swap_their_answers(place, project, judged, change):
    change(
        [replace(HAM, name="spam"), replace(SPAM, name="ham")],
        LabelChange(ChangeKind.RENAMED, "ham", ("spam",)),
        LabelChange(ChangeKind.RENAMED, "spam", ("ham",)),
    )

    assert decided(place, project) == {"m4": "spam", "m5": "ham"}


def test_names_of_older_versions_are_found_for_what_a_run_said(place, project, change):
    """A run that was trained under old names still speaks of today's labels."""
    change([HAM, replace(SPAM, name="junk")], RENAMED)
    change([HAM, Label("other")], LabelChange(ChangeKind.RETIRED, "junk"))

    assert moved_names(place.db, project.project_id, 1)["spam"] is None
    assert moved_names(place.db, project.project_id, 2) == {"junk": None}
    assert moved_names(place.db, project.project_id, 3) == {}


def test_what_people_learn_is_read_under_todays_names(place, team, project, blind, judged, change):
    """A rename makes nobody's earlier answers wrong; a changed meaning leaves them out."""
    judge_all(place, team["ana"], project, label="spam")

    change([HAM, replace(SPAM, name="junk")], RENAMED)
    renamed = finished_turns(place.db, project.project_id)
    change([HAM, Label("junk", "else")], LabelChange(ChangeKind.MEANING, "junk"))
    reopened = finished_turns(place.db, project.project_id)

    assert renamed.select("message_id", "first", "final").rows() == [("m6", "junk", "junk")]
    assert reopened.is_empty()
